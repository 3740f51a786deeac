"""Say shares in Spanish: how many passed a claim on, asked, or gave a sign."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.language.names import Answered
from dashboards.spanish import about_es, cell_es, likely_es, range_es
from dashboards.words import Frequency, sentence

CHANGES: Mapping[str | None, str] = {
    "rising": "más que en las semanas anteriores",
    "falling": "menos que en las semanas anteriores",
    "steady": "más o menos igual que en las semanas anteriores",
    "new": "cuando antes casi nadie lo hacía",
    None: "con muy pocos mensajes para comparar con las semanas anteriores",
}
DIRECTIONS: Mapping[str | None, str] = {
    "rising": "sube",
    "falling": "baja",
    "steady": "sigue igual",
    "new": "nuevo",
    None: "muy pocos mensajes para decirlo",
}
TOLD = {
    "promotes": "{where}, {share} difundieron una idea así, {change}",
    "signal": "{where}, {share} dieron esta señal",
    "asks": "{share} preguntaron por eso",
    "refutes": "{share} dijeron que es falso",
}


def theme(
    where: str, share: Frequency, direction: str | None, borrowed: str
) -> tuple[str, str, str]:
    likely = f"({likely_es(share)}) " if share.likely else ""
    rests = f" Hay pocos mensajes: la cifra se apoya más en {borrowed}." if borrowed else ""
    return (
        f"{where[:1].upper()}{where[1:]},",
        f"{about_es(share)} voces de salud",
        f"{likely}difundieron esto, {CHANGES[direction]}.{rests}",
    )


def share(share: Frequency) -> str:
    return f"{about_es(share)}{range_es(share)}"


def cell(share: Frequency) -> str:
    return cell_es(share)


def trend(ends: tuple[Frequency, Frequency], weeks_n: int, hidden_n: int) -> str:
    first, last = map(about_es, ends)
    hidden = f" {hidden_n} semanas no tienen cifra." if hidden_n else ""
    return f"En {weeks_n} semanas: de {first} a {last}.{hidden}"


def trend_note(weeks_n: int) -> str:
    return f"{weeks_n} semanas, desde cero; en sombra: lo probable"


def year(top: Frequency, weeks_n: int) -> str:
    return (
        f"{weeks_n} semanas, todos los lugares de donde reunimos mensajes. El dibujo va de "
        f"cero a {about_es(top)} voces de salud; en sombra: lo probable. Una semana sin "
        "cifra deja un hueco."
    )


def short_of_year(weeks_n: int) -> str:
    return f"Esta edición tiene {weeks_n} semanas; aún no hay un año entero que dibujar."


def asked(title: str, share: Frequency, where: str, answered: Answered) -> str:
    likely = f", {likely_es(share)}" if share.likely else ""
    told = f"{title}: {about_es(share)} voces de salud preguntaron {where}{likely}."
    if answered == "void":
        return f"{told} Preguntan más que antes, y pocos responden."
    return f"{told} Se pregunta más de lo que se responde." if answered == "seldom" else told


def told(stance: str, where: str, share: Frequency, direction: str | None) -> str:
    voices = f"{about_es(share)} voces de salud{range_es(share)}"
    return sentence(TOLD[stance].format(where=where, share=voices, change=CHANGES[direction]))
