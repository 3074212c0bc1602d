"""The joint audit of a release with the publications that are out already.

Whoever has two releases subtracts a figure of one from a figure of the other. What comes out is a figure about the
conversations in which the two cells differ: those that came, those that went, and those that were put elsewhere. The
rule is that of every other figure: **they must be none, or those of at least k users and the minimum of conversations**
(the stricter of what both releases ask). Rounding is not taken for protection.

A cell that differs from a published one by too few is *near* it. Its new figure is not shown. Where both are of the
same values of attributes it repeats the published figure, which tells no more than that too few people changed; where
there is no such one, or it was withheld, the cell is withheld. A repeated figure beside new ones can give away what it
stands for, by the sums that tie cells (a parent and its children, a cluster and its values of an attribute). So for
every sum the conversations are looked up on which the shown figures of the total and of its parts disagree; they, too,
must be none or enough, and otherwise another part repeats its figure, or is withheld. The same is asked where a cell is
the union of cells of the other release that lie for the most part in it. What cannot be mended so, since clusters' own
totals are never withheld, is a reason to refuse.

What holds: nobody who has all publications, and even knows which cells nearly coincide, gets the figure of a group of
fewer than k users in whom releases differ, by subtracting one figure from another, by following one sum of cells with
such a difference, or by adding up what a cell of the other release was cut into. What is not covered: sums that run
through several cells of both releases at once without any such chain; figures of users apart from the conversations
behind them; the words of names; what somebody knows from elsewhere, such as when one person began.

References
----------
Xiao and Tao (2007), "m-Invariance: Towards Privacy Preserving Re-publication of Dynamic Datasets": why each release
being safe on its own is not enough. Byun et al. (2006), "Secure Anonymization for Incremental Datasets": differences
between releases as what has to be large enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clioscope.errors import RunError
from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals.repair import Audited
from clioscope.privacy.lattice import Block, BlockKey, Lattice, Standing
from clioscope.privacy.limits import Limits
from clioscope.privacy.releases.earlier import BINS, CARRIED, HIDDEN, SHOWN, Decided, Earlier, cell_limits_of
from clioscope.privacy.releases.known import Known, KnownBlock
from clioscope.privacy.releases.labels import Labels
from clioscope.privacy.releases.members import Members, Pairs, People, compare
from clioscope.privacy.suppression import Suppressed, suppress

_AUDITS = 10
"""Times that both audits, of the release by itself and beside others, may undo each other before it is refused."""


class NotApartError(RunError):
    """Figures of a release and of earlier ones would tell of too few people together."""

    def __init__(self, failed: int, of: int) -> None:
        self.failed, self.of = failed, of
        super().__init__(f"{failed:,} of {of:,} figures")


@dataclass
class _Cells:
    """The cells of one block of the new release. Arrays [cells]; -1 in ``source`` and ``option``: none.

    ``labels``: what the cells are known by. ``source``: the known cell that a cell must repeat; ``option``: one that it
    may repeat, since both share more than half of their conversations. ``far``, ``option_far`` and, for the nearest
    cell of the same values that was withheld, ``hidden_far``: twice the conversations in which both differ, and one
    more where they are of different levels. ``near_others``: whether a cell is near a withheld one, or one of other
    values.
    """

    level: int
    members: Members
    labels: Codes
    source: Codes
    option: Codes
    far: Codes
    option_far: Codes
    hidden_far: Codes
    near_others: NDArray[np.bool_]

    @classmethod
    def of(cls, level: int, members: Members, labels: Codes) -> _Cells:
        none, far = np.full(members.n, -1, np.int64), np.full(members.n, np.iinfo(np.int64).max)
        others = np.zeros(members.n, np.bool_)
        return cls(level, members, labels, none, none.copy(), far, far.copy(), far.copy(), others)

    @property
    def changed(self) -> NDArray[np.bool_]:
        """Which cells repeat a figure of other conversations than their own."""
        return np.asarray((self.source >= 0) & (self.far > 1))

    def meet(self, known: KnownBlock, pairs: Pairs) -> None:
        """Take notice of the pairs with one known block."""
        alike = known.labels[pairs.old] == self.labels[pairs.new]
        shown = known.shown[pairs.old] & alike
        half = 2 * pairs.shared > np.maximum(self.members.sizes[pairs.new], known.members.sizes[pairs.old])
        far = 2 * pairs.differ + (known.level != self.level)
        hidden = np.full(self.members.n, -1, np.int64)
        for chosen, to, by in (
            (pairs.near & shown, self.source, self.far),
            (shown & (pairs.near | half), self.option, self.option_far),
            (pairs.near & known.hidden[pairs.old] & alike, hidden, self.hidden_far),
        ):
            _take_nearest(pairs, far, known.start, chosen, to, by)
        others = known.hidden[pairs.old] | (known.shown[pairs.old] & ~alike)
        self.near_others[pairs.new[pairs.near & others]] = True


def _take_nearest(pairs: Pairs, far: Codes, start: int, chosen: NDArray[np.bool_], to: Codes, by: Codes) -> None:
    new, old, differ = pairs.new[chosen], pairs.old[chosen], far[chosen]
    order = np.lexsort((old, differ, new))
    cells, first = np.unique(new[order], return_index=True)
    nearest = order[first]
    better = differ[nearest] < by[cells]
    to[cells[better]], by[cells[better]] = start + old[nearest[better]], differ[nearest[better]]


@dataclass
class Joint:
    """A release on its way through the gate, beside what is out.

    Parameters
    ----------
    earlier
        The publications that are out, oldest first.
    people
        Everybody in any of the releases.
    conversations
        int64 [n]: the conversation of each row of the new release, by its number among those of ``people``.
    audited
        Whether earlier publications count; ``False`` shows in tests what the audit is for.
    """

    earlier: Sequence[Earlier]
    people: People
    conversations: Codes
    audited: bool = True
    decided: dict[BlockKey, Decided] = field(default_factory=dict)
    """What became of every cell."""
    bins: Codes = field(default_factory=lambda: np.zeros(0, np.int64))
    """int64 [n]: the box of the map that each row is in."""
    figures: int = 0
    """Figures that are shown; ``carried``: those of them that an earlier publication counted on other conversations;
    ``withheld``: those that are withheld for the sake of what is out."""
    carried: int = 0
    withheld: int = 0

    def settle(
        self, lattice: Lattice, limits: Limits, withhold_more: Callable[[], Audited]
    ) -> tuple[Suppressed, Audited]:
        """Decide every cell of ``lattice``, as :func:`~clioscope.privacy.suppression.suppress` does for one release.

        Parameters
        ----------
        withhold_more
            The interval audit of the release by itself. What it withholds is looked at again beside what is out.

        Raises
        ------
        NotApartError
            That cannot be done without withholding a cluster's own total.
        """
        if not self.earlier or not self.audited:
            return suppress(lattice, limits), withhold_more()
        from clioscope.privacy.releases.mending import Mending

        strict = cell_limits_of(limits, self.earlier)
        labels = Labels()
        known = Known(self.earlier, self.people, labels)
        cells = {key: self._cells(lattice, key, labels) for key in lattice.blocks}
        mending = Mending(lattice, cells, known, strict, several=lattice.conversations is not None)
        for key, mine in cells.items():
            for block in known.blocks:
                pairs = compare(mine.members, block.members, strict)
                mine.meet(block, pairs)
                mending.link(key, block, pairs)
            self._stand(lattice.blocks[key], mine, known)
            if not key.attributes:
                mending.refuse(key)
        withheld, audits = 0, 0
        while True:
            suppressed = suppress(lattice, limits)
            if mending.mend():
                continue
            shown = {key: block.shown.copy() for key, block in lattice.blocks.items()}
            audited = withhold_more()
            withheld, audits = withheld + audited.withheld, audits + 1
            barred = _bar(lattice, shown)
            if barred and audits == _AUDITS:
                raise NotApartError(barred, _shown(lattice))
            if not barred:
                break
        failed = mending.failed()
        if failed:
            raise NotApartError(failed, _shown(lattice))
        self._known, self._cells_of, self._strict = known, cells, strict
        return suppressed, audited._replace(withheld=withheld)

    def _cells(self, lattice: Lattice, key: BlockKey, labels: Labels) -> _Cells:
        rows, keys = lattice.cell_of_rows(key), lattice.blocks[key].keys
        members = Members.of(rows, self.conversations, len(keys), self.people)
        return _Cells.of(key.level, members, labels.of(key, keys, lattice.attributes))

    @staticmethod
    def _stand(block: Block, mine: _Cells, known: Known) -> None:
        """Say in the block what earlier publications decide of its cells."""
        mine.source[mine.hidden_far < mine.far] = -1
        fixed = mine.source >= 0
        conversations, users = np.zeros(len(fixed), np.int64), np.zeros(len(fixed), np.int64)
        conversations[fixed], users[fixed] = known.figures(mine.source[fixed])
        block.standing = Standing(fixed, mine.near_others & ~fixed, conversations, users)

    def crowded(self, bins: Codes, clusters: Codes) -> NDArray[np.bool_]:
        """Which base clusters are to be one box on the map, since their boxes are near something that is out.

        Parameters
        ----------
        bins
            int64 [n]: the box of each row, -1 for none.
        clusters
            int64 [bins]: the base cluster of each box.
        """
        if not self.earlier or not self.audited:
            return np.zeros(int(clusters.max(initial=-1)) + 1, dtype=np.bool_)
        base = self._cells_of[BlockKey(0, ())]
        whole = base.changed | ((base.source >= 0) & any(one.erased for one in self.earlier))
        members = Members.of(bins, self.conversations, len(clusters), self.people)
        for block in self._known.blocks:
            pairs = compare(members, block.members, self._strict)
            same = block.shown[pairs.old] & (pairs.differ == 0) & (block.of.limits.rounding == self._strict.rounding)
            near = pairs.near & ~block.carried[pairs.old] & ~(same & (not block.of.erased))
            whole[clusters[pairs.new[near]]] = True
        return whole

    def record(self, lattice: Lattice, figures: dict[BlockKey, tuple[Codes, Codes]]) -> None:
        """Keep what became of every cell, for the audits of later publications."""
        for key, block in lattice.blocks.items():
            fixed = block.standing.fixed if block.standing else np.zeros(len(block.keys), np.bool_)
            states = np.where(block.shown, np.where(fixed, CARRIED, SHOWN), HIDDEN).astype(np.int8)
            conversations, users = (np.where(block.shown, values, 0) for values in figures[key])
            self.decided[key] = Decided(block.keys, states, conversations, users)
            self.figures += int(block.shown.sum())
            if block.standing is not None:
                self.carried += int(self._cells_of[key].changed.sum())
                large = self._strict.enough(block.counts, lattice.users is not None)
                self.withheld += int((block.standing.barred & large).sum())

    def record_bins(self, bins: Codes, merged: NDArray[np.bool_], conversations: Codes, users: Codes) -> None:
        """Keep the boxes of the map. One that is all of its cluster repeats the cluster's figure."""
        states = np.where(merged, CARRIED, SHOWN).astype(np.int8)
        self.bins = bins
        self.decided[BINS] = Decided(np.arange(len(states), dtype=np.int64), states, conversations, users)


def _shown(lattice: Lattice) -> int:
    return sum(int(block.shown.sum()) for block in lattice.blocks.values())


def _bar(lattice: Lattice, shown: Mapping[BlockKey, NDArray[np.bool_]]) -> int:
    """Keep withheld, in all that follows, what was shown before and is not any more. Returns how many cells."""
    count = 0
    for key, block in lattice.blocks.items():
        gone = shown[key] & ~block.shown
        count += int(gone.sum())
        if block.standing is not None:
            block.standing.fixed[gone], block.standing.barred[gone] = False, True
    return count
