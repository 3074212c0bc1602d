"""The whole words that the shipped embedding model knows: about 21,600, mostly of English, the commoner ones."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files


@cache
def vocabulary() -> frozenset[str]:
    """Words in small letters that the model reads as one piece. A word of which it makes several is rarer than these.

    References
    ----------
    WordPiece, as in Devlin et al. (2019), "BERT", arXiv 1810.04805: pieces are chosen by how often they occur.
    """
    path = files("clioscope.embeddings").joinpath("minilm", "tokenizer.json")
    pieces = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(piece for piece in pieces if len(piece) > 1 and piece.isalpha())
