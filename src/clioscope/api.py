"""Clioscope from Python."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Any

from clioscope.atlas import Atlas, Hit
from clioscope.atlas import search as search_atlas
from clioscope.config import Config, make_config, read_config
from clioscope.conversation import Conversation
from clioscope.embeddings import MiniLMEmbedder
from clioscope.errors import ConfigError
from clioscope.models.judges import Calls
from clioscope.pipeline.done import Done
from clioscope.pipeline.estimating import Estimate, estimate
from clioscope.pipeline.order import run_pipeline
from clioscope.progress import Progress, Silent, Stoppable
from clioscope.vault.retention import Retention

Source = str | Path | Iterable[str | Path] | Iterable[Conversation]


def run(
    source: Source,
    folder: str | Path | None = None,
    *,
    progress: Progress | None = None,
    calls: Calls | None = None,
    **options: Any,
) -> Atlas:
    """Run on ``source`` and return the atlas.

    Parameters
    ----------
    source
        A path, glob or folder, several of them, or an iterable of :class:`~clioscope.Conversation`.
    folder
        The run's folder; ``runs/`` and the source's name where ``None``. A run in the same folder with the same
        source goes on where it stopped.
    progress
        Is told what happens; nothing is shown where ``None``.
    calls
        How language models are called, where ``models`` names some.
    **options
        The fields of :class:`~clioscope.config.Config`, such as ``profile="personal"``, ``clusters=40`` or
        ``facets=("plan",)``.

    Raises
    ------
    ClioscopeError
        With a sentence that says what was wrong and what to do.

    Examples
    --------
    >>> atlas = clioscope.run("conversations.jsonl")            # doctest: +SKIP
    >>> atlas.clusters.to_pandas()                              # doctest: +SKIP
    """
    paths, conversations = _told_apart(source)
    config = make_config(source=paths, **options)
    return run_with(
        config, Path(folder) if folder else None, conversations=conversations, progress=progress, calls=calls
    ).atlas


async def run_async(
    source: Source,
    folder: str | Path | None = None,
    *,
    progress: Progress | None = None,
    calls: Calls | None = None,
    **options: Any,
) -> Atlas:
    """:func:`run` in a thread of its own. Cancelling it stops the run at its next step; what is done is kept."""
    stop = threading.Event()
    stoppable = Stoppable(progress or Silent(), stop)
    try:
        return await asyncio.to_thread(run, source, folder, progress=stoppable, calls=calls, **options)
    except asyncio.CancelledError:
        stop.set()
        raise


def run_with(
    config: Config,
    folder: Path | None = None,
    *,
    conversations: Iterable[Conversation] | None = None,
    progress: Progress | None = None,
    calls: Calls | None = None,
    retry_failed: bool = False,
) -> Done:
    """Run ``config`` and return the atlas with all that was found on the way.

    Where an event loop is running, as in a notebook, it runs in a thread of its own, since it needs a loop of its own.
    """

    def work(progress: Progress) -> Done:
        return run_pipeline(
            config,
            folder or default_folder(config),
            conversations,
            progress,
            _embedder(),
            calls or Calls(),
            retry_failed=retry_failed,
        )

    return _in_a_thread(work, progress or Silent()) if _is_in_a_loop() else work(progress or Silent())


def remake(folder: Path, *, progress: Progress | None = None) -> bool:
    """Make the atlas of a run again from its vault, where nothing has to be read or asked for it. Whether it was."""
    config = read_config(folder / "run.toml")
    if config.models or Retention(folder / "vault").gone():
        return False
    run_pipeline(config, folder, None, progress or Silent(), _embedder(), Calls(), from_vault=True)
    return True


def _is_in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _in_a_thread(work: Callable[[Progress], Done], progress: Progress) -> Done:
    """Ctrl-C stops ``work`` at its next step; pressed again, it is left to end by itself."""
    stop = threading.Event()
    outcome: Future[Done] = Future()

    def run() -> None:
        try:
            outcome.set_result(work(Stoppable(progress, stop)))
        except BaseException as error:
            outcome.set_exception(error)

    thread = threading.Thread(target=run, name="clioscope run", daemon=True)
    thread.start()
    try:
        return outcome.result()
    except KeyboardInterrupt:
        stop.set()
        thread.join()
        raise


def estimate_with(
    config: Config, folder: Path | None = None, *, calls: Calls | None = None, progress: Progress | None = None
) -> Estimate:
    """What running ``config`` would ask of models. The source is read; nothing is sent, spent or written."""
    return estimate(config, folder or default_folder(config), progress or Silent(), calls or Calls())


def search(atlas: Atlas, text: str, limit: int = 10) -> list[Hit]:
    """The clusters whose published name, terms or description fit ``text``, best first."""
    return search_atlas(atlas, text, _embedder().embed([text])[0], limit)


def default_folder(config: Config) -> Path:
    """``runs/`` and the name of the first source, without its endings."""
    first = Path(config.source[0]) if config.source else Path("conversations")
    name = first.resolve().name if str(first) != "-" else "stdin"
    return Path("runs") / (name.split(".")[0].strip("*?[] ") or "conversations")


@cache
def _embedder() -> MiniLMEmbedder:
    return MiniLMEmbedder()


def _told_apart(source: Source) -> tuple[tuple[str, ...], Iterable[Conversation] | None]:
    if isinstance(source, str | Path):
        return (str(source),), None
    if isinstance(source, list | tuple) and source and all(isinstance(item, str | Path) for item in source):
        return tuple(str(item) for item in source), None
    if isinstance(source, Iterable):
        return (), _checked(source)
    raise ConfigError(f"A source is a path, several paths or conversations, not {type(source).__name__}.")


def _checked(items: Iterable[Any]) -> Iterable[Conversation]:
    for item in items:
        if not isinstance(item, Conversation):
            raise ConfigError(f"Expected clioscope.Conversation, got {type(item).__name__}. Paths come as a list.")
        yield item
