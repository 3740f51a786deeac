"""Keep what was drawn for the audit and what a reader of the team found, in one Parquet file.

A row is one question: does this post promote this theme, or carry this signal? It is entered
when the post is drawn and answered when a file of answers is added. It holds no text. It keeps
of its post what a tag keeps (source, time, hashed author, community), so that it goes when the
post is taken back or forgotten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.errors import DataFolderError
from warehouse.files import alone, readable_errors, write_whole
from warehouse.home import Home

LABELS = pa.schema(
    [
        pa.field("post_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("tag_id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("posted_at", pa.timestamp("s", tz="UTC"), nullable=False),
        pa.field("author_key", pa.string(), nullable=False),
        pa.field("community", pa.string()),
        pa.field("week", pa.string(), nullable=False),
        pa.field("is_sample", pa.bool_(), nullable=False),
        pa.field("lang", pa.string(), nullable=False),
        pa.field("model", pa.string(), nullable=False),
        pa.field("stratum", pa.string(), nullable=False),
        pa.field("stratum_n", pa.int64(), nullable=False),
        pa.field("inclusion_probability", pa.float64(), nullable=False),
        pa.field("sorted_out", pa.list_(pa.string()), nullable=False),
        pa.field("label_true", pa.string()),
        pa.field("labelled_on", pa.date32()),
        pa.field("labeller", pa.string()),
    ]
)
"""`raw_audit_labels`: one row a post and question.

is_sample      the post is made up; its answers say nothing of real ones
kind, tag_id   `theme` or `signal` and its id; both `any` when the question is open: which
               themes does the post promote, which signals does it carry?
model          name of the tagger whose tags it was drawn by
stratum        `tagged` as promoting the theme or carrying the signal, `near` (the theme with
               another stance, or unsure of it), `any` (all posts about health of the language)
stratum_n      posts of the week in it; inclusion_probability: share of them that was drawn
sorted_out     of an open question, `kind:tag_id` of what the post is tagged with or near to
label_true     the truth: a stance or `none` for a theme, `present` or `none` for a signal; of
               an open question ids, with a space between, or `none`. NULL until it is answered
labeller       a short name; labelled_on: day of the answer
"""

KEY = ("post_id", "kind", "tag_id")
Key = tuple[str, str, str]

ANY, TAGGED, NEAR = "any", "tagged", "near"


def key(row: Mapping[str, object]) -> Key:
    """What names a question."""
    return str(row["post_id"]), str(row["kind"]), str(row["tag_id"])


def read(home: Home) -> pa.Table:
    """All questions, in shape `LABELS`. Raise `DataFolderError` when the file is damaged."""
    path = home.audit_labels
    with readable_errors(path):
        if not path.exists():
            return LABELS.empty_table()
        try:
            return pq.ParquetFile(path).read(use_threads=False).cast(LABELS)
        except (pa.ArrowInvalid, ValueError) as error:
            raise DataFolderError(
                f"{path} is damaged ({error}). Put it back from a copy; without one, delete it "
                "and audit anew."
            ) from error


def fingerprint(home: Home) -> str:
    """What changes when an answer does."""
    rows = read(home)
    answered = rows.filter(pc.is_valid(rows["label_true"])).to_pylist()
    return hashlib.sha256(repr(answered).encode()).hexdigest()


def change(home: Home, changed: Callable[[pa.Table], pa.Table]) -> pa.Table:
    """Replace the questions with what `changed` makes of them; one run at a time. Return it."""
    with readable_errors(home.audit_labels), alone(home.audit_labels.with_name(".lock")):
        _draft(home.audit_labels).unlink(missing_ok=True)
        old = read(home)
        new = changed(old).sort_by([(name, "ascending") for name in KEY]).combine_chunks()
        if not new.num_rows:
            home.audit_labels.unlink(missing_ok=True)
        elif not new.equals(old):
            sink = pa.BufferOutputStream()
            pq.write_table(new, sink, compression="zstd")
            write_whole(home.audit_labels, sink.getvalue())
        return new


def keep(home: Home, source: str, stays: Callable[[pa.Table], pa.Array]) -> None:
    """Remove the questions of a source but those that stay; `stays` is given `LABELS` rows."""
    if not home.audit_labels.parent.exists():
        return

    def kept(rows: pa.Table) -> pa.Table:
        of_source = pc.equal(rows["source"], source)
        left = rows.filter(of_source)
        return pa.concat_tables([rows.filter(pc.invert(of_source)), left.filter(stays(left))])

    change(home, kept)


def sources(home: Home) -> list[str]:
    """The sources that questions are about; never made-up ones."""
    rows = read(home)
    return sorted(rows.filter(pc.invert(rows["is_sample"]))["source"].unique().to_pylist())


def _draft(path: Path) -> Path:
    """What a killed `write_whole` leaves beside the file."""
    return path.with_name(f".{path.name}.draft")
