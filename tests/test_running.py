"""What a run counts: files, what is held, the sample only where nothing is real."""

import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from flows import stages
from flows.cli import main
from tests import plain_run, small_country
from tests.files import export, export_row
from tests.test_audit import MILK, fill
from warehouse import landing, marts
from warehouse.home import Home
from warehouse.snapshot import on_show

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
WEEK = ("--week", "2024-W10", "--weeks", "2")


def grapevine(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def weekly_flow(patch, weekly_briefs):
    """Let a run do this, without Prefect and its server."""
    patch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")  # nobody is asked
    patch.setitem(sys.modules, "flows.weekly", SimpleNamespace(weekly_briefs=weekly_briefs))


def refusal(*options):
    """What a run says that is refused: one plain line."""
    said = grapevine("run", *options)
    assert said.exit_code == 1
    assert said.output.count("\n") == 1
    return said.output


@pytest.fixture
def made(monkeypatch):
    """(week, whether of the sample) of each run that was begun; posts are read and no more."""
    made = []

    def weekly_briefs(week, weeks, inputs, column_map, is_sample):
        if inputs:
            stages.read(week, weeks, inputs, column_map, is_sample)
        made.append((week, is_sample))

    weekly_flow(monkeypatch, weekly_briefs)
    return made


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What runs said: of a file, again, without the database, without the file."""
    folder = tmp_path_factory.mktemp("runs")
    home, file = Home(folder / "data"), folder / "export.csv"
    export(file, [export_row(number) for number in range(60)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAPEVINE_HOME", str(home.root))
        patch.setattr(marts, "load_counties", lambda: small_country.counties("WY"))
        weekly_flow(patch, plain_run.weekly_briefs)
        first, again = (grapevine("run", *WEEK, "--from", file).output for _ in range(2))
        home.database.unlink()
        anew = grapevine("run", *WEEK, "--from", file).output
        releases = grapevine("release", "list").output
        forgotten = grapevine("run", "--weeks", "2").output
    return home, first, again, anew, releases, forgotten


@pytest.mark.whole
def test_without_its_database_a_week_is_made_again(told):
    _, first, again, anew, releases, _ = told

    assert again.startswith("Nothing has changed")
    assert first.startswith("Briefs for 2024-W10 are made.")
    assert anew.startswith("Briefs for 2024-W10 are made.")
    assert releases.startswith("2024-W10.1  published")


@pytest.mark.whole
def test_a_run_that_forgets_its_file_leaves_the_real_site_as_it_was(told):
    home, *_, forgotten = told

    assert forgotten.startswith("Briefs for 2024-W10 are made.")
    assert "60 in these weeks" in forgotten
    assert on_show(home.snapshot).release_id == "2024-W10.1"
    assert not list(home.posts.glob("source=sample"))


@pytest.fixture
def good(tmp_path):
    """An export whose posts are all of 2024-W10."""
    return export(tmp_path / "good.csv", [export_row(number) for number in range(3)])


@pytest.mark.parametrize("options", [WEEK, ()], ids=["the week named", "no week"])
def test_where_real_posts_are_held_the_sample_is_not_read(home, made, options):
    fill(home, (1, MILK), at=NOON)
    fill(home, (1, MILK), source="sample", at=NOON)

    grapevine("run", *options)

    assert made == [("2024-W10", False)]


@pytest.mark.parametrize("source", ["sample", "simulated_a"])
def test_where_all_that_is_held_is_made_up_the_sample_is_read(home, made, source):
    fill(home, (1, MILK), source=source, at=NOON)

    grapevine("run", *WEEK)

    assert made == [("2024-W10", True)]


def test_where_somebody_collects_a_quiet_week_is_made_like_others(home, made):
    landing.prepare(home, "news")

    grapevine("run", *WEEK)

    assert made == [("2024-W10", False)]


def test_where_nobody_collects_a_week_without_posts_is_refused(home, made):
    fill(home, (1, MILK), at=NOON)

    assert refusal("--week", "2023-W10", "--weeks", "1") == (
        "Error: No post in the lake is of 2023-W10: all are of 2024-W10. "
        "Say --week 2024-W10, or backfill 2024-W10.\n"
    )
    assert made == []


def test_a_file_without_a_post_of_the_weeks_is_refused_with_the_weeks_that_it_has(
    home, made, good
):
    assert refusal("--week", "2023-W10", "--from", good) == (
        "Error: No post in good.csv is of 2022-W51 to 2023-W10: all are of 2024-W10. "
        "Say --week 2024-W10, or backfill 2024-W10.\n"
    )
    assert made == []


def test_of_several_weeks_the_first_and_last_are_told(home, made, tmp_path):
    days = ("2024-02-20", "2024-03-05", "2024-02-27")
    rows = [export_row(n, **{"Date (UTC)": f"{day}T12:00:00Z"}) for n, day in enumerate(days)]
    for n, row in enumerate(rows):
        export(tmp_path / f"{n}.csv", [row])

    assert (
        "these 3 files is of 2022-W51 to 2023-W10: all are of 2024-W08 to 2024-W10. Say --week "
        "2024-W10" in refusal("--week", "2023-W10", "--from", tmp_path)
    )


@pytest.mark.parametrize("name", ["empty.jsonl", "empty.csv"])
def test_a_file_without_any_post_is_refused(home, made, tmp_path, name):
    file = export(tmp_path / name, [])
    if name == "empty.jsonl":
        file.write_bytes(b"")

    assert f"not one post in {name}. Check it, then run again." in refusal(
        *WEEK, "--from", file
    )
    assert made == []


def test_a_file_of_other_weeks_beside_posts_that_are_held_does_no_harm(home, made, tmp_path):
    fill(home, (1, MILK), at=NOON)
    old = export_row(100, **{"Date (UTC)": "2023-03-05T12:00:00Z"})

    grapevine("run", *WEEK, "--from", export(tmp_path / "old.csv", [old]))

    assert made == [("2024-W10", False)]


def test_a_week_that_has_not_begun_is_refused(home):
    assert "2099-W10 has not begun. Say --week 20" in refusal("--week", "2099-W10")
    assert not home.root.exists()


@pytest.mark.parametrize("command", [("run",), ("backfill", "2024-W10")])
def test_a_map_without_a_file_is_refused(home, command):
    said = grapevine(*command, "--map", "listening")

    assert said.exit_code == 2
    assert "--map goes with --from." in said.output
