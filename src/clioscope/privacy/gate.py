"""The gate: the one door between what is private and what is released."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clioscope.atlas import Release
from clioscope.atlas.schema import CLUSTERS, CUBE, EVERYTHING, MAP, SEARCH
from clioscope.config import Thresholds
from clioscope.privacy.counting import Codes, about, count, rounded
from clioscope.privacy.intervals.repair import Audited, audit
from clioscope.privacy.lattice import NONE, Attribute, BlockKey, Lattice
from clioscope.privacy.limits import cell_limits, cluster_limits
from clioscope.privacy.map_bins import Bins, map_bins
from clioscope.privacy.places import MAP_GRID, numbered, placed
from clioscope.privacy.releases import Joint
from clioscope.privacy.releases.boxes import map_beside
from clioscope.privacy.suppression import Suppressed, suppress
from clioscope.progress import Progress

LANGUAGE = "language"

Figures: TypeAlias = dict[BlockKey, tuple[Codes, Codes]]
"""Conversations and users of every cell, as they are shown where it is shown."""


@dataclass(frozen=True)
class Level:
    """The clusters of one level, as the vault knows them.

    Parameters
    ----------
    labels
        int32 [n]: the cluster of each conversation.
    parents
        int32 [k]: each cluster's parent in the level above; ``None`` at the top.
    names
        One a cluster; ``None`` for one that cannot be named safely.
    terms
        What describes each cluster. Every term has passed the naming stage's support threshold.
    descriptions
        What a model wrote and the auditor passed; ``None`` for a cluster that is described by its terms.
    hashed
        int64 [k]: the order of clusters whose figures are equal; see :func:`clioscope.privacy.places.hashed_order`.
    fits, name_confidences
        How far grouping and name can be relied on, in coarse steps: means over many members, or over public texts.
    """

    labels: NDArray[np.int32]
    parents: NDArray[np.int32] | None
    names: Sequence[str | None]
    terms: Sequence[Sequence[str]]
    descriptions: Sequence[str | None]
    hashed: Codes
    fits: Sequence[float | None]
    name_confidences: Sequence[float | None]


@dataclass(frozen=True)
class Private:
    """What the gate is handed: everything about single conversations that a release is counted from.

    Parameters
    ----------
    users
        int32 [n], -1 where a user is unknown; ``None`` where all are.
    positions
        float32 [n, 2]: where each conversation lies on the map.
    centres
        float32 [k, 2]: where each base cluster lies on the map.
    conversations
        int64 [n]: the conversation of each row, where one may have several rows; ``None`` where rows are conversations.
    """

    levels: Sequence[Level]
    attributes: Sequence[Attribute]
    users: NDArray[np.int32] | None
    positions: NDArray[np.float32]
    centres: NDArray[np.float32]
    conversations: Codes | None = None


class Words(Protocol):
    """How released figures and terms are put into words, and into vectors to search by."""

    def describe(self, terms: Sequence[str], conversations: int, users: int | None) -> str:
        """A cluster's description, from its terms and its rounded counts."""

    def name_by_language(self, languages: Sequence[tuple[str, int]], conversations: int, usual: str) -> str | None:
        """A name from released languages, for a cluster whose members share too few words."""

    def score(self, texts: Sequence[str]) -> list[int]:
        """1 to 5, of each text: whether it could point at a person."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 [k, d], unit length, of released names and terms."""


def release(
    private: Private,
    thresholds: Thresholds,
    about: dict[str, Any],
    words: Words,
    joint: Joint | None = None,
    progress: Progress | None = None,
) -> Release:
    """Count, withhold and round: everything that anybody will ever see of a run.

    Parameters
    ----------
    about
        What ``atlas.json`` says of the run beside the figures. Must hold nothing about single conversations.
    joint
        What is out already, where the release is to be published beside it; what became of every cell is kept in it.

    Raises
    ------
    ValueError
        A cluster is below the thresholds: a stage before the gate is at fault, and nothing is released.
    """
    users_known = private.users is not None
    for level in private.levels:
        _refuse_small(private, level, thresholds)
    lattice = Lattice(
        [level.labels for level in private.levels], private.attributes, private.users, private.conversations
    )
    limits, bins = cell_limits(thresholds), _bins(private, thresholds)
    withhold_more = partial(audit, lattice, thresholds, bins, progress)
    if joint is None:
        withheld, audited = suppress(lattice, limits), withhold_more()
    else:
        withheld, audited = joint.settle(lattice, limits, withhold_more)
    figures = {key: block.figures(thresholds.rounding) for key, block in lattice.blocks.items()}
    if joint is not None:
        joint.record(lattice, figures)
    numbers = [numbered(figures[BlockKey(number, ())][0], level.hashed) for number, level in enumerate(private.levels)]
    clusters = _clusters(private, figures, numbers, lattice, words)
    conversations, users = figures[BlockKey(NONE, ())]
    return Release(
        clusters=clusters,
        cube=_cube(lattice, figures, numbers),
        map=_map(private, bins, thresholds, figures[BlockKey(0, ())], numbers[0], joint),
        search=_search(clusters, words),
        about={
            **about,
            "levels": [len(level.names) for level in private.levels],
            "conversations": int(conversations[0]),
            "users": int(users[0]) if users_known else None,
            "attributes": [attribute.name for attribute in private.attributes],
            "map_grid": MAP_GRID,
        },
        privacy=_promise(private, thresholds, withheld, audited) | _beside(joint),
    )


def _beside(joint: Joint | None) -> dict[str, Any]:
    """What a reader has to know of a release that repeats figures of earlier ones."""
    if joint is None or not joint.earlier:
        return {}
    return {
        "published_before": len(joint.earlier),
        "figures_repeated_from_earlier_releases": about(joint.carried),
        "cells_withheld_beside_earlier_releases": about(joint.withheld),
    }


def _refuse_small(private: Private, level: Level, thresholds: Thresholds) -> None:
    counts = count(level.labels.astype(np.int64), private.users, len(level.names), conversations=private.conversations)
    enough = cluster_limits(thresholds).enough(counts, private.users is not None)
    if not enough.all():
        raise ValueError(f"{int((~enough).sum())} clusters are below the thresholds, so nothing is released.")


def _clusters(private: Private, figures: Figures, numbers: Sequence[Codes], lattice: Lattice, words: Words) -> pa.Table:
    parents = [level.parents for level in private.levels if level.parents is not None]
    places = placed(private.centres, parents)
    rows = []
    for number, level in enumerate(private.levels):
        conversations = figures[BlockKey(number, ())][0].tolist()
        users = _users(figures[BlockKey(number, ())][1], private.users is not None)
        names = _names(number, level, conversations, figures, numbers[number], lattice, words)
        for i in np.argsort(numbers[number]).tolist():
            parent = None if level.parents is None else numbers[number + 1][level.parents[i]]
            rows.append(
                {
                    "id": f"{number}-{numbers[number][i]}",
                    "level": number,
                    "parent_id": None if parent is None else f"{number + 1}-{parent}",
                    "name": names[i],
                    "description": level.descriptions[i] or words.describe(level.terms[i], conversations[i], users[i]),
                    "terms": list(level.terms[i]),
                    "conversations": conversations[i],
                    "users": users[i],
                    "x": float(places[number][i, 0]),
                    "y": float(places[number][i, 1]),
                    "fit": level.fits[i],
                    "name_confidence": level.name_confidences[i],
                    "audit_score": _score(level, i, words),
                }
            )
    return pa.Table.from_pylist(rows, schema=CLUSTERS)


def _score(level: Level, cluster: int, words: Words) -> int | None:
    """The worst score of a cluster's words, without those that are ours; ``None`` where it has none."""
    texts = [level.names[cluster], level.descriptions[cluster] or "; ".join(level.terms[cluster])]
    return min(words.score([text for text in texts if text]), default=None)


def _names(
    number: int,
    level: Level,
    conversations: Sequence[int],
    figures: Figures,
    numbers: Codes,
    lattice: Lattice,
    words: Words,
) -> list[str]:
    """The names, with the language where it is not the usual one, and something honest where there is no name.

    Distinct within the level.
    """
    mix = _released_languages(lattice, number, len(level.names), figures)
    everywhere: Counter[str] = Counter()
    for languages in mix:
        everywhere.update(dict(languages))
    usual = max(everywhere, key=lambda code: (everywhere[code], code), default="")
    names = []
    for i, name in enumerate(level.names):
        written = level.descriptions[i] is not None
        by_language = None if written else words.name_by_language(mix[i], conversations[i], usual)
        known = [part for part in (by_language, name) if part]
        names.append(": ".join(known) or f"Unnamed cluster {number}-{numbers[i]}")
    repeated = {name for name, times in Counter(name.casefold() for name in names).items() if times > 1}
    return [
        f"{name} ({number}-{own})" if name.casefold() in repeated else name
        for name, own in zip(names, numbers.tolist(), strict=True)
    ]


def _released_languages(lattice: Lattice, level: int, clusters: int, figures: Figures) -> list[list[tuple[str, int]]]:
    """For each cluster, its released languages and their rounded conversations, most first."""
    found: list[list[tuple[str, int]]] = [[] for _ in range(clusters)]
    attribute = next((i for i, a in enumerate(lattice.attributes) if a.name == LANGUAGE), None)
    if attribute is None:
        return found
    key = BlockKey(level, (attribute,))
    block, (cluster_of, (values,)) = lattice.blocks[key], lattice.unpacked(key)
    counts = figures[key][0]
    for cell in np.flatnonzero(block.shown):
        code = lattice.attributes[attribute].values[values[cell]]
        found[cluster_of[cell]].append((code, int(counts[cell])))
    return [sorted(languages, key=lambda pair: (-pair[1], pair[0])) for languages in found]


def _cube(lattice: Lattice, figures: Figures, numbers: Sequence[Codes]) -> pa.Table:
    tables = []
    for key, block in lattice.blocks.items():
        shown = np.flatnonzero(block.shown)
        clusters, values = lattice.unpacked(key)
        if key.level != NONE:
            own = numbers[key.level][clusters]
            shown = shown[np.argsort(own[shown], kind="stable")]
        columns: dict[str, list[Any]] = {
            "cluster_id": [EVERYTHING] * len(shown) if key.level == NONE else [f"{key.level}-{c}" for c in own[shown]]
        }
        for place in (1, 2):
            attribute = lattice.attributes[key.attributes[place - 1]] if place <= len(key.attributes) else None
            of = values[place - 1][shown].tolist() if attribute else []
            columns[f"attribute_{place}"] = [attribute.name if attribute else None] * len(shown)
            columns[f"value_{place}"] = [attribute.values[v] for v in of] if attribute else [None] * len(shown)
        conversations, users = figures[key]
        columns["conversations"] = conversations[shown].tolist()
        columns["users"] = _users(users[shown], lattice.users is not None)
        tables.append(pa.table(columns, schema=CUBE))
    return pa.concat_tables(tables).combine_chunks()


def _bins(private: Private, thresholds: Thresholds) -> Bins:
    one = _one_row_each(private)
    return map_bins(
        private.positions[one],
        private.levels[0].labels[one],
        None if private.users is None else private.users[one],
        min_users=thresholds.users,
        min_conversations=thresholds.conversations,
        max_share=thresholds.share,
        grid=MAP_GRID,
    )


def _map(
    private: Private,
    bins: Bins,
    thresholds: Thresholds,
    clusters: tuple[Codes, Codes],
    numbers: Codes,
    joint: Joint | None,
) -> pa.Table:
    conversations, users = (rounded(n.astype(np.int64), thresholds.rounding) for n in (bins.conversations, bins.users))
    if joint is not None:
        boxes = map_beside(joint, bins, private.positions, private.levels[0].labels, (conversations, users), clusters)
        bins, conversations, users = boxes
    own = numbers[bins.cluster]
    order = np.argsort(own, kind="stable")
    columns = {
        "cluster_id": [f"0-{cluster}" for cluster in own[order]],
        **{edge: getattr(bins, edge)[order].tolist() for edge in ("x0", "y0", "x1", "y1")},
        "conversations": conversations[order].tolist(),
        "users": _users(users[order], private.users is not None),
    }
    return pa.table(columns, schema=MAP)


def _one_row_each(private: Private) -> Codes:
    """The rows that are on the map: where a conversation has several in a cluster, its first."""
    if private.conversations is None:
        return np.arange(len(private.positions), dtype=np.int64)
    width = private.conversations.max(initial=0) + 1
    _, first = np.unique(private.levels[0].labels * width + private.conversations, return_index=True)
    return np.sort(first).astype(np.int64)


def _users(figures: Codes, known: bool) -> list[int | None]:
    users: list[int | None] = figures.tolist()
    return users if known else [None] * len(figures)


def _search(clusters: pa.Table, words: Words) -> pa.Table:
    texts = [
        f"{name}. {', '.join(terms)}"
        for name, terms in zip(clusters["name"].to_pylist(), clusters["terms"].to_pylist(), strict=True)
    ]
    vectors: Codes | NDArray[np.float16] = words.embed(texts).astype(np.float16)
    return pa.table({"cluster_id": clusters["id"].to_pylist(), "vector": list(vectors)}, schema=SEARCH)


def _promise(private: Private, thresholds: Thresholds, withheld: Suppressed, audited: Audited) -> dict[str, Any]:
    known = private.users is not None
    some_unknown = private.users is not None and bool((private.users < 0).any())
    is_audited = thresholds.conversations > 1 and any(attribute.values for attribute in private.attributes)
    # A withheld cell looks like an empty one. Where only a few are withheld, their exact number would tell them apart.
    return {
        "min_users": thresholds.users if known else None,
        "min_conversations": thresholds.conversations,
        "term_support": thresholds.support,
        "min_users_of_a_cluster": thresholds.cluster_users if known else None,
        "min_conversations_of_a_cluster": thresholds.cluster_conversations,
        "largest_share_of_one_user": thresholds.share if known else None,
        "rounding": thresholds.rounding,
        "users_known": known,
        "guarantee": _guarantee(thresholds, known, some_unknown, _written(private)),
        "cells_withheld_for_being_small": about(withheld.small),
        "cells_withheld_to_guard_others": about(withheld.complementary),
        "cells_counted": about(withheld.cells),
        "withheld_cells_audited": about(audited.cells) if is_audited else None,
        "cells_withheld_by_the_audit": about(audited.withheld) if is_audited else None,
        # Up to tens: 0 is none at all.
        "withheld_cells_not_proven": -(-audited.left // 10) * 10 if is_audited else None,
        "pairs_not_released": [list(pair) for pair in audited.without],
        "pairs_released_from_level": audited.pairs_from,
        "levels_audited_apart": audited.apart,
        "clusters_without_a_safe_name": sum(name is None for level in private.levels for name in level.names),
    }


def _written(private: Private) -> bool:
    return any(text is not None for level in private.levels for text in level.descriptions)


def _guarantee(thresholds: Thresholds, known: bool, some_unknown: bool, written: bool) -> str:
    if thresholds.users <= 1 and thresholds.conversations <= 1:
        return "None: made for one person's own export, without minimums."
    if not known:
        return (
            f"Every figure stands on at least {thresholds.in_words(users_known=False)}. Users are unknown, so all of "
            "them may be one person's: this is weaker than a minimum of users."
        )
    who = f"{thresholds.support} {'users' if thresholds.users > 1 else 'conversations'}"
    words = (
        "Names and descriptions are written by a model, and every word of them, but for general ones, is held by texts "
        f"of at least {who}."
        if written
        else f"Every term of a name stands on at least {who}."
    )
    figures = f"Every figure stands on at least {thresholds.in_words()}."
    text = f"{figures} {words}"
    return text + (" Conversations without a user count as one user's." if some_unknown else "")
