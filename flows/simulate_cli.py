"""The commands `grapevine simulate` and `backtest`: a world whose truth is known."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--weeks", type=click.IntRange(1, 520), required=True, help="Weeks of posts.")
@click.option("--seed", type=click.IntRange(0), required=True, help="The same, the same world.")
@click.option("--first", help="First MMWR week, as 2020-W01 (the default).")
@click.option(
    "--scale",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="Multiplies the voices everywhere.",
)
@click.option("--out", type=FOLDER, help="Data folder to write. Default: GRAPEVINE_HOME.")
def simulate(weeks: int, seed: int, first: str | None, scale: float, out: Path | None) -> None:
    """Write made-up posts, as tags, into an empty data folder, and their truth beside them.

    Example: grapevine simulate --weeks 12 --seed 1 --out simulated/
    """
    from simulation import lake, world
    from simulation.settings import FIRST, Settings
    from warehouse.home import Home
    from warehouse.weeks import Week

    begins = Week.parse(first) if first else FIRST
    drawn = world.draw(Settings(weeks, seed, begins, scale))
    home = Home(out.resolve()) if out else Home.from_env()
    written = lake.write(drawn, home, click.echo)
    click.echo(
        f"{written.tags_n:,} tags of {written.posts_n:,} health posts are written, all made "
        f"up; the truth lies in {home.root / 'truth'}"
    )


@click.command()
@click.option(
    "--weeks", type=click.IntRange(13, 520), default=64, show_default=True, help="Weeks to run."
)
@click.option(
    "--seed", type=click.IntRange(0), required=True, help="The same, the same figures."
)
@click.option("--write", is_flag=True, help="Write warehouse/METHODS.md and its plots.")
def backtest(weeks: int, seed: int, write: bool) -> None:
    """Run the product over a simulated world and hold its numbers to the truth.

    Example: grapevine backtest --weeks 64 --seed 1 --write
    """
    from simulation import world
    from simulation.backtest import page, run, tables
    from simulation.settings import Settings

    found = run.backtest(world.draw(Settings(weeks, seed)), click.echo)
    click.echo(tables.targets(found))
    if write:
        click.echo(f"Written: {page.write(found)}")
