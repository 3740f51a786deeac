"""The encoders that training starts from are the ones that were measured."""

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from classifiers.encoder.pretrained import E5, MINILM, open_minilm  # noqa: E402
from warehouse.errors import GrapevineError  # noqa: E402


@pytest.mark.parametrize("base", [MINILM, E5], ids=["MiniLM", "multilingual-e5"])
def test_the_weights_are_found_and_have_the_checksum_that_is_named(base):
    pytest.importorskip(base.package)

    assert base.path().is_file()


def test_a_package_that_is_not_installed_is_one_plain_line():
    absent = replace(MINILM, package="no_such_package_of_weights")

    with pytest.raises(GrapevineError, match="package no_such_package_of_weights is") as no:
        absent.path()

    assert "make test-train" in str(no.value)
    assert "\n" not in str(no.value)


def test_weights_of_another_version_are_refused(tmp_path, monkeypatch):
    (tmp_path / "weights_of_another_version").mkdir()
    (tmp_path / "weights_of_another_version" / "__init__.py").touch()
    (tmp_path / "weights_of_another_version" / "w.bin").write_bytes(b"other")
    monkeypatch.syspath_prepend(tmp_path)
    other = replace(MINILM, package="weights_of_another_version", file="w.bin")

    with pytest.raises(GrapevineError, match=r"w\.bin of weights_of_another_version has"):
        other.path()


def test_a_package_without_the_file_is_one_plain_line(tmp_path, monkeypatch):
    (tmp_path / "package_without_weights").mkdir()
    (tmp_path / "package_without_weights" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(GrapevineError, match="package_without_weights"):
        replace(MINILM, package="package_without_weights").path()


@torch.no_grad()
def test_the_english_encoder_puts_like_sentences_together():
    pytest.importorskip(MINILM.package)
    encoder, tokenizer = open_minilm()
    encoder.eval()
    tokenizer.no_padding()

    def meaning(text):
        words = encoder(input_ids=torch.tensor([tokenizer.encode(text).ids])).last_hidden_state
        return torch.nn.functional.normalize(words.mean(1), dim=1)[0]

    milk, also, dog = map(meaning, ("raw milk cured me", "raw milk healed me", "a lost dog"))
    assert milk @ also > 0.5 > milk @ dog
