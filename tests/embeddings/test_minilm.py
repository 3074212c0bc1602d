"""The embedded model: what is in the wheel is what was converted, and a text's vector is its own."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files

import numpy as np
import pytest

from clioscope.embeddings import MiniLMEmbedder

FOLDER = files("clioscope.embeddings").joinpath("minilm")


@pytest.fixture(scope="module")
def embedder() -> MiniLMEmbedder:
    return MiniLMEmbedder()


def test_the_files_have_the_hashes_that_are_written_beside_them() -> None:
    readme = FOLDER.joinpath("README.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"\| `([\w.-]+)` \| `([0-9a-f]{64})` \|", readme))
    assert set(stated) == {"all-MiniLM-L6-v2.int8.onnx", "tokenizer.json"}
    for name, digest in stated.items():
        assert hashlib.sha256(FOLDER.joinpath(name).read_bytes()).hexdigest() == digest


def test_vectors_are_of_unit_length_and_in_order(embedder: MiniLMEmbedder) -> None:
    texts = ["bake sourdough bread", "a python error", "", "x" * 100_000, "你好", "bake a loaf of bread"]
    vectors = embedder.embed(texts)
    assert vectors.shape == (6, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert vectors[0] @ vectors[5] > 0.6 > vectors[0] @ vectors[1]


def test_a_vector_does_not_depend_on_its_batch(embedder: MiniLMEmbedder) -> None:
    texts = [f"how do I cook {n} potatoes with a rather long list of other things" * (1 + n % 4) for n in range(40)]
    together = embedder.embed(texts)
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    assert np.einsum("ij,ij->i", together, alone).min() > 0.99999


def test_the_same_texts_give_the_same_bytes(embedder: MiniLMEmbedder) -> None:
    texts = ["one", "two words", "three words here"] * 20
    assert embedder.embed(texts).tobytes() == MiniLMEmbedder().embed(texts).tobytes()


def test_no_texts_give_no_vectors(embedder: MiniLMEmbedder) -> None:
    assert embedder.embed([]).shape == (0, 384)
