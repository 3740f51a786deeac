"""Write the model card and its plots: `grapevine evaluate`.

Every figure of the card comes from this command; the words around them lie in
`card_words.md`. The real posts measured on stay outside the project, and none is quoted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from string import Template

from classifiers.encoder.files import MODELS
from classifiers.evaluation import error_rates, provenance, sections
from classifiers.evaluation.days import gate_table, left_out_words, ordinary_table
from classifiers.evaluation.errors import errors, worst
from classifiers.evaluation.gold import held_back, ordinary_texts, read_gold
from classifiers.evaluation.groups import dataset, grouped, language, length, platform
from classifiers.evaluation.intervals import DRAWS, LEVEL_PCT, SEED
from classifiers.evaluation.leaks import kept_out, refuse_learnt, repeats
from classifiers.evaluation.leave_out import keep, leave_each_out
from classifiers.evaluation.measuring import Measured, Tagged, measure
from classifiers.evaluation.plots import reliability_plot, score_plot
from classifiers.evaluation.records import all_records, encoder_names, linear_record, sha256
from classifiers.evaluation.reliability import answers_of, histogram, tenths
from classifiers.evaluation.scores import MIN_POSTS
from classifiers.evaluation.sources import Learnt, learnt_from, read_collections
from classifiers.linear.model import MIN_TOKENS
from classifiers.linear.weights import load
from classifiers.tagger.routes import DRAWN_OF
from classifiers.taxonomy import Taxonomy, load_taxonomy
from classifiers.training.gather import Gathered, gather
from classifiers.training.rows import CORPUS

FOLDER = Path(__file__).parents[1]
WORDS = Path(__file__).with_name("card_words.md")
CARD, BESIDE, LEFT_OUT = "MODEL_CARD.md", "model_card", "leave_one_out.json"
"""The card, the folder of its plots beside it, and in that the slow results that are kept."""

ERROR_RATES = error_rates.FILE.name
"""In that folder too: the counts that shares are corrected with."""

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the tagger is measured on and was made from.

    gold    hand-labelled posts, JSON lines
    posts   the collected posts, Parquet: row_id, dataset, text, lang, platform
    labels  the label files that `grapevine train` was given
    models  the folder of the tagger's files
    corpus  the folder of written posts, with the project's own labels beside it
    """

    gold: Path
    posts: Path
    labels: tuple[Path, ...] = ()
    models: Path = MODELS
    corpus: Path = CORPUS

    @property
    def command(self) -> str:
        """The command that measures this, without folders."""
        labels = "".join(f" --labels {file.name}" for file in self.labels)
        return f"grapevine evaluate --gold {self.gold.name} --posts {self.posts.name}{labels}"


def evaluate(inputs: Inputs, report: Report, out: Path = FOLDER, refit: bool = False) -> Path:
    """Measure the tagger and write the card and its plots to `out`; return the card.

    `refit` leaves out each real collection in turn, which takes about a minute each; without
    it, the results of the last time are shown. Raise `GrapevineError` for a file that cannot
    be read, a post measured on that was learnt from, or a collection with no terms written.
    """
    taxonomy = load_taxonomy()
    gold, ordinary = read_gold(inputs.gold, taxonomy), ordinary_texts(inputs.posts)
    report("gathering what the tagger learnt from")
    besides = kept_out(all_records(inputs.models), inputs.gold)
    gathered = gather(inputs.labels, inputs.posts, taxonomy, besides, inputs.corpus)
    refuse_learnt(gold, gathered.rows)
    collections = learnt_from(gathered.rows, read_collections())
    report("tagging")
    written = held_back(taxonomy, inputs.corpus)
    measured = measure(gold, written, ordinary, inputs.models, taxonomy)
    if refit:
        shipped, digest = load(inputs.models / "tagger.npz")
        found = leave_each_out(gathered.rows, gold, shipped, taxonomy, report)
        keep(found, digest, out / BESIDE / LEFT_OUT)
    _write_error_rates(inputs, measured, taxonomy, out)
    report("reckoning intervals")
    return _write_card(inputs, gathered, collections, measured, out)


def count_errors(inputs: Inputs, out: Path = FOLDER) -> Path:
    """Write the counts that shares are corrected with, and no card; return their file.

    Raise `GrapevineError` as `evaluate` does.
    """
    found = error_rates.count_errors(
        inputs.gold, inputs.posts, inputs.labels, inputs.models, inputs.corpus
    )
    return error_rates.write(found, out / BESIDE / ERROR_RATES)


def _write_error_rates(
    inputs: Inputs, measured: Measured, taxonomy: Taxonomy, out: Path
) -> None:
    found = error_rates.counted(
        measured.name,
        measured.gold.posts,
        measured.gold.joined,
        measured.ordinary,
        taxonomy,
        inputs.gold,
        inputs.posts,
    )
    error_rates.write(found, out / BESIDE / ERROR_RATES)


def _write_card(
    inputs: Inputs,
    gathered: Gathered,
    collections: dict[str, Learnt],
    measured: Measured,
    out: Path,
) -> Path:
    (out / BESIDE).mkdir(parents=True, exist_ok=True)
    words = {
        **_made(inputs, gathered),
        "collections": provenance.collections_table(collections),
        **_on_gold(measured.gold),
        **_elsewhere(inputs, measured),
        "name": measured.name,
        "by_repeat": sections.by_group(
            grouped(measured.gold.posts, measured.gold.joined, repeats(gathered.rows))
        ),
        "left_out": left_out_words(out / BESIDE / LEFT_OUT, inputs.models),
    }
    _write_plots(measured.gold, out / BESIDE)
    template = Template(WORDS.read_text(encoding="utf-8"))
    (out / CARD).write_text(template.substitute(words), encoding="utf-8")
    return out / CARD


def _made(inputs: Inputs, gathered: Gathered) -> dict[str, str]:
    record = linear_record(inputs.models)
    names = encoder_names(inputs.models)
    return {
        "encoders": " and ".join(names) if names else "none: the tf-idf heads work alone",
        "files": provenance.files_table(inputs.models),
        "parts": provenance.parts_table(inputs.models),
        "bases": provenance.bases_table(inputs.models) if names else "None in this release.",
        "sources": provenance.sources_table(record["trained_on"]),
        "unlike": provenance.unlike(record["trained_on"], gathered.sources),
        "taxonomy": record["taxonomy"],
    }


def _on_gold(gold: Tagged) -> dict[str, str]:
    posts, tags = gold.posts, gold.joined
    wrong = errors(posts, tags)
    return {
        "beside": sections.beside(gold),
        "by_language": sections.by_group(grouped(posts, tags, language)),
        "by_platform": sections.by_group(grouped(posts, tags, platform)),
        "by_dataset": sections.by_group(grouped(posts, tags, dataset)),
        "by_length": sections.by_group(grouped(posts, tags, length)),
        "by_trait": sections.by_trait(posts, tags),
        "by_theme": sections.by_theme(posts, tags),
        "by_stance": sections.by_stance(posts, tags),
        "confusion": sections.confusion_table(posts, tags),
        "by_signal": sections.by_signal(posts, tags),
        "calibration": sections.calibration_table(gold),
        "errors_n": str(len(wrong)),
        "worst": sections.error_table(worst(wrong)),
    }


def _elsewhere(inputs: Inputs, measured: Measured) -> dict[str, str]:
    gated = bool(encoder_names(inputs.models))
    return {
        "held_back_en": sections.beside(measured.held_back.of("en")),
        "held_back_es": sections.beside(measured.held_back.of("es")),
        "held_back_en_n": str(len(measured.held_back.of("en").posts)),
        "held_back_es_n": str(len(measured.held_back.of("es").posts)),
        "bank": sections.beside(measured.bank),
        "bank_n": str(len(measured.bank.posts)),
        "ordinary": ordinary_table(measured.ordinary, measured.ordinary_alone),
        "ordinary_n": f"{len(measured.ordinary):,}",
        "gate": gate_table(measured) if gated else "There is no encoder, hence no gate.",
        "command": inputs.command,
        "gold": inputs.gold.name,
        "gold_sha256": sha256(inputs.gold),
        "gold_n": str(len(measured.gold.posts)),
        "posts_sha256": sha256(inputs.posts),
        "drawn_of": str(DRAWN_OF),
        "min_posts": str(MIN_POSTS),
        "min_tokens": str(MIN_TOKENS),
        "draws": f"{DRAWS:,}",
        "level": str(LEVEL_PCT),
        "seed": str(SEED),
    }


def _write_plots(gold: Tagged, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, title, tags in (
        ("shipped", "The shipped tagger", gold.joined),
        ("tfidf", "The tf-idf heads alone", gold.alone),
    ):
        found = answers_of(gold.posts, tags)
        plot = reliability_plot(f"{title}: how sure, and how often right", tenths(found))
        (folder / f"reliability_{name}.svg").write_text(plot, encoding="utf-8")
    every = answers_of(gold.posts, gold.joined, with_unsure=True)
    scores = score_plot("Themes named or unsure, by score", *histogram(every))
    (folder / "scores.svg").write_text(scores, encoding="utf-8")
