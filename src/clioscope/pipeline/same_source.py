"""A run's folder belongs to one source."""

from __future__ import annotations

from pathlib import Path

from clioscope.config import Config, read_config
from clioscope.errors import RunError
from clioscope.vault import RunFolder


def refuse_another_source(run: RunFolder, config: Config) -> None:
    """Refuse to put another source's run in the place of this one's."""
    if not run.run_toml.exists():
        return
    before = absolute(read_config(run.run_toml).source)
    if before != absolute(config.source):
        raise RunError(
            f"{run.path} holds a run on {', '.join(before) or 'conversations from Python'}. Choose another folder for "
            "this source with --run NAME, or delete that one."
        )


def absolute(source: tuple[str, ...]) -> list[str]:
    """The paths of a source, wherever the process is; ``-`` stays."""
    return [path if path == "-" else str(Path(path).absolute()) for path in source]
