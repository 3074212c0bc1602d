"""What the API takes and answers about edits."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from clioscope.explorer.edits.applying import Applied, EditState, State
from clioscope.explorer.edits.kinds import Edit
from clioscope.explorer.sameness import Fit
from clioscope.explorer.schemas import Answer


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AtVersion(_Asked):
    """Which state of the edits the person saw."""

    version: int = Field(ge=0, le=1_000_000, description="`version` of the last answer: 0 where there are no edits.")


class EditRequest(AtVersion):
    """An edit to be made."""

    edit: Edit


class EditEntry(Answer):
    """One edit, or one undoing or redoing."""

    version: int
    kind: Literal["rename", "describe", "hide", "show", "merge", "separate", "move", "undo", "redo"]
    state: State = Field(
        description="`undone` ones stand no more; those that `does not fit` this release are kept for later ones."
    )
    edit: Edit | None = Field(description="With the ids of this release; none where it does not fit or is a step.")
    about: list[str] = Field(description="What its clusters were called when it was made.")
    fit: Fit | None = Field(description="How its clusters were found in this release.")
    why: str | None = Field(description="Why it does not fit, in a sentence.")
    author: str
    time: str = Field(description="ISO 8601, UTC.")


class Edits(Answer):
    """All edits of a hierarchy, newest first, those that do not fit this release included."""

    version: int = Field(description="To be sent with the next edit; 0 where there are none.")
    undoes: int | None = Field(description="The version of the edit that undoing takes back.")
    redoes: int | None = Field(description="The version of the edit that redoing makes again.")
    edits: list[EditEntry]


def edits_of(applied: Applied, most: int = 1_000) -> Edits:
    """``applied`` as an answer, with the newest ``most``; those that do not fit are all in it."""
    newest = [
        state for place, state in enumerate(reversed(applied.states)) if place < most or state.state == "does not fit"
    ]
    return Edits(
        version=applied.version,
        undoes=applied.undoes.version if applied.undoes else None,
        redoes=applied.redoes.version if applied.redoes else None,
        edits=[_entry(state) for state in newest],
    )


def _entry(state: EditState) -> EditEntry:
    row = state.row
    return EditEntry(
        version=row.version,
        kind=row.edit.kind,
        state=state.state,
        edit=state.edit,
        about=[known.name for known in row.known.values()],
        fit=state.fit,
        why=state.why,
        author=row.author,
        time=row.time,
    )
