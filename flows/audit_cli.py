"""The commands `grapevine audit list` and `grapevine audit add`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from warehouse.home import Home
from warehouse.weeks import Week

FILE = click.Path(path_type=Path, dir_okay=False)
COUNT = click.IntRange(0, 10_000)


@click.group()
def audit() -> None:
    """Let a reader of the team check the tagger, so that shares can be corrected."""


@audit.command("list")
@click.option("--week", required=True, help="MMWR week, as 2024-W10.")
@click.option(
    "--each", type=COUNT, default=8, show_default=True, help="Posts tagged so, of each tag."
)
@click.option(
    "--near", type=COUNT, default=4, show_default=True, help="Posts near it, of each theme."
)
@click.option(
    "--any", "any_n", type=COUNT, default=60, show_default=True, help="Of all about health."
)
@click.option("--sample", is_flag=True, help="Of the built-in sample.")
@click.argument("questions", type=FILE)
def draw(week: str, each: int, near: int, any_n: int, sample: bool, questions: Path) -> None:
    """Draw posts of a week and write them, with their text, for a reader of the team.

    In the column label_true goes the stance towards the theme asked for (promotes, refutes,
    asks, mentions) or none; for a signal present or none; where the question is any, the ids
    of all themes the post promotes and signals it carries, or none. In labeller goes a short
    name. The same week draws the same posts.

    Example: grapevine audit list --week 2024-W10 questions.csv
    """
    from classifiers.taxonomy import load_taxonomy
    from warehouse.audit.drawing import Plan, draw

    taxonomy = load_taxonomy()
    tags = {"theme": list(taxonomy.themes), "signal": list(taxonomy.signals)}
    plan = Plan(each, near, any_n)
    asked_n = draw(Home.from_env(), Week.parse(week), plan, questions, tags, sample)
    click.echo(f"Questions: {asked_n:,}. Written to {questions}; keep it among yourselves.")


@audit.command("add")
@click.argument("answers", type=FILE)
def add(answers: Path) -> None:
    """Enter the answers of a file that `grapevine audit list` wrote. Text is not kept.

    Rows that cannot be used are told, and the others are entered; adding twice changes nothing.
    The next run corrects with them.

    Example: grapevine audit add questions.csv
    """
    from classifiers.taxonomy import load_taxonomy
    from warehouse.audit.answers import add

    taxonomy = load_taxonomy()
    tags = {"theme": list(taxonomy.themes), "signal": list(taxonomy.signals)}
    for line in add(Home.from_env(), answers, tags, datetime.now(UTC).date()).told:
        click.echo(line)
