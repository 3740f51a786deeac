"""Describe a county's JSON file once, for people and for programs.

`COUNTY` says of every field its type, unit and meaning and whether it may be null; the JSON
Schema (2020-12) beside the data files and the table on the data page are both written from it.
A field that is not described is refused by the schema, so neither can fall behind the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dashboards.published import Release
from dashboards.risk import VERDICTS
from dashboards.tables import notice

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PER_1000 = "per 1,000 health voices"
PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the file.

    kind      `string`, `integer`, `number`, `boolean`, `object` or `array`
    unit      of a number; empty where it has none
    may_null  whether null stands where nothing can be told
    one_of    the only texts allowed
    pattern   what a text looks like
    low, high bounds of a number
    fields    of an object, or of each object of an array
    of        of an object whose names are free: what each value is
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    may_null: bool = False
    one_of: tuple[str, ...] = ()
    pattern: str = ""
    low: float | None = None
    high: float | None = None
    fields: tuple[Field, ...] = ()
    of: Field | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One field as a line of the dictionary: `themes[].author_n`, `integer, people`."""

    path: str
    kind: str
    meaning: str


def _rate(name: str, meaning: str) -> Field:
    return Field(name, "number", meaning, PER_1000, low=0, high=1_000)


_THEME_ID = Field("theme_id", "string", "the theme; titles are on the method page")
_PLACE = (
    Field(
        "geo_type",
        "string",
        "how wide the place is that the figure is of",
        one_of=("county", "region", "state", "nation"),
    ),
    Field("geo_value", "string", "county FIPS, WY-rural, postal code, or US"),
)
_RATES = (
    Field("author_n", "integer", "distinct people counted; never under 10", PEOPLE, low=10),
    Field(
        "health_author_n",
        "integer",
        "distinct people who posted about health there that week",
        PEOPLE,
        low=10,
    ),
    _rate("share_per_1000", "share as counted"),
    _rate("low_per_1000", "low end of its 90 % interval"),
    _rate("high_per_1000", "high end of its 90 % interval"),
)
_THEME = (
    _THEME_ID,
    *_PLACE,
    *_RATES,
    Field(
        "direction",
        "string",
        "against earlier weeks; null: too few posts to say",
        may_null=True,
        one_of=("rising", "falling", "steady", "new"),
    ),
    Field("risk_score", "integer", "risk grade", "points of 10", low=0, high=10),
    Field("verdict", "string", "what the grade asks for", one_of=VERDICTS),
    Field(
        "risk_parts",
        "object",
        "the parts of the grade by name",
        of=Field("", "integer", "", "points of 2", low=0, high=2),
    ),
)

COUNTY = (
    Field("fips", "string", "county FIPS code, leading zeros kept", pattern="^[0-9]{5}$"),
    Field("name", "string", "name of the county"),
    Field("state", "string", "postal code of the state", pattern="^[A-Z]{2}$"),
    Field("is_rural", "boolean", "whether rucc_2023 is 4 to 9"),
    Field(
        "rucc_2023", "integer", "Rural-Urban Continuum Code of the USDA, 2023", low=1, high=9
    ),
    Field("week", "string", "MMWR week of the figures", pattern="^[0-9]{4}-W[0-9]{2}$"),
    Field("issue", "string", "release the figures belong to; a release never changes"),
    Field("is_sample", "boolean", "whether the data are a demonstration"),
    Field("notice", "string", "says so when they are, else empty"),
    Field("evidence", "string", "evidence grade of the page", one_of=("A", "B", "C", "D")),
    Field(
        "copies",
        "object",
        "the place where near-copies under many names were seen; null: none shown",
        may_null=True,
        fields=_PLACE,
    ),
    Field("main", "string", "the main sentence of the page"),
    Field("main_es", "string", "the same in Spanish"),
    Field("action", "string", "the one thing to do this week"),
    Field("action_es", "string", "the same in Spanish"),
    Field(
        "themes", "array", "the themes of the page, at most three, gravest first", fields=_THEME
    ),
    Field("more", "array", "further themes worth being ready for", fields=(_THEME_ID, *_PLACE)),
    Field("held_back_n", "integer", "themes seen but graded too low to name", "themes", low=0),
    Field("asks", "array", "what people ask about", fields=(_THEME_ID, *_PLACE, *_RATES)),
    Field(
        "trust",
        "array",
        "trust signals, most frequent first, all of one place",
        fields=(Field("signal_id", "string", "the signal"), *_PLACE, *_RATES),
    ),
    Field(
        "clinics",
        "array",
        "what clinics reported; counted apart from posts",
        fields=(
            _THEME_ID,
            *_PLACE,
            Field("heard_n", "integer", "times heard; never under 10", "times", low=10),
        ),
    ),
)
"""The fields of `county/<fips>.json`, in order."""


def county_schema(release: Release) -> str:
    """The JSON Schema of a county's file, as JSON text; of a release only the sample notice."""
    body = {
        "$schema": DIALECT,
        "title": "A county's weekly brief, for programs",
        "description": "What the page of a county says; what is hidden is left out",
        "notice": notice(release),
        **_object(COUNTY),
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def county_lines() -> list[Line]:
    """Every field of the file with its full name, for the dictionary."""
    return list(_lines(COUNTY, ""))


def _lines(fields: tuple[Field, ...], before: str) -> Iterator[Line]:
    for one in fields:
        path = f"{before}{one.name}"
        kind = f"{one.kind}{', or null' if one.may_null else ''}"
        unit = one.unit or (one.of.unit if one.of else "")
        yield Line(path, f"{kind}; {unit}" if unit else kind, one.meaning + _allowed(one))
        yield from _lines(one.fields, f"{path}[]." if one.kind == "array" else f"{path}.")


def _allowed(one: Field) -> str:
    return f": {', '.join(one.one_of)}" if one.one_of else ""


def _object(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {one.name: _schema(one) for one in fields},
        "required": [one.name for one in fields],
        "additionalProperties": False,
    }


def _schema(one: Field) -> dict[str, Any]:
    told = (
        f"{one.meaning} ({one.unit})" if one.unit and one.meaning else one.meaning or one.unit
    )
    found: dict[str, Any] = {"description": told, **_value(one)}
    if one.may_null:
        found["type"] = [one.kind, "null"]
        if one.one_of:
            found["enum"] = [*one.one_of, None]
    return found


def _value(one: Field) -> dict[str, Any]:
    if one.kind == "array":
        return {"type": "array", "items": _object(one.fields)}
    if one.fields:
        return _object(one.fields)
    if one.of:
        return {"type": "object", "additionalProperties": _schema(one.of)}
    limits = {
        "enum": list(one.one_of),
        "pattern": one.pattern,
        "minimum": one.low,
        "maximum": one.high,
    }
    return {"type": one.kind} | {key: v for key, v in limits.items() if v not in ([], "", None)}
