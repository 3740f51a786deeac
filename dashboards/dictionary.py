"""Say what every column of the published files means. The data page is written from this.

Each table is named for its CSV file and lists its own columns in order; `COMMON` follows them
in every file.
"""

from __future__ import annotations

SAMPLE_NOTICE = "Sample data, written for demonstration"

Columns = tuple[tuple[str, str], ...]
"""(column, meaning), in order."""

TABLES: dict[str, tuple[str, Columns]] = {
    "themes": (
        "How often each theme was promoted, refuted, asked about or mentioned",
        (
            ("geo_type", "nation, state, region or county"),
            ("geo_value", "US, postal code, postal code and rural or urban, or county FIPS"),
            ("week", "MMWR week, Sunday to Saturday, UTC"),
            ("theme_id", "theme of the catalogue; ids never change"),
            ("stance", "promotes, refutes, asks or mentions"),
            ("author_n", "distinct authors seen, at least 10"),
            ("health_author_n", "distinct authors of health posts there that week"),
            ("share_per_1000", "author_n for each 1,000 of health_author_n"),
            ("low_per_1000", "low end of the 90 % Wilson interval of that share"),
            ("high_per_1000", "high end of the same interval"),
        ),
    ),
    "signals": (
        "How often each trust signal was seen",
        (
            ("geo_type", "as in themes.csv"),
            ("geo_value", "as in themes.csv"),
            ("week", "as in themes.csv"),
            ("signal_id", "trust signal of the catalogue; ids never change"),
            ("author_n", "distinct authors seen, at least 10"),
            ("health_author_n", "distinct authors of health posts there that week"),
            ("share_per_1000", "author_n for each 1,000 of health_author_n"),
            ("low_per_1000", "low end of the 90 % Wilson interval of that share"),
            ("high_per_1000", "high end of the same interval"),
        ),
    ),
    "volume": (
        "How many people posted about health",
        (
            ("geo_type", "as in themes.csv"),
            ("geo_value", "as in themes.csv"),
            ("week", "as in themes.csv"),
            ("health_author_n", "distinct authors of health posts, at least 10"),
        ),
    ),
    "changes": (
        "Direction of each theme in the week of the release",
        (
            ("geo_type", "as in themes.csv"),
            ("geo_value", "as in themes.csv"),
            ("week", "the week of the release"),
            ("theme_id", "as in themes.csv"),
            ("direction", "rising, falling, steady or new, against the trailing eight weeks"),
        ),
    ),
    "clinics": (
        "How often clinics reported hearing a theme; never to be added to counts of posts",
        (
            ("geo_type", "state or county"),
            ("geo_value", "as in themes.csv"),
            ("week", "as in themes.csv"),
            ("theme_id", "as in themes.csv"),
            ("heard_n", "times heard, as staff counted them, at least 10; not patients"),
        ),
    ),
    "evidence": (
        "How many voices stand behind each place, in bands, over the whole window",
        (
            ("geo_type", "as in themes.csv"),
            ("geo_value", "as in themes.csv"),
            ("voice_band", "author-weeks of all posts placed there"),
            ("health_voice_band", "author-weeks of health posts placed there"),
            ("copies", "10 names or more put up near-copies in one week; or none shown"),
        ),
    ),
}
"""File → what it holds, and each column with its meaning. The data dictionary is this."""

COMMON: Columns = (
    ("issue", "release the line belongs to; a release never changes"),
    ("is_sample", "true when the data are a demonstration"),
    ("notice", f"“{SAMPLE_NOTICE}” when they are, else empty"),
)
"""Columns at the end of every CSV file."""

SIGNAL_SHAPE: Columns = (
    ("geo_type", "nation, state, region or county"),
    ("geo_value", "us, postal code in small letters, wy-rural, or county FIPS"),
    ("time_value", "MMWR week as a number, 202410"),
    ("signal", "promotes_sunscreen, asks_fluoride, …; trust_blame_pharma, …; health_voices"),
    ("value", "share per 1,000 health voices; for health_voices the count itself"),
    ("se", "standard error of the share, per 1,000; null for health_voices"),
    ("sample_size", "distinct authors of health posts"),
    ("issue", "release the figure belongs to"),
    ("is_sample", "true when the data are a demonstration"),
)
