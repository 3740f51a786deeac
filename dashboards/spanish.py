"""Say shares, dates and directions in Spanish, as `dashboards.words` says them in English.

The Spanish is that of the United States, with *usted*. Names of places stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from dashboards.trend import Trend
from dashboards.words import Frequency

SAMPLE_NOTICE_ES = "Datos de muestra, escritos para una demostración"

MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


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


def trend_label_es(line: Trend, weeks_n: int) -> str:
    """What a line of shares shows, in one sentence."""
    first, last = line.ends
    hidden = f" {line.hidden_n} semanas no tienen cifra." if line.hidden_n else ""
    return f"En {weeks_n} semanas: de {about_es(first)} a {about_es(last)}.{hidden}"


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
    if len(items) < 2:
        return "".join(items)
    last = items[-1]
    joiner = "e" if re.match(r"(i|í|hi)(?!e)", last.lower()) else "y"
    return f"{', '.join(items[:-1])} {joiner} {last}"
