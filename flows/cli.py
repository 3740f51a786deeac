"""The `grapevine` command: one short function a command, and one place for plain errors.

Prefect, scikit-learn and the tables load inside the commands that need them, so that
`grapevine --help` and `grapevine tag` do not wait for what they do not use.
"""

from __future__ import annotations

from pathlib import Path

import click

from flows.audit_cli import audit
from flows.backup_cli import backup, restore
from flows.claims_cli import claims
from flows.collect_cli import collect
from flows.compliance_cli import compliance, forget, sweep
from flows.config_cli import config
from flows.configuration.file import apply_configuration
from flows.deliver_cli import deliver, subscribers
from flows.evaluate_cli import evaluate
from flows.links_cli import links
from flows.release_cli import brief, release
from flows.serve_cli import serve
from flows.service_cli import down, status, up
from flows.simulate_cli import backtest, simulate
from flows.watch_cli import watch
from flows.watching import json_lines
from flows.week_cli import backfill, ledger
from warehouse.errors import GrapevineError
from warehouse.home import Home
from warehouse.layout import number as layout
from warehouse.weeks import Week

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(file_okay=False, path_type=Path)

WITHOUT_A_FOLDER = frozenset(
    {"backtest", "claims", "config", "down", "evaluate", "locate", "restore", "tag", "train"}
)
"""Commands that may be said whatever program wrote the data folder."""


class Commands(click.Group):
    """Print a `GrapevineError` as one plain line and exit 1; let a bug keep its traceback.

    Where the log is JSON, both are told there, without their words.
    """

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except GrapevineError as error:
            if json_lines.is_on():
                json_lines.failed(error)
                raise click.exceptions.Exit(1) from error
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="grapevine")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Weekly briefs on health misinformation for every US county, from public posts."""
    apply_configuration()
    json_lines.begin()
    if ctx.invoked_subcommand not in WITHOUT_A_FOLDER:
        layout.check(Home.from_env())


main.add_command(audit)
main.add_command(backfill)
main.add_command(backup)
main.add_command(brief)
main.add_command(backtest)
main.add_command(claims)
main.add_command(collect)
main.add_command(compliance)
main.add_command(config)
main.add_command(deliver)
main.add_command(down)
main.add_command(evaluate)
main.add_command(forget)
main.add_command(ledger)
main.add_command(links)
main.add_command(release)
main.add_command(restore)
main.add_command(serve)
main.add_command(simulate)
main.add_command(status)
main.add_command(subscribers)
main.add_command(sweep)
main.add_command(up)
main.add_command(watch)


@main.command()
@click.option(
    "--week",
    help="MMWR week, as 2024-W10. Default: the last full week, this one when nothing "
    "collected is older, or the newest held where nobody collects.",
)
@click.option(
    "--weeks",
    type=click.IntRange(1, 520),
    default=12,
    show_default=True,
    help="Weeks to read, ending with it.",
)
@click.option(
    "--from", "inputs", multiple=True, help="File or folder to read; may be repeated."
)
@click.option(
    "--map", "column_map", help="Columns of an export: a tool's name, or KEY=COLUMN,…"
)
def run(week: str | None, weeks: int, inputs: tuple[str, ...], column_map: str | None) -> None:
    """Read posts, and make the briefs of a week.

    Without --from it reads what `grapevine collect` brought, of whatever week, and counts
    what was read before. When there is neither it reads the built-in sample, and every page
    says so.

    Example: grapevine run --week 2024-W10 --from dumps/ --from export.csv
    """
    from flows.running import run_week

    if column_map and not inputs:
        raise click.UsageError("--map goes with --from.")
    click.echo(run_week(week, weeks, list(inputs), column_map))


@main.command()
@click.argument("posts", type=FILE)
@click.argument("tags", type=FILE)
def tag(posts: Path, tags: Path) -> None:
    """Tag posts, one JSON object a line: themes with stance, signals.

    Example: grapevine tag posts.jsonl tags.jsonl
    """
    from classifiers.jsonlines import tag_file

    click.echo(f"Posts read and tagged: {tag_file(posts, tags):,}. Written to {tags}")


@main.command()
@click.argument("posts", type=FILE)
@click.argument("places", type=FILE)
def locate(posts: Path, places: Path) -> None:
    """Place posts, one JSON object a line: county or state, and how that is known.

    Example: grapevine locate posts.jsonl places.jsonl
    """
    from classifiers.jsonlines import locate_file

    click.echo(f"Posts read: {locate_file(posts, places):,}. Written to {places}")


@main.command()
@click.option("--week", required=True, help="MMWR week, as 2024-W10.")
@click.option("--most", type=click.IntRange(1), default=200, show_default=True)
@click.option("--sample", is_flag=True, help="Of the built-in sample.")
@click.argument("queue", type=FILE)
def review(week: str, most: int, sample: bool, queue: Path) -> None:
    """Write the posts the tagger was unsure of, with their text, for a reader of the team.

    Example: grapevine review --week 2024-W10 queue.csv
    """
    from warehouse.review import write_review_queue

    found_n = write_review_queue(Home.from_env(), Week.parse(week), most, queue, sample)
    click.echo(f"Posts to look at: {found_n}. Written to {queue}; keep it among yourselves.")


@main.command()
@click.option("--labels", type=FILE, multiple=True, help="Labelled posts; may be repeated.")
@click.option("--posts", type=FILE, help="Parquet of the posts that our own labels name.")
@click.option(
    "--besides", type=FILE, multiple=True, help="Posts measured on: never learnt from."
)
@click.option(
    "--part",
    "parts",
    type=click.Choice(("tfidf", "english", "spanish", "calibration")),
    multiple=True,
    help="Make only this part again; may be repeated. Default: all, in this order.",
)
@click.option("--out", type=FOLDER, help="Folder to write to. Default: the shipped models.")
def train(
    labels: tuple[Path, ...],
    posts: Path | None,
    besides: tuple[Path, ...],
    parts: tuple[str, ...],
    out: Path | None,
) -> None:
    """Train the tagger from the project's own corpus and from labelled posts.

    Example: grapevine train --labels labels.jsonl --posts posts.parquet --besides gold.jsonl
    """
    from classifiers.encoder.files import MODELS
    from classifiers.training.train import PARTS, train

    train(labels, posts, click.echo, parts or PARTS, out or MODELS, besides)
    click.echo(f"The tagger is trained: {out or MODELS}")


@main.command()
def doctor() -> None:
    """Say in ten lines what is installed, where the data lies and when each stage last ran."""
    from flows.doctor import examine

    for line in examine(Home.from_env()):
        click.echo(line)


if __name__ == "__main__":
    main()
