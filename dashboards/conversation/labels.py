"""The fixed words of card and handout pages, in both languages, under the same names.

Headings and notices only: what is said to patients is in the cards (`dashboards/cards`).
"""

from __future__ import annotations

from collections.abc import Mapping

from classifiers.claims import AttitudeRoot
from dashboards.cards import Lang
from dashboards.dictionary import SAMPLE_NOTICE
from dashboards.spanish import SAMPLE_NOTICE_ES

CHROME: dict[Lang, dict[str, str]] = {
    "en": {
        "skip": "Skip to the content",
        "about_data": "About these data",
        "where": "Where you are",
        "sample": SAMPLE_NOTICE,
        "release": "release",
        "never": "Numbers of a release never change.",
        "states": "All states",
        "cards": "Conversation cards",
        "method": "Method",
        "data": "Data",
    },
    "es": {
        "skip": "Ir al contenido",
        "about_data": "Acerca de estos datos",
        "where": "Dónde está usted",
        "sample": SAMPLE_NOTICE_ES,
        "release": "edición",
        "never": "Los números de una edición nunca cambian.",
        "states": "Todos los estados (en inglés)",
        "cards": "Guías de conversación (en inglés)",
        "method": "Método (en inglés)",
        "data": "Datos (en inglés)",
    },
}
"""What stands round every page."""

THEME: dict[Lang, dict[str, str]] = {
    "en": {
        "kind": "Conversation card",
        "other": "En español",
        "handout": "Handout for the patient",
        "handout_es": "The same handout in Spanish",
        "for_staff": (
            "For clinicians. Do not hand this page out: naming a false claim spreads it."
        ),
        "card": "What to say",
        "card_note": "Listen first; the words are a help, not a script.",
        "announce": "Say first, where a vaccine is due",
        "announce_note": "If they say yes, you are done. If they hesitate, go on below.",
        "safety": "Safety first",
        "acknowledge": "1. Acknowledge",
        "ask": "Open with",
        "acknowledge_part": "Acknowledge",
        "affirm": "Affirm what lies behind it",
        "explain": "2. Explain",
        "kernel": "What is true in it",
        "kernel_signal": "What is fair in it",
        "trick": "How it misleads",
        "trick_signal": "What lies behind it",
        "explain_part": "In short",
        "facts": "Facts to stand on",
        "unchecked": "link not yet checked by us",
        "checked": "link checked by us",
        "follow_up": "3. Follow up",
        "recommendation": "Recommend",
        "follow_up_part": "Next step",
        "if_no": "If they say no",
        "for_you": "For you",
        "red_flag": "Red flag",
        "raise_when": "Bring it up",
        "raise_not": "Do not bring it up",
        "avoid": "Words to avoid",
        "check": "More to read",
        "claims": "The claims, in our words",
        "claims_note": (
            "False or misleading claims of this kind. None is quoted from a post; which of "
            "them was seen this week is not told."
        ),
        "figures": "Seen this week",
        "none": (
            "No figure can be shown this week. That is a gap in what we see, not a sign that "
            "all is well."
        ),
        "seen_note": (
            "Seen in public posts we collected; a health voice is one person who posted about "
            "health in the week. It does not show what people believe."
        ),
        "trend": "weeks, all places we collected from, from zero; shaded: likely range",
        "state": "State",
        "of": "Of",
        "voices": "health voices",
        "direction": "Direction",
        "states_caption": "States with a figure, and the likely range",
        "other_states": (
            "All other states: too few people to show, or hidden so that a small number cannot "
            "be worked out."
        ),
    },
    "es": {
        "kind": "Guía de conversación",
        "other": "In English",
        "handout": "Hoja para el paciente",
        "handout_es": "La misma hoja en inglés",
        "for_staff": (
            "Para personal clínico. No entregue esta página: nombrar una idea falsa la difunde."
        ),
        "card": "Qué decir",
        "card_note": "Primero escuche; las palabras ayudan, no son un guion.",
        "announce": "Diga primero, si toca una vacuna",
        "announce_note": "Si acepta, con eso basta. Si duda, siga abajo.",
        "safety": "Primero la seguridad",
        "acknowledge": "1. Reconocer",
        "ask": "Empiece con",
        "acknowledge_part": "Reconozca",
        "affirm": "Afirme lo que hay detrás",
        "explain": "2. Explicar",
        "kernel": "Lo que tiene de cierto",
        "kernel_signal": "Lo que tiene de justo",
        "trick": "Cómo confunde",
        "trick_signal": "Lo que hay detrás",
        "explain_part": "En pocas palabras",
        "facts": "Datos firmes",
        "unchecked": "enlace aún no revisado por nosotros",
        "checked": "enlace revisado por nosotros",
        "follow_up": "3. Dar seguimiento",
        "recommendation": "Recomiende",
        "follow_up_part": "Siguiente paso",
        "if_no": "Si dice que no",
        "for_you": "Para usted",
        "red_flag": "Señal de alarma",
        "raise_when": "Saque el tema",
        "raise_not": "No saque el tema",
        "avoid": "Palabras que conviene evitar",
        "check": "Para leer más",
        "claims": "Las ideas, en nuestras palabras",
        "claims_note": (
            "Ideas falsas o engañosas de este tipo. Ninguna es cita de un mensaje; no se dice "
            "cuál de ellas se vio esta semana."
        ),
        "figures": "Visto esta semana",
        "none": (
            "Esta semana no se puede mostrar ninguna cifra. Es un hueco en lo que vemos, no "
            "una señal de que todo esté bien."
        ),
        "seen_note": (
            "Visto en mensajes públicos que reunimos; una voz de salud es una persona que "
            "escribió sobre salud en la semana. No muestra lo que la gente cree."
        ),
        "trend": (
            "semanas, todos los lugares de donde reunimos mensajes, desde cero; en sombra: "
            "lo probable"
        ),
        "state": "Estado",
        "of": "De",
        "voices": "voces de salud",
        "direction": "Cambio",
        "states_caption": "Estados con cifra, y lo probable",
        "other_states": (
            "Los demás estados: muy pocas personas para mostrarlo, o cifra oculta para que no "
            "se pueda deducir un número pequeño."
        ),
    },
}
"""The theme page."""

HANDOUT: dict[Lang, dict[str, str]] = {
    "en": {
        "kind": "Patient handout",
        "other": "En español",
        "claim": "What you may hear",
        "claim_signal": "A worry you may have",
        "why": "Why people think so, and what is true",
        "why_signal": "What lies behind it",
        "do": "What you can do",
        "help": "When to get help",
        "check": "Where to read more",
        "questions": "Questions? Call us:",
        "no_advice": "This page does not take the place of a talk with your care team.",
    },
    "es": {
        "kind": "Hoja para el paciente",
        "other": "In English",
        "claim": "Lo que quizá oiga",
        "claim_signal": "Algo que quizá le preocupe",
        "why": "Por qué se piensa así, y qué es cierto",
        "why_signal": "Lo que hay detrás",
        "do": "Qué puede hacer",
        "help": "Cuándo buscar ayuda",
        "check": "Dónde leer más",
        "questions": "¿Dudas? Llámenos:",
        "no_advice": "Esta hoja no reemplaza una plática con su equipo médico.",
    },
}
"""The handout."""

ROOTS: dict[Lang, Mapping[AttitudeRoot, str]] = {
    "en": {
        "conspiracist_ideation": "They suspect a hidden plan",
        "distrust": "Their trust was hurt",
        "unwarranted_beliefs": "They go by what they have seen or read",
        "worldview_and_politics": "It is about freedom and how to live",
        "religious_concerns": "It is a matter of faith",
        "moral_concerns": "It is a matter of conscience",
        "fear_and_phobias": "They are afraid",
        "distorted_risk_perception": "They weigh the risks in another way",
        "perceived_self_interest": "They ask what is in it for them",
        "epistemic_relativism": "They trust their own searching most",
        "reactance": "They do not want to be told",
    },
    "es": {
        "conspiracist_ideation": "Sospecha un plan oculto",
        "distrust": "Le dañaron la confianza",
        "unwarranted_beliefs": "Se guía por lo que ha visto o leído",
        "worldview_and_politics": "Se trata de libertad y modo de vivir",
        "religious_concerns": "Es cuestión de fe",
        "moral_concerns": "Es cuestión de conciencia",
        "fear_and_phobias": "Tiene miedo",
        "distorted_risk_perception": "Mide los riesgos de otro modo",
        "perceived_self_interest": "Pregunta qué gana con eso",
        "epistemic_relativism": "Confía más en su propia búsqueda",
        "reactance": "No quiere que le manden",
    },
}
"""Why a claim convinces, as a clinician notices it."""
