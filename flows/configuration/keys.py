"""Say every key that `grapevine.toml` may have, with its type and its meaning.

A key is a shorter name of an environment variable: `url` under `[bluesky]` is
`GRAPEVINE_BLUESKY_URL`. What values make sense is known to whoever reads the variable, and is
said only there; here stands which keys there are and what kind of value each one takes.
"""

from __future__ import annotations

from typing import Annotated, Literal

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


class Service(Section):
    """What `grapevine up` starts."""

    port: int | None = Field(
        default=None, description="the Prefect page's; unless written, the first free from 4200"
    )
    schedule: Text | None = Field(
        default=None, description="your own prefect.yaml in place of ours"
    )


class Backup(Section):
    """The daily copy of the data folder."""

    folder: Text | None = Field(
        default=None, description="where copies go, for this data folder alone; none, no copies"
    )
    keep: int | None = Field(default=None, description="copies to keep, the newest; 14")


class Serve(Section):
    """`grapevine serve`: the site, /healthz and /metrics."""

    host: Text | None = Field(default=None, description="address to listen on; 127.0.0.1")
    port: int | None = Field(default=None, description="port to listen on; 8000")
    password: Secret | None = Field(
        default=None, description="where the password lies, 12 signs or more"
    )
    proxy_header: Text | None = Field(
        default=None, description="in place of it: header in which your proxy names the user"
    )
    proxies: Texts | None = Field(
        default=None, description="addresses or networks that your proxy asks from"
    )
    hosts: Texts | None = Field(
        default=None, description="names readers may ask for, as briefs.health.example"
    )
    certificate: Text | None = Field(default=None, description="PEM file for https")
    key: Text | None = Field(default=None, description="PEM file of its private key")


class Watch(Section):
    """Who is told when something is wrong, and from when on it is."""

    mail_to: Texts | None = Field(
        default=None, description="addresses told by the mail server of delivery.toml"
    )
    webhook: Secret | None = Field(
        default=None, description="where the address of a Slack-compatible webhook lies"
    )
    stale_h: float | None = Field(
        default=None, description="hours after a good run until numbers count as stale; 192"
    )
    silent_h: dict[Text, float] | None = Field(
        default=None, description="hours of silence of a source that are told; 0 is never"
    )
    disk_gb: float | None = Field(default=None, description="gigabytes that must be free; 5")
    review_days: int | None = Field(
        default=None, description="days before a card's review is due that it is told; 14"
    )


class Configuration(Section):
    """The whole file."""

    home: Text | None = Field(default=None, description="the data folder; data, unless written")
    regions: Text | None = Field(
        default=None, description="groups of counties; regions.toml in the data folder"
    )
    runner: Literal["local", "dask"] | None = Field(
        default=None, description="where posts are placed and tagged; local, unless written"
    )
    dask: Text | None = Field(
        default=None, description="address of the Dask scheduler, as tcp://127.0.0.1:8786"
    )
    lake: Text | None = Field(
        default=None, description="object store that holds the lake too, as s3://bucket/lake"
    )
    keep_hours: dict[Text, int] | None = Field(
        default=None, description="hours that text is kept, by source; other is for the rest"
    )
    log: Text | None = Field(default=None, description="text, or json: one line an event")
    bluesky: Bluesky = Bluesky()
    reddit: Reddit = Reddit()
    mastodon: Mastodon = Mastodon()
    news: News = News()
    clinic: Clinic = Clinic()
    service: Service = Service()
    backup: Backup = Backup()
    serve: Serve = Serve()
    watch: Watch = Watch()
