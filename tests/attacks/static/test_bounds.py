"""What is worked out of shown figures is true, and what can be subtracted is."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.attacks.static.bounds import Interface, Interval, deduce
from clioscope.attacks.static.interfaces import counted, without_gate
from clioscope.attacks.static.published import Minimums
from clioscope.attacks.static.recount import packed, tally
from clioscope.attacks.static.truth import Truth, Values
from clioscope.privacy.counting import count


class Rounds:
    done = 0.0

    def advance(self, amount: float) -> None:
        self.done += amount


class Figures:
    """As much of a published atlas as exact counts need."""

    def __init__(self, sizes: list[int], parents: list[np.ndarray]) -> None:
        self.sizes, self.parents = sizes, parents


LEAST = Minimums(3, 4, 1, 1, 1.0, 3, 1)


def truth_of(rows: list[tuple[int, int, int, int]], *, lists: bool = False) -> Truth:
    """Rows of (base cluster of 4, a value of 3, a value of 2 or none, user)."""
    base, first, second, user = (np.array(column, dtype=np.int32) for column in zip(*rows, strict=True))
    if lists:  # both items of a conversation have its values and its user
        for values_of in (first, second, user):
            values_of[1::2] = values_of[: len(rows) // 2 * 2 : 2]
    values = (
        Values("first", first, ("a", "b", "c"), open=False),
        Values("second", second - 1, ("x", "y"), open=True),
    )
    conversations = np.arange(len(rows)) // (2 if lists else 1)
    return Truth([base, base // 2], conversations, user, values, np.zeros((len(rows), 2), np.float32))


def interface_of(truth: Truth) -> Interface:
    figures = Figures([4, 2], [np.array([0, 0, 1, 1]), np.zeros(2, np.int64)])
    return without_gate(truth, figures, LEAST)  # type: ignore[arg-type]  # it asks no more of an atlas


ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2), st.integers(0, 9)), min_size=8, max_size=60
).map(lambda rows: [*rows, (0, 0, 0, 0), (1, 0, 0, 0), (2, 0, 0, 0), (3, 0, 0, 0)])


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_every_interval_holds_the_truth(rows: list[tuple[int, int, int, int]]) -> None:
    truth = truth_of(rows)
    interface = interface_of(truth)
    deduce(interface, Rounds())
    for key, cells in interface.cells.items():
        exact = counted(interface, truth, key)
        conversations, users = np.zeros(cells.shown.size, np.int64), np.zeros(cells.shown.size, np.int64)
        conversations[exact.key], users[exact.key] = exact.conversations, exact.users
        assert (cells.conversations.low.ravel() <= conversations).all()
        assert (conversations <= cells.conversations.high.ravel()).all()
        assert (cells.users.low.ravel() <= users).all()
        assert (users <= cells.users.high.ravel()).all()


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, lists=st.booleans())
def test_the_recount_agrees_with_the_count_of_the_gate(rows: list[tuple[int, int, int, int]], lists: bool) -> None:
    truth = truth_of(rows, lists=lists)
    key = packed([truth.labels[0], truth.attributes[1].codes], [4, 2])
    found = tally(truth, key)
    several = truth.conversations if truth.several else None
    expected = count(key, truth.users, 8, conversations=several)
    assert found.key.tolist() == np.flatnonzero(expected.conversations).tolist()
    for mine, theirs in zip(found[1:], expected, strict=True):
        assert mine.tolist() == theirs[found.key].tolist()


def single(interface: Interface) -> Interval:
    """Conversations of the base clusters by the first attribute."""
    return interface.cells[0, (0,)].conversations


def without(interface: Interface, level: int, attributes: tuple[int, ...]) -> None:
    """Show none of the cells of a level by some attributes."""
    cells = interface.cells[level, attributes]
    cells.shown[:] = False
    for interval in (cells.conversations, cells.users):
        interval.low[:], interval.high[:] = 0, 1_000


def test_one_part_that_is_withheld_is_the_rest_of_its_total() -> None:
    rows = [(0, 0, 0, user) for user in range(6)] + [(0, 1, 0, user) for user in range(5)] + [(0, 2, 0, 7)]
    rows += [(cluster, 0, 0, user) for cluster in (1, 2, 3) for user in range(6)]
    interface = interface_of(truth_of(rows))
    place = interface.axes[0].values.index("c")
    cells = interface.cells[0, (0,)]
    assert not cells.shown[0, place]
    assert cells.conversations.high[0, place] > 1
    deduce(interface, Rounds())
    assert cells.conversations.low[0, place] == cells.conversations.high[0, place] == 1
    assert cells.users.high[0, place] == 1


def test_what_is_withheld_here_follows_from_what_is_shown_elsewhere() -> None:
    rows = [(0, 0, 0, user) for user in range(9)] + [(0, 1, 0, 7), (0, 2, 0, 8)]
    rows += [(cluster, value, 0, user) for cluster in (1, 2, 3) for value in range(3) for user in range(6)]
    truth = truth_of(rows)
    linked, alone = interface_of(truth), interface_of(truth)
    places = [linked.axes[0].values.index(value) for value in "bc"]
    deduce(linked, Rounds())
    assert single(linked).low[0, places].tolist() == single(linked).high[0, places].tolist() == [1, 1]
    for attributes in ((0,), (0, 1)):
        for level in (1, 2):
            without(alone, level, attributes)
        for cells in (alone.cells[0, attributes],):
            hidden = ~cells.shown
            for interval in (cells.conversations, cells.users):
                interval.low[hidden] = 0
    deduce(alone, Rounds())
    assert single(alone).low[0, places].tolist() == [0, 0]
    assert single(alone).high[0, places].tolist() == [2, 2]
