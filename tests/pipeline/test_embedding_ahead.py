"""Vectors that are made while a model is still asked are those that would be made afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from clioscope.embeddings import Vectors
from clioscope.facets import Facets
from clioscope.pipeline import embedding_ahead
from clioscope.pipeline.embedding_ahead import AT_ONCE, Ahead, slices
from clioscope.testing import ModelServer
from tests.judged.helpers import judged


class Noting:
    """An embedder that keeps what it was asked."""

    name = "noting"
    dimension = 4

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked.append(tuple(texts))
        if "broken" in texts:
            raise ValueError("broken")
        return np.ones((len(texts), 4), dtype=np.float32) * len(texts[0])


def row(text: str | None, failed: str | None = None) -> Facets:
    return Facets({"request": text}, {}, turns=1, characters=1, failed=failed)


def test_every_slice_is_embedded_once_and_fetched() -> None:
    embedder = Noting()
    ahead = Ahead(embedder)
    texts = [f"text {number}" for number in range(2 * AT_ONCE + 7)]
    rows = [row(text) for text in texts]
    rows[3:3] = [row(None), row("never seen", failed="refused")]
    ahead.watch(["request", "a list facet"], iter(rows))
    for some in slices(texts):
        assert (ahead.fetch(some) == len(some[0])).all()
    assert sorted(map(len, embedder.asked)) == [7, AT_ONCE, AT_ONCE]
    assert len(ahead.fetch(texts[:2])) == 2  # nobody began with it
    ahead.stop()


def test_what_fails_in_the_background_is_raised_where_it_is_fetched() -> None:
    ahead = Ahead(Noting())
    ahead.watch(["request"], [row("broken")])
    with pytest.raises(ValueError, match="broken"):
        ahead.fetch(["broken"])
    ahead.stop()


def test_no_more_than_a_part_of_memory_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_ahead, "_MOST_BYTES", 2 * 4 * AT_ONCE)
    embedder = Noting()
    ahead = Ahead(embedder)
    texts = [f"text {number}" for number in range(3 * AT_ONCE)]
    ahead.watch(["request"], map(row, texts))
    first, *_ = (ahead.fetch(some) for some in slices(texts))
    assert len(first) == AT_ONCE
    assert len(embedder.asked) == 3
    ahead.stop()


def test_a_run_gives_the_same_vectors_as_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelServer() as server:
        ahead = judged(tmp_path / "ahead", server, n=600)
        monkeypatch.setattr(embedding_ahead, "_MOST_BYTES", 0)
        after = judged(tmp_path / "after", server, n=600)
    found = [sorted((done.folder / "vault" / "embeddings" / "request").iterdir()) for done in (ahead, after)]
    assert [path.name for path in found[0]] == [path.name for path in found[1]]
    for one, other in zip(*found, strict=True):
        assert np.load(one).tobytes() == np.load(other).tobytes()
