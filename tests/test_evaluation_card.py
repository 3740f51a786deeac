"""The model card: written from invented posts by a tagger learnt from invented posts."""

import hashlib
import json
import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner

from classifiers.encoder.files import MODELS
from classifiers.evaluation import provenance
from classifiers.evaluation.card import (
    BESIDE,
    CARD,
    ERROR_RATES,
    LEFT_OUT,
    WORDS,
    Inputs,
    count_errors,
    evaluate,
)
from classifiers.evaluation.days import NOT_YET, STALE, left_out_words
from classifiers.evaluation.gold import BANK, held_back, read_gold, sample_bank
from classifiers.evaluation.intervals import Interval
from classifiers.evaluation.leaks import kept_out, refuse_learnt, repeats
from classifiers.evaluation.leave_out import (
    MIN_POSTS,
    alone,
    keep,
    kept,
    refit,
)
from classifiers.evaluation.ordinary import gate, ordinary_days, share
from classifiers.evaluation.records import (
    all_records,
    encoder_names,
    linear_record,
    model_files,
)
from classifiers.evaluation.sources import learnt_from, read_collections
from classifiers.evaluation.tables import NOTHING, difference, figure, percent, table
from classifiers.linear.examples import Examples
from classifiers.linear.weights import load
from classifiers.taxonomy import load_taxonomy
from classifiers.training.gather import gather
from classifiers.training.rows import Row, read_rows
from classifiers.training.splits import part_of, rows_of
from classifiers.training.train import train_linear
from flows.cli import main
from tests.labelled import gold, tags
from warehouse.errors import GrapevineError, InputError

FLUORIDE, MASKS = "x2024_fluoride_posts_en", "constraint2021_covid_fakenews_en"
WHO = ["My aunt", "The barber", "Old Xyzzy", "Our coach", "A trucker", "The pastor"]
SAYS = {
    "fluoride": ["fluoride dulls the brain", "fluoride in tap water is poison"],
    "masks": ["masks starve you of oxygen", "a mask never stopped a virus"],
    None: ["the road to the fairgrounds is closed", "hay is cheap this autumn"],
}
ENDS = ["and that is that.", "so wake up folks!", "as everyone here knows", "lol"]
OF = {"fluoride": FLUORIDE, "masks": MASKS, None: MASKS}


def invented(prefix, ends):
    """Posts of two collections, a third of them with nothing in them."""
    combined = product(WHO, SAYS, range(2), ends)
    return [
        {
            "id": f"{prefix}{number}",
            "text": f"{who} says {SAYS[theme][says]} {end}",
            "lang": "en",
            "health": theme is not None,
            "themes": {theme: "promotes"} if theme else {},
            "signals": ["hostility"] if theme == "masks" else [],
            "dataset": OF[theme],
            "platform": "twitter",
        }
        for number, (who, theme, says, end) in enumerate(combined)
    ]


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Inputs with a tagger learnt from invented posts, and what it learnt from."""
    folder = tmp_path_factory.mktemp("card")
    (folder / "written").mkdir()
    few = [row for row in invented("written", ENDS[:1]) if "masks" not in row["themes"]]
    few = [row | {"dataset": "", "platform": ""} for row in few]
    write(folder / "written" / "few.jsonl", few)
    labels = write(folder / "labels.jsonl", invented("learnt", ENDS[:3]))
    posts = folder / "posts.parquet"
    duckdb.execute(
        "copy (select 'policyposse_state_subreddit_' || n as dataset, 'S' || n as row_id,"
        " 'en' as lang, 'reddit' as platform,"
        " ['hay for sale', 'fluoride in tap water is poison', 'quuxly rain again'][n] as text"
        f" from range(1, 4) as rows (n)) to '{posts}' (format parquet)"
    )
    gathered = gather([labels], None, load_taxonomy(), corpus=folder / "written")
    record = {"command": "grapevine train", "taxonomy": "t", "trained_on": gathered.sources}
    record["learnt_from_n"] = len(rows_of("learn", gathered.rows))
    train_linear(gathered, load_taxonomy(), record, folder / "models")
    gold_file = write(folder / "gold.jsonl", invented("gold", ENDS[3:]))
    inputs = Inputs(gold_file, posts, (labels,), folder / "models", folder / "written")
    return inputs, gathered


@pytest.fixture(scope="module")
def card(world, tmp_path_factory):
    """The folder of a card, collections left out in turn."""
    inputs, _ = world
    out = tmp_path_factory.mktemp("out")
    evaluate(inputs, lambda _: None, out, refit=True)
    return out


def test_the_card_names_the_model_its_files_and_its_command(world, card):
    inputs, _ = world
    text = (card / CARD).read_text()

    (file,) = model_files(inputs.models)
    assert file.sha256 in text
    assert text.startswith("# Model card: tfidf-")
    assert "grapevine evaluate --gold gold.jsonl --posts posts.parquet --labels" in text
    assert "Not for judging people" in text
    assert "none: the tf-idf heads work alone" in text


def test_every_place_in_the_words_is_filled(card):
    text = (card / CARD).read_text()

    assert "$" not in text
    assert "nan" not in re.findall(r"\w+", text)


@pytest.mark.parametrize(
    "heading",
    [
        "## What it is",
        "### What it is not for",
        "### Files",
        "## What it was made from",
        "### On labelled real posts",
        "### On posts written for the project",
        "### On ordinary days",
        "### The gate",
        "### Are its scores true?",
        "### On collections it has never seen",
        "### The worst errors",
        "## Known failures",
        "## Whom it was not measured on",
        "## What would make it wrong",
    ],
)
def test_the_card_has_a_section_on(card, heading):
    assert f"\n{heading}\n" in (card / CARD).read_text()


def test_the_words_hold_no_figure_of_their_own():
    words = WORDS.read_text()

    assert not re.findall(r"\b\d+ %|\b0?\.\d+(?! should)", words.replace("0.8", ""))


def test_every_plot_of_the_card_is_there(card):
    named = re.findall(r"\]\((model_card/\w+\.svg)\)", (card / CARD).read_text())

    assert len(named) == 3
    assert all((card / name).read_text().startswith("<svg") for name in named)


def test_tables_have_as_many_cells_in_every_row(card):
    blocks = re.findall(r"(?:^\|.*\n)+", (card / CARD).read_text(), re.MULTILINE)

    assert len(blocks) > 20
    for block in blocks:
        assert len({line.count("|") for line in block.splitlines()}) == 1, block


def test_no_text_of_a_post_is_on_the_card_or_its_plots(world, card):
    shown = (card / CARD).read_text()
    shown += "".join(file.read_text() for file in (card / BESIDE).iterdir())

    for row in invented("gold", ENDS[3:]) + invented("learnt", ENDS[:3]):
        words = row["text"].split()
        for start in range(len(words) - 3):
            assert " ".join(words[start : start + 4]) not in shown
    for rare in ("Xyzzy", "quuxly", "fairgrounds"):
        assert rare not in shown


def test_the_card_is_the_same_when_written_again_without_leaving_out(world, card, tmp_path):
    inputs, _ = world
    (tmp_path / BESIDE).mkdir()
    kept_file = (card / BESIDE / LEFT_OUT).read_bytes()
    (tmp_path / BESIDE / LEFT_OUT).write_bytes(kept_file)

    evaluate(inputs, lambda _: None, tmp_path)

    assert (tmp_path / CARD).read_bytes() == (card / CARD).read_bytes()
    for file in (card / BESIDE).iterdir():
        assert (tmp_path / BESIDE / file.name).read_bytes() == file.read_bytes()


def test_the_counts_that_shares_are_corrected_with_can_be_written_alone(world, card, tmp_path):
    inputs, _ = world

    file = count_errors(inputs, tmp_path)

    assert [file.name for file in tmp_path.rglob("*.*")] == [ERROR_RATES]
    assert file.read_bytes() == (card / BESIDE / ERROR_RATES).read_bytes()


def test_counts_of_posts_that_were_learnt_from_are_refused(world, tmp_path):
    inputs, _ = world

    with pytest.raises(InputError, match="were learnt from"):
        count_errors(replace(inputs, gold=inputs.labels[0]), tmp_path)


def test_each_step_is_reported(world, tmp_path):
    inputs, _ = world
    said = []

    written = evaluate(inputs, said.append, tmp_path)

    assert said == ["gathering what the tagger learnt from", "tagging", "reckoning intervals"]
    assert written == tmp_path / CARD


def test_a_post_that_was_learnt_from_stops_the_card_before_anything_is_tagged(world, tmp_path):
    inputs, _ = world
    (labels,) = inputs.labels
    said = []

    with pytest.raises(InputError, match="were learnt from"):
        evaluate(replace(inputs, gold=labels), said.append, tmp_path)

    assert said == ["gathering what the tagger learnt from"]
    assert not list(tmp_path.iterdir())


def test_collections_stand_with_their_numbers_and_terms(card):
    text = (card / CARD).read_text()

    assert re.search(
        rf"\| {FLUORIDE} \| 36 \| 0 \| 36 \| 0 \| Posts on fluoride .*no licence", text
    )
    assert re.search(rf"\| {MASKS} \| 72 \| 0 \| 36 \| 0 \|", text)


def test_every_collection_has_an_origin_and_terms():
    for name, collection in read_collections().items():
        assert len(collection.origin) > 10, name
        assert "." not in collection.terms[-1:], name
        assert len(collection.terms) > 10, name


def test_reddit_collections_are_said_to_be_for_measuring_only():
    for name, collection in read_collections().items():
        is_reddit = name.startswith(("policyposse_", "h5n1_", "reddit_"))
        assert ("never to learn" in collection.terms) == is_reddit, name


def test_a_collection_without_terms_stops_the_card():
    with pytest.raises(GrapevineError, match=r"'unheard_of'.*sources\.toml.*Add a block"):
        learnt_from([Row("1", "x", dataset="unheard_of")], read_collections())


def test_every_collection_of_our_own_labels_has_its_terms():
    record = json.loads((MODELS / "tagger.json").read_text())

    learnt = {name for source in record["trained_on"] for name in source["datasets"]}
    assert learnt <= read_collections().keys()


def test_posts_without_a_collection_are_no_collection():
    assert learnt_from([Row("1", "x")], read_collections()) == {}


def test_sources_that_changed_since_training_are_named():
    old = {"name": "a.jsonl", "sha256": "1"}
    new = {"name": "a.jsonl", "sha256": "2"}

    assert provenance.unlike([old], [old]) == ""
    assert provenance.unlike([old], [new]).endswith(": a.jsonl.")


def test_a_post_measured_on_and_learnt_from_stops_the_card():
    with pytest.raises(InputError, match=r"1 of the posts.*the first is b\..*`--besides`"):
        refuse_learnt([gold("a"), gold("b")], [Row("b", "x")])


def test_a_gold_file_is_kept_out_when_every_part_was_told_its_name():
    told = {"command": "grapevine train --labels a.jsonl --besides gold.jsonl --part tfidf"}
    untold = {"command": "grapevine train --labels gold.jsonl --part english"}

    assert kept_out([told, told], Path("x/gold.jsonl")) == [Path("x/gold.jsonl")]
    assert kept_out([told], Path("x/a.jsonl")) == []
    assert kept_out([told, untold], Path("x/gold.jsonl")) == []


@pytest.fixture
def with_encoder(world, tmp_path):
    """A folder of models with the files of an encoder that nothing runs."""
    inputs, _ = world
    for file in inputs.models.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    record = {
        "base": {"source": "a hub", "terms": "MIT", "sha256": "0ff1ce"},
        "recipe": {"epochs": 3, "seed": 7},
        "rows_n": 15818,
        "minutes": 30,
        "device": "CPU",
        "threads": 2,
        "libraries": {"torch": "2.13.0"},
        "command": "grapevine train --part spanish",
    }
    (tmp_path / "spanish.onnx").write_bytes(b"weights")
    (tmp_path / "spanish.tokenizer.json").write_text("{}")
    (tmp_path / "spanish.json").write_text(json.dumps(record))
    joined = {"command": "grapevine train --part calibration", "rows_n": {"spanish": 1234}}
    (tmp_path / "calibration.json").write_text(json.dumps(joined))
    return tmp_path


def test_an_encoder_is_told_with_its_origin_recipe_and_checksums(with_encoder):
    parts = provenance.parts_table(with_encoder)

    assert "| a hub | MIT | 0ff1ce |" in provenance.bases_table(with_encoder)
    assert "| spanish encoder | 15,818 | epochs 3, seed 7 | 30 min, CPU, threads: 2 |" in parts
    assert "| calibration | 1,234 spanish |" in parts
    assert "`grapevine train --part calibration`" in parts


def test_every_file_that_the_tagger_runs_on_has_its_checksum(with_encoder):
    names = [file.name for file in model_files(with_encoder)]

    assert names == ["tagger.npz", "spanish.onnx", "spanish.tokenizer.json", "calibration.json"]
    assert encoder_names(with_encoder) == ["spanish"]
    assert len(all_records(with_encoder)) == 3
    assert hashlib.sha256(b"weights").hexdigest() in provenance.files_table(with_encoder)


def test_the_same_words_under_another_number_are_told_apart():
    row = next(
        row for row in (Row(f"r{n}", "Milk, RAW milk", dataset=MASKS) for n in range(99))
        if part_of(row) == "learn"
    )  # fmt: skip

    group_of = repeats([row])

    assert group_of(gold("a", text="milk raw milk")) == "same words as a training post"
    assert group_of(gold("b", text="raw milk")) == "new words"


def test_refitting_on_the_same_rows_gives_the_same_heads(world):
    inputs, gathered = world
    shipped, _ = load(inputs.models / "tagger.npz")
    examples = Examples.of(rows_of("learn", gathered.rows))

    again = refit(examples, shipped, load_taxonomy())

    # the shipped weights are kept in 255 steps
    step = np.abs(shipped.weights).max(axis=0) / 127
    assert (np.abs(again.weights - shipped.weights) <= step + 1e-6).all()
    np.testing.assert_allclose(again.bias, shipped.bias, atol=1e-5)
    np.testing.assert_allclose(again.cue_weights, shipped.cue_weights, atol=1e-5)
    np.testing.assert_allclose(again.theme_weights, shipped.theme_weights, atol=1e-5)


@pytest.fixture
def left_out(card):
    found, _ = kept(card / BESIDE / LEFT_OUT)
    return found


def test_each_collection_is_left_out_and_measured(left_out):
    masks = next(one for one in left_out if one.dataset == MASKS)

    assert masks.learnt_n > 40
    assert masks.posts_n >= MIN_POSTS
    assert masks.knowing["theme_micro_f1"].estimate > 0.9
    assert masks.without["theme_micro_f1"].estimate < masks.knowing["theme_micro_f1"].estimate


def test_results_of_leaving_out_are_kept_for_the_next_card(left_out, tmp_path):
    file = tmp_path / BESIDE / LEFT_OUT

    keep(left_out, "abc", file)

    assert kept(file) == (left_out, "abc")
    assert "NaN" not in file.read_text()


def test_the_card_shows_what_was_kept_and_says_when_it_is_of_other_weights(
    world, left_out, tmp_path
):
    inputs, _ = world
    (file,) = model_files(inputs.models)

    assert left_out_words(tmp_path / "none.json", inputs.models) == NOT_YET
    keep(left_out, file.sha256, tmp_path / "now.json")
    assert left_out_words(tmp_path / "now.json", inputs.models).startswith("| collection |")
    keep(left_out, "other", tmp_path / "then.json")
    assert left_out_words(tmp_path / "then.json", inputs.models).startswith(STALE)


def test_the_tf_idf_heads_alone_are_the_tagger_without_encoders(world):
    inputs, _ = world
    linear = alone(load(inputs.models / "tagger.npz")[0], load_taxonomy())

    (found,) = linear.tag(["The barber says fluoride in tap water is poison lol"], ["en"])

    assert encoder_names(inputs.models) == []
    assert "fluoride" in found.themes
    assert found.gate == "passed"


def test_a_record_that_is_not_there_is_a_plain_error(tmp_path):
    with pytest.raises(GrapevineError, match=r"tagger\.json cannot be read.*train again"):
        linear_record(tmp_path)


def test_ordinary_days_are_told_in_shares_and_themes():
    days = ordinary_days([tags(masks="promotes"), tags(masks="asks"), tags(), tags()])

    assert days.themed.estimate == 0.5
    assert days.promoting.estimate == 0.25
    assert days.by_theme == {"masks": (2, 1)}


def test_the_gate_is_measured_without_what_was_drawn_by_lot():
    posts = [gold("a", {"masks": "asks"}), gold("b", theme_only=["masks"]), gold("c")]
    tagged = [tags(gate="passed"), tags(gate="drawn"), tags(gate="passed")]

    found = gate(posts, tagged, [tags(gate="stopped")] * 3 + [tags(gate="drawn")])

    assert found.recall.estimate == 0.5
    assert found.passed_labelled.estimate == pytest.approx(2 / 3)
    assert found.passed_ordinary.estimate == 0
    assert found.drawn_ordinary.estimate == 0.25


def test_a_share_of_no_posts_is_undefined():
    assert np.isnan(share([]).estimate)


def test_gold_with_an_unknown_label_is_a_plain_error(tmp_path):
    moon = {"id": "a", "text": "x", "lang": "en", "themes": {"moon": "asks"}}
    file = write(tmp_path / "gold.jsonl", [moon])

    with pytest.raises(InputError, match=r"gold\.jsonl: post a has the label 'moon'"):
        read_gold(file, load_taxonomy())


def test_the_held_back_tenth_is_a_tenth_in_both_languages():
    posts = held_back(load_taxonomy())

    written = Path(BANK).with_name("written")
    all_n = len(read_rows(sorted(written.glob("*.jsonl")), load_taxonomy()))
    assert 0.08 * all_n < len(posts) < 0.12 * all_n
    assert {post.lang for post in posts} == {"en", "es"}


def test_the_sample_bank_has_a_town_for_every_place():
    posts = sample_bank(load_taxonomy())

    assert len(posts) > 500
    assert not [post.id for post in posts if "{" in post.text]


def test_figures_are_written_with_their_interval():
    assert figure(Interval(0.684, 0.6, 0.75)) == "0.68 (0.60–0.75)"
    assert difference(Interval(-0.02, -0.1, 0.05)) == "-0.02 (-0.10 to +0.05)"
    assert percent(Interval(0.019, 0.016, 0.0234)) == "1.90 % (1.60–2.34)"
    assert figure(Interval(*[float("nan")] * 3)) == NOTHING


def test_a_bar_in_a_cell_does_not_end_the_cell():
    assert table(["a"], [["x|y"]]).splitlines()[-1] == r"| x\|y |"


def test_the_command_says_which_file_holds_no_ordinary_posts(world, tmp_path):
    inputs, _ = world
    broken = tmp_path / "posts.parquet"
    broken.write_text("not parquet")

    said = CliRunner().invoke(
        main, ["evaluate", "--gold", str(inputs.gold), "--posts", str(broken)]
    )

    assert said.exit_code == 1
    assert "posts.parquet" in said.output
    assert "Traceback" not in said.output
