"""What the program says can be told of a cell is what another solver says, and what trying all tables says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pulp
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clioscope.privacy.intervals.figures import Figures
from clioscope.privacy.intervals.program import Program
from clioscope.privacy.intervals.search import Targets, find
from clioscope.privacy.intervals.solver import Solver
from clioscope.privacy.intervals.tables import Layout
from clioscope.privacy.lattice import NONE, Attribute, BlockKey, Lattice
from clioscope.privacy.limits import Limits
from clioscope.privacy.suppression import suppress

LIMITS = Limits(users=4, conversations=6, rounding=5, share=0.6)


@st.composite
def lattices(draw: st.DrawFn, repeated: bool = False) -> Lattice:
    """``repeated``: conversations may have several rows, in other clusters or the same."""
    n = draw(st.integers(40, 160))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    base = np.concatenate([np.arange(4), rng.choice(4, n - 4, p=[0.4, 0.3, 0.2, 0.1])]).astype(np.int32)
    above = np.array([0, 0, 1, 1], dtype=np.int32)[base]
    attributes = []
    for name in ("language", "month", "length")[: draw(st.integers(1, 3))]:
        weights = rng.dirichlet([0.5] * draw(st.integers(2, 4)))
        codes = rng.choice(len(weights), n, p=weights).astype(np.int32)
        is_open = draw(st.booleans())
        codes = np.where(is_open & (rng.random(n) < 0.2), NONE, codes).astype(np.int32)
        attributes.append(Attribute(name, codes, tuple(f"v{i}" for i in range(len(weights))), open=is_open))
    users = rng.integers(0, max(2, n // 2), n).astype(np.int32) if draw(st.booleans()) else None
    conversations = None
    if repeated and draw(st.booleans()):
        conversations = np.sort(rng.integers(0, max(2, 2 * n // 3), n)).astype(np.int64)
        attributes = [replace(a, codes=a.codes[conversations]) for a in attributes]
        users = None if users is None else users[conversations]
    lattice = Lattice([base, above], attributes, users, conversations)
    suppress(lattice, LIMITS)
    return lattice


def program(lattice: Lattice, base: list[int]) -> Program:
    figures = Figures(lattice, LIMITS, Limits(1, 1, 5))
    return Program(figures, everything(figures), np.array(base))


def everything(figures: Figures) -> Layout:
    attributes = figures.lattice.attributes
    values = [np.arange(len(a.values)) for a in attributes]
    return Layout(figures, tuple(range(len(attributes))), min(len(attributes), 2), values)


def by_another_solver(of: Program, costs: np.ndarray) -> float:
    """The least of ``costs``, by CBC."""
    problem = pulp.LpProblem("least", pulp.LpMinimize)
    variables = [
        problem.add_variable(f"x{i}", low, high) for i, (low, high) in enumerate(zip(of.low, of.high, strict=True))
    ]
    problem += pulp.lpSum(cost * variables[i] for i, cost in enumerate(costs) if cost)
    rows = of.rows
    for row, (low, high) in enumerate(zip(rows.low, rows.high, strict=True)):
        entries = slice(rows.start[row], rows.start[row + 1])
        total = pulp.lpSum(v * variables[c] for c, v in zip(rows.columns[entries], rows.values[entries], strict=True))
        if low > -np.inf:
            problem += total >= low
        if high < np.inf:
            problem += total <= high
    assert problem.solve(pulp.PULP_CBC_CMD(msg=False)) == pulp.LpStatusOptimal
    return float(pulp.value(problem.objective))


@pytest.mark.filterwarnings("ignore:PULP_CBC_CMD is deprecated")
@given(lattices(), st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_bounds_are_those_of_another_solver(lattice: Lattice, seed: int) -> None:
    of = program(lattice, [0, 1, 2, 3])
    solver = Solver(of)
    for column in np.random.default_rng(seed).choice(of.count, 2):
        for sign in (1.0, -1.0):
            costs = np.zeros(of.count)
            costs[column] = sign
            world = solver.least(costs)
            assert world is not None
            assert sign * world.conversations[column] == pytest.approx(by_another_solver(of, costs), abs=1e-6)


@given(lattices(), st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True))
@settings(max_examples=60, deadline=None)
def test_what_was_counted_is_one_of_the_worlds(lattice: Lattice, base: list[int]) -> None:
    of = program(lattice, sorted(base))
    truth = of.truth[: of.count]
    assert (of.low[: of.count] <= truth).all()
    assert (truth <= of.high[: of.count]).all()
    # Conversations at the truth, and users as few or as many as they like: there must be such a world.
    solver = Solver(of)
    for sign in (1.0, -1.0):
        found = solver.least(sign * np.ones(of.count))
        assert found is not None
        assert sign * found.conversations.sum() <= sign * truth.sum() + 1e-6


@given(lattices(repeated=True), st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True), st.data())
@settings(max_examples=100, deadline=None)
def test_the_users_that_were_counted_are_those_of_a_world(
    lattice: Lattice, base: list[int], data: st.DataObject
) -> None:
    # The solver starts there. Were it none, the rows would be too strict, or something counted wrongly.
    figures = Figures(lattice, LIMITS, Limits(1, 1, 5))
    layout = everything(figures)
    values = [np.array(data.draw(st.sets(st.sampled_from(list(of)), min_size=1).map(sorted))) for of in layout.values]
    layout = Layout(figures, layout.attributes, layout.depth, values)
    of = Program(figures, layout, np.array(sorted(base)), fixed=data.draw(st.booleans()))
    at_truth = of.rows.times(of.truth)
    assert (of.rows.low - 1e-9 <= at_truth).all()
    assert (at_truth <= of.rows.high + 1e-9).all()
    used = np.unique(of.rows.columns)
    assert (of.low[used] - 1e-9 <= of.truth[used]).all()
    assert (of.truth[used] <= of.high[used] + 1e-9).all()


@given(lattices())
@settings(max_examples=20, deadline=None)
def test_fewer_clusters_never_show_more(lattice: Lattice) -> None:
    assume(lattice.users is None)  # Of users, some worlds are left out, and which ones depends on the clusters.
    few, all_of_them = program(lattice, [0, 1]), program(lattice, [0, 1, 2, 3])
    hidden = np.flatnonzero(~few.shown[: few.starts[1]] & (few.cells[: few.starts[1]] >= 0))
    same = all_of_them.column(0, np.array([0, 1]))[hidden // few.layout.width] + hidden % few.layout.width
    small = np.zeros(len(hidden), dtype=np.bool_)
    narrow = find(few, Targets(hidden, small), 10**6)
    wide = find(all_of_them, Targets(same, small), 10**6)
    assert (wide.least <= narrow.least + 1e-6).all()
    assert (wide.most >= narrow.most - 1e-6).all()


def test_bounds_are_those_of_all_tables() -> None:
    language = np.array([0] * 9 + [1] * 8 + [2] * 2, dtype=np.int32)
    month = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 1], dtype=np.int32)
    lattice = Lattice(
        [np.zeros(19, dtype=np.int32)],
        [Attribute("language", language, ("de", "en", "fr")), Attribute("month", month, ("05", "06"))],
        None,
    )
    limits = Limits(users=4, conversations=6, rounding=5)
    suppress(lattice, limits)
    figures = Figures(lattice, limits, Limits(1, 1, 5))
    of = Program(figures, everything(figures), np.array([0]))
    worlds = _published(lattice)
    worlds = worlds[(worlds <= of.high[:6]).all(axis=1)]
    assert len(worlds) > 100
    solver = Solver(of)
    hidden = np.flatnonzero(~of.shown[:6])
    hidden = hidden[~of.shown[of.starts[1] + hidden]]
    assert len(hidden) > 1
    for column in hidden:
        for sign, best in ((1.0, worlds[:, column].min()), (-1.0, worlds[:, column].max())):
            costs = np.zeros(of.count)
            costs[column] = sign
            world = solver.least(costs)
            assert world is not None
            assert world.conversations[column] == pytest.approx(min(best, of.high[column]), abs=1e-6)


def _published(lattice: Lattice) -> np.ndarray:
    """All tables of up to twelve a cell that would have given the shown figures of the lattice, of one cluster."""
    tables = np.indices((13,) * 6, dtype=np.int8).reshape(6, -1).T
    possible = (tables.sum(axis=1) + 2) // 5 == (19 + 2) // 5
    cube = tables.reshape(-1, 3, 2)
    for attributes, counts in (((0, 1), tables), ((0,), cube.sum(axis=2)), ((1,), cube.sum(axis=1))):
        for level in (0, NONE):
            block = lattice.blocks[BlockKey(level, attributes)]
            for key, count in zip(block.keys[block.shown], block.counts.conversations[block.shown], strict=True):
                possible &= (counts[:, key] >= 6) & ((counts[:, key] + 2) // 5 == (count + 2) // 5)
    return tables[possible]
