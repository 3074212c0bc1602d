"""All edits of a run, from release to release, applied to the one that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from clioscope.explorer.edits.arranging import Arrangement
from clioscope.explorer.edits.kinds import Edit, Redo, Step, Undo, clusters_of, renumbered
from clioscope.explorer.sameness import Fit, Known, Released
from clioscope.explorer.schemas import Cluster

State = Literal["applied", "undone", "does not fit", "step"]
"""``step``: an undo or redo, which changes the state of another."""

_FITS: tuple[Fit, ...] = ("this release", "same hierarchy", "by words")
_GONE = "It was made on another release, and in this one no cluster is surely the same."


@dataclass(frozen=True)
class Row:
    """One row of the edits of a run.

    Parameters
    ----------
    version
        1, 2, ... in the order in which they were made.
    known
        What each cluster that the edit names is known by.
    """

    version: int
    edit: Step
    digest: str
    known: dict[str, Known]
    author: str
    time: str


class EditState(NamedTuple):
    """What became of a row. ``edit`` has the ids of this release, where it fits."""

    row: Row
    state: State
    edit: Edit | None
    fit: Fit | None
    why: str | None


@dataclass(frozen=True)
class Applied:
    """The clusters as they are shown, and what became of each edit.

    Parameters
    ----------
    version
        Of the last row; 0 where there is none.
    undoes, redoes
        The row that undoing would take back, and the one that redoing would make again.
    """

    clusters: list[Cluster]
    states: list[EditState]
    version: int
    undoes: Row | None
    redoes: Row | None
    arrangement: Arrangement


def apply_rows(released: Released, rows: Sequence[Row]) -> Applied:
    """Apply those of ``rows`` that stand to ``released``. What does not fit is listed, and kept for later releases."""
    standing, undone = stacks(rows)
    ids = _ids(released, standing)
    arrangement = Arrangement(released.clusters)
    states: dict[int, EditState] = {}
    for row in standing:
        states[row.version] = _applied(row, ids, arrangement)
    listed = [states.get(row.version) or _not_standing(row) for row in rows]
    return Applied(
        arrangement.clusters(),
        listed,
        rows[-1].version if rows else 0,
        standing[-1] if standing else None,
        undone[-1] if undone else None,
        arrangement,
    )


def stacks(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows that stand, in order, and those that were taken back and can be made again, the next one last."""
    standing: list[Row] = []
    undone: list[Row] = []
    for row in rows:
        if isinstance(row.edit, Undo):
            undone.append(standing.pop())
        elif isinstance(row.edit, Redo):
            standing.append(undone.pop())
        else:
            undone.clear()
            standing.append(row)
    return standing, undone


def _ids(released: Released, rows: Sequence[Row]) -> dict[tuple[str, str], tuple[str, Fit]]:
    """By digest and id in that release, the id in this one. Within a release, two clusters are never one."""
    by_digest: dict[str, dict[str, Known]] = {}
    for row in rows:
        by_digest.setdefault(row.digest, {}).update(row.known)
    return {
        (digest, id): (match.id, match.fit)
        for digest, known in by_digest.items()
        for id, match in released.find(known).items()
    }


def _applied(row: Row, ids: dict[tuple[str, str], tuple[str, Fit]], arrangement: Arrangement) -> EditState:
    assert not isinstance(row.edit, Undo | Redo)
    found = {id: ids.get((row.digest, id)) for id in clusters_of(row.edit)}
    missing = [id for id, match in found.items() if match is None]
    if missing:
        names = ", ".join(row.known[id].name[:80] for id in missing if id in row.known)
        return EditState(row, "does not fit", None, None, f"{_GONE} It was about: {names}.")
    edit = renumbered(row.edit, {id: match[0] for id, match in found.items() if match})
    problem = arrangement.problem(edit)
    fit = max((match[1] for match in found.values() if match), key=_FITS.index)
    if problem:
        return EditState(row, "does not fit", edit, fit, problem)
    arrangement.apply(edit)
    return EditState(row, "applied", edit, fit, None)


def _not_standing(row: Row) -> EditState:
    return EditState(row, "step" if isinstance(row.edit, Undo | Redo) else "undone", None, None, None)
