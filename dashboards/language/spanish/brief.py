"""Say a brief in Spanish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dashboards.language.spanish.figures import DIRECTIONS
from dashboards.language.spanish.labels import BRIEF
from dashboards.risk import Part, PartName, Reason, Verdict
from dashboards.spanish import any_es, list_es, of_es, source_es, week_dates_es, week_number_es
from dashboards.words import opening, sentence

QUESTION = "¿Qué ha oído o leído sobre esto?"
NOTHING_TO_RAISE = "Esta semana no hace falta sacar ningún tema."
NOTHING_UNUSUAL = (
    "Nada fuera de lo común esta semana: ninguna idea se vio mucho más que en las semanas "
    "anteriores."
)
MIX_CHANGED = (
    "Esta semana no se puede decir qué se sale de lo común: una fuente quedó en silencio, o "
    "cambió la mezcla de fuentes."
)
TOO_FEW = "Esta semana no se puede decir qué se sale de lo común: hay muy pocos mensajes."

VERDICTS: Mapping[Verdict, str] = {
    "raise it": "Saque el tema",
    "be ready": "Prepárese",
    "leave it": "Déjelo",
}
EVIDENCE: Mapping[str, str] = {
    "A": "buena",
    "B": "aceptable",
    "C": "escasa",
    "D": "ninguna propia",
}
RISK_PARTS: Mapping[PartName, str] = {
    "harm": "Daño si se cree",
    "spread": "Difusión",
    "local": "Señales locales",
    "soon": "Momento",
    "gap": "Falta respuesta",
}
REASONS: Mapping[Reason, str] = {
    "harm 2": "muerte o daño duradero",
    "harm 1": "enfermedad evitable o demora",
    "harm 0": "poco daño al cuerpo",
    "under 1": "menos de 1 de cada 100",
    "1 to 3": "de 1 a 3 de cada 100",
    "over 3": "3 de cada 100 o más",
    "county": "visto aquí",
    "region": "visto en condados parecidos",
    "state": "visto en el estado",
    "rural": "ninguna",
    "nation": "ninguna",
    "all year": "todo el año",
    "in season": "es temporada",
    "next month": "la temporada es el mes que viene",
    "out of season": "fuera de temporada",
    "unknown": "no se sabe: muy pocas respuestas para mostrarlas",
    "not counted": "no se sabe: aquí no se cuentan las respuestas",
    "answered": "se responde al menos tanto como se difunde",
    "less often": "se responde menos",
    "seldom": "casi nadie responde",
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


def and_clinics() -> str:
    return ", y reportes de clínicas, que se cuentan aparte"


def copies(where: str, weeks_n: int) -> str:
    weeks = "esta semana" if weeks_n == 1 else f"estas {weeks_n} semanas"
    return (
        f"Algunos mensajes de salud {where}, en {weeks}, eran casi copias con 10 nombres o "
        "más. Pueden ser una campaña, o noticias que se comparten. No cuentan en ninguna cifra "
        "de aquí."
    )


def main(verdict: Verdict, title: str) -> str:
    told = "Saque el tema esta semana" if verdict == "raise it" else "Prepárese para este tema"
    return sentence(f"{told}: {opening(title)}")


def no_figure(places: Sequence[str]) -> str:
    return f"No se puede mostrar ninguna cifra {of_es(any_es(places))}."


def no_own_figure(place: str) -> str:
    return f"No se puede mostrar ninguna cifra propia {of_es(place)}."


def one_of(counties_n: int) -> str:
    return f"Es 1 de los {counties_n:,} condados de aquí; no se hace un total de todos."


def action(verdict: Verdict, question: str) -> str:
    if verdict == "raise it":
        return (
            "Pregunte a los pacientes a quienes pueda importar, antes de que pregunten ellos: "
            f"«{question}»"
        )
    return f"No saque usted el tema. Si un paciente lo menciona, empiece con: «{question}»"


def listen() -> str:
    return f"Pregunte de forma abierta y escuche primero: «{QUESTION}»"


def counted(themes_n: int) -> str:
    told = (
        "1 tema se pudo contar" if themes_n == 1 else f"{themes_n:,} temas se pudieron contar"
    )
    return f"{told}; ninguno pide actuar."


def nothing_known(place: str) -> str:
    return f"Esta semana no se puede decir nada {of_es(place)}."


def gap(places: Sequence[str]) -> str:
    return (
        f"Reunimos muy pocos mensajes públicos que se pudieran ubicar en {any_es(places)}. Es "
        "un hueco en lo que vemos, no una señal de que todo va bien."
    )


def too_early(weeks_n: int, needed_n: int) -> str:
    return (
        f"Aún no se puede decir qué se sale de lo común: hacen falta {needed_n} semanas con "
        f"que comparar; por ahora {f'hay {weeks_n}' if weeks_n else 'no hay ninguna'}."
    )


def unusual(told: Sequence[str], others_n: int) -> str:
    noun = "más" if told else "idea" if others_n == 1 else "ideas"
    others = f"{others_n:,} {noun} que aquí no se nombra{'' if others_n == 1 else 'n'}"
    return (
        f"Fuera de lo común esta semana: {'; '.join([*told, *([others] if others_n else [])])}."
    )


def as_often(title: str, fold: float, where: str) -> str:
    return f"{opening(title)} ({_times(fold)}) {where}"


def _times(fold: float) -> str:
    if fold < 1.75:
        return "cerca de una vez y media lo esperado"
    return (
        "cerca del doble de lo esperado"
        if fold < 2.5
        else f"cerca de {fold:,.0f} veces lo esperado"
    )


def none_counted(places: Sequence[str]) -> str:
    return (
        f"No se contó ninguna idea para la que valga la pena prepararse, en {any_es(places)}."
    )


def our_words(claim: str) -> str:
    return f"Una idea falsa o engañosa de este tipo, en nuestras palabras: «{claim}»"


def grade(verdict: Verdict, score: int) -> str:
    return f"{VERDICTS[verdict]} · {score} de 10"


def why(score: int) -> str:
    return f"Por qué {score} de 10"


def points(points: int) -> str:
    return f"{points} de 2:"


def reason(part: Part) -> str:
    told = REASONS[part.reason]
    return f"{told}; {DIRECTIONS[part.direction]}" if part.direction else told


def more(titles: Sequence[str], others_n: int) -> str:
    return "; ".join([*map(opening, titles), *([f"{others_n:,} más"] if others_n else [])])


def heard(counts: Sequence[tuple[str, int]], where: str) -> str:
    told = list_es([f"«{title}» ({times_n:,} veces)" for title, times_n in counts])
    return f"{told}, según informó el personal {where}"


def held_back(themes_n: int) -> str:
    if not themes_n:
        return (
            "Esta semana no se calla ningún tema. Aun así, no mencione una idea que el "
            "paciente no haya oído."
        )
    if themes_n == 1:
        told = "Hay 1 tema, visto esta semana aquí o en otros lugares, que no se nombra."
    else:
        told = (
            f"Hay {themes_n:,} temas, vistos esta semana aquí o en otros lugares, que no se "
            "nombran."
        )
    return (
        f"{told} Su calificación es muy baja para actuar, y nombrar una idea marginal la "
        "difunde. Si un paciente la menciona, pregunte de forma abierta y escuche."
    )
