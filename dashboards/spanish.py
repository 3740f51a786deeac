"""Say shares, dates and directions in Spanish, as `dashboards.words` says them in English.

The Spanish is that of the United States, with *usted*. Names of places stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from dashboards.words import SOURCE_NAMES, Frequency, source_name

SAMPLE_NOTICE_ES = "Datos de muestra, escritos para una demostración"

MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


SOURCE_NAMES_ES = SOURCE_NAMES | {
    "clinic": "clínicas",
    "import": "archivos importados",
    "news": "noticias locales",
    "sample": "la muestra",
}
"""What readers call a source, where it is not called by its own name."""


def about_es(share: Frequency) -> str:
    """`cerca de 3 de cada 100`."""
    if not share.middle:
        return f"menos de 1 de cada {share.base:,}"
    return f"cerca de {share.middle:,} de cada {share.base:,}"


def likely_es(share: Frequency) -> str:
    """`lo probable: de 2 a 5`, or nothing where the range is narrower than the rounding."""
    if not share.likely:
        return ""
    return f"lo probable: de {f'{share.low:,}' if share.low else 'menos de 1'} a {share.high:,}"


def range_es(share: Frequency) -> str:
    """` (lo probable: de 2 a 5)` with its space, or nothing."""
    likely = likely_es(share)
    return f" ({likely})" if likely else ""


def cell_es(share: Frequency) -> str:
    """`3 (2 a 5)`, for a table whose heading says the base."""
    middle = f"{share.middle:,}" if share.middle else "menos de 1"
    low = f"{share.low:,}" if share.low else "menos de 1"
    return f"{middle} ({low} a {share.high:,})" if share.likely else middle


def source_es(source: str) -> str:
    """`noticias locales`; a source that is not in the list goes by its id."""
    return SOURCE_NAMES_ES.get(source) or source_name(source)


def day_es(day: date) -> str:
    """`3 de marzo de 2024`."""
    return f"{day.day} de {MONTHS[day.month - 1]} de {day.year}"


def week_dates_es(start: date, end: date) -> str:
    """`del 3 al 9 de marzo de 2024`; month and year are repeated only where they change."""
    if start.year != end.year:
        return f"del {day_es(start)} al {day_es(end)}"
    if start.month != end.month:
        return f"del {start.day} de {MONTHS[start.month - 1]} al {day_es(end)}"
    return f"del {start.day} al {day_es(end)}"


def week_number_es(week: str) -> str:
    """`semana 10 de 2024` for `2024-W10`."""
    year, number = week.split("-W")
    return f"semana {int(number)} de {year}"


def list_es(items: Sequence[str]) -> str:
    """`a`, `a y b`, `a, b y c`; `e` before the sound of i."""
    return _joined(items, "y", "e", r"(i|í|hi)(?!e)")


def any_es(items: Sequence[str]) -> str:
    """`a`, `a o b`, `a, b o c`; `u` before the sound of o."""
    return _joined(items, "o", "u", r"h?[oó]")


def _joined(items: Sequence[str], joiner: str, before_alike: str, alike: str) -> str:
    """`before_alike` stands where the last item begins with the joiner's own sound."""
    if len(items) < 2:
        return "".join(items)
    last = items[-1]
    chosen = before_alike if re.match(alike, last.lower()) else joiner
    return f"{', '.join(items[:-1])} {chosen} {last}"


def of_es(name: str) -> str:
    """`de Wyoming`, `del Distrito de Columbia`."""
    return f"del {name[3:]}" if name.startswith("el ") else f"de {name}"
