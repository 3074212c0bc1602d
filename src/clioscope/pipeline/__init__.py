"""The stages in order: the only place that knows the order."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from clioscope.atlas import Atlas
from clioscope.config import Config, config_toml
from clioscope.conversation import Conversation
from clioscope.embeddings import Embedder
from clioscope.errors import RunError, TooSmallError
from clioscope.pipeline import asking, grouping, naming, reading, releasing
from clioscope.pipeline.context import Context, Found
from clioscope.progress import Progress
from clioscope.vault import RunFolder, run_lock, user_codes, write_text
from clioscope.version import __version__

_LIBRARIES = ("faiss-cpu", "numpy", "onnxruntime", "pyarrow", "py3langid", "tokenizers")


@dataclass(frozen=True)
class Done:
    """A finished run: its atlas, and what was found on the way, which is for its owner.

    Parameters
    ----------
    read
        Counts of what was read, set aside and left out. Exact.
    reused
        The stages that did not have to run again.
    seconds
        How long each stage took when it last ran.
    """

    atlas: Atlas
    folder: Path
    read: Found
    reused: list[str]
    seconds: dict[str, float]


def run_pipeline(
    config: Config,
    folder: Path,
    conversations: Iterable[Conversation] | None,
    progress: Progress,
    embedder: Embedder,
) -> Done:
    """Run every stage that is not done, and return the atlas.

    Parameters
    ----------
    conversations
        What is analysed where the configuration names no source.

    Raises
    ------
    ClioscopeError
        With a sentence that says what was wrong and what to do. What is done is kept.
    """
    run = RunFolder(folder)
    with run_lock(run.vault):
        _same_source(run, config)
        _write_run_toml(run, config, None)
        context = Context(config, run, progress, embedder)
        read = reading.from_files(context) if conversations is None else reading.from_python(context, conversations)
        _write_run_toml(run, config, read)
        _refuse_too_small(config, read)
        users = user_codes(run.conversations)
        asked = asking.facets(context, read)
        asking.vectors(context, asked, read["conversations"])
        grouping.clusters(context, asked, read, users)
        grouping.hierarchy(context)
        groups = grouping.groups(context)
        naming.names(context, groups, users)
        releasing.positions(context, groups)
        releasing.atlas(context, groups, users, asked)
        return Done(Atlas.open(run.atlas), folder, read, context.reused, run.stages.seconds())


def _same_source(run: RunFolder, config: Config) -> None:
    """Refuse to put another source's run in the place of this one's."""
    if not run.run_toml.exists():
        return
    from clioscope.config import read_config

    before = _absolute(read_config(run.run_toml).source)
    if before != _absolute(config.source):
        raise RunError(
            f"{run.path} holds a run on {', '.join(before) or 'conversations from Python'}. Choose another folder for "
            "this source with --run NAME, or delete that one."
        )


def _absolute(source: tuple[str, ...]) -> list[str]:
    return [path if path == "-" else str(Path(path).absolute()) for path in source]


def _write_run_toml(run: RunFolder, config: Config, read: Found | None) -> None:
    libraries: dict[str, Any] = {name: version(name) for name in _LIBRARIES}
    made_with = {"clioscope": __version__, "python": platform.python_version(), **libraries}
    settled = config.model_copy(update={"source": tuple(_absolute(config.source))})
    tables: dict[str, dict[str, object]] = {"versions": made_with}
    if read:
        tables["input"] = {key: read[key] for key in ("content", "conversations", "formats")}
    write_text(run.run_toml, config_toml(settled, **tables))


def _refuse_too_small(config: Config, read: Found) -> None:
    """Say what would help where nothing could pass the thresholds."""
    thresholds, found, users = config.thresholds, read["conversations"], read["users"]
    if found == 0:
        left = "".join(f" {sentence}" for sentence in read["left_out"])
        raise TooSmallError(
            f"No conversation was left to analyse: {read['set_aside']:,} records were set aside "
            f"(see {read['quarantine']}).{left}"
        )
    if found >= thresholds.conversations and (users == 0 or users + bool(read["without_user"]) >= thresholds.users):
        return
    own = (
        " If it is your own export, `--profile personal` sets no minimums; its atlas is for yourself and not for "
        "publishing."
        if users <= 1
        else " More conversations of more people help. If they may be seen by whoever sees the atlas, set --min-users "
        "and --min-conversations lower."
    )
    people = f" of {users:,} user{'s' if users != 1 else ''}" if users else ""
    raise TooSmallError(
        f"{found:,} conversation{'s' if found != 1 else ''}{people}: too few, since every figure has to stand on at "
        f"least {thresholds.users} users and {thresholds.conversations} conversations. Nothing could be shown.{own}"
    )
