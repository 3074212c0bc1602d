"""An atlas out of a private release: everything here is made from noisy counts and public clusters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clioscope.atlas import Release
from clioscope.atlas.schema import CLUSTERS, CUBE, EVERYTHING, MAP, SEARCH
from clioscope.naming.from_keywords import FromKeywords, names_from_keywords
from clioscope.privacy.dp.codebook import Codebook
from clioscope.privacy.dp.noisy import NoisyRelease
from clioscope.privacy.dp.tree import Released, released_tree

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def tables(
    noisy: NoisyRelease,
    book: Codebook,
    titles: Mapping[str, str],
    about: dict[str, Any],
    promise: dict[str, Any],
    embed: Embed,
) -> Release:
    """Write a private release as an atlas.

    Parameters
    ----------
    titles
        Names that a model made of released keywords, by the cluster's cell; the others are named by their keywords.
    about, promise
        What ``atlas.json`` and ``privacy.json`` say beside the figures.
    embed
        Texts to vectors, for searching by meaning; it sees names and terms only.

    Returns
    -------
    Users are what is counted, one vote a user and cell: the columns ``conversations`` and ``users`` are equal, and
    ``atlas.json`` says so (``counted``).
    The map has the clusters' public places, and no density bins.
    """
    tree = released_tree(noisy, book)
    clusters = _clusters(tree, book, titles)
    whole = noisy.counts.get(EVERYTHING, max((c.users for level in tree for c in level), default=0))
    return Release(
        clusters=clusters,
        cube=_cube(tree, noisy, whole),
        map=MAP.empty_table(),
        search=_search(clusters, embed),
        about={
            **about,
            "levels": [len(level) for level in tree],
            "conversations": whole,
            "users": whole,
            "counted": "user",
            "attributes": list(noisy.attributes),
            "map_grid": None,
        },
        privacy=promise,
    )


def _clusters(tree: Sequence[Sequence[Released]], book: Codebook, titles: Mapping[str, str]) -> pa.Table:
    rows = []
    for level in tree:
        named = names_from_keywords([cluster.keyworded for cluster in level])
        names = _distinct_names(level, named, titles)
        for cluster, name, own in zip(level, names, named, strict=True):
            x, y = book.centres[cluster.level][cluster.number].tolist()
            rows.append(
                {
                    "id": cluster.id,
                    "level": cluster.level,
                    "parent_id": cluster.parent_id,
                    "name": name,
                    "description": _description(cluster.users, own.terms),
                    "terms": own.terms,
                    "conversations": cluster.users,
                    "users": cluster.users,
                    "x": x,
                    "y": y,
                    # Means over members would have to be spent for.
                    "fit": None,
                    "name_confidence": None,
                    "audit_score": None,
                }
            )
    return pa.Table.from_pylist(rows, schema=CLUSTERS)


def _distinct_names(level: Sequence[Released], named: Sequence[FromKeywords], titles: Mapping[str, str]) -> list[str]:
    names = [
        titles.get(cluster.cell) or own.name or f"Unnamed cluster {cluster.id}"
        for cluster, own in zip(level, named, strict=True)
    ]
    repeated = {name for name, times in Counter(name.casefold() for name in names).items() if times > 1}
    return [
        f"{name} ({cluster.id})" if name.casefold() in repeated else name
        for name, cluster in zip(names, level, strict=True)
    ]


def _description(users: int, terms: Sequence[str]) -> str:
    size = f"About {users:,} people, counted with noise."
    if not terms:
        return f"{size} No word was shared by enough of them."
    return f"{size} What sets them apart: {', '.join(terms)}."


def _cube(tree: Sequence[Sequence[Released]], noisy: NoisyRelease, whole: int) -> pa.Table:
    ids = {EVERYTHING: EVERYTHING} | {cluster.cell: cluster.id for level in tree for cluster in level}
    rows = [_row(EVERYTHING, None, None, whole)]
    rows += [_row(cluster.id, None, None, cluster.users) for level in tree for cluster in level]
    for attribute, cells in noisy.attributes.items():
        for cell, values in cells.items():
            if cell in ids:
                rows += [_row(ids[cell], attribute, value, n) for value, n in values.items()]
    return pa.Table.from_pylist(rows, schema=CUBE)


def _row(cluster: str, attribute: str | None, value: str | None, users: int) -> dict[str, Any]:
    return {
        "cluster_id": cluster,
        "attribute_1": attribute,
        "value_1": value,
        "attribute_2": None,
        "value_2": None,
        "conversations": users,
        "users": users,
    }


def _search(clusters: pa.Table, embed: Embed) -> pa.Table:
    if not clusters.num_rows:
        return SEARCH.empty_table()
    rows = zip(clusters["name"].to_pylist(), clusters["terms"].to_pylist(), strict=True)
    vectors = embed([f"{name}. {', '.join(terms)}" for name, terms in rows]).astype(np.float16)
    return pa.table({"cluster_id": clusters["id"].to_pylist(), "vector": list(vectors)}, schema=SEARCH)
