"""Ask the Parquet file of collected posts, which stays outside the project, for its rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import InputError


def ask_collection(posts: Path, question: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows that `question` finds; it reads `read_parquet($posts)`.

    Raise `InputError` when the file cannot be read as Parquet or lacks a column.
    """
    try:
        with duckdb.connect() as con:
            con.execute("set enable_progress_bar = false")  # it writes over the command's lines
            return con.execute(question, {"posts": str(posts), **values}).fetchall()
    except duckdb.Error as error:
        raise InputError(
            f"{posts} cannot be read as Parquet with columns row_id, dataset, lang and text. "
            "Give the file of collected posts."
        ) from error
