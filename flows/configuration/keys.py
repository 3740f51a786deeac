"""Say every key that `grapevine.toml` may have, with its type and its meaning.

A key is a shorter name of an environment variable: `url` under `[bluesky]` is
`GRAPEVINE_BLUESKY_URL`. What values make sense is known to whoever reads the variable, and is
said only there; here stands which keys there are and what kind of value each one takes.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Secret = Annotated[
    str, StringConstraints(strict=True, pattern=r"^(env|prefect-secret):[A-Za-z0-9_-]{1,100}$")
]
"""Where a secret lies, never the secret: `env:NAME`, or `prefect-secret:NAME` of a block."""

Text = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1)]
Texts = list[Text]


class Section(BaseModel):
    """A table of the file: a key that it has not is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Bluesky(Section):
    """Bluesky's live tail; needs no account."""

    url: Texts | None = Field(default=None, description="Jetstream addresses, tried in order")
    api: Text | None = Field(default=None, description="address of the public look-ups")
    compress: bool | None = Field(
        default=None, description="zstd frames; version 2 of Jetstream only"
    )
    quiet_s: float | None = Field(default=None, description="seconds that count as silence")
    back_h: float | None = Field(
        default=None, description="hours to go back on the first start"
    )


class Reddit(Section):
    """Reddit, by approval only."""

    approval: Text | None = Field(default=None, description="reference of Reddit's approval")
    client_id: Text | None = Field(default=None, description="the application's id")
    client_secret: Secret | None = Field(default=None, description="where its secret lies")
    contact: Text | None = Field(default=None, description="who runs this, one word, as u/name")
    states: Texts | None = Field(default=None, description="only communities of these, as WY")
    per_minute: int | None = Field(default=None, description="queries a minute")
    timeout_s: float | None = Field(default=None, description="seconds to wait for an answer")
    url: Text | None = Field(default=None, description="a mirror that stands for Reddit")


class Mastodon(Section):
    """Instances whose terms somebody has read."""

    instances: Text | None = Field(default=None, description="your own list in place of ours")
    timeout_s: float | None = Field(
        default=None, description="seconds an instance has to answer"
    )
    first_days: int | None = Field(
        default=None, description="days to go back on the first look"
    )
    loopback: Texts | None = Field(
        default=None, description="addresses of this machine allowed"
    )


class News(Section):
    """Feeds of local papers and stations."""

    feeds: Text | None = Field(default=None, description="your own list in place of ours")
    timeout_s: float | None = Field(default=None, description="seconds a feed has to answer")
    loopback: Texts | None = Field(
        default=None, description="addresses of this machine allowed"
    )


class Clinic(Section):
    """Counts that clinics report."""

    report: Text | None = Field(default=None, description="path or https address of the CSV")
    timeout_s: float | None = Field(default=None, description="seconds for an answer")


class Configuration(Section):
    """The whole file."""

    home: Text | None = Field(default=None, description="the data folder; data, unless written")
    regions: Text | None = Field(
        default=None, description="groups of counties; regions.toml in the data folder"
    )
    keep_hours: dict[Text, int] | None = Field(
        default=None, description="hours that text is kept, by source; other is for the rest"
    )
    bluesky: Bluesky = Bluesky()
    reddit: Reddit = Reddit()
    mastodon: Mastodon = Mastodon()
    news: News = News()
    clinic: Clinic = Clinic()
