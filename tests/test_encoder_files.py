"""An encoder is three files, and is refused when its record does not vouch for them."""

import hashlib
import json

import pytest

from classifiers.encoder import Encoder
from classifiers.encoder.files import (
    exists,
    keep,
    record_path,
    reference_path,
    tokenizer_path,
    vouched,
    weights_path,
)
from warehouse.errors import GrapevineError

WEIGHTS = b"\x08\x08graph and numbers"
TOKENIZER = '{"model": "añejo"}'


@pytest.fixture
def folder(tmp_path):
    """A folder that an encoder was kept in; its weights need not run to be vouched for."""
    keep("english", WEIGHTS, TOKENIZER, {"prefix": "query: ", "seed": 7}, tmp_path / "models")
    return tmp_path / "models"


def refusal(folder, name="english"):
    with pytest.raises(GrapevineError) as refused:
        vouched(name, folder)
    assert "\n" not in str(refused.value)
    assert "Restore" in str(refused.value)
    return str(refused.value)


def test_what_was_kept_is_vouched_for(folder):
    found = vouched("english", folder)

    assert found.weights == WEIGHTS
    assert found.tokenizer == TOKENIZER
    assert found.prefix == "query: "
    assert found.sha256 == hashlib.sha256(WEIGHTS).hexdigest()


def test_the_record_keeps_both_checksums_and_how_it_was_made(folder):
    record = json.loads(record_path("english", folder).read_text())

    assert record["sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert record["tokenizer_sha256"] == hashlib.sha256(TOKENIZER.encode()).hexdigest()
    assert record["seed"] == 7


def test_an_encoder_is_there_when_its_weights_are(folder):
    assert exists("english", folder)
    assert not exists("spanish", folder)

    weights_path("english", folder).unlink()

    assert not exists("english", folder)


@pytest.mark.parametrize("path", [weights_path, tokenizer_path, record_path])
def test_a_missing_file_is_named_with_the_encoder(folder, path):
    path("english", folder).unlink()

    assert "The encoder 'english' cannot be read" in refusal(folder)


def test_an_encoder_that_never_was_is_refused(folder):
    assert "The encoder 'french' cannot be read" in refusal(folder, "french")


@pytest.mark.parametrize("path", [weights_path, tokenizer_path])
def test_a_file_that_was_changed_is_refused(folder, path):
    file = path("english", folder)
    file.write_bytes(file.read_bytes()[:-1] + b"x")

    assert "not the file its record vouches for" in refusal(folder)


@pytest.mark.parametrize(
    "record",
    [
        "",
        "not json",
        "[]",
        "3",
        "{}",
        '{"sha256": "00", "prefix": ""}',
        '{"sha256": "00", "tokenizer_sha256": "00"}',
        b"\xff\xfe",
    ],
)
def test_a_broken_record_is_refused(folder, record):
    content = record if isinstance(record, bytes) else record.encode()
    record_path("english", folder).write_bytes(content)

    assert "cannot be read" in refusal(folder)


@pytest.mark.parametrize("sha256", [None, 3, "", "00" * 32])
def test_a_record_that_vouches_for_other_weights_is_refused(folder, sha256):
    record = json.loads(record_path("english", folder).read_text())
    record_path("english", folder).write_text(json.dumps({**record, "sha256": sha256}))

    assert "not the file its record vouches for" in refusal(folder)


def test_weights_nobody_vouches_for_are_never_run(folder):
    weights_path("english", folder).write_bytes(b"something else")

    with pytest.raises(GrapevineError, match="vouches"):
        Encoder("english", folder)


def test_the_reference_lies_beside_the_weights(folder):
    assert reference_path("english", folder).parent == weights_path("english", folder).parent
    assert reference_path("english", folder).name == "english.reference.json"
