"""What the API answers about files, estimates and runs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from clioscope.explorer.runs.kept import Started
from clioscope.explorer.runs.running import Condition, Status
from clioscope.explorer.schemas import Answer, AtlasEntry


class FileEntry(Answer):
    """A file or folder in the data folder."""

    name: str
    path: str = Field(description="From the data folder on; to be sent as `source`.")
    kind: Literal["file", "folder"]
    size: int | None = Field(description="Bytes; none of a folder.")


class Files(Answer):
    """What is in one folder, folders first. Links and hidden files are left out."""

    path: str
    entries: list[FileEntry]
    more: bool = Field(description="Whether there are more than these.")


class EstimatedStage(Answer):
    """What one stage will ask of one model."""

    name: str
    judgement: str
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    dollars: float | None = Field(description="None where the price is unknown.")


class Estimate(Answer):
    """What a run will ask and cost, before anything is spent."""

    conversations: int
    stages: list[EstimatedStage] = Field(description="None where no model is asked.")
    dollars: float | None = Field(description="Of all stages; none where a price is unknown.")
    thinks: bool = Field(description="Whether a model thinks first, which costs and is not estimated.")


class RunEntry(Answer):
    """A run that was started here."""

    id: str
    status: Status
    problem: str | None = Field(description="Why it has no atlas, or no newer one, in a sentence.")
    stage: str | None = Field(description="The stage that is under way, or that it ended in.")
    attempts: int
    source: str
    options: dict[str, Any] = Field(description="What was asked for beside the source; the rest is as usual.")
    started_by: str
    started: str = Field(description="ISO 8601, UTC.")
    atlas: AtlasEntry | None = Field(description="What came of it: with its thresholds and cost.")


class RunList(Answer):
    """The runs that were started here, the newest first."""

    runs: list[RunEntry]
    can_start: bool = Field(description="Whether the server was told where conversations are.")


def estimate_of(found: dict[str, Any]) -> Estimate:
    """The JSON of ``clioscope run --estimate --json`` as an answer."""
    stages = [EstimatedStage(**stage) for stage in found["stages"]]
    spent = [stage.dollars for stage in stages if stage.dollars is not None]
    return Estimate(
        conversations=found["conversations"],
        stages=stages,
        dollars=sum(spent) if len(spent) == len(stages) else None,
        thinks=found["thinks"],
    )


def run_of(started: Started, condition: Condition, atlas: AtlasEntry | None) -> RunEntry:
    """One run as an answer."""
    return RunEntry(
        id=started.name,
        status=condition.status,
        problem=condition.problem,
        stage=condition.stage,
        attempts=condition.attempts,
        source=started.source,
        options=started.options,
        started_by=started.person,
        started=started.time,
        atlas=atlas,
    )
