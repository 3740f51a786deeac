"""The int8 file that ships says what the network says."""

import numpy as np
import onnxruntime as ort
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from classifiers.encoder import Encoder  # noqa: E402
from classifiers.encoder.encoder import MAX_PIECES, OUTPUTS, OVERLAP  # noqa: E402
from classifiers.encoder.export import OPSET, exported  # noqa: E402
from classifiers.encoder.files import keep  # noqa: E402
from tests.train.tiny import tiny_network, tiny_tokenizer  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # the exporter warns of itself


@pytest.fixture(scope="module")
def network():
    return tiny_network()


@pytest.fixture(scope="module")
def file(network):
    return exported(network)


@pytest.fixture(scope="module")
def encoder(file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    keep("english", file, tiny_tokenizer().to_str(), {"prefix": ""}, folder)
    return Encoder("english", folder)


@torch.no_grad()
def said(network, ids):
    row = torch.tensor([ids])
    return [found.numpy() for found in network(row, torch.ones_like(row))]


@pytest.mark.parametrize("length", [2, 5, 60, 160])
def test_the_file_gives_the_networks_scores_for_texts_of_any_length(network, file, length):
    session = ort.InferenceSession(file)
    ids = [2, *np.random.default_rng(length).integers(4, 300, length - 2).tolist(), 3]

    found = session.run(OUTPUTS, {"ids": np.array([ids], np.int64)})

    for ours, theirs in zip(found, said(network, ids), strict=True):
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).max() < 0.15 * max(1, np.abs(theirs).max())
        assert np.abs(ours - theirs).mean() < 0.03 * max(1, np.abs(theirs).max())


def test_weights_are_whole_numbers_of_seven_bits(file):
    graph = onnx.load_from_string(file)

    numbers = [
        onnx.numpy_helper.to_array(one).astype(int)
        for one in graph.graph.initializer
        if one.name.endswith("_quantized") and one.data_type == onnx.TensorProto.INT8
    ]
    assert len(numbers) >= 6
    assert max(np.abs(one).max() for one in numbers) <= 64
    assert graph.opset_import[0].version == OPSET


def test_the_encoder_reads_the_file(network, encoder):
    text = "raw milk cures asthma"

    found = encoder.read([text])

    themes, others, stances, meaning = said(network, tiny_tokenizer().encode(text).ids)
    assert found.scores.themes == pytest.approx(themes, abs=0.3)
    assert found.scores.signals == pytest.approx(others[:, :-1], abs=0.3)
    assert found.scores.health == pytest.approx(others[:, -1:], abs=0.3)
    assert found.scores.stances == pytest.approx(
        stances, abs=0.1 * float(np.abs(stances).max())
    )
    assert found.meaning == pytest.approx(meaning, abs=0.1)


def test_a_long_text_is_read_in_windows_that_overlap_to_its_end(encoder):
    words = ["raw", "milk", "hay", "dog", "rain"] * 100

    windows, owners = encoder._windows([" ".join(words), "raw"])

    assert owners == [0] * (len(windows) - 1) + [1]
    assert max(map(len, windows)) == MAX_PIECES
    inside = [window[1:-1] for window in windows[:-1]]
    assert inside[0][-OVERLAP:] == inside[1][:OVERLAP]
    whole = inside[0] + [piece for window in inside[1:] for piece in window[OVERLAP:]]
    assert whole == tiny_tokenizer().encode(" ".join(words)).ids[1:-1]


def test_each_theme_is_read_in_the_window_where_it_is_strongest(encoder):
    texts = ["raw milk " * 200, "hay for sale " * 100]

    found = encoder.read(texts)

    windows, owners = encoder._windows(texts)
    each = [encoder._run(window)[0][0] for window in windows]
    for post in range(2):
        own = [scores for scores, owner in zip(each, owners, strict=True) if owner == post]
        assert found.scores.themes[post].tolist() == np.max(own, axis=0).tolist()
