"""Say what every column of the published files means: the headers of the SQL, for readers.

Each table is named for its files and lists its own columns in order; `COMMON` follows them in
every CSV and Parquet file. Nothing is written here twice: what a column means stands in the
header of the model that makes it, and the build holds that header to the table.
"""

from __future__ import annotations

from warehouse.headers import Header, published

SAMPLE_NOTICE = "Sample data, written for demonstration"

Columns = tuple[tuple[str, str], ...]
"""(column, meaning), in order."""

FROZEN: Columns = (
    ("release_id", "name of the release"),
    ("code", "version of the program"),
    ("taxonomy", "version of themes, signals and claims"),
    ("model", "what the tags were made by"),
    ("reference", "version of the tables of places"),
    ("correction", "where the tagger's error rates come from, and their digest"),
    ("content_sha256", "digest of all published figures"),
    ("seed", "seed of the draws behind the estimates"),
    (
        "changed",
        "what changed since the release of this week published before; empty: the first",
    ),
    ("checked", "what the checks before publication found"),
)
"""Columns that the table of releases gets when it is frozen, before its own."""

HEADERS: dict[str, Header] = {header.file: header for header in published()}
"""Name of its files → header of a published table."""


def _columns(header: Header) -> Columns:
    return (*FROZEN, *header.columns) if header.name == "pub_release" else header.columns


TABLES: dict[str, tuple[str, Columns]] = {
    name: (header.what, _columns(header)) for name, header in HEADERS.items()
}
"""File → what it holds, and each column with its meaning. The data dictionary is this."""

COMMON: Columns = (
    ("issue", "release the line belongs to; a release never changes"),
    ("is_sample", "true when the data are a demonstration"),
    ("notice", f"“{SAMPLE_NOTICE}” when they are, else empty"),
)
"""Columns at the end of every CSV and Parquet file."""

SIGNAL_SHAPE: Columns = (
    ("geo_type", "nation, rural (all rural regions), state, region or county"),
    ("geo_value", "us, us-rural, postal code in small letters, wy-rural, or county FIPS"),
    ("time_value", "MMWR week as a number, 202410"),
    (
        "signal",
        "promotes_sunscreen, asks_fluoride, …; trust_blame_pharma, …; health_voices; and "
        "estimated_ before the name of one that is corrected and pooled (estimate_week)",
    ),
    ("value", "share per 1,000 health voices; for health_voices the count itself"),
    (
        "se",
        "standard error of the share, per 1,000; of an estimate the width of its 90 % interval "
        "over 3.29; null for health_voices",
    ),
    ("sample_size", "distinct authors of health posts; null where they are hidden"),
    ("issue", "release the figure belongs to"),
    ("is_sample", "true when the data are a demonstration"),
)
