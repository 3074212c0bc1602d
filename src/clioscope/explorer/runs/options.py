"""What may be asked of a run that is started from the explorer: a closed list, and never a key or an address."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from clioscope.config import FACET_DAYS, RAW_DAYS


def _no_files(model: str) -> str:
    """``model``, if it is not answered through files: those would be anywhere on the server's machine."""
    if model.startswith("file/"):
        raise ValueError("models that are answered through files are for the command line")
    return model


RunName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$"),
    Field(description="Of its folder: letters, digits, - and _."),
]
Column = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,80}$")]
Model = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,20}/[A-Za-z0-9][A-Za-z0-9._:@/-]{0,119}$"),
    AfterValidator(_no_files),
    Field(description="PROVIDER/MODEL. Its key is in the server's environment."),
]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Count = Annotated[int, Field(ge=1, le=1_000_000_000)]


class RunOptions(BaseModel):
    """How to run, on what. What is not said is as with ``clioscope run``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Annotated[str, Field(min_length=1, max_length=4_000, description="A path that `GET /api/files` listed.")]
    model: Model | None = None
    profile: Literal["default", "strict", "public", "personal"] = "default"
    min_users: Count | None = None
    min_conversations: Count | None = None
    cluster_size: Count | None = None
    sample: Count | None = None
    max_per_user: Count | None = None
    since: Day | None = None
    until: Day | None = None
    period: Literal["month", "week"] | None = None
    facets: Annotated[tuple[Column, ...], Field(max_length=20)] = ()
    names_from: Literal["facets", "words"] | None = None
    max_cost: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    batch: bool = False
    keep: Literal["all", "facets", "nothing"] | None = None
    expire: bool = Field(False, description=f"Raw conversations {RAW_DAYS} days, facets {FACET_DAYS}.")
    drill_down: bool = Field(False, description="Whether investigators may see single conversations of it.")
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None

    @model_validator(mode="after")
    def _capped(self) -> RunOptions:
        if self.batch and self.model is None:
            raise ValueError("batch is about a model: name one")
        return self


class RunRequest(RunOptions):
    """A run to be started."""

    name: RunName

    @model_validator(mode="after")
    def _limited(self) -> RunRequest:
        if self.model is not None and self.max_cost is None:
            raise ValueError("a model costs money: say with max_cost how many US dollars it may cost at most")
        return self


def arguments_of(options: RunOptions, source: Path, run: Path) -> list[str]:
    """What comes behind ``clioscope run``. Each value is bound to its option, so that none can be read as another."""
    said: dict[str, object] = {
        "model": options.model,
        "profile": options.profile,
        "min-users": options.min_users,
        "min-conversations": options.min_conversations,
        "cluster-size": options.cluster_size,
        "sample": options.sample,
        "max-per-user": options.max_per_user,
        "since": options.since,
        "until": options.until,
        "period": options.period,
        "names-from": options.names_from,
        "max-cost": options.max_cost,
        "keep": options.keep,
        "seed": options.seed,
    }
    flags = {"batch": options.batch, "expire": options.expire, "drill-down": options.drill_down}
    return [
        "--json",
        f"--run={run}",
        *(f"--{name}={value}" for name, value in said.items() if value is not None),
        *(f"--facet={column}" for column in options.facets),
        *(f"--{name}" for name, given in flags.items() if given),
        "--",
        str(source),
    ]
