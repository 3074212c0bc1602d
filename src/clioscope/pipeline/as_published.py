"""The clusters of the last publication, kept for a further one: members stay, and who is new joins the nearest.

Figures of clusters that are made anew differ from published ones in whoever changed places. Of clusters that are kept
they differ in who came and went alone, and the hierarchy above them is the same.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clioscope.clustering import VectorStore, assign
from clioscope.errors import ConfigError
from clioscope.pipeline.context import Context
from clioscope.pipeline.counted_people import keys_and_users
from clioscope.pipeline.population import Population
from clioscope.vault.publications import Publication, Publications, Record

Labels = NDArray[np.int32]


class Kept(NamedTuple):
    """Published clusters: ``labels`` int32 [m] of all items, ``centroids`` float32 [k, d]."""

    labels: Labels
    centroids: NDArray[np.float32]


def last_recorded(context: Context) -> Publication:
    """The publication whose clusters are kept.

    Raises
    ------
    ConfigError
        There is none.
    """
    ledger = Publications(context.folder.vault)
    ledger.refuse_lost()
    recorded = [row for row in ledger if row.recorded]
    if not recorded:
        raise ConfigError(
            f"--like-published: nothing of {context.folder.path} was published yet, or what it was made of was removed "
            "from the vault. Leave the option out."
        )
    return recorded[-1]


def base_as_published(context: Context, people: Population) -> Kept:
    """The published base clusters, with everybody who is new in the nearest."""
    known = _published_labels(context, people)[0]
    vectors = context.home.vectors()
    there, labels = np.unique(known[known >= 0], return_inverse=True)
    known[known >= 0] = labels
    centroids = _centroids(vectors, known, len(there))
    nearest = assign(vectors, centroids).labels
    return Kept(np.where(known >= 0, known, nearest).astype(np.int32), centroids)


def parents_as_published(context: Context, people: Population, base: Labels) -> list[Labels]:
    """int32 [k] a level but the top: the parent of each cluster, as most of its published members have it."""
    published = _published_labels(context, people)
    sizes = np.bincount(base)
    below = np.array([_most(published[0][base == cluster]) for cluster in range(len(sizes))])
    parents = []
    for level in range(1, len(published)):
        above_of = {int(low): int(high) for low, high in zip(published[level - 1], published[level], strict=True)}
        above = np.array([above_of[int(one)] for one in below])
        names, of = np.unique(above, return_inverse=True)
        held = np.bincount(of, weights=sizes)
        number = np.empty(len(names), dtype=np.int32)
        number[np.lexsort((names, -held))] = np.arange(len(names), dtype=np.int32)
        parents.append(number[of])
        sizes = np.bincount(number[of], weights=sizes).astype(np.int64)
        below = names[np.argsort(number)]
    return parents


def _published_labels(context: Context, people: Population) -> list[Labels]:
    """One int32 [m] a level: where each item was published, -1 where it was not."""
    rows = Record(context.folder.vault, last_recorded(context).number).rows()
    levels = [rows[name].to_numpy() for name in rows.column_names if name.startswith("level_")]
    places = _places(rows)
    keys, _ = keys_and_users(context.folder)
    met: Counter[str] = Counter()
    found = [np.full(len(people.rows), -1, dtype=np.int32) for _ in levels]
    for item, row in enumerate(people.rows.tolist()):
        mine, key = places.get(keys[row], []), keys[row]
        if met[key] < len(mine):
            for of, published in zip(found, levels, strict=True):
                of[item] = published[mine[met[key]]]
        met[key] += 1
    return found


def _places(rows: pa.Table) -> dict[str, list[int]]:
    """The rows of each conversation."""
    places: dict[str, list[int]] = {}
    for row, key in enumerate(rows["key"].to_pylist()):
        places.setdefault(key, []).append(row)
    return places


def _centroids(vectors: VectorStore, labels: Labels, k: int) -> NDArray[np.float32]:
    """float32 [k, d], unit length: the middle of each cluster's items."""
    sums: NDArray[np.float64] | None = None
    for start, block in vectors.blocks():
        mine = labels[start : start + len(block)]
        if sums is None:
            sums = np.zeros((k, block.shape[1]))
        np.add.at(sums, mine[mine >= 0], block[mine >= 0])
    assert sums is not None
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return np.asarray(sums / lengths, dtype=np.float32)


def _most(labels: Labels) -> int:
    """The published cluster of most; of clusters that have nobody from then, there are none."""
    counts = np.bincount(labels[labels >= 0])
    return int(counts.argmax())
