"""How clusters are shown after a number of edits, and which edit is possible next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from clioscope.explorer.edits.kinds import (
    Describe,
    Edit,
    Hide,
    Merge,
    Move,
    Rename,
    Separate,
    Show,
    clusters_of,
)
from clioscope.explorer.schemas import Cluster

_COUNTED = re.compile(r"^About [\d,]+ (conversations?|users?)( from [\d,]+ (person|people))?\. ")
"""How a description begins that is made from words: with figures."""


class Arrangement:
    """The clusters of a release with edits on them.

    Parameters
    ----------
    clusters
        As they were published.
    """

    def __init__(self, clusters: Sequence[Cluster]) -> None:
        self._published = {cluster.id: cluster for cluster in clusters}
        self._names: dict[str, str] = {}
        self._descriptions: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._merged: dict[str, str] = {}
        """By cluster, the one that it is shown as a part of. That one is part of no other."""
        self._moved: dict[str, str] = {}

    def problem(self, edit: Edit) -> str | None:
        """Why ``edit`` cannot be made now, in a sentence; ``None`` where it can."""
        for id in clusters_of(edit):
            if id not in self._published:
                return f"There is no cluster {id} in this release."
        if not isinstance(edit, Merge | Separate):
            for id in clusters_of(edit):
                if id in self._merged:
                    return f"{self._called(id)} is merged into {self._called(self._merged[id])}: separate it first."
        match edit:
            case Hide(cluster=id) if id in self._hidden:
                return f"{self._called(id)} is hidden already."
            case Show(cluster=id) if id not in self._hidden:
                return f"{self._called(id)} is not hidden."
            case Separate(cluster=id) if id not in self._merged:
                return f"{self._called(id)} is not merged into another cluster."
            case Merge():
                return self._problem_of_merging(edit)
            case Move():
                return self._problem_of_moving(edit)
        return None

    def apply(self, edit: Edit) -> None:
        """Make ``edit``, which has no problem."""
        match edit:
            case Rename(cluster=id, name=name):
                _set(self._names, id, name)
            case Describe(cluster=id, description=description):
                _set(self._descriptions, id, description)
            case Hide(cluster=id):
                self._hidden.add(id)
            case Show(cluster=id):
                self._hidden.discard(id)
            case Merge(clusters=ids, into=into):
                parts = [part for part, whole in self._merged.items() if whole in ids]
                self._merged.update(dict.fromkeys([*ids, *parts], into))
            case Separate(cluster=id):
                del self._merged[id]
            case Move(cluster=id, parent=parent):
                _set(self._moved, id, None if parent == self._published[id].parent_id else parent)

    def clusters(self) -> list[Cluster]:
        """All clusters, as they are to be shown.

        Where the members of a cluster are others than those that were counted, its figures are ``None``: there is no
        released figure for what is shown. A merged cluster is hidden, and its children are under the one it is in.
        """
        changed = self._with_other_members()
        members: dict[str, list[str]] = {}
        for part, whole in self._merged.items():
            members.setdefault(whole, []).append(part)
        return [self._shown(cluster, members.get(cluster.id, []), changed) for cluster in self._published.values()]

    def _shown(self, cluster: Cluster, members: list[str], changed: set[str]) -> Cluster:
        id = cluster.id
        parent = self._parent(id)
        edited = {
            "name": id in self._names,
            "description": id in self._descriptions,
            "parent": parent != cluster.parent_id,
            "hidden": id in self._hidden,
            "merged": bool(members) or id in self._merged,
        }
        published = cluster.description
        counts = {}
        if id in changed:
            published, counts = _COUNTED.sub("", published), {"conversations": None, "users": None}
        return cluster.model_copy(
            update={
                "name": self._names.get(id, cluster.name),
                "description": self._descriptions.get(id, published),
                "parent_id": parent,
                "edited": [field for field, is_edited in edited.items() if is_edited],
                "members": members,
                "hidden": id in self._hidden or id in self._merged,
                **counts,
            }
        )

    def _problem_of_merging(self, edit: Merge) -> str | None:
        into = edit.into
        if into in edit.clusters:
            return f"{self._called(into)} cannot be merged into itself."
        if into in self._merged:
            whole = self._merged[into]
            return f"{self._called(into)} is itself merged into {self._called(whole)}: merge into that one."
        for id in edit.clusters:
            if self._published[id].level != self._published[into].level:
                return f"{self._called(id)} and {self._called(into)} are on different levels."
            if self._merged.get(id) == into:
                return f"{self._called(id)} is merged into {self._called(into)} already."
        for id in (*edit.clusters, into):
            if id in self._hidden:
                return f"{self._called(id)} is hidden: show it first."
        return None

    def _problem_of_moving(self, edit: Move) -> str | None:
        cluster, parent = self._published[edit.cluster], self._published[edit.parent]
        if cluster.parent_id is None:
            return f"{self._called(cluster.id)} is at the top, and there is nothing above it."
        if parent.level != cluster.level + 1:
            return f"{self._called(parent.id)} is not on the level above {self._called(cluster.id)}."
        if parent.id in self._hidden:
            return f"{self._called(parent.id)} is hidden: show it first."
        if self._parent(cluster.id) == parent.id:
            return f"{self._called(cluster.id)} is under {self._called(parent.id)} already."
        return None

    def _called(self, id: str) -> str:
        name = self._names.get(id, self._published[id].name)
        return f"{name[:80]} ({id})"

    def _parent(self, id: str) -> str | None:
        """Under which cluster ``id`` is shown."""
        whole = self._merged.get(id, id)
        parent = self._moved.get(whole, self._published[whole].parent_id)
        return None if parent is None else self._merged.get(parent, parent)

    def _with_other_members(self) -> set[str]:
        """The clusters that hold others than were counted for them."""
        if not self._merged and not self._moved:
            return set()
        changed: set[str] = set()
        for id in self._published:
            changed |= set(self._counted_in(id)) ^ set(self._shown_in(id))
        return changed

    def _counted_in(self, id: str) -> Iterator[str]:
        """Above ``id``, as it was published."""
        above = self._published[id].parent_id
        while above is not None and above in self._published:
            yield above
            above = self._published[above].parent_id

    def _shown_in(self, id: str) -> Iterator[str]:
        """Above ``id``, and around it and those above, as it is shown."""
        here: str | None = id
        while here is not None:
            if here in self._merged:
                here = self._merged[here]
                yield here
            above = self._moved.get(here, self._published[here].parent_id)
            here = above if above in self._published else None
            if here is not None:
                yield here


def _set(values: dict[str, str], id: str, value: str | None) -> None:
    if value is None:
        values.pop(id, None)
    else:
        values[id] = value
