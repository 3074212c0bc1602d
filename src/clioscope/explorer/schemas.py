"""What the explorer's HTTP API answers with. The page's TypeScript types are made from these, and checked for drift.

Counts are those of the atlas: rounded, and only what was released. What is missing from a table was not released,
whether it is empty or withheld.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["finished", "running", "stopped", "failed"]
Kind = Literal["category", "ordered", "time"]


AnsweredBy = Literal["models", "files", "nobody"]


class Answer(BaseModel):
    """A part of an answer. Nothing but what is named here leaves the server."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RolesOnRun(Answer):
    """What somebody may do on one run."""

    run: str
    role: str
    may: list[str]


class Session(Answer):
    """Who asks, and what they may do."""

    user: str
    role: str = Field(description="On what is of no run; several with commas between, and empty where there is none.")
    may: list[str] = Field(description="The actions of the access table that this role may take.")
    runs: list[RolesOnRun] = Field(description="The runs that they may look at.")
    by: Literal["link", "sign-in", "token"] = Field(description="What let them in.")


class SignedOut(Answer):
    """The session has ended."""

    provider: str | None = Field(description="Where to go to end the session at the sign-in provider, if one wants to.")


class AtlasEntry(Answer):
    """One hierarchy of one run, finished or not."""

    id: str = Field(description="As in addresses: the run's folder, and the facet where it is not the main one.")
    run: str
    facet: str | None
    status: Status
    conversations: int | None
    users: int | None
    levels: list[int] = Field(description="Clusters by level, base first.")
    profile: str | None
    for_publishing: bool
    min_users: int | None
    min_conversations: int | None
    cost: float | None = Field(description="US dollars that the run's answers cost; none where that is not known.")
    answers: AnsweredBy | None = Field(
        description="Who answered what the run asked: models, whose answers are paid for; `files`, as recorded answers "
        "are, whose cost is not known; `nobody` where no model was asked. None as long as there is no atlas."
    )
    problem: str | None = Field(description="Why it cannot be opened, in a sentence.")


class Attribute(Answer):
    """What conversations are counted by."""

    name: str
    kind: Kind
    values: list[str] = Field(description="All values with a released cell: in their order, or by falling size.")


class Atlas(Answer):
    """An atlas as a whole."""

    id: str
    run: str
    facet: str
    facets: dict[str, str] = Field(description="By facet, the ids of the run's hierarchies, this one's among them.")
    conversations: int
    users: int | None
    counted: Literal["conversation", "user"]
    levels: list[int]
    attributes: list[Attribute]
    map_grid: int | None = Field(description="Cells of the map's grid a side; null where no map was released.")
    rounding: int = Field(default=1, description="Counts are to the nearest multiple of this.")
    noise: float = Field(
        default=0.0, description="Standard deviation of the noise in each count; 0 where there is none."
    )
    made_by: dict[str, str] = Field(description="Version, profile, embedder, models by judgement, seed.")
    guarantee: str
    for_publishing: bool
    digest: str = Field(description="SHA-256 of the atlas's files: provenance of what is exported.")


class Cluster(Answer):
    """One cluster, with people's edits applied. ``None`` is not known, or not released."""

    id: str
    level: int
    parent_id: str | None
    name: str
    description: str
    terms: list[str]
    conversations: int | None
    users: int | None
    x: float
    y: float
    name_confidence: float | None = Field(description="How much nearer the name is to its own cluster, 0 to 1.")
    fit: float | None = Field(description="How much nearer its members are to it than to the next cluster, 0 to 1.")
    audit_score: int | None = Field(description="The auditor's score of name and description, 1 (worst) to 5.")
    edited: list[str] = Field(
        description="Which of its fields a person changed: name, description, parent, hidden, merged."
    )
    members: list[str] = Field(description="Ids of the clusters that a person merged into this one.")
    hidden: bool


class Clusters(Answer):
    """All clusters of an atlas, level by level from the base, by falling size."""

    clusters: list[Cluster]
    edits: int = Field(description="The version of the edits that are applied; 0 where there are none.")


class Cells(Answer):
    """Released cells of one level, as columns: cell ``i`` is of ``clusters[cluster[i]]`` and ``values[0][value_1[i]]``.

    ``attributes`` names one or two; ``value_2`` is empty where it is one. Everything together is the cluster ``all``.
    """

    level: int = Field(description="-1: everything together.")
    note: str | None = Field(description="Why nothing is here, where that can be said, in a sentence.")
    attributes: list[str]
    clusters: list[str]
    values: list[list[str]]
    cluster: list[int]
    value_1: list[int]
    value_2: list[int]
    conversations: list[int]
    users: list[int] | None


class MapBins(Answer):
    """Density bins, as columns: boxes in cells of a grid of ``grid`` by ``grid``, ``x1`` and ``y1`` outside the box."""

    grid: int
    clusters: list[str]
    cluster: list[int]
    x0: list[int]
    y0: list[int]
    x1: list[int]
    y1: list[int]
    conversations: list[int]


class Found(Answer):
    """What a search found, best first."""

    id: str
    score: float = Field(description="0 to 1.")
    by: Literal["words", "meaning"]


class SearchResults(Answer):
    """Clusters whose name, description or terms hold the words, and then those that mean something near."""

    query: str
    results: list[Found]
    by_meaning: bool = Field(description="Whether meaning was searched too: not where the embedder cannot be loaded.")


class AttackFigure(Answer):
    """One attack of the last audit of a run."""

    name: str
    title: str
    verdict: str
    said: str = Field(description="What was tried and found, in a sentence.")
    with_protection: str | None
    without_protection: str | None


class Privacy(Answer):
    """What is promised, what was withheld for it, and what attacks found."""

    guarantee: str
    for_publishing: bool
    profile: str
    thresholds: dict[str, float | int | bool | str]
    withheld: dict[str, int] = Field(description="Totals for the whole run, rounded, by reason.")
    cells: int | None = Field(description="Of so many cells, released or not, rounded. None: that is not told.")
    pairs_not_released: list[list[str]] = Field(description="Attributes that are counted alone and never together.")
    pairs_released_from_level: int = Field(description="Below this level, clusters are counted by one attribute.")
    notes: list[str] = Field(description="What else is promised or not, in sentences.")
    audited: str | None = Field(description="When the last audit was made, as a date; none where there was none.")
    audited_this: bool = Field(description="Whether the last audit was of this release.")
    verdict: str | None = Field(description="Of the last audit as a whole.")
    attacks: list[AttackFigure]


class Problem(Answer):
    """Why a request was refused: a sentence that says what to do."""

    problem: str
