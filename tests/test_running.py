"""What a run counts: files, what is held, the sample only where nothing is real."""

import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from flows.cli import main
from tests import plain_run
from tests.files import export, export_row
from tests.test_audit import MILK, fill
from warehouse import landing
from warehouse.snapshot import on_show

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
WEEK = ("--week", "2024-W10", "--weeks", "2")


@pytest.fixture(autouse=True)
def no_prefect(monkeypatch):
    """The stages of the weekly flow, without Prefect and its server."""
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")  # nobody is asked
    monkeypatch.setitem(sys.modules, "flows.weekly", SimpleNamespace(**vars(plain_run)))


def run(*options):
    return CliRunner().invoke(main, ["run", *map(str, options)])


def refusal(*options):
    """What a run says that is refused: one plain line."""
    said = run(*options)
    assert said.exit_code == 1
    assert said.output.count("\n") == 1
    return said.output


@pytest.fixture
def good(tmp_path):
    """An export whose posts are all of 2024-W10."""
    return export(tmp_path / "good.csv", [export_row(number) for number in range(60)])


@pytest.fixture
def published(home, small, good):
    """A site of real posts, which were read from a file."""
    assert run(*WEEK, "--from", good).exit_code == 0
    return home


@pytest.mark.parametrize("options", [WEEK, ("--weeks", "2")], ids=["the week named", "no week"])
def test_a_run_that_forgets_its_file_counts_the_posts_that_are_held(published, options):
    said = run(*options)

    assert said.output.startswith("Briefs for 2024-W10 are made.")
    assert "60 in these weeks" in said.output
    assert on_show(published.snapshot).release_id == "2024-W10.1"  # as it was
    assert not list(published.posts.glob("source=sample"))


def test_a_week_of_which_nothing_is_held_is_not_made_over_a_real_site(published):
    assert refusal("--week", "2023-W10", "--weeks", "1") == (
        "Error: No post in the lake is of 2023-W10: all are of 2024-W10. "
        "Say --week 2024-W10, or backfill 2024-W10.\n"
    )
    assert on_show(published.snapshot).week == "2024-W10"


def test_the_sample_is_read_where_only_the_sample_is_held(home, small):
    fill(home, (1, MILK), source="sample", at=NOON)

    run("--week", "2024-W10", "--weeks", "1")

    assert on_show(home.snapshot).is_sample


def test_where_somebody_collects_a_quiet_week_is_one_like_others(home, small):
    landing.prepare(home, "news")

    said = run("--week", "2024-W10", "--weeks", "1")

    assert said.output.startswith("Briefs for 2024-W10 are made.")
    assert not on_show(home.snapshot).is_sample


def test_without_its_database_a_week_is_made_again(published, good):
    assert run(*WEEK, "--from", good).output.startswith("Nothing has changed")
    published.database.unlink()

    said = run(*WEEK, "--from", good)

    assert said.output.startswith("Briefs for 2024-W10 are made.")
    assert "2024-W10.1" in CliRunner().invoke(main, ["release", "list"]).output


def test_a_file_without_a_post_of_the_weeks_is_refused_with_the_weeks_that_it_has(home, good):
    assert refusal("--week", "2023-W10", "--from", good) == (
        "Error: No post in good.csv is of 2022-W51 to 2023-W10: all are of 2024-W10. "
        "Say --week 2024-W10, or backfill 2024-W10.\n"
    )
    assert not home.snapshot.exists()
    assert not home.site.exists()


def test_of_several_weeks_the_first_and_last_are_told(home, tmp_path):
    days = ("2024-02-20", "2024-03-05", "2024-02-27")
    rows = [export_row(n, **{"Date (UTC)": f"{day}T12:00:00Z"}) for n, day in enumerate(days)]
    for n, row in enumerate(rows):
        export(tmp_path / f"{n}.csv", [row])

    assert (
        "these 3 files is of 2022-W51 to 2023-W10: all are of 2024-W08 to 2024-W10. Say --week "
        "2024-W10" in refusal("--week", "2023-W10", "--from", tmp_path)
    )


@pytest.mark.parametrize("name", ["empty.jsonl", "empty.csv"])
def test_a_file_without_any_post_is_refused(home, tmp_path, name):
    file = export(tmp_path / name, [])
    if name == "empty.jsonl":
        file.write_bytes(b"")

    assert f"not one post in {name}. Check it, then run again." in refusal(
        *WEEK, "--from", file
    )
    assert not home.snapshot.exists()


def test_a_file_of_other_weeks_beside_posts_that_are_held_does_no_harm(published, tmp_path):
    old = export_row(100, **{"Date (UTC)": "2023-03-05T12:00:00Z"})
    file = export(tmp_path / "old.csv", [old])

    said = run(*WEEK, "--from", file)

    assert "1 rows, 0 in these weeks, 1 in others" in said.output
    assert on_show(published.snapshot).release_id == "2024-W10.1"


def test_a_week_that_has_not_begun_is_refused(home):
    assert "2099-W10 has not begun. Say --week 20" in refusal("--week", "2099-W10")
    assert not home.root.exists()


@pytest.mark.parametrize("command", [("run",), ("backfill", "2024-W10")])
def test_a_map_without_a_file_is_refused(home, command):
    said = CliRunner().invoke(main, [*command, "--map", "listening"])

    assert said.exit_code == 2
    assert "--map goes with --from." in said.output
