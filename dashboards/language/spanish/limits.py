"""Say in Spanish what the figures cannot tell, and how hard care is to reach."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.language.spanish.places import this
from dashboards.spanish import list_es, of_es, source_es, week_number_es
from dashboards.words import sentence

HIDDEN = (
    "Se oculta toda cifra de menos de 10 personas, y algunas más, para que no se pueda deducir "
    "ningún número pequeño. Oculto no quiere decir ninguno."
)
SHIFTED = "Con esas semanas no se compara."
NO_OUTAGE = "Ninguna fuente quedó en silencio en estas semanas."
NO_PHYSICIAN = "No se contó ningún médico de atención primaria aquí (2021)."
NO_FIRM_FIGURE = "No hay una cifra firme de médicos de atención primaria."

ERRORS = (
    "Un programa clasifica los mensajes y a veces se equivoca. Las cifras de quienes difunden "
    "una idea se corrigen por eso, y lo probable abarca más; las de preguntas y respuestas no "
    "se corrigen."
)
KNOWN_FROM = {
    "audit": "Se sabe cuánto se equivoca por una auditoría de mensajes que reunimos.",
    "model card": (
        "Aún no hay una auditoría de mensajes que reunimos; cuánto se equivoca lo dice su "
        "ficha técnica."
    ),
    "audit and model card": (
        "Se sabe cuánto se equivoca por una auditoría de mensajes que reunimos y, donde es muy "
        "pequeña, por su ficha técnica."
    ),
}
"""By `error_rates` of the table `pub_release`."""

STALE = ", of another version"
TOLD_STALE = " La ficha técnica es de otra versión del programa."


def seen(place: str) -> str:
    return (
        f"Visto en mensajes públicos que reunimos; no es lo que cree la gente {of_es(place)}. "
        "La mayoría nunca publica."
    )


def not_seen(offline: int | None) -> str:
    share = f" (cerca de {offline} de cada 100 hogares de este lugar)" if offline else ""
    return (
        "Aquí casi no se ve a quien no publica, a quien escribe en un idioma que no es inglés "
        f"ni español, ni a quien no tiene internet{share}."
    )


def errors(error_rates: str | None) -> str:
    if error_rates is None:
        return ERRORS
    told = KNOWN_FROM[error_rates.removesuffix(STALE)]
    return f"{ERRORS} {told}{TOLD_STALE if error_rates.endswith(STALE) else ''}"


def posts_from(sources: Sequence[str]) -> str:
    named = list_es([source_es(source) for source in sources])
    return f"Los mensajes vienen de: {named or 'ninguna fuente de 10 personas o más'}."


def silent(source: str, weeks: Sequence[str]) -> str:
    return f"No hubo datos, o casi ninguno, de {source_es(source)} en {_weeks(weeks)}."


def mixed(weeks: Sequence[str]) -> str:
    return f"En {_weeks(weeks)} la mezcla de fuentes fue muy distinta."


def _weeks(weeks: Sequence[str]) -> str:
    return list_es([f"la {week_number_es(week)}" for week in weeks])


def placed(posts_n: int, weeks_n: int, placed_n: int) -> str:
    return (
        f"De {posts_n:,} mensajes en {weeks_n} semanas, {placed_n:,} se pudieron ubicar en un "
        "estado o condado."
    )


def no_author(posts_n: int) -> str:
    return (
        f"{posts_n:,} no nombran autor: cada uno cuenta como una voz, y las casi copias juntas "
        "como una. Quien escribe mucho puede contar más de una vez."
    )


def physicians(residents_n: int) -> str:
    return f"Un médico de atención primaria para cerca de {residents_n:,} habitantes (2021)."


def shortage(extent: str, county_name: str) -> str:
    if extent == "none":
        return "No es zona federal de escasez de atención primaria (2023)."
    where = this(county_name)
    whole = f"tod{'a' if where.startswith('esta ') else 'o'} {where}"
    part = whole if extent == "whole" else f"una parte de {where}"
    return sentence(f"{part} es zona federal de escasez de atención primaria (2023)")


def uninsured(in_100: int) -> str:
    return f"Cerca de {in_100} de cada 100 habitantes no tienen seguro médico (2014–18)."
