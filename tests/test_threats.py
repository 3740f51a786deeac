"""THREATS.md promises what tests prove: each of them exists, and nothing is left unsaid."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from flows.service import schedule

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "THREATS.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
CHAPTERS = {part.splitlines()[0]: part for part in PAGE.split("\n## ")[1:]}
PACKAGES = ("flows", "classifiers", "warehouse", "dashboards", "delivery", "simulation")
RUNS_WHAT_IT_READS = {
    *("pickle", "cPickle", "dill", "joblib", "marshal", "shelve", "yaml", "cloudpickle"),
    *("zipfile", "tarfile"),
}
OUR_OWN = {
    "flows/service/schedule.py": {"yaml"},  # the schedule; by safe_load, as is held below
    "dashboards/side_by_side.py": {"pickle"},  # its own work, for processes that it starts
    "warehouse/backup/packing.py": {"tarfile"},  # our own copies, written
    "warehouse/backup/unpacking.py": {"tarfile"},  # and read as what anybody may have written
    "warehouse/reference/build/counties.py": {"zipfile"},  # agencies' tables, when a
    "warehouse/reference/build/rows.py": {"zipfile"},  # maintainer makes ours: one member read
}


def written_in(file):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_every_test_that_the_page_names_exists(file, name):
    assert name.startswith("test_")
    assert name in written_in(file)


def test_every_row_of_the_page_names_a_test_and_every_chapter_what_does_not_hold():
    assert len(CHAPTERS) == 7
    for title, text in CHAPTERS.items():
        rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
        assert len(rows) >= 3, title
        assert [row for row in rows if "::test_" not in row] == []
        assert text.count("**Does not hold.**") == 1, title


@pytest.mark.parametrize(
    "word",
    [
        *("Flooding", "Poisoning", "archive", "Hostile posts", "credentials"),
        *("Re-identification", "served pages", "Supply chain"),
    ],
)
def test_every_attack_we_were_asked_about_has_a_chapter(word):
    assert any(word.lower() in title.lower() for title in CHAPTERS)


def test_the_readme_leads_to_the_page():
    assert "](THREATS.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def used(file):
    """What a module imports, and the names it calls."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def test_nothing_is_loaded_that_could_run():
    found = {
        str(file.relative_to(ROOT)): bad
        for package in PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
        if (bad := set(used(file)) & (RUNS_WHAT_IT_READS | {"eval", "exec"}))
    }

    assert {file: bad for file, bad in found.items() if bad != OUR_OWN.get(file)} == {}


def test_yaml_is_read_as_plain_values_only():
    taken = re.findall(r"\byaml\.(\w+)\(", (ROOT / "flows/service/schedule.py").read_text())

    assert set(taken) == {"safe_load"}


@pytest.mark.parametrize(
    "said",
    [
        "deployments: !!python/object/apply:os.mkdir [{made}]",
        "deployments: [!!python/object/new:os.system [mkdir {made}]]",
        "!!python/name:os.system",
    ],
)
def test_a_schedule_whose_values_are_code_runs_none(home, tmp_path, said):
    file, made = tmp_path / "prefect.yaml", tmp_path / "made"
    file.write_text(said.format(made=made))

    with pytest.raises(yaml.constructor.ConstructorError):
        schedule.take_out(home, None, file)

    assert not made.exists()
