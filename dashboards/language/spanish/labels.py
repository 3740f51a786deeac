"""The fixed words of pages in Spanish: headings and notices, under the names of `english`.

What is said to patients is in the cards (`dashboards/cards`).
"""

from __future__ import annotations

from collections.abc import Mapping

from classifiers.claims import AttitudeRoot
from dashboards.spanish import SAMPLE_NOTICE_ES

SAMPLE: str = SAMPLE_NOTICE_ES

CHROME: Mapping[str, str] = {
    "skip": "Ir al contenido",
    "about_data": "Acerca de estos datos",
    "where": "Dónde está usted",
    "sample": SAMPLE,
    "release": "edición",
    "never": "Los números de una edición nunca cambian.",
    "states": "Todos los estados (en inglés)",
    "cards": "Guías de conversación (en inglés)",
    "method": "Método (en inglés)",
    "data": "Datos (en inglés)",
    "archive": "Ediciones anteriores (en inglés)",
    "privacy": "Privacidad (en inglés)",
    "gaps": "A quién no vemos (en inglés)",
    "cite": "Cómo citar (en inglés)",
    "feed": "Suscribirse a esta página (Atom, en inglés)",
}
"""What stands round every page."""

BRIEF: Mapping[str, str] = {
    "sample": " (datos de muestra)",
    "this_week": "Esta semana",
    "do_this": "Haga esto:",
    "claims": "Ideas para las que conviene prepararse",
    "seen": (
        "Visto en mensajes públicos que reunimos. Una voz de salud es una persona que publicó "
        "sobre salud en la semana."
    ),
    "any_week": (
        "Lo que ayuda cualquier semana: pregunte qué ha oído el paciente, tome en serio su "
        "preocupación antes de explicar, y acuerden un paso."
    ),
    "cards_are": "Hay",
    "cards_link": "guías de conversación",
    "cards_there": "para todos los temas, en inglés y español.",
    "more": "También conviene prepararse para:",
    "more_are": "Sus guías están en la",
    "more_link": "página de guías",
    "clinics": "Oído en las clínicas:",
    "apart": "Se cuenta aparte de los mensajes.",
    "questions": "Lo que la gente pregunta",
    "no_questions": "Hay muy pocas preguntas para contarlas esta semana.",
    "trust": "Confianza y acceso",
    "voices": "De las voces de salud {}:",
    "no_trust": (
        "Hay muy pocos mensajes para saber a quién se culpa o qué aleja a la gente de la "
        "atención."
    ),
    "hold": "No saque estos temas",
    "limits": "Límites",
    "method": "Método y contacto",
    "method_link": "Cómo se hacen estas cifras y calificaciones (en inglés)",
    "file": "Las cifras de esta página en un archivo:",
    "schema": "esquema",
    "new_briefs": "Nuevos resúmenes:",
    "feed": "canal Atom",
    "versions": "Versiones:",
    "contact": (
        "¿Tiene dudas o correcciones, u oyó en la clínica algo que no está aquí? Avise a la "
        "oficina que publica esta página. Puede agregar mensajes públicos que nombren un "
        "pueblo y un estado, o lo que exporte su programa de escucha."
    ),
    "card": "Guía de conversación:",
    "ask": "Empiece con",
    "acknowledge": "Reconozca",
    "explain": "Explique",
    "follow_up": "Dé seguimiento",
    "red_flag": "Señal de alarma",
    "avoid": "Palabras que conviene evitar",
    "check": "Para leer más:",
    "full_card": "Guía completa",
    "handout": "Hoja para el paciente",
    "this_language": "En español",
    "open_quote": "«",
    "close_quote": "»",
}
"""The brief of a county."""

THEME: Mapping[str, str] = {
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
    "no_trend": "Muy pocas semanas tienen cifra para dibujar una línea.",
    "where": "Dónde se contó",
    "map": "Cada estado lleva a su página. La tabla de abajo dice lo mismo en palabras.",
    "rising": "Contado, y sube o es nuevo",
    "seen": "Contado, y no se sabe que suba",
    "voices_few": "10 voces de salud o más, pero sin cifra de este tema",
    "few": "Menos de 10 voces de salud, o cifra oculta",
    "review": "Cómo revisar una guía (en inglés)",
    "state": "Estado",
    "of": "De",
    "voices": "voces de salud",
    "direction": "Cambio",
    "states_caption": "Estados con cifra, y lo probable",
    "other_states": (
        "Los demás estados: muy pocas personas para mostrarlo, o cifra oculta para que no "
        "se pueda deducir un número pequeño."
    ),
}
"""The theme page."""

HANDOUT: Mapping[str, str] = {
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
}
"""The handout."""

ROOTS: Mapping[AttitudeRoot, str] = {
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
}
"""Why a claim convinces, as a clinician notices it."""

REVIEW: Mapping[str, str] = {
    "draft": "texto en borrador, aún sin revisión clínica",
    "reviewed": "revisado por {}, {}",
    "overdue": "; tocaba una nueva revisión el {}",
}
"""Whether a clinician has reviewed a card: by whom and when, and when it was due."""
