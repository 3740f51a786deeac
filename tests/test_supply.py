"""What is installed is what the locks say, byte for byte, and somebody can ask what that is."""

import json
import re
import tomllib

import pytest

from tests import known_holes, materials
from tests.pins import LOCKS, ROOT, pins

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def plain(name):
    """A package's name as the locks write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def asked(requirements):
    return {plain(re.match(r"[\w.-]+", one)[0]) for one in requirements}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_of_a_lock_has_the_hashes_of_its_files(lock):
    locked = list(pins(lock))

    assert locked
    assert [one.name for one in locked if not one.hashes] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_a_host(lock):
    assert "://" not in lock.read_text(encoding="utf-8")


def test_every_lock_is_made_by_make_lock():
    made = set(re.findall(r"-o (requirements\S*\.lock)", MAKEFILE))

    assert made == {lock.name for lock in LOCKS}


def test_a_lock_has_what_the_project_asks_for():
    extras, groups = PROJECT["project"]["optional-dependencies"], PROJECT["dependency-groups"]

    def locked(lock):
        return {one.name for one in pins(ROOT / lock)}

    assert asked(PROJECT["project"]["dependencies"]) <= locked("requirements.lock")
    assert asked(extras["dask"] + extras["s3"]) <= locked("requirements-cluster.lock")
    assert asked(PROJECT["build-system"]["requires"]) <= asked(groups["build"])
    for name, requirements in groups.items():
        assert asked(requirements) <= locked(f"requirements-{name}.lock")


def test_every_install_from_a_lock_demands_its_hashes():
    joined = MAKEFILE.replace("\\\n\t", "")
    from_lock = re.findall(r"^\t.*install .*-r .*$|^\t\$\(INSTALL\).*$", joined, re.MULTILINE)
    by_variable = [line for line in from_lock if line.startswith("\t$(INSTALL) -r ")]

    assert "--require-hashes" in re.search(r"^INSTALL := .*$", joined, re.MULTILINE)[0]
    assert len(by_variable) == 6
    assert [
        one for one in set(from_lock) - set(by_variable) if "--require-hashes" not in one
    ] == []


def test_our_own_install_asks_the_index_for_nothing():
    (own,) = re.findall(r"^\t.*--editable.*$", MAKEFILE, re.MULTILINE)

    assert "--no-deps" in own
    assert "--no-build-isolation" in own


def package(name="jinja2", **said):
    return {"name": name, "version": "3.1.6", "vulns": []} | said


def reply(*packages):
    return json.dumps({"dependencies": packages, "fixes": []})


def test_no_known_hole_is_good_news_only_if_every_package_is_known():
    status, (line,) = known_holes.told(reply(package(), package("click")), "a.lock")

    assert (status, line) == (0, "No hole is known in the 2 packages of a.lock.")


def test_a_source_that_has_not_heard_of_a_package_has_not_checked_it():
    unheard = {"name": "click", "skip_reason": "Dependency not found"}

    status, (line,) = known_holes.told(reply(package(), unheard), "a.lock")

    assert status == 2
    assert "was not checked" in line
    assert "1 of 2" in line


@pytest.mark.parametrize("said", ["", "\n", reply()])
def test_no_answer_is_not_good_news(said):
    status, (line,) = known_holes.told(said, "a.lock")

    assert status == 2
    assert "was not checked" in line


def test_a_known_hole_is_named_with_the_version_that_mends_it():
    hole = {"id": "CVE-2024-1", "fix_versions": ["3.1.7"]}
    unheard = {"name": "click", "skip_reason": "Dependency not found"}

    status, lines = known_holes.told(reply(package(vulns=[hole]), unheard), "a.lock")

    assert status == 1
    assert lines[1:] == ["jinja2 3.1.6: CVE-2024-1, mended in 3.1.7"]


def test_what_the_program_says_becomes_the_status(tmp_path, capsys):
    program = tmp_path / "pip-audit"
    program.write_text(f"#!/bin/sh\necho '{reply(package())}'\n")
    program.chmod(0o755)

    assert known_holes.main(str(program), "a.lock") == 0
    assert "No hole is known" in capsys.readouterr().out


def bill(lock):
    """A bill of materials as cyclonedx-py makes it of a lock."""
    return {
        "components": [
            {
                "name": one.name,
                "version": one.version,
                "externalReferences": [
                    {"hashes": [{"alg": "SHA-256", "content": each} for each in one.hashes]}
                ],
            }
            for one in pins(lock)
        ]
    }


def test_a_bill_of_materials_lists_every_package_or_is_refused(tmp_path, capsys):
    lock, file = ROOT / "requirements.lock", tmp_path / "bill.json"
    whole = bill(lock)
    file.write_text(json.dumps(whole))

    assert materials.main(str(file), str(lock)) == 0
    assert "lists the 1" in capsys.readouterr().out

    whole["components"] = [one for one in whole["components"] if one["name"] != "duckdb"]
    file.write_text(json.dumps(whole))

    assert materials.main(str(file), str(lock)) == 1
    assert capsys.readouterr().out == f"{file} lacks duckdb.\n"


def test_a_bill_with_another_hash_is_refused():
    changed = bill(ROOT / "requirements-build.lock")
    changed["components"][0]["externalReferences"][0]["hashes"][0]["content"] = "0" * 64

    (absent,) = materials.missing(changed, ROOT / "requirements-build.lock")

    assert absent.name == "editables"
