"""All sums of a program's cells, as flat arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals.figures import CHILDREN, Figures, Flags, Reals
from clioscope.privacy.intervals.tables import Layout, Nodes, of_parts


class Sums(NamedTuple):
    """Totals and their parts, by column.

    Parameters
    ----------
    total
        int64 [sums]: the column of each total.
    outside
        float64 [sums]: the conversations of a total that are in none of its parts here.
    users, most
        float64 [sums]: users of all parts that are not here, and no fewer than the largest of these has.
    distinct
        bool [sums]: whether the parts that are not here have as many users as conversations, in truth.
    counted
        bool [sums]: whether the conversations of parts have to add up. Elsewhere they do because others do.
    named
        bool [sums]: whether users of all parts are known. Not those of conversations without a value.
    of, part
        int64 [parts]: the sum of each part, ascending, and its column.
    """

    total: Codes
    outside: Reals
    users: Reals
    most: Reals
    distinct: Flags
    counted: Flags
    named: Flags
    of: Codes
    part: Codes

    def largest(self, values: Reals) -> Reals:
        """float64 [sums]: the largest of ``values`` [columns] among the parts of each."""
        found = np.full(len(self.total), -np.inf)
        np.maximum.at(found, self.of, values[self.part])
        return found


def sums_of(figures: Figures, layout: Layout, levels: Sequence[Nodes], starts: Sequence[int]) -> Sums:
    """Every sum inside clusters, and of clusters. ``starts``: the column of the first cell of each level."""
    collected: list[Sums] = []
    for found, start in zip(levels, starts, strict=False):
        collected += _inside(figures, layout, found, start)
    for i in range(len(levels) - 1):
        collected += _across(figures, layout, levels[i], levels[i + 1], starts[i], starts[i + 1])
    shift = np.cumsum([0, *(len(of.total) for of in collected)])
    moved = [of._replace(of=of.of + by) for of, by in zip(collected, shift, strict=False)]
    return Sums(*(np.concatenate(arrays) for arrays in zip(*moved, strict=True)))


def _inside(figures: Figures, layout: Layout, found: Nodes, start: int) -> list[Sums]:
    first = start + np.arange(len(found.clusters), dtype=np.int64) * layout.width
    held = {by: of_parts(figures, layout, found, by) for by in layout.attributes}
    collected = []
    for split in layout.splits():
        again = split.total == layout.width - 1 and split.by != layout.attributes[0]
        conversations, named = found.conversations[:, split.parts], found.named[:, split.parts]
        collected.append(
            _group(
                first + split.total,
                first[:, None] + split.parts,
                found.conversations[:, split.total] - conversations.sum(axis=1),
                [values[:, split.total] for values in held[split.by]],
                (conversations * named, found.users[:, split.parts] * named),
                # Above the base, what the base has adds up: another row would say nothing more.
                counted=found.level == 0 and not again,
                named=not split.missing,
            )
        )
    return collected


def _across(figures: Figures, layout: Layout, found: Nodes, above: Nodes, start: int, start_above: int) -> list[Sums]:
    parents = figures.parents[found.level][found.clusters]
    held = of_parts(figures, layout, above, CHILDREN)
    first = start + np.arange(len(found.clusters), dtype=np.int64) * layout.width
    collected = []
    for i, cluster in enumerate(above.clusters):
        mine = np.flatnonzero(parents == cluster)
        places = np.flatnonzero(above.named[i])
        conversations = found.conversations[np.ix_(mine, places)].T
        collected.append(
            _group(
                start_above + i * layout.width + places,
                first[mine][None, :] + places[:, None],
                above.conversations[i, places] - conversations.sum(axis=1),
                [values[i, places] for values in held],
                (conversations, found.users[np.ix_(mine, places)].T),
                counted=True,
                named=True,
            )
        )
    return collected


def _group(
    totals: Codes,
    parts: Codes,
    outside: Reals,
    held: Sequence[Reals],
    inside: tuple[Reals, Reals],
    *,
    counted: bool,
    named: bool,
) -> Sums:
    """Sums of equally many parts. ``held``: of all parts that could be shown; ``inside``: conversations and users of
    each of these here, and 0 for those without a value.
    """
    m, size = parts.shape
    conversations, users, most = held
    left = np.maximum(conversations - inside[0].sum(axis=1), 0)
    users_left = np.maximum(users - inside[1].sum(axis=1), 0)
    return Sums(
        totals,
        outside,
        users_left,
        np.minimum(most, users_left),
        left == users_left,
        np.full(m, counted),
        np.full(m, named),
        np.repeat(np.arange(m, dtype=np.int64), size),
        parts.ravel(),
    )
