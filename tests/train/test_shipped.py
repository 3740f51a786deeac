"""The shipped int8 files against torch: their weights, put back into the network, say the same.

What is compared is the arithmetic. The weights are the file's own, made into floats again, so
whatever differs comes from whole-number sums in onnxruntime, not from what was learnt.
"""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from tokenizers import Tokenizer  # noqa: E402
from transformers import BertConfig, BertModel  # noqa: E402

from classifiers.encoder import Encoder  # noqa: E402
from classifiers.encoder.encoder import MAX_PIECES  # noqa: E402
from classifiers.encoder.files import vouched  # noqa: E402
from classifiers.encoder.network import ATTENTION_SCALE, HIDDEN, Network  # noqa: E402
from classifiers.jsonlines import read_lines  # noqa: E402
from classifiers.normalise import readable  # noqa: E402
from classifiers.training.rows import CORPUS, Row  # noqa: E402
from tests.tagging import SIGNALS, THEMES  # noqa: E402

POSTS_N = 40
TYPICAL, LARGEST, LIKE = 0.1, 0.4, 0.999
"""Log-odds by which onnxruntime may differ from torch, on average and for all but one score in
a hundred, and the least correlation."""

IN_LAYER = ("attention.output.dense", "intermediate.dense", "output.dense")
ATTENTION = ("query", "key", "value")
QUERIES = ("theme_queries", "other_queries", "stance_queries")
HEADS = ("stance_hidden", "stance_looks", "stance")


def dequantised(graph):
    """Every weight of the graph as floats, by its name in the network.

    What the export put together has no name left, and is known by its place: the products of a
    layer come in the order of its sums, those of the heads after the last layer.
    """
    stored = {
        one.name.removeprefix("network."): onnx.numpy_helper.to_array(one)
        for one in graph.initializer
    }
    named = {
        name: values
        for name, values in stored.items()
        if values.dtype == np.float32 and not name.startswith("onnx::") and "_scale" not in name
    }
    words = "encoder.embeddings.word_embeddings.weight"
    kind, *biases = sums(graph, stored)
    product = products(graph, stored)
    layers = [layer_of(number, product, bias) for number, bias in enumerate(biases)]
    return (
        named
        | {words: floats(stored, words)}
        | {"encoder.embeddings.token_type_embeddings.weight": np.stack([kind, kind])}
        | {name: values for layer in layers for name, values in layer.items()}
        | heads_of(product)
    )


def floats(stored, name):
    """A matrix of whole numbers as it was."""
    numbers, zero = (stored[f"{name}_{part}"] for part in ("quantized", "zero_point"))
    return (numbers.astype("f4") - zero.astype("f4")) * stored[f"{name}_scale"]


def products(graph, stored):
    """Each matrix that is multiplied with, a row an output."""
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            name = node.input[1].removeprefix("network.").removesuffix("_quantized")
            yield floats(stored, name).T


def sums(graph, stored):
    """Each row that is added and has no name: the kind of a text, then a bias a layer."""
    return [
        stored[name]
        for node in graph.node
        for name in node.input
        if node.op_type == "Add" and name.startswith("onnx::")
    ]


def layer_of(number, product, bias):
    layer = f"encoder.encoder.layer.{number}"
    parts = zip(ATTENTION, np.split(next(product), 3), np.split(bias, 3), strict=True)
    found = {}
    for part, weight, own in parts:
        found[f"{layer}.attention.self.{part}.weight"] = weight
        found[f"{layer}.attention.self.{part}.bias"] = own
    return found | {f"{layer}.{name}.weight": next(product) for name in IN_LAYER}


def heads_of(product):
    ends = np.cumsum([len(THEMES), len(SIGNALS) + 1])
    queries = np.split(next(product) * ATTENTION_SCALE, ends)
    return dict(zip(QUERIES, queries, strict=True)) | {
        f"{name}.weight": next(product) for name in HEADS
    }


def network_of(weights):
    """The network that the weights belong to, its sizes read from them."""
    embeddings = "encoder.embeddings"
    config = BertConfig(
        vocab_size=len(weights[f"{embeddings}.word_embeddings.weight"]),
        hidden_size=HIDDEN,
        num_hidden_layers=sum(name.endswith("self.query.bias") for name in weights),
        num_attention_heads=12,
        intermediate_size=len(weights["encoder.encoder.layer.0.intermediate.dense.bias"]),
        max_position_embeddings=len(weights[f"{embeddings}.position_embeddings.weight"]),
        type_vocab_size=len(weights[f"{embeddings}.token_type_embeddings.weight"]),
    )
    network = Network(BertModel(config, add_pooling_layer=False), len(THEMES), len(SIGNALS) + 1)
    tensors = {name: torch.from_numpy(np.array(values)) for name, values in weights.items()}
    missing = network.load_state_dict(tensors, strict=False)
    assert set(missing.unexpected_keys) == set()
    assert all(name.endswith("position_ids") for name in missing.missing_keys)
    return network.eval()


def texts_for(name):
    lang = "es" if name == "spanish" else "en"
    rows = [row for file in sorted(CORPUS.glob("*.jsonl")) for row in read_lines(file, Row)]
    return [readable(row.text) for row in rows if row.lang == lang][:: len(rows) // POSTS_N]


@torch.no_grad()
@pytest.mark.parametrize("name", ["english", "spanish"])
def test_the_shipped_file_says_in_onnxruntime_what_its_weights_say_in_torch(name):
    files = vouched(name)
    network = network_of(dequantised(onnx.load_from_string(files.weights).graph))
    tokenizer = Tokenizer.from_str(files.tokenizer)
    texts = texts_for(name)
    pieces = [tokenizer.encode(files.prefix + text).ids for text in texts]
    kept = [number for number, row in enumerate(pieces) if len(row) <= MAX_PIECES]

    found = Encoder(name).read([texts[number] for number in kept]).scores

    theirs = [network(torch.tensor([pieces[n]]), torch.ones(1, len(pieces[n]))) for n in kept]
    expected = np.concatenate([np.hstack([t.numpy(), o.numpy()]) for t, o, _, _ in theirs])
    ours = np.hstack([found.themes, found.signals, found.health])
    apart = np.abs(ours - expected)
    assert len(kept) >= 10
    assert apart.mean() < TYPICAL
    assert np.quantile(apart, 0.99) < LARGEST
    assert np.corrcoef(ours.ravel(), expected.ravel())[0, 1] > LIKE
    stances = np.concatenate([stance.numpy() for _, _, stance, _ in theirs])
    assert np.corrcoef(found.stances.ravel(), stances.ravel())[0, 1] > LIKE
