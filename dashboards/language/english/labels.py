"""The fixed words of pages in English: headings and notices.

What is said to patients is in the cards (`dashboards/cards`).
"""

from __future__ import annotations

from collections.abc import Mapping

from classifiers.claims import AttitudeRoot
from dashboards.dictionary import SAMPLE_NOTICE

SAMPLE: str = SAMPLE_NOTICE

CHROME: Mapping[str, str] = {
    "skip": "Skip to the content",
    "about_data": "About these data",
    "where": "Where you are",
    "sample": SAMPLE,
    "release": "release",
    "never": "Numbers of a release never change.",
    "states": "All states",
    "cards": "Conversation cards",
    "method": "Method",
    "data": "Data",
    "archive": "Archive",
    "privacy": "Privacy",
    "gaps": "Who we cannot see",
    "cite": "How to cite",
    "feed": "Feed of this page",
}
"""What stands round every page."""

BRIEF: Mapping[str, str] = {
    "sample": " (sample data)",
    "this_week": "This week",
    "do_this": "Do this:",
    "claims": "Claims to be ready for",
    "seen": (
        "Seen in public posts we collected. A health voice is one person who posted about "
        "health in the week."
    ),
    "any_week": (
        "What helps in any week: ask what the patient has heard, take the worry seriously "
        "before you explain, and agree on one next step."
    ),
    "cards_are": "The",
    "cards_link": "conversation cards",
    "cards_there": "are there for every topic, in English and Spanish.",
    "more": "Also worth being ready for:",
    "more_are": "Their cards are on the",
    "more_link": "cards page",
    "clinics": "Heard in clinics:",
    "apart": "Counted apart from posts.",
    "questions": "Questions people ask",
    "no_questions": "Too few questions to count this week.",
    "trust": "Trust and access",
    "voices": "Of health voices {}:",
    "no_trust": "Too few posts to say who is blamed or what keeps people from care.",
    "hold": "Do not raise",
    "limits": "Limits",
    "method": "Method and contact",
    "method_link": "How these figures and grades are made",
    "file": "Figures of this page as a file:",
    "schema": "schema",
    "new_briefs": "New briefs:",
    "feed": "feed",
    "versions": "Versions:",
    "contact": (
        "Questions, corrections, or something heard in clinic that is not here: tell the "
        "office that publishes this page. It can add public posts that name a town and state, "
        "or an export of its listening tool."
    ),
    "card": "Conversation card:",
    "ask": "Open with",
    "acknowledge": "Acknowledge",
    "explain": "Explain",
    "follow_up": "Follow up",
    "red_flag": "Red flag",
    "avoid": "Words to avoid",
    "check": "Check:",
    "full_card": "Full card",
    "handout": "Patient handout",
    "this_language": "In English",
    "open_quote": "“",
    "close_quote": "”",
}
"""The brief of a county."""

THEME: Mapping[str, str] = {
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
    "no_trend": "Too few weeks have a figure to draw a line.",
    "where": "Where it was counted",
    "map": "Each state leads to its page. The table below says the same in words.",
    "rising": "Counted, and rising or new",
    "seen": "Counted, and not known to rise",
    "voices_few": "10 or more health voices, but no figure on this theme",
    "few": "Fewer than 10 health voices, or not shown",
    "review": "How to review a card",
    "state": "State",
    "of": "Of",
    "voices": "health voices",
    "direction": "Direction",
    "states_caption": "States with a figure, and the likely range",
    "other_states": (
        "All other states: too few people to show, or hidden so that a small number cannot "
        "be worked out."
    ),
}
"""The theme page."""

HANDOUT: Mapping[str, str] = {
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
}
"""The handout."""

ROOTS: Mapping[AttitudeRoot, str] = {
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
}
"""Why a claim convinces, as a clinician notices it."""

REVIEW: Mapping[str, str] = {
    "draft": "draft wording, not yet clinically reviewed",
    "reviewed": "reviewed by {}, {}",
    "overdue": "; a new review was due {}",
}
"""Whether a clinician has reviewed a card: by whom and when, and when it was due."""
