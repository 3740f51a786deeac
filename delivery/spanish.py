"""Say a brief in Spanish.

Titles of themes are in English only, so a theme goes by the topic of its card, or by a claim
where it has none; the trust signals are left to the brief itself. Names of places stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from classifiers.taxonomy import Theme
from dashboards.blocks import ThemeBlock, base_of, said
from dashboards.brief import Brief
from dashboards.cards import Card
from dashboards.conversation.status import review_status
from dashboards.edition import Edition
from dashboards.geo import Geo
from dashboards.sightings import Question
from dashboards.spanish import (
    SAMPLE_NOTICE_ES,
    about_es,
    likely_es,
    week_dates_es,
    week_number_es,
)
from dashboards.words import sentence
from delivery.parts import Labels, Section, ThemePart

LABELS = Labels(
    this_week="Esta semana",
    do_this="Haga esto",
    claims="Ideas para las que conviene estar preparado",
    check="Para leer más",
    whole="El resumen completo (en inglés)",
    attached="El resumen va adjunto en PDF (en inglés), para imprimir.",
    unsubscribe="Recibe este correo porque su dirección está en la lista de {place}.",
    leave="Salir de la lista",
    is_revised="Qué cambió",
)
EVIDENCE = {"A": "buena", "B": "aceptable", "C": "escasa", "D": "ninguna propia"}
DIRECTIONS = {
    "rising": "más que en semanas anteriores",
    "falling": "menos que en semanas anteriores",
    "steady": "casi igual que en semanas anteriores",
    "new": "cuando antes casi nadie lo hacía",
    None: "con muy pocos mensajes para saber si va en aumento",
}
GRADES = {"raise it": "Saque el tema", "be ready": "Prepárese"}
LEADS = {
    "raise it": "Saque el tema esta semana: {}",
    "be ready": "Prepárese para este tema: {}",
}
OUR_WORDS = "Una idea falsa o engañosa de este tipo, en nuestras palabras"
OPEN_QUESTION = "¿Qué ha oído o leído sobre esto?"
ACTIONS = {
    "raise it": (
        "Pregunte a los pacientes a quienes pueda importar, antes de que pregunten ellos: "
        "«{ask}»"
    ),
    "be ready": "No saque usted el tema. Si un paciente lo menciona, empiece con: «{ask}»",
}
SEEN = (
    "Visto en mensajes públicos que reunimos. Una voz de salud es una persona que publicó "
    "sobre salud en la semana."
)
NONE = "No se contó ninguna idea para la que valga la pena prepararse."
ANY_WEEK = (
    "Lo que ayuda cualquier semana: pregunte qué ha oído el paciente, tome en serio su "
    "preocupación antes de explicar, y acuerden un paso."
)
LIMITS = (
    "Visto en mensajes públicos que reunimos; no es lo que cree la gente de {place}. La "
    "mayoría nunca publica.",
    "Aquí casi no se ve a quien no publica, a quien escribe en un idioma que no sea inglés ni "
    "español, ni a quien no tiene internet.",
    "Se oculta toda cifra de menos de 10 personas, y algunas más, para que no se pueda "
    "deducir ningún número pequeño. Oculto no quiere decir ninguno.",
    "Un programa clasifica los mensajes y a veces se equivoca.",
)
OUTAGES = (
    "Hubo semanas sin alguna fuente, o con otra mezcla de fuentes; con ellas no se compara."
)


@dataclass(frozen=True, slots=True)
class Spanish:
    """The words of one edition's letters in Spanish."""

    edition: Edition

    @property
    def labels(self) -> Labels:
        """What the layout says."""
        return LABELS

    def place(self, geo: Geo) -> str:
        """`Natrona County, Wyoming`, or `Wyoming`: names stay as they are."""
        if geo.type == "state":
            return self.edition.states[geo.value]
        county = self.edition.numbers.counties[geo.value]
        return f"{county.name}, {county.state_name}"

    def subject(self, geo: Geo) -> str:
        """The place, the week, and what is out of the ordinary about the release."""
        release = self.edition.numbers.release
        told = f"{self.place(geo)}: resumen de la {week_number_es(release.week)}"
        revised = ", revisado" if release.changed else ""
        return f"{told}{revised}{' (datos de muestra)' if release.is_sample else ''}"

    def notice(self) -> str:
        """The sample mark."""
        return SAMPLE_NOTICE_ES if self.edition.numbers.release.is_sample else ""

    def changed(self) -> str:
        """That the release differs from the one of this week published before."""
        if not self.edition.numbers.release.changed:
            return ""
        return "Corrige lo ya publicado de esta semana. El resumen en inglés dice qué cambió."

    def facts(self, brief: Brief) -> tuple[str, ...]:
        """The week and the evidence."""
        release, letter = self.edition.numbers.release, brief.evidence.letter
        dates = week_dates_es(release.week_start, release.week_end)
        rests = f": se apoya en {self._name(brief.themes[0].geo)}" if brief.themes else ""
        return (
            f"Semana {dates} ({week_number_es(release.week)}) · edición {release.release_id}",
            f"Solidez de los datos, {letter} ({EVIDENCE[letter]}){rests}.",
        )

    def lead(self, brief: Brief, blocks: Sequence[ThemeBlock]) -> tuple[str, str, str]:
        """Main sentence, what stands behind it, action."""
        if blocks:
            return self._lead_with(brief, blocks[0])
        action = f"Pregunte de forma abierta y escuche primero: «{OPEN_QUESTION}»"
        if brief.held_back_n:
            told = f"{_themes(brief.held_back_n)} se pudieron contar; ninguno pide actuar."
            return "Esta semana no hace falta sacar ningún tema.", sentence(told), action
        return (
            f"Esta semana no se puede decir nada de {self._name(brief.geo)}.",
            "Reunimos muy pocos mensajes públicos de ese lugar. Es un hueco en lo que vemos, "
            "no una señal de que todo va bien.",
            action,
        )

    def _lead_with(self, brief: Brief, top: ThemeBlock) -> tuple[str, str, str]:
        verdict, seen = top.seen.risk.verdict, top.seen
        ask = top.card.es.ask if top.card else OPEN_QUESTION
        own = self._name(brief.geo)
        missing = (
            f" No se puede mostrar ninguna cifra de {own}." if seen.geo != brief.geo else ""
        )
        return (
            sentence(LEADS[verdict].format(self._topic(seen.theme))),
            f"{self._figures(top)}{missing}",
            ACTIONS[verdict].format(ask=ask),
        )

    def opening(self, brief: Brief) -> tuple[str, ...]:
        """What to know before the claims, or in place of them."""
        return (SEEN,) if brief.themes else (NONE, ANY_WEEK)

    def theme(self, block: ThemeBlock) -> ThemePart:
        """One theme with its card."""
        risk, theme = block.seen.risk, block.seen.theme
        part = ThemePart(
            title=self._topic(theme),
            grade=f"{GRADES[risk.verdict]} · {risk.score} de 10",
            figures=self._figures(block),
            claim=f"{OUR_WORDS}: «{theme.claims[0].text_es}»",
        )
        return _with_card(self.edition, part, block.card) if block.card else part

    def sections(self, brief: Brief) -> tuple[Section, ...]:
        """Everything behind the claims."""
        return tuple(self._sections(brief))

    def _sections(self, brief: Brief) -> Iterator[Section]:
        if brief.questions:
            yield Section("Lo que la gente pregunta", tuple(self._asked(brief.questions)))
        yield Section("No saque el tema", (_held_back(brief.held_back_n),), is_list=False)
        told = [line.format(place=self._name(brief.geo)) for line in LIMITS]
        silent = [OUTAGES] if self.edition.numbers.release.outages else []
        yield Section("Límites", (*told, *silent))

    def footer(self) -> str:
        """Which release this is, with its mark."""
        mark = f". {self.notice()}" if self.notice() else ""
        release_id = self.edition.numbers.release.release_id
        return (
            f"Grapevine, edición {release_id}{mark}. Los números de una edición nunca cambian."
        )

    def _asked(self, found: Sequence[Question]) -> Iterator[str]:
        base = base_of(question.asks for question in found)
        for question in found:
            share, where = said(question.asks, base), self._name(question.geo)
            likely = f", {likely_es(share)}" if share.likely else ""
            asked = f"{about_es(share)} voces de salud preguntaron en {where}{likely}"
            yield f"{self._topic(question.theme)}: {asked}."

    def _topic(self, theme: Theme) -> str:
        card = self.edition.cards.get(theme.id)
        return card.es.topic if card else f"«{theme.claims[0].text_es}»"

    def _figures(self, block: ThemeBlock) -> str:
        seen, share = block.seen, block.share
        likely = f" ({likely_es(share)})" if share.likely else ""
        told = (
            f"en {self._name(seen.geo)}, {about_es(share)} voces de salud{likely} difundieron"
        )
        return (
            f"{sentence(f'{told} esto, {DIRECTIONS[seen.direction]}')}{self._borrowed(block)}"
        )

    def _borrowed(self, block: ThemeBlock) -> str:
        found = block.seen.promotes.estimate
        if not block.borrowed or found is None:
            return ""
        chain = self.edition.chain(block.seen.geo)
        (wider,) = (geo for geo in chain if geo.type == found.rests_on)
        return f" Hay pocos mensajes: la cifra se apoya sobre todo en {self._name(wider)}."

    def _name(self, geo: Geo) -> str:
        """The place as it stands behind `en` or `de`."""
        if geo.type == "county":
            return self.edition.numbers.counties[geo.value].name
        if geo.type == "region":
            postal, _, group = geo.value.partition("-")
            kind = "rurales" if group == "rural" else "urbanos"
            return f"los condados {kind} de {_state(self.edition.states[postal])}"
        if geo.type == "state":
            return _state(self.edition.states[geo.value])
        return "todos los lugares de los que reunimos mensajes"


def _state(name: str) -> str:
    return "el Distrito de Columbia" if name.startswith("District") else name


def _themes(count: int) -> str:
    return "1 tema" if count == 1 else f"{count:,} temas"


def _held_back(count: int) -> str:
    if not count:
        return (
            "Esta semana no se calla ningún tema. Aun así, no mencione una idea que el "
            "paciente no haya oído."
        )
    many = "1 tema que no pide" if count == 1 else f"{count:,} temas que no piden"
    return (
        f"Además se vio esta semana, aquí o en otros lugares: {many} actuar. No se nombra, "
        "porque nombrar algo marginal lo difunde. Si un paciente lo menciona, pregunte de "
        "forma abierta y escuche."
    )


def _with_card(edition: Edition, part: ThemePart, card: Card) -> ThemePart:
    words = card.es
    status = review_status(card, edition.numbers.release.week_end, "es")
    red = (("Señal de alarma", words.red_flag),) if words.red_flag else ()
    avoid = f"{', '.join(f'«{word}»' for word in words.avoid)}."
    return replace(
        part,
        status=f"Guía de conversación: {status}",
        spoken=(
            ("Empiece con", f"«{words.ask}»"),
            ("Reconozca", f"«{words.acknowledge}»"),
            ("Explique", f"«{words.explain}»"),
            ("Dé seguimiento", f"«{words.follow_up}»"),
        ),
        after=(*red, ("Palabras que conviene evitar", avoid)),
        links=tuple((link.title, link.url) for link in card.links if link.lang == "es"),
    )
