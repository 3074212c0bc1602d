"""Vectors are made once for all tests: the model takes a quarter of their time, and most ask it for the same texts.

What comes back is what the model gave for the same texts in the same batch, to the last bit. Processes that tests start
by themselves, and ``tests/embeddings``, know nothing of it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

FOLDER = "CLIOSCOPE_TESTS_VECTORS"
"""The variable that names the folder of what is remembered; nothing is, where there is none."""


def remember() -> None:
    """Have the model look for what it was asked already, and be loaded for what it was not."""
    from clioscope.embeddings import MiniLMEmbedder

    if FOLDER not in os.environ or hasattr(MiniLMEmbedder, "unremembered"):
        return
    folder, begin, embed = Path(os.environ[FOLDER]), MiniLMEmbedder.__init__, MiniLMEmbedder.embed

    def begin_later(self: Any, threads: int | None = None) -> None:
        self.threads, self.is_loaded = threads, False

    def remembered(self: Any, texts: Sequence[str]) -> Any:
        path = folder / f"{_digest(texts)}.npy"
        if path.exists():
            return np.load(path)
        if not self.is_loaded:
            begin(self, self.threads)
            self.is_loaded = True
        vectors = embed(self, texts)
        part = folder / f"{uuid4()}.part"
        with part.open("wb") as file:
            np.save(file, vectors)
        part.rename(path)
        return vectors

    patched: Any = MiniLMEmbedder
    patched.unremembered = {"__init__": begin, "embed": embed}
    patched.__init__, patched.embed = begin_later, remembered


def _digest(texts: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        content = text.encode("utf-8", "surrogatepass")
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()
