"""Say a brief in Spanish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboards.language.english.brief import MANY_FOLD
from dashboards.language.spanish.figures import DIRECTIONS
from dashboards.risk import Part, PartName, Reason, Verdict
from dashboards.spanish import any_es, list_es, of_es
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
    "rural": "solo en los condados rurales en conjunto",
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
    if fold > MANY_FOLD:
        return f"más de {MANY_FOLD} veces lo esperado"
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
