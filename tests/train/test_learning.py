"""Fine-tuning: unknown labels teach nothing, rare themes weigh more, the same again."""

import random

import pytest

torch = pytest.importorskip("torch")

from classifiers.encoder.batches import Targets, pieces_of  # noqa: E402
from classifiers.encoder.learning import (  # noqa: E402
    STANCE_WEIGHTS,
    THINNED,
    TRAINED_PIECES,
    Recipe,
    _keep_lowest,
    _loss,
    _rare_weights,
    _thinned,
    fine_tune,
)
from classifiers.stances import STANCES  # noqa: E402
from classifiers.taxonomy import load_taxonomy  # noqa: E402
from classifiers.training.rows import Row  # noqa: E402
from tests.tagging import SIGNALS, THEMES, plain_rows  # noqa: E402
from tests.train.tiny import BASE, one_claim_each, tiny_encoder, tiny_network, tiny_tokenizer  # noqa: E402

TAXONOMY = load_taxonomy()
RARE = torch.ones(len(THEMES))


def found(rows_n=1, seed=1):
    """Scores as a network would give them."""
    torch.manual_seed(seed)
    return (
        torch.randn(rows_n, len(THEMES)),
        torch.randn(rows_n, len(SIGNALS) + 1),
        torch.randn(rows_n, len(THEMES), 4),
        torch.zeros(rows_n, 384),
    )


def loss_of(row, scores=None, rare=RARE):
    return _loss(scores or found(), Targets.of([row], TAXONOMY), rare).item()


def moved(number, by=3.0):
    scores = list(found())
    scores[number] = scores[number] + by
    return tuple(scores)


def test_signals_nobody_looked_for_teach_nothing():
    unread, read = Row("a", "x", assumed=True), Row("a", "x", health=False)

    assert loss_of(unread) == loss_of(unread, moved(1))
    assert loss_of(read) != loss_of(read, moved(1))


def test_health_that_was_not_labelled_teaches_nothing():
    scores = list(found())
    scores[1] = scores[1].clone()
    scores[1][0, -1] += 3

    assert loss_of(Row("a", "x")) == loss_of(Row("a", "x"), tuple(scores))
    known = Row("a", "x", health=True)
    assert loss_of(known, tuple(scores)) < loss_of(known)


def test_the_stance_of_an_absent_theme_teaches_nothing():
    bare, themed = Row("a", "x"), Row("a", "x", themes={"masks": "refutes"})
    scores = list(found())
    scores[2] = scores[2].clone()
    scores[2][0, THEMES.index("masks"), STANCES.index("refutes")] += 3

    assert loss_of(bare) == loss_of(bare, tuple(scores))
    assert loss_of(themed, tuple(scores)) < loss_of(themed)


def test_an_unsure_row_teaches_less():
    row = Row("a", "x", health=True)

    assert loss_of(with_sure(row, 1)) == pytest.approx(0.5 * loss_of(row), rel=1e-4)


def with_sure(row, sure):
    return Row(row.id, row.text, health=row.health, sure=sure)


def test_a_wrong_stance_costs_more_where_the_stance_is_rare():
    zero = (*found()[:2], torch.zeros(1, len(THEMES), 4), found()[3])

    costs = [loss_of(Row("a", "x", themes={"masks": stance}), zero) for stance in STANCES]

    assert costs == sorted(costs)
    assert costs[1] > costs[0]
    assert STANCE_WEIGHTS[0] == 1


def test_rare_themes_weigh_more_up_to_four_times():
    rows = [Row(str(n), "x", themes={"masks": "asks"}) for n in range(400)]
    rows += [Row("r", "x", themes={"fluoride": "asks"})]

    weights = _rare_weights(Targets.of(rows, TAXONOMY))

    assert weights[THEMES.index("masks")] == 1
    assert 1 < weights[THEMES.index("fluoride")] <= 4
    assert weights.max() <= 4


def trained(rows, epochs):
    said = []
    recipe = Recipe(layers=2, epochs=epochs, rate=1e-3)
    network = fine_tune(
        tiny_encoder(), tiny_tokenizer(), BASE, rows, TAXONOMY, recipe, said.append
    )
    return network, said


@pytest.fixture(scope="module")
def tuned():
    return trained([*plain_rows(), *one_claim_each()], 12)


@torch.no_grad()
def scores_of(network, text):
    tokenizer = tiny_tokenizer()
    (pieces,) = pieces_of([text], tokenizer, BASE.prefix)
    return network(torch.tensor([pieces]), torch.ones(1, len(pieces), dtype=torch.long))


def test_a_network_learns_the_theme_it_was_shown(tuned):
    network, _ = tuned

    milk = scores_of(network, "we drink raw milk from the cow, it cures asthma")[0][0]
    chat = scores_of(network, "hay for sale near Butte")[0][0]

    number = THEMES.index("raw_milk")
    assert milk[number] > 0 > chat[number]
    assert milk.argmax() == number


def test_the_network_is_ready_to_run_and_says_how_far_it_came(tuned):
    network, said = tuned

    assert not network.training
    assert {weights.device.type for weights in network.parameters()} == {"cpu"}
    assert said[0].startswith("step 0 of ")


def test_the_words_embeddings_are_left_as_they_were(tuned):
    name = "embeddings.word_embeddings.weight"

    after = tuned[0].encoder.state_dict()[name]

    assert torch.equal(after, tiny_encoder().state_dict()[name])


def test_the_same_rows_and_seed_give_the_same_network():
    rows = [*plain_rows()[::4], *one_claim_each()]

    (first, _), (second, _) = trained(rows, 1), trained(rows, 1)

    for ours, theirs in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_training_sees_a_long_text_up_to_its_cut():
    tokenizer = tiny_tokenizer()
    rows = [*one_claim_each(), Row("l", "raw milk " * 300, health=False)]

    fine_tune(
        tiny_encoder(),
        tokenizer,
        BASE,
        rows,
        TAXONOMY,
        Recipe(layers=2, epochs=1, rate=1e-3),
        print,
    )

    assert len(tokenizer.encode("raw milk " * 300).ids) == TRAINED_PIECES


def test_scores_are_those_of_a_network_that_drops_nothing():
    network = tiny_network()

    first, second = (scores_of(network, "raw milk")[0].tolist() for _ in range(2))

    assert first == second


def test_training_leaves_out_some_pieces_of_a_text_and_never_its_frame():
    pieces = list(range(200))
    chance = random.Random(5)

    seen = [_thinned(pieces, chance) for _ in range(50)]

    assert all((one[0], one[-1]) == (0, 199) for one in seen)
    assert all(one == sorted(set(one)) for one in seen)
    assert sum(map(len, seen)) / (50 * 200) == pytest.approx(1 - THINNED, abs=0.03)
    assert len(set(map(tuple, seen))) == 50


def test_the_lowest_layers_are_kept_as_they_were():
    whole = tiny_encoder()
    first = whole.encoder.layer[0]

    _keep_lowest(whole, 1)

    assert list(whole.encoder.layer) == [first]
    assert whole.config.num_hidden_layers == 1
