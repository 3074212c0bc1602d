"""The folder of a run that begins: made, encrypted where it is to be, and telling what the run is."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from clioscope.config import Config, config_toml
from clioscope.errors import ConfigError
from clioscope.pipeline import reading
from clioscope.pipeline.checking import prompt_files
from clioscope.pipeline.context import Found
from clioscope.pipeline.purging import folders_named
from clioscope.pipeline.same_source import absolute
from clioscope.progress import Progress
from clioscope.prompting import Prompts
from clioscope.vault import RunFolder, write_text
from clioscope.vault.sealing import encrypt
from clioscope.version import __version__

_LIBRARIES = ("faiss-cpu", "numpy", "onnxruntime", "pyarrow", "py3langid", "tokenizers")


@contextmanager
def folder_of_run(path: Path) -> Iterator[RunFolder]:
    """The run's folder. One that was made here and in which no run began goes again."""
    was_there = path.exists()
    run = RunFolder(path)
    try:
        yield run
    except BaseException:
        if not was_there and not run.run_toml.exists():
            shutil.rmtree(path, ignore_errors=True)
        raise


def encrypt_vault(run: RunFolder, config: Config, progress: Progress) -> None:
    """Have the vault encrypted, and say what is not.

    Raises
    ------
    ClioscopeError
        There is no master key, the vault holds something already, or something would be kept in the clear all the same.
    """
    if reading.comes_once(config):
        raise ConfigError(
            "--encrypt: standard input would be kept in the clear while it is read. Write it to a file where that may "
            "lie, and name the file."
        )
    encrypt(run.vault)
    for folder in folders_named(config):
        progress.note(f"{folder} is not encrypted: whoever answers the requests there has to read them.")


def begin(run: RunFolder, config: Config, progress: Progress) -> None:
    """From here on the folder is that of this run: all that can be refused before was not."""
    _remove_other_atlases(run, config)
    run.stopped.unlink(missing_ok=True)
    write_run_toml(run, config, None)
    if config.summary_prompt and "extract" not in config.models:
        progress.note(
            "--summary-prompt: its columns are read, but nobody is asked what it says, and the beginning of what they "
            "hold is clustered. To have it answered, add --model extract=PROVIDER/MODEL."
        )


def write_run_toml(run: RunFolder, config: Config, read: Found | None) -> None:
    """Write how the run was made, and of which formats once that is ``read``.

    It lies outside the vault, so that it does not say how many conversations they were: that is with the stages.
    """
    libraries: dict[str, Any] = {name: version(name) for name in _LIBRARIES}
    made_with = {"clioscope": __version__, "python": platform.python_version(), **libraries}
    prompts = {name: str(path.absolute()) for name, path in prompt_files(config).items()}
    settled = config.model_copy(update={"source": tuple(absolute(config.source)), "prompts": prompts})
    tables: dict[str, dict[str, object]] = {"versions": made_with}
    if read:
        tables["input"] = {"formats": read["formats"]}
    write_text(run.run_toml, config_toml(settled, **tables))


def keep_prompts(run: RunFolder, prompts: Prompts) -> None:
    """Keep what was asked beside the run, so that a reader of the atlas can see it."""
    run.prompts.mkdir(exist_ok=True)
    for name, text in prompts.sources().items():
        write_text(run.prompts / f"{name}.jinja", text, mode=0o644)


def _remove_other_atlases(run: RunFolder, config: Config) -> None:
    """Remove the releases of facets that are no longer clustered: they may stand on other thresholds."""
    kept = {run.path / f"atlas-{facet}" for facet in config.cluster_by[1:]}
    for path in run.path.glob("atlas-*"):
        if path not in kept and (path / "atlas.json").is_file():
            shutil.rmtree(path)
