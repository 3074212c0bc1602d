"""What a run may keep, and what it has to read again where that is gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from clioscope.config import Config
from clioscope.errors import ClioscopeError
from clioscope.vault.retention import CALLED, Gone, Kind, Retention
from clioscope.vault.stages import Stages, digest
from clioscope.version import __version__

_NEED: dict[str, Gone] = {
    "Asking": "raw",
    "Embedding": "texts",
    "Auditing texts": "texts",
    "Counting with noise": "raw",
    "Naming": "texts",
    "Terms": "texts",
}
"""What cannot be made again without what is gone. Every other stage can do with vectors, categories and titles."""


class GoneError(ClioscopeError):
    """A stage has to be made again, and what it is made from was removed. Reading the source again mends it."""

    def __init__(self, stage: str, what: Gone, when: datetime) -> None:
        called = CALLED["raw" if what == "texts" else what]
        super().__init__(f"{stage} has to be made again, and {called} were removed on {when:%Y-%m-%d}")


def refuse_gone(stage: str, gone: Mapping[Gone, datetime]) -> None:
    """Refuse to make a stage from what was removed.

    Raises
    ------
    GoneError
        It was removed.
    """
    need = _NEED.get(stage.split(" (")[0])
    if need is not None and need in gone:
        raise GoneError(stage, need, gone[need])


def forget_stages(stages: Stages, gone: Mapping[Gone, datetime]) -> None:
    """Have made again, from the reading on, all that was made from what is gone."""
    again = {"Reading"} if "raw" in gone else set()
    if "texts" in gone or "facets" in gone:
        again.add("Asking")
    if "facets" in gone:
        again.update(name for name in stages.names() if name != "Reading")
    for name in again:
        stages.forget(name)


def limits(config: Config) -> dict[Kind, int | None]:
    """For how many days each table may be kept."""
    return {"raw": config.expire_raw, "facets": config.expire_facets}


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def made_from(config: Config, reading_inputs: Mapping[str, object], embedder: str) -> str:
    """A hash of all that decides what is in the atlases of a run."""
    leave = {"keep", "encrypt", "drill_down", "expire_raw", "expire_facets"}
    decides = config.model_dump(mode="json", exclude=leave)
    return digest(decides, dict(reading_inputs), embedder, __version__)


def overdue_lines(retention: Retention, folder: object, time: datetime) -> list[str]:
    """A sentence for each table that should be gone, and what to do."""
    return [
        f"Overdue: {CALLED[due.kind]} were to be removed by {due.when:%Y-%m-%d}. `clioscope purge {folder}` does it."
        for due in retention.overdue(time)
    ]
