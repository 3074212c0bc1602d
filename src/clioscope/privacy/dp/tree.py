"""The tree of what was released: every cluster with its noisy count, numbered as an atlas numbers clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from clioscope.atlas.schema import EVERYTHING
from clioscope.naming.from_keywords import Keyworded
from clioscope.privacy.dp.codebook import Codebook
from clioscope.privacy.dp.noisy import NoisyRelease


class Released(NamedTuple):
    """One released cluster.

    Parameters
    ----------
    id, parent_id
        As in an atlas: by falling noisy count within its level.
    number
        In the codebook, at ``level``.
    users
        Noisy.
    words
        Noisy users by keyword.
    """

    id: str
    parent_id: str | None
    level: int
    number: int
    users: int
    words: Mapping[str, int]

    @property
    def cell(self) -> str:
        """As it is called in :class:`~clioscope.privacy.dp.noisy.NoisyRelease`."""
        return f"{self.level}-{self.number}"

    @property
    def keyworded(self) -> Keyworded:
        """As naming sees it."""
        return Keyworded(self.users, self.words)


def released_tree(noisy: NoisyRelease, book: Codebook) -> list[list[Released]]:
    """The released clusters a level, base first, by falling count.

    Whoever votes for a cluster votes for those above it. So one of which a child was released and that noise kept below
    the threshold is there all the same, with the count of its largest child: that is worked out from what is released.
    """
    counts = _with_ancestors(noisy.counts, book)
    levels: list[list[Released]] = []
    ids: dict[str, str] = {EVERYTHING: ""}
    for level in range(len(book.sizes) - 1, -1, -1):
        mine = [(n, int(cell.partition("-")[2])) for cell, n in counts.items() if cell.startswith(f"{level}-")]
        ordered = sorted(mine, key=lambda pair: (-pair[0], pair[1]))
        ids.update({f"{level}-{number}": f"{level}-{place}" for place, (_, number) in enumerate(ordered)})
        found = []
        for n, number in ordered:
            cell = f"{level}-{number}"
            parent = f"{level + 1}-{book.parents[level][number]}" if level < len(book.parents) else None
            words = noisy.keywords.get(cell, {})
            found.append(Released(ids[cell], ids[parent] if parent else None, level, number, n, words))
        levels.append(found)
    return levels[::-1]


def _with_ancestors(counts: Mapping[str, int], book: Codebook) -> dict[str, int]:
    whole = {cell: n for cell, n in counts.items() if cell != EVERYTHING}
    for level, parents in enumerate(book.parents):
        least: dict[str, int] = {}
        for cell, n in whole.items():
            if cell.startswith(f"{level}-"):
                above = f"{level + 1}-{parents[int(cell.partition('-')[2])]}"
                least[above] = max(least.get(above, 0), n)
        for above, n in least.items():
            whole.setdefault(above, n)
    return whole
