"""What is exported says what the network says, of one text at a time."""

import onnxruntime as ort
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from onnxruntime.quantization import quantize_dynamic  # noqa: E402

from classifiers.encoder.one_text import OneText, evenly  # noqa: E402
from tests.train.tiny import tiny_network  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # the exporter warns of itself


def texts(*lengths):
    chance = torch.Generator().manual_seed(7)
    return [torch.randint(4, 300, (1, length), generator=chance) for length in lengths]


class Both(torch.nn.Module):
    """A dense part read plainly, and evenly."""

    def __init__(self):
        super().__init__()
        self.dense = torch.nn.Linear(8, 4)

    def forward(self, words):
        return self.dense(words), evenly(self.dense, words)


def as_int8(module, given, folder):
    """What the module says once its weights and what it reads are whole numbers."""
    whole, small = folder / "whole.onnx", folder / "small.onnx"
    torch.onnx.export(module, (given,), whole, input_names=["words"], dynamo=False)
    quantize_dynamic(whole, small)
    said = ort.InferenceSession(small).run(None, {"words": given.numpy()})
    return [torch.from_numpy(one) for one in said]


@pytest.fixture
def words():
    return torch.randn(9, 8, generator=torch.Generator().manual_seed(7))


@torch.no_grad()
@pytest.mark.parametrize("ids", texts(2, 5, 60, 160), ids=lambda ids: ids.shape[1])
def test_it_says_what_the_network_says(ids):
    network = tiny_network()

    found = OneText(network)(ids)

    for ours, theirs in zip(found, network(ids, torch.ones_like(ids)), strict=True):
        assert ours.shape == theirs.shape
        assert torch.allclose(ours, theirs, atol=1e-4)


@torch.no_grad()
def test_a_dense_part_says_the_same_evenly(words):
    both = Both()

    plain, even = both(words)

    assert torch.allclose(plain, even, atol=1e-4)


@torch.no_grad()
def test_as_int8_a_word_of_large_numbers_leaves_the_others_their_steps(words, tmp_path):
    words[0] *= 1_000
    both = Both()

    said = both.dense(words)[1:]
    plain, even = (found[1:] for found in as_int8(both, words, tmp_path))

    assert (plain - said).abs().mean() > 10 * (even - said).abs().mean()


def test_a_word_of_nothing_but_zeros_is_a_number_too():
    assert Both()(torch.zeros(2, 8))[1].isfinite().all()
