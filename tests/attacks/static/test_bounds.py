"""What is worked out of shown figures is true, and what can be subtracted is."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.attacks.static.bounds import Interface, deduce
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
    return without_gate(truth, figures, LEAST)  # type: ignore[arg-type]


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


def test_one_part_that_is_withheld_is_the_rest_of_its_total() -> None:
    rows = [(0, 0, 0, user) for user in range(6)] + [(0, 1, 0, user) for user in range(5)] + [(0, 2, 0, 7)]
    rows += [(cluster, 0, 0, user) for cluster in (1, 2, 3) for user in range(6)]
    truth = truth_of(rows)
    interface = interface_of(truth)
    single = interface.cells[0, (0,)]
    assert not single.shown[0, 2]
    assert single.conversations.high[0, 2] > 1
    deduce(interface, Rounds())
    assert single.conversations.low[0, 2] == single.conversations.high[0, 2] == 1
    assert single.users.high[0, 2] == 1


def test_of_two_that_are_withheld_neither_is_known_alone() -> None:
    rows = [(0, 0, 0, user) for user in range(9)] + [(0, 1, 0, 7), (0, 2, 0, 8)]
    rows += [(cluster, value, 0, user) for cluster in (1, 2, 3) for value in range(3) for user in range(6)]
    truth = truth_of(rows)
    interface = interface_of(truth)
    deduce(interface, Rounds())
    single = interface.cells[0, (0,)].conversations
    # The values b and c are shown of everything and of the other clusters, so that here they follow all the same.
    assert single.low[0, 1] == single.high[0, 1] == 1
    interface = interface_of(truth)
    for level in (1, 2):
        for cells in (interface.cells[level, (0,)], interface.cells[level, (0, 1)]):
            cells.shown[:, 1:] = False
            for interval in (cells.conversations, cells.users):
                interval.low[:, 1:], interval.high[:, 1:] = 0, 1_000
    deduce(interface, Rounds())
    single = interface.cells[0, (0,)].conversations
    assert (single.low[0, 1], single.high[0, 1]) == (0, 2)


def test_what_has_no_figure_anywhere_shares_one_place() -> None:
    rows = [(c, 0, 1, user) for c in range(4) for user in range(6)] + [(0, 2, 1, 8)]
    interface = interface_of(truth_of(rows))
    axis = interface.axes[0]
    assert axis.values == ("a",)
    assert axis.others
    deduce(interface, Rounds())
    assert interface.cells[0, (0,)].conversations.low[0, 1] == 1
