"""Releases made up of a few clusters, to edit and to find again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clioscope.explorer.sameness import Released
from clioscope.explorer.schemas import Cluster

SUBJECTS = ("bread", "python", "travel", "garden", "money", "music", "health", "law")
DIMENSION = 32


def cluster(id: str, parent: str | None, name: str, terms: Sequence[str] = (), place: float = 0.5) -> Cluster:
    return Cluster(
        id=id,
        level=int(id.split("-")[0]),
        parent_id=parent,
        name=name,
        description=f"About 50 conversations from 40 people. What sets them apart: {name}.",
        terms=list(terms),
        conversations=50,
        users=40,
        x=place,
        y=place,
        name_confidence=None,
        fit=None,
        audit_score=None,
        edited=[],
        members=[],
        hidden=False,
    )


def vector(words: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A unit vector that is near to those of texts with the same words, and to no other."""
    total = np.zeros(DIMENSION)
    for word in words.split():
        total += np.random.default_rng(sum(map(ord, word))).normal(size=DIMENSION)
    return (total / np.linalg.norm(total)).astype(np.float32)


def released(digest: str, clusters: Sequence[Cluster], embedder: str = "a") -> Released:
    vectors = np.stack([vector(one.name) for one in clusters])
    return Released(digest, clusters, ([one.id for one in clusters], vectors), embedder)


def two_levels(
    digest: str = "first", order: Sequence[str] = SUBJECTS, suffix: str = "", place: float = 0.5
) -> Released:
    """Eight clusters under four, under two. Another ``order`` numbers them otherwise."""
    base = [cluster(f"0-{i}", f"1-{i // 2}", name + suffix, [name], place) for i, name in enumerate(order)]
    middle = [cluster(f"1-{i}", f"2-{i // 2}", f"{order[2 * i]} {order[2 * i + 1]}", ["x"], place) for i in range(4)]
    top = [cluster(f"2-{i}", None, f"all of {order[4 * i]}", ["y"], place) for i in range(2)]
    return released(digest, [*base, *middle, *top])
