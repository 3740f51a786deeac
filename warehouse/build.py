"""Build the marts: run every `models/**/*.sql` in order, and hold each to its header.

A model is one SELECT in one file; the file's stem is the table's name. Its opening comment
says what a row is and what each column means, and that is no decoration: `Grain` is checked
for missing and repeated values, `Columns` against what the SELECT returns, so a stale header
stops the build. The order is read from the SELECTs themselves. A `stg_` model becomes a
temporary table: it still knows posts and authors, and must not stay on disk. What SQL cannot
say, such as an estimate, is a `Computed` table: a function that reads tables and returns one.

Models in `weekly/` see one week at a time, so that a year takes no more memory than a week:
their `stg_` tables are replaced every week, rows of the others are added.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import pyarrow as pa

MODELS = Path(__file__).parent / "models"

_COLUMN = re.compile(r"--   (\w+) {2,}\S.*")
_CONTINUED = re.compile(r"-- {5,}\S.*")


WEEKLY = "weekly"
"""The folder of models that are built a week at a time."""


class ModelError(Exception):
    """A model's file is not what its header says. A mistake of ours: it keeps its traceback."""


@dataclass(frozen=True, slots=True)
class Model:
    """One SELECT and its header.

    name     the file's stem and the table's name
    sql      the whole file, comments included
    grain    columns that together name a row
    columns  every column, in order
    """

    name: str
    sql: str
    grain: tuple[str, ...]
    columns: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> Model:
        """The model in `path`; raise `ModelError` when its header is not complete."""
        sql = path.read_text(encoding="utf-8")
        lines = sql.splitlines()
        if not lines or not lines[0].startswith(f"-- {path.stem}: "):
            raise ModelError(f"{path}: the first line must be '-- {path.stem}: what it holds'")
        grain = [line for line in lines if line.startswith("-- Grain: ")]
        if len(grain) != 1 or "-- Columns:" not in lines:
            raise ModelError(f"{path}: the header needs one '-- Grain:' and a '-- Columns:'")
        columns = _columns(lines[lines.index("-- Columns:") + 1 :])
        named = tuple(grain[0].removeprefix("-- Grain: ").split(", "))
        if not set(named) <= set(columns):
            raise ModelError(f"{path}: the grain names a column that the header does not")
        return cls(path.stem, sql, named, columns)


@dataclass(frozen=True, slots=True)
class Computed:
    """One private table that Python computes from others; temporary when named `stg_…`.

    reads  tables that must stand before; those that no model makes are registered elsewhere
    run    returns the rows; the same tables must give the same rows
    """

    reads: tuple[str, ...]
    run: Callable[[duckdb.DuckDBPyConnection], pa.Table]


def _nothing() -> None:
    """Leave what is registered as it is: one pass over everything."""


def _columns(lines: list[str]) -> tuple[str, ...]:
    """The names listed below `-- Columns:`, up to the first line that is no such comment."""
    names = []
    for line in lines:
        if match := _COLUMN.fullmatch(line):
            names.append(match[1])
        elif not _CONTINUED.fullmatch(line):
            break
    return tuple(names)


def build(
    con: duckdb.DuckDBPyConnection,
    folder: Path = MODELS,
    computed: Mapping[str, Computed] | None = None,
    weeks: Sequence[Callable[[], None]] = (_nothing,),
) -> list[str]:
    """Build every model under `folder` and every `computed` table (by name: `est_…`, `stg_…`).

    weeks  called one after another, each followed by the models in `weekly/`: registers what
           these are to read. What they read besides must not hang on them.

    Return their names in the order they were built.
    """
    models = {path.stem: Model.read(path) for path in sorted(folder.rglob("*.sql"))}
    weekly = {path.stem for path in (folder / WEEKLY).rglob("*.sql")}
    steps = computed or {}
    order = _in_order(models, steps, weekly)
    together = [models[name] for name in order if name in weekly]
    for name in order:
        if name in steps:
            _compute_one(con, name, steps[name])
        elif name not in weekly:
            _build_one(con, models[name])
        elif name == together[0].name:
            _build_weekly(con, together, weeks)
    return order


def _in_order(
    models: Mapping[str, Model], steps: Mapping[str, Computed], weekly: Collection[str]
) -> list[str]:
    """Names so that each table comes after those it reads, the weekly ones side by side."""
    named = _tables_named(tuple(model.sql for model in models.values()))
    reads = dict(zip(models, map(list, named), strict=True))
    reads |= {name: sorted(step.reads) for name, step in steps.items()}
    inner = {name: needed for name, needed in reads.items() if name in weekly}
    outer = {name: needed for name, needed in reads.items() if name not in weekly}
    outside = {needed for name in inner for needed in reads[name]} - set(inner)
    whole = outer | {WEEKLY: sorted(outside)}
    for name, needed in outer.items():
        whole[name] = [WEEKLY if one in inner else one for one in needed]
    order: list[str] = []
    for name in TopologicalSorter(whole).static_order():
        order += TopologicalSorter(inner).static_order() if name == WEEKLY else [name]
    return list(dict.fromkeys(name for name in order if name in reads))


@functools.lru_cache(maxsize=4)
def _tables_named(queries: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The tables that each query names, sorted."""
    # Asked of an empty database: `get_table_names` would look through a view at its files.
    with duckdb.connect() as empty:
        return tuple(tuple(sorted(empty.get_table_names(query))) for query in queries)


def _build_weekly(
    con: duckdb.DuckDBPyConnection,
    models: Sequence[Model],
    weeks: Sequence[Callable[[], None]],
) -> None:
    for number, prepare in enumerate(weeks):
        prepare()
        for model in models:
            if number == 0 or _is_staging(model.name):
                _build_one(con, model)
            else:
                _add_rows(con, model)
    for model in models:
        _check_grain(con, model)


def _add_rows(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    con.execute(f"insert into {model.name} {model.sql}")


def _compute_one(con: duckdb.DuckDBPyConnection, name: str, step: Computed) -> None:
    rows = step.run(con)
    con.register("computed_rows", rows)
    con.execute(f"create or replace {_kind(name)} {name} as select * from computed_rows")
    con.unregister("computed_rows")


def _build_one(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    con.execute(f"create or replace {_kind(model.name)} {model.name} as {model.sql}")
    _check_columns(con, model)
    _check_grain(con, model)


def _kind(name: str) -> str:
    return "temporary table" if _is_staging(name) else "table"


def _is_staging(name: str) -> bool:
    """Whether the table knows posts and authors, and goes with the connection."""
    return name.startswith("stg_")


def _check_columns(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    returned = tuple(con.table(model.name).columns)
    if returned != model.columns:
        raise ModelError(
            f"{model.name}: the header lists {', '.join(model.columns)} "
            f"but the SELECT returns {', '.join(returned)}"
        )


def _check_grain(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """A SELECT that groups by its grain cannot repeat it: then only NULL is looked for."""
    grain = ", ".join(model.grain)
    is_missing = " or ".join(f"{column} is null" for column in model.grain)
    if _groups_by_its_grain(model):
        asked = f"select {grain} from {model.name} where {is_missing} limit 1"
    else:
        asked = (
            f"select {grain} from {model.name} group by {grain} "
            f"having count(*) > 1 or {is_missing}"
        )
    faulty = con.execute(asked).fetchone()
    if faulty:
        raise ModelError(f"{model.name}: {grain} does not name one row, see {faulty}")


def _groups_by_its_grain(model: Model) -> bool:
    """Whether the file ends with one SELECT that gives just these columns by their groups."""
    last = model.sql.rpartition("\n)\n")[2]
    grouped = re.search(r"\ngroup by\s+([\w., ]+)\s*$", last)
    if grouped is None or "\nunion" in last:
        return False
    given = re.findall(r"\n    ([\w.]+)(?=,?\n)", last)
    named, grain = {_last_name(column) for column in grouped[1].split(", ")}, set(model.grain)
    return named == grain and grain <= {_last_name(column) for column in given}


def _last_name(column: str) -> str:
    return column.rpartition(".")[2]
