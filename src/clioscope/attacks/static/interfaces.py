"""What an outsider can look up: the figures of an atlas, or, with the gate off, exact counts of any filter.

Cells lie densely in arrays, since whoever knows neither which are empty nor which are withheld has to reckon with all.
Values that no figure names share one place: "all others".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.schema import EVERYTHING
from clioscope.attacks.static.bounds import Axis, Cells, Interface, Interval, Key
from clioscope.attacks.static.published import Minimums, Published, number_of
from clioscope.attacks.static.recount import Tally, packed, tally
from clioscope.attacks.static.truth import Truth, Values

MOST_CELLS = 12_000_000
"""In memory, about 35 bytes each. Where there are more, the values that fewest figures name count as "all others"."""

_VERY_MANY = 10**9

_FILTERS = 3
"""With the gate off: attributes that one filter may name, beside the cluster."""


def of_atlas(published: Published, truth: Truth | None, overlapping: bool) -> Interface:
    """The figures of an atlas, each with what it can stand for.

    Parameters
    ----------
    truth
        Tells which attributes have values that are nowhere named, and conversations without a value: an outsider may
        know this of a language or a month. Without it both are taken to be so, which makes the attack weaker.
    """
    rows = list(published.atlas.cube)
    names = published.atlas.attributes
    known = {attribute.name: attribute for attribute in truth.attributes} if truth is not None else {}
    named = {name: _named(rows, name) for name in names}
    axes = [_axis(name, values, known.get(name)) for name, values in _fitting(named, published.sizes).items()]
    interface = _empty(axes, published.parents, published.sizes, overlapping, published.users_known, size=2)
    _fill(interface, published, rows)
    _bins(interface, published)
    _anything(interface)
    return interface


def without_gate(truth: Truth, published: Published, least: Minimums) -> Interface:
    """Exact counts of every filter of up to three attributes within a cluster, wherever they reach the minimums.

    Such a filter answers "none" where there is nobody, and "too few" below the minimums, so that both are told apart.
    """
    kept = _fitting({a.name: _by_size(truth, a) for a in truth.attributes}, published.sizes)
    axes = [_axis(a.name, kept[a.name], a) for a in truth.attributes]
    size = _FILTERS if _cells(axes, published.sizes, _FILTERS) <= MOST_CELLS else 2
    interface = _empty(axes, published.parents, published.sizes, truth.several, truth.users is not None, size=size)
    for key, cells in interface.cells.items():
        found = counted(interface, truth, key)
        enough = found.conversations >= least.conversations
        if truth.users is not None:
            enough &= found.users >= least.users
        cells.shown[:] = True
        _enter(cells, found.key, found.conversations, found.users)
        few = found.key[~enough]
        cells.shown.flat[few] = False
        for interval in (cells.conversations, cells.users):
            interval.low.flat[few], interval.high.flat[few] = 1, -1
    _anything(interface)
    return interface


def counted(interface: Interface, truth: Truth, key: Key) -> Tally:
    """The exact counts of the cells of one key, by their place in its arrays."""
    level, attributes = key
    inside = truth.labels[level] if level < len(truth.labels) else np.zeros(len(truth.conversations), np.int32)
    places = [inside, *(_placed(interface.axes[a], truth) for a in attributes)]
    return tally(truth, packed(places, interface.cells[key].shown.shape))


def _placed(axis: Axis, truth: Truth) -> NDArray[np.int32]:
    """The place of each item along an axis, -1 where it has no value."""
    attribute = next(a for a in truth.attributes if a.name == axis.name)
    place = {value: i for i, value in enumerate(axis.values)}
    places = np.array([*(place.get(value, len(place)) for value in attribute.values), -1], dtype=np.int32)
    return places[attribute.codes]


def _named(rows: Sequence[dict[str, Any]], name: str) -> list[str]:
    """The values of an attribute that figures name, those of most figures first."""
    values: Counter[str] = Counter()
    for row in rows:
        for place in ("1", "2"):
            if row[f"attribute_{place}"] == name:
                values[row[f"value_{place}"]] += 1
    return sorted(values, key=lambda value: (-values[value], value))


def _by_size(truth: Truth, attribute: Values) -> list[str]:
    """The values that somebody has, the largest first."""
    found = tally(truth, attribute.codes.astype(np.int64))
    order = np.argsort(-found.conversations, kind="stable")
    return [attribute.values[code] for code in found.key[order].tolist()]


def _fitting(named: dict[str, list[str]], sizes: Sequence[int]) -> dict[str, list[str]]:
    """``named`` with so few values that all cells by two of them fit."""
    named = {name: list(values) for name, values in named.items()}
    while _cells([Axis(name, tuple(v), True, True) for name, v in named.items()], sizes, 2) > MOST_CELLS:
        largest = max(named.values(), key=len)
        del largest[-(-len(largest) // 2) :]
    return named


def _axis(name: str, values: Sequence[str], known: Values | None) -> Axis:
    others = True if known is None else bool(set(known.values) - set(values))
    return Axis(name, tuple(values), others, True if known is None else known.open)


def _keys(axes: Sequence[Axis], levels: int, size: int) -> Iterator[Key]:
    for number in range(size + 1):
        for attributes in combinations(range(len(axes)), number):
            for level in range(levels + 1):
                yield level, attributes


def _shape(axes: Sequence[Axis], sizes: Sequence[int], key: Key) -> tuple[int, ...]:
    level, attributes = key
    return ((*sizes, 1)[level], *(len(axes[a].values) + 1 for a in attributes))


def _cells(axes: Sequence[Axis], sizes: Sequence[int], size: int) -> int:
    return sum(prod(_shape(axes, sizes, key)) for key in _keys(axes, len(sizes), size))


def _empty(
    axes: Sequence[Axis],
    parents: Sequence[NDArray[np.int64]],
    sizes: Sequence[int],
    overlapping: bool,
    users_known: bool,
    *,
    size: int,
) -> Interface:
    """An interface that shows nothing but what everybody knows to be empty. Unknown ends are -1."""
    cells = {}
    for key in _keys(axes, len(sizes), size):
        shape = _shape(axes, sizes, key)
        intervals = [Interval(np.zeros(shape, np.int64), np.full(shape, -1, np.int64)) for _ in range(2)]
        cells[key] = Cells(np.zeros(shape, np.bool_), *intervals)
        for place, attribute in enumerate(key[1], 1):
            if not axes[attribute].others:
                last = (slice(None),) * place + (-1,)
                cells[key].shown[last] = True
                for interval in intervals:
                    interval.high[last] = 0
    return Interface(axes, parents, cells, overlapping, users_known)


def _fill(interface: Interface, published: Published, rows: Sequence[dict[str, Any]]) -> None:
    """Enter the figures of the cube."""
    number = {axis.name: i for i, axis in enumerate(interface.axes)}
    place = [{value: i for i, value in enumerate(axis.values)} for axis in interface.axes]
    level_of = {row["id"]: row["level"] for row in published.clusters} | {EVERYTHING: len(published.sizes)}
    found: dict[Key, list[tuple[int, int, int]]] = {}
    for row in rows:
        given = [(row[f"attribute_{i}"], row[f"value_{i}"]) for i in (1, 2) if row[f"attribute_{i}"] is not None]
        pairs = sorted((number[name], value) for name, value in given)
        if any(value not in place[a] for a, value in pairs):
            continue
        key = (level_of[row["cluster_id"]], tuple(a for a, _ in pairs))
        cluster = 0 if row["cluster_id"] == EVERYTHING else number_of(row["cluster_id"])
        index = (cluster, *(place[a][value] for a, value in pairs))
        flat = int(np.ravel_multi_index(index, interface.cells[key].shown.shape))
        found.setdefault(key, []).append((flat, row["conversations"], row["users"] or 0))
    for key, figures in found.items():
        flat_of, conversations, users = (np.array(column, dtype=np.int64) for column in zip(*figures, strict=True))
        cells, least = interface.cells[key], published.minimums
        of_cluster = not key[1] and key[0] < len(published.sizes)
        cells.shown.flat[flat_of] = True
        for interval, seen, lowest in (
            (cells.conversations, conversations, least.cluster_conversations if of_cluster else least.conversations),
            (cells.users, users, least.cluster_users if of_cluster else least.users),
        ):
            interval.low.flat[flat_of], interval.high.flat[flat_of] = published.span(seen, lowest)


def _enter(cells: Cells, flat: NDArray[np.int64], conversations: NDArray[np.int64], users: NDArray[np.int64]) -> None:
    """Enter exact figures; all others are 0."""
    for interval, figures in ((cells.conversations, conversations), (cells.users, users)):
        interval.low[:] = interval.high[:] = 0
        interval.low.flat[flat] = interval.high.flat[flat] = figures


def _bins(interface: Interface, published: Published) -> None:
    """The bins of a cluster hold all of it, so that their figures say something of its own."""
    bins = published.atlas.map.to_arrow()
    if bins.num_rows == 0:
        return
    clusters = np.array([number_of(cluster) for cluster in bins["cluster_id"].to_pylist()])
    size, least, cells = published.sizes[0], published.minimums, interface.cells[0, ()]
    spans = published.span(bins["conversations"].to_numpy(), least.conversations)
    lows, highs = (np.bincount(clusters, weights=ends, minlength=size).astype(np.int64) for ends in spans)
    has = np.bincount(clusters, minlength=size) > 0
    figures = cells.conversations
    np.maximum(figures.low, lows, out=figures.low)
    figures.high[has] = np.where(figures.high < 0, highs, np.minimum(figures.high, highs))[has]
    if published.users_known:
        np.maximum.at(cells.users.low, clusters, published.span(bins["users"].to_numpy(), least.users).low)


def _anything(interface: Interface) -> None:
    """Where nothing is shown, there may be as many as there are in all; where that is not shown, very many."""
    whole = interface.cells[len(interface.parents), ()]
    for cells in interface.cells.values():
        for interval, most in ((cells.conversations, whole.conversations), (cells.users, whole.users)):
            interval.high[interval.high < 0] = int(most.high[0]) if most.high[0] >= 0 else _VERY_MANY
