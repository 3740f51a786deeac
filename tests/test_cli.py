import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from flows.cli import main
from tests.files import comment, dump, export, export_row
from warehouse.home import Home

ROOT = Path(__file__).parents[1]


def grapevine(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_has_help_and_an_example_in_the_readme(command):
    said = grapevine(command, "--help")

    assert said.exit_code == 0
    assert f"grapevine {command}" in (ROOT / "README.md").read_text()


def readme_commands():
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [shlex.split(line.removeprefix("$ ")) for line in lines if line.startswith("$ ")]


@pytest.mark.parametrize("words", readme_commands(), ids=" ".join)
def test_every_command_of_the_readme_is_one_that_exists(words):
    if words[0] == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        return
    command, bare_n = main.commands[words[1]], 2
    if isinstance(command, click.Group):
        command, bare_n = command.commands[words[2]], 3
    known = {option for parameter in command.params for option in parameter.opts}

    assert words[0] == "grapevine"
    assert {word for word in words if word.startswith("--")} <= known
    assert (
        {word for word in words[2:] if word.endswith((".jsonl", ".csv"))}
        or {"--from", "--theme", "--once", "--for", "--source", "--weeks", "--pdf"} & set(words)
        or {"--keep", "--into"} & set(words)
        or len(words) == bare_n
    )


def test_a_week_that_is_none_is_said_in_one_line(home):
    said = grapevine("run", "--week", "2024-10")

    assert said.exit_code == 1
    assert said.output == (
        "Error: '2024-10' is not a week. Write it as 2024-W10, an MMWR week.\n"
    )


def test_a_file_that_is_not_there_is_said_in_one_line(home):
    said = grapevine("run", "--week", "2024-W10", "--from", "nowhere.csv")

    assert said.exit_code == 1
    assert re.fullmatch(
        r"Error: \S*nowhere\.csv does not exist\. Check the path after --from\.\n", said.output
    )


@pytest.mark.parametrize("weeks", ["0", "-1", "5000"])
def test_a_number_of_weeks_that_makes_no_sense_is_refused(home, weeks):
    said = grapevine("run", "--week", "2024-W10", "--weeks", weeks)

    assert said.exit_code == 2
    assert "is not in the range 1<=x<=520" in said.output


@pytest.mark.parametrize("command", ["run", "doctor", "status", "serve"])
def test_a_data_folder_that_is_a_file_is_said_in_one_line(tmp_path, monkeypatch, command):
    file = tmp_path / "data"
    file.write_text("")
    monkeypatch.setenv("GRAPEVINE_HOME", str(file))

    said = grapevine(command)

    assert said.exit_code == 1
    assert said.output == (
        f"Error: {file} is a file, not a folder. Set GRAPEVINE_HOME to a folder.\n"
    )


def test_an_empty_name_of_the_data_folder_means_the_usual_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRAPEVINE_HOME", "")

    assert Home.from_env().root == tmp_path / "data"


def test_a_folder_in_use_by_another_run_is_said_in_one_line(home):
    from flows.running import hold

    with hold(home):
        said = grapevine("run", "--week", "2024-W10")

    assert said.exit_code == 1
    assert "Another run is using" in said.output


def test_doctor_says_in_ten_lines_how_things_stand_before_anything_ran(home):
    said = grapevine("doctor")

    assert said.exit_code == 0
    assert len(said.output.splitlines()) == 10
    assert "empty; 'grapevine run' fills it" in said.output
    assert "no stage has run" in said.output
    assert "later" not in said.output  # nothing that exists is said to come
    assert not home.root.exists()


def test_the_program_can_be_said_as_a_module():
    said = subprocess.run(
        [sys.executable, "-m", "flows.cli", "--version"], capture_output=True, cwd=ROOT
    )

    assert said.stdout.startswith(b"grapevine") or b", version " in said.stdout


def test_help_does_not_load_what_it_does_not_need():
    code = "import sys, flows.cli; print({'prefect', 'sklearn', 'duckdb'} & set(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT)

    assert loaded.stdout.decode() == "set()\n"


@pytest.fixture(scope="module")
def ran(prefect, tmp_path_factory):
    """A folder of good and bad files, run once: the folder, the home and what was said."""
    folder, home = tmp_path_factory.mktemp("inputs"), tmp_path_factory.mktemp("home")
    dump(folder / "posts.ndjson.zst", [comment(n) for n in range(30)])
    bad = export_row(2, **{"Date (UTC)": "yesterday"})
    export(folder / "export.csv", [export_row(1), bad, export_row(3)])
    (folder / "notes.txt").write_text("not posts")
    (folder / "cities.csv").write_text("name\nCasper\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAPEVINE_HOME", str(home))
        first = grapevine("run", "--week", "2024-W10", "--weeks", "2", "--from", folder)
        again = grapevine("run", "--week", "2024-W10", "--weeks", "2", "--from", folder)
        doctor = grapevine("doctor")
    return folder, Home(home), first.output, again.output, doctor.output


@pytest.mark.whole
def test_a_run_says_what_was_read_set_aside_and_left(ran):
    _, home, said, _, _ = ran

    assert "posts.ndjson.zst: 30 rows, 30 in these weeks" in said
    assert "export.csv: 3 rows, 2 in these weeks, 0 in others, 1 set aside" in said
    assert "export.csv line 3: no date in column 'Date (UTC)'" in said
    assert "cities.csv line 1: no column map fits (columns: 1, known among them: none)" in said
    assert "notes.txt: not .zst" in said
    assert "32 in these weeks" in said
    assert str(home.site / "index.html") in said


@pytest.mark.whole
def test_a_run_makes_a_page_for_every_county(ran):
    _, home, said, _, _ = ran

    pages = {page.name for page in (home.site / "county").glob("*.html")}
    assert len(pages) == 2 * 3_144
    assert {"56025.html", "56025.es.html"} <= pages
    assert "3,144 counties briefed" in said


def artifacts():
    """The tables of all runs of this test session, newest first, read back from Prefect."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
    from prefect.client.schemas.sorting import ArtifactSort

    of_runs = ArtifactFilter(key=ArtifactFilterKey(any_=["weekly-run"]))
    with get_client(sync_client=True) as client:
        return client.read_artifacts(artifact_filter=of_runs, sort=ArtifactSort.CREATED_DESC)


@pytest.mark.whole
def test_a_run_leaves_a_table_of_how_it_went_in_prefect(ran):
    about = "2024-W10: well, release 2024-W10.1"
    found = next(one for one in artifacts() if one.description == about)
    rows = json.loads(found.data)
    told = {(row["stage"], row["what"]): row["count"] for row in rows}

    assert found.flow_run_id  # it hangs on the run that it tells of
    assert told["read", "posts in"] == 32
    assert told["locate", "posts placed"] >= 30
    assert told["tag", "posts tagged"] == 32
    assert told["release", "posts of its weeks"] == 32
    assert any(what.startswith("checks that did not hold") for _, what in told)
    assert any(what.startswith("outages") for _, what in told)
    timed = [row["stage"] for row in rows if row["seconds"] is not None]
    assert timed == [*("read", "locate", "tag", "lake", "marts", "release", "briefs"), "run"]
    assert rows[-1]["what"] == "well"
    assert all(word not in found.data for word in ("reader_", "mile", "posts.ndjson"))


@pytest.mark.whole
def test_the_same_account_lies_in_the_data_folder_for_who_has_no_prefect(ran):
    from flows.watching.account import read_accounts

    _, home, _, _, _ = ran
    kept = read_accounts(home)

    assert kept.begun is None
    assert kept.ended == kept.well  # the second run, which found nothing new
    assert (kept.well.how, kept.well.week) == ("nothing new", "2024-W10")


@pytest.mark.whole
def test_a_second_run_says_that_nothing_has_changed(ran):
    _, _, _, again, _ = ran

    assert again.startswith("Nothing has changed since the last run of this week.")


@pytest.mark.whole
def test_after_a_run_doctor_says_when_each_stage_last_ran(ran):
    _, _, _, _, doctor = ran

    for stage in ("read", "locate", "tag", "lake", "marts", "release", "briefs"):
        assert f"{stage} 20" in doctor
    assert "2024-W10.1" in doctor


@pytest.mark.whole
def test_after_a_run_every_file_and_folder_is_for_its_owner_alone(ran):
    _, home, _, _, _ = ran
    open_ones = {
        str(path.relative_to(home.root)): oct(path.lstat().st_mode)
        for path in home.root.rglob("*")
        if path.lstat().st_mode & 0o077
    }

    assert (home.site / "index.html").exists()
    assert open_ones == {}


@pytest.mark.whole
def test_no_text_of_a_post_and_no_author_reaches_what_is_published(ran):
    _, home, _, _, _ = ran
    published = [home.snapshot, *(f for f in home.site.rglob("*") if f.is_file())]

    for file in published:
        content = file.read_bytes()
        assert b"Same here on mile" not in content
        assert b"reader_" not in content


def test_a_run_in_which_nothing_can_be_read_says_so_and_fails(prefect, home, tmp_path):
    file = tmp_path / "posts.ndjson.zst"
    file.write_bytes(b"")

    said = grapevine("run", "--week", "2024-W10", "--from", file)

    assert said.exit_code == 1
    assert said.output == (
        "Error: Nothing could be read. posts.ndjson.zst line 1: the archive is empty\n"
    )
    assert not list(home.root.glob("lake/**/*.parquet"))
    failed = next(one for one in artifacts() if one.description == "2024-W10: failed")
    assert json.loads(failed.data)[-1]["what"] == "failed (InputError)"


def test_the_files_the_readme_points_to_are_there():
    targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text())

    assert "dashboards/images/brief.png" in targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
