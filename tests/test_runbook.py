"""Every command of the runbook that can run on this machine is run, in the page's order."""

import re
import shlex
import tomllib

import click
import pytest

from dashboards.districts import load_districts
from flows.cli import main
from tests.files import export, export_row
from tests.runbook import PAGE, ROOT, blocks, run, shell
from warehouse.home import Home

HEADINGS = (
    *("Install", "First region", "Schedule", "Forget a source", "A source is silent"),
    *("Weeks that were missed, and weeks of the past", "A release was set aside"),
    *("Upgrade", "Backup and restore", "Faults that were tried"),
)
BY_THE_CLOCK = ("Schedule", "On this machine")
"""Run by tests/test_by_the_clock.py, which waits for the clock between them."""

MOVED_AWAY = "a data folder that was moved away"
"""Made here, once all others were run; tests/test_revisions.py makes a release that was set
aside, and runs the block that needs one."""


def test_the_runbook_has_its_places():
    text = PAGE.read_text()

    for heading in HEADINGS:
        assert f"\n## {heading}\n" in text
    assert text.index("<!-- faults -->") < text.index("<!-- /faults -->")


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.text.splitlines()[-1])
def test_every_command_of_the_runbook_is_one_that_exists(block):
    for line in block.commands:
        words = shlex.split(line)
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        elif words[0] == "grapevine":
            command = main.commands[words[1]]
            if isinstance(command, click.Group):
                command = command.commands[words[2]]
            known = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= known
        else:
            assert words[0] in ("prefect", "export") or "container engine" in block.needs
            assert block.needs


def test_blocks_that_want_something_from_outside_say_what():
    for block in blocks():
        wants = {"make", "prefect", "collect"} & set(re.findall(r"\w+", block.text))
        assert block.needs or not wants, block.text


def test_the_district_of_the_runbook_is_one_that_a_site_takes(home):
    (block,) = blocks("toml")
    home.root.mkdir(parents=True)
    (home.root / "regions.toml").write_text(block.text)

    (district,) = load_districts(home).values()

    assert tomllib.loads(block.text)["districts"][district.slug]["name"] == district.name


@pytest.mark.whole
@pytest.mark.timeout(900)
def test_the_commands_of_the_runbook_do_what_it_says(tmp_path):
    home = Home(tmp_path / "data")
    env = shell(tmp_path, home.root)
    weeks = [f"2024-0{day}T12:00:00Z" for day in ("2-20", "2-27", "3-05")]
    rows = [export_row(number, **{"Date (UTC)": weeks[number % 3]}) for number in range(60)]
    export(tmp_path / "export.csv", rows)
    said = dict[str, str]()

    for block in blocks():
        if not block.needs and block.headings != BY_THE_CLOCK:
            said[block.text] = run(block.text, tmp_path, env)

    whole = "\n".join(said.values())
    assert "Briefs for 2024-W10 are made." in whole
    assert "  import       2024-03-05" in whole
    assert "2024-W08.1" in whole
    assert "Forgotten: 60 posts with text" in whole
    assert f"Restored {whole.partition('Copied ')[2].split()[0]} files" in whole
    assert (tmp_path / "restored" / "grapevine.duckdb").exists()
    assert (home.site / "index.html").exists()

    (moved,) = [block for block in blocks() if block.needs == MOVED_AWAY]
    home.root.rename(tmp_path / moved.commands[0].split()[-1])
    assert "since then is entered" in run(moved.text, tmp_path, env)
    assert (home.root / "grapevine.duckdb").exists()
