"""What people may change about how clusters are shown. None of it changes a figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from clioscope.explorer.typed import ClusterId, Name, Paragraph

MOST_AT_ONCE = 100


class _Edit(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rename(_Edit):
    """Give a cluster another name; ``None`` gives back the published one."""

    kind: Literal["rename"]
    cluster: ClusterId
    name: Name | None


class Describe(_Edit):
    """Give a cluster another description; ``None`` gives back the published one."""

    kind: Literal["describe"]
    cluster: ClusterId
    description: Paragraph | None


class Hide(_Edit):
    """Do not show a cluster, unless hidden ones are asked for."""

    kind: Literal["hide"]
    cluster: ClusterId


class Show(_Edit):
    """Show a hidden cluster again."""

    kind: Literal["show"]
    cluster: ClusterId


class Merge(_Edit):
    """Show clusters as parts of another one of their level."""

    kind: Literal["merge"]
    clusters: Annotated[tuple[ClusterId, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]
    into: ClusterId


class Separate(_Edit):
    """Show a merged cluster by itself again."""

    kind: Literal["separate"]
    cluster: ClusterId


class Move(_Edit):
    """Show a cluster under another one of the level above."""

    kind: Literal["move"]
    cluster: ClusterId
    parent: ClusterId


class Undo(_Edit):
    """Take back the last edit that stands."""

    kind: Literal["undo"] = "undo"


class Redo(_Edit):
    """Make the edit again that was taken back last."""

    kind: Literal["redo"] = "redo"


Edit = Annotated[Rename | Describe | Hide | Show | Merge | Separate | Move, Field(discriminator="kind")]
Step = Annotated[Rename | Describe | Hide | Show | Merge | Separate | Move | Undo | Redo, Field(discriminator="kind")]

STEPS: TypeAdapter[Step] = TypeAdapter(Step)


def clusters_of(edit: Edit) -> list[str]:
    """The ids that ``edit`` names."""
    match edit:
        case Merge(clusters=clusters, into=into):
            return [*dict.fromkeys([*clusters, into])]
        case Move(cluster=cluster, parent=parent):
            return [cluster, parent]
        case _:
            return [edit.cluster]


def renumbered(edit: Edit, ids: Mapping[str, str]) -> Edit:
    """``edit`` with other ids in the place of its own, as another release numbers its clusters."""
    match edit:
        case Merge(clusters=clusters, into=into):
            return edit.model_copy(update={"clusters": tuple(ids[one] for one in clusters), "into": ids[into]})
        case Move(cluster=cluster, parent=parent):
            return edit.model_copy(update={"cluster": ids[cluster], "parent": ids[parent]})
        case _:
            return edit.model_copy(update={"cluster": ids[edit.cluster]})
