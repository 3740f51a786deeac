"""Say in Spanish of which place and week a brief is, and how well founded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dashboards.language.spanish.labels import BRIEF
from dashboards.spanish import list_es, source_es, week_dates_es, week_number_es

AND_CLINICS = ", y reportes de clínicas, que se cuentan aparte"
EVIDENCE: Mapping[str, str] = {
    "A": "buena",
    "B": "aceptable",
    "C": "escasa",
    "D": "ninguna propia",
}

BANDS = {
    "fewer than 10": "menos de 10",
    "10 to 19": "de 10 a 19",
    "20 to 49": "de 20 a 49",
    "50 to 99": "de 50 a 99",
    "100 to 499": "de 100 a 499",
    "500 or more": "500 o más",
}
"""How many voices, as the table `pub_evidence` says it."""

PARTS = {
    "code": "programa",
    "taxonomy": "taxonomía",
    "model": "modelo",
    "reference": "referencia",
    "correction": "corrección",
}

ORIGINS = {
    "audit and model card": "auditoría y ficha",
    "model card": "ficha",
    "audit": "auditoría",
    "none": "ninguna",
}
"""What a correction is called by, before its digest."""


def page_title(place: str, week: str, is_sample: bool) -> str:
    return f"{place}: resumen de {week}{BRIEF['sample'] if is_sample else ''}"


def week(week: str) -> str:
    return week_number_es(week)


def week_line(start: date, end: date, week: str, release_id: str) -> str:
    dates = f"{week_dates_es(start, end)} ({week_number_es(week)})"
    return f"Semana {dates} · edición {release_id}"


def versions(versions: Mapping[str, str]) -> str:
    told = {PARTS.get(part, part): name for part, name in versions.items()}
    corrected = told.get("corrección", "")
    for origin, name in ORIGINS.items():
        if corrected.startswith(origin):
            told["corrección"] = f"{name}{corrected.removeprefix(origin)}"
            break
    return ", ".join(f"{part} {name}" for part, name in told.items())


def evidence_head(letter: str) -> str:
    return f"Solidez de los datos, {letter} ({EVIDENCE[letter]}):"


def rests_on(where: str, band: str, weeks_n: int, sources: Sequence[str]) -> str:
    return f"se apoya en {where}: {_voices(band, weeks_n)}, {_named(sources)}"


def voices_here(band: str, weeks_n: int, sources: Sequence[str]) -> str:
    return (
        f"{_voices(band, weeks_n)} aquí, muy pocas sobre un mismo tema esta semana; los "
        f"mensajes vienen {_named(sources)}"
    )


def too_few_posts(sources: Sequence[str]) -> str:
    return f"muy pocos mensajes para decir algo; los mensajes vienen {_named(sources)}"


def _voices(band: str, weeks_n: int) -> str:
    return f"{BANDS.get(band, band)} voces de salud en {weeks_n} semanas"


def _named(sources: Sequence[str]) -> str:
    """`de 2 fuentes (Bluesky y noticias locales)`."""
    if not sources:
        return "de ninguna fuente"
    count = "1 fuente" if len(sources) == 1 else f"{len(sources)} fuentes"
    return f"de {count} ({list_es([source_es(source) for source in sources])})"


def copies(where: str, weeks_n: int) -> str:
    weeks = "esta semana" if weeks_n == 1 else f"estas {weeks_n} semanas"
    return (
        f"Algunos mensajes de salud {where}, en {weeks}, eran casi copias con 10 nombres o "
        "más. Pueden ser una campaña, o noticias que se comparten. No cuentan en ninguna cifra "
        "de aquí."
    )
