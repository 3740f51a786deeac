"""Describe the data files for machines: a Frictionless data package, `data/datapackage.json`.

It lists every table with the type, unit and meaning of each column, its key, and the size and
digest of its CSV file (https://datapackage.org). Written from the same headers as the page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from dashboards.dictionary import COMMON, HEADERS, TABLES
from dashboards.published import Numbers
from dashboards.tables import notice, whole

Files = Mapping[str, bytes]
"""File name (`theme_week.csv`) → its bytes."""


def data_package(numbers: Numbers, files: Files) -> str:
    """The description of these files as JSON text."""
    release = numbers.release
    body = {
        "profile": "tabular-data-package",
        "name": f"grapevine-{release.release_id.lower().replace('.', '-')}",
        "title": "Health claims in public posts, by place and week",
        "version": release.release_id,
        "notice": notice(release),
        "resources": [_resource(numbers, name, files) for name in TABLES],
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def _resource(numbers: Numbers, name: str, files: Files) -> dict[str, Any]:
    data = files[f"{name}.csv"]
    meanings = dict((*COMMON, *TABLES[name][1]))
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "description": " ".join([TABLES[name][0], *HEADERS[name].notes]),
        "also_as": [f"{name}.parquet", f"{name}.json"],
        "schema": {
            "fields": [
                {
                    "name": field.name,
                    "type": _type(field.type),
                    "description": meanings[field.name],
                }
                for field in whole(numbers, name).schema
            ],
            "primaryKey": list(HEADERS[name].grain),
            "missingValues": [""],
        },
    }


def _type(kind: pa.DataType) -> str:
    """The name that table schemas have for a type."""
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    return "date" if pa.types.is_date(kind) else "string"
