"""Write a folder with one small conversation card, so that a test names only what it breaks."""

from pathlib import Path

WORDING = {
    "topic": '"Tea"',
    "acknowledge": '"I hear you."',
    "explain": '"Tea is warm."',
    "follow_up": '"Come on Monday."',
    "ask": '"What helps?"',
    "avoid": '["silly"]',
    "red_flag": '""',
    "kernel": '"Tea does soothe."',
    "trick": '"One cup is told as a cure."',
    "recommendation": '"Rest, and drink."',
    "if_no": '"Call me."',
    "raise_when": '"In winter."',
    "raise_not": '"In summer."',
}
AFFIRM = {"distrust": '"Good question."', "fear_and_phobias": '"Fear is human."'}
HANDOUT = {
    "title": '"Tea is warm"',
    "fact": '"Tea is warm."',
    "claim": '"Tea cures all: that is not so."',
    "why": '"It feels good."',
    "do": '"Rest. Drink."',
    "help": '"Call 911."',
}
FACT = {
    "en": '"Tea has water."',
    "es": '"El té tiene agua."',
    "source": '"WHO"',
    "url": '"https://www.who.int/"',
    "checked_on": '""',
}
HEAD = {
    "status": '"draft"',
    "reviewed_by": '""',
    "reviewed_on": '""',
    "review_due": '""',
    "links": '[{title = "WHO", url = "https://www.who.int/", lang = "en"}]',
}
SIGNED = {
    "status": '"reviewed"',
    "reviewed_by": '"A. Clinician, MD"',
    "reviewed_on": '"2026-12-01"',
    "review_due": '"2027-06-01"',
}

Changes = dict[str, str | None] | None


def written(
    folder: Path,
    name: str = "masks",
    english: Changes = None,
    affirm: Changes = None,
    handout: Changes = None,
    fact: Changes = None,
    **changes: str | None,
) -> Path:
    """The folder, with one card in it; a change of None leaves a key out.

    english, affirm, handout  changes to the English parts; fact: to the only fact
    """
    told = ", ".join(_lines(FACT | (fact or {})))
    parts = [*_lines(HEAD | {"facts": f"[{{{told}}}]"} | changes)]
    for lang, own in (("en", (english, affirm, handout)), ("es", (None, None, None))):
        parts += [f"[{lang}]", *_lines(WORDING | (own[0] or {}))]
        parts += [f"[{lang}.affirm]", *_lines(AFFIRM | (own[1] or {}))]
        parts += [f"[{lang}.handout]", *_lines(HANDOUT | (own[2] or {}))]
    (folder / f"{name}.toml").write_text("\n".join(parts), encoding="utf-8")
    return folder


def _lines(values: dict[str, str | None]) -> list[str]:
    return [f"{key} = {value}" for key, value in values.items() if value is not None]
