"""Write the model card: what the tagger learnt from, and how well it does on real posts.

    python -m classifiers.tagger.card --gold gold.jsonl --ordinary posts.parquet

Every figure of the card comes from this command; the words around them lie in
`card_words.md`. The posts measured on stay outside the project.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from string import Template
from typing import Any

import duckdb

from classifiers.jsonlines import read_lines
from classifiers.tagger.evaluate import Gold, Scores, score
from classifiers.tagger.tagger import Tagger, Tags, load_tagger
from classifiers.tagger.weights import WEIGHTS, record_path

CARD = Path(__file__).parents[1] / "MODEL_CARD.md"
WORDS = Path(__file__).with_name("card_words.md")
SAMPLE = Path(__file__).parents[1] / "corpus" / "sample"
ORDINARY = "policyposse_state_subreddit_%"
"""Posts of state subreddits, chosen for no theme: what most days look like."""

COLUMNS: dict[str, Callable[[Scores], str]] = {
    "posts": lambda s: f"{s.posts_n}",
    "theme F1": lambda s: f"{s.themes.f1:.2f}",
    "precision": lambda s: f"{s.themes.precision:.2f}",
    "recall": lambda s: f"{s.themes.recall:.2f}",
    "theme macro-F1": lambda s: f"{s.theme_macro_f1:.2f}",
    "promotes F1": lambda s: f"{s.promotes.f1:.2f}",
    "refutations called promotion": lambda s: _share(s),
    "signal F1": lambda s: f"{s.signals.f1:.2f}",
    "health F1": lambda s: f"{s.health.f1:.2f}",
    "calibration error": lambda s: f"{s.theme_ece:.2f}",
}


def write_card(gold: Path, ordinary: Path, out: Path = CARD) -> None:
    """Measure the shipped tagger and write the card."""
    tagger = load_tagger()
    record = json.loads(record_path(WEIGHTS).read_text(encoding="utf-8"))
    measured, tags = _tagged(tagger, [gold])
    bank, bank_tags = _tagged(tagger, sorted(SAMPLE.glob("*.jsonl")))
    groups = {
        "all posts": measured,
        **_groups("", measured, lambda post: {"en": "English", "es": "Spanish"}[post.lang]),
        **_groups("on ", measured, _platform),
    }
    by_id = {post.id: found for post, found in zip(measured, tags, strict=True)}
    scores = {
        name: score(posts, [by_id[p.id] for p in posts]) for name, posts in groups.items()
    }
    words = {
        "name": tagger.name,
        "sources": _sources(record),
        "features_n": f"{record['features_n']:,}",
        "weights_kb": f"{WEIGHTS.stat().st_size // 1000:,}",
        "libraries": ", ".join(f"{name} {v}" for name, v in record["libraries"].items()),
        "figures": _figures(scores),
        "by_theme": _by_theme(scores["all posts"]),
        "bank": _figures({"sample bank": score(bank, bank_tags)}),
        "ordinary": _ordinary(tagger, ordinary),
        "command": record["command"],
    }
    template = Template(WORDS.read_text(encoding="utf-8"))
    out.write_text(template.substitute(words), encoding="utf-8")


def _tagged(tagger: Tagger, files: Iterable[Path]) -> tuple[list[Gold], list[Tags]]:
    posts = [post for file in files for post in read_lines(file, Gold)]
    texts = [post.text.replace("{place}", "town") for post in posts]
    return posts, tagger.tag(texts, [post.lang for post in posts])


def _groups(
    prefix: str, posts: Sequence[Gold], group_of: Callable[[Gold], str]
) -> dict[str, list[Gold]]:
    groups: dict[str, list[Gold]] = {}
    for post in posts:
        groups.setdefault(prefix + group_of(post), []).append(post)
    return dict(sorted(groups.items()))


def _platform(post: Gold) -> str:
    name = post.platform.lower()
    known = {"reddit": "Reddit", "youtube": "YouTube", "fact-check": "several platforms"}
    return next((title for word, title in known.items() if word in name), "X")


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figures(scores: dict[str, Scores]) -> str:
    rows = [[name, *(show(s) for show in COLUMNS.values())] for name, s in scores.items()]
    return _table(["", *COLUMNS], rows)


def _share(scores: Scores) -> str:
    if not scores.refuted_n:
        return "no refutation"
    return f"{scores.refutes_called_promotes:.2f} of {scores.refuted_n}"


def _by_theme(scores: Scores) -> str:
    rows = [
        [
            theme,
            str(hits.wanted_n),
            *(f"{x:.2f}" for x in (hits.precision, hits.recall, hits.f1)),
        ]
        for theme, hits in scores.by_theme.items()
    ]
    return _table(["theme", "labelled posts", "precision", "recall", "F1"], rows)


def _sources(record: dict[str, Any]) -> str:
    rows = [
        [f["file"], str(f["posts_n"]), str(f["with_theme_n"]), f["sha256"][:12]]
        for f in record["trained_on"]
    ]
    rows.append(
        ["claims of taxonomy.toml, in both languages", str(record["claims_n"]), "all", "-"]
    )
    return _table(["file", "posts", "with a theme", "sha256 starts"], rows)


def _ordinary(tagger: Tagger, posts: Path) -> str:
    with duckdb.connect() as con:
        rows = con.execute(
            "select text from read_parquet($posts) where dataset like $dataset order by row_id",
            {"posts": str(posts), "dataset": ORDINARY},
        ).fetchall()
    tags = tagger.tag([text for (text,) in rows])
    themed = sum(bool(found.themes) for found in tags)
    promoting = sum(
        any(theme.stance == "promotes" for theme in found.themes.values()) for found in tags
    )
    return (
        f"Of {len(rows):,} posts and comments of state subreddits, "
        f"{100 * themed / len(rows):.1f} % are tagged with any theme and "
        f"{100 * promoting / len(rows):.2f} % as promoting one."
    )


def main() -> None:
    """Read the command line and write the card."""
    parser = ArgumentParser(description="Measure the shipped tagger and write its model card.")
    parser.add_argument(
        "--gold", type=Path, required=True, help="hand-labelled posts, JSON lines"
    )
    parser.add_argument("--ordinary", type=Path, required=True, help="Parquet: dataset, text")
    given = parser.parse_args()
    write_card(given.gold, given.ordinary)


if __name__ == "__main__":
    main()
