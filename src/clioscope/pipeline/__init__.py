"""The stages in order: the only place that knows the order."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas import Atlas
from clioscope.config import Config, config_toml
from clioscope.conversation import Conversation
from clioscope.embeddings import Embedder
from clioscope.errors import TooSmallError
from clioscope.models.judges import Calls, Judges
from clioscope.models.usage import Usage, usage_of
from clioscope.pipeline import asking, auditing, grouping, naming, reading, releasing, titles, tree
from clioscope.pipeline.checking import check, check_models, prompt_files
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.population import Population, population
from clioscope.pipeline.same_source import absolute, refuse_another_source
from clioscope.privacy.counting import count, passes
from clioscope.progress import Progress
from clioscope.prompting import Prompts
from clioscope.vault import RunFolder, run_lock, user_codes, write_text
from clioscope.version import __version__

Users = NDArray[np.int32]

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
    failures
        Conversations that the model gave no usable answer for, and why.
    without_model
        Names and places of clusters that the model gave no usable answer for.
    withheld
        Names and descriptions that the auditor did not let through.
    usage
        What models were asked and what that cost, over all invocations; ``None`` where none was.
    """

    atlas: Atlas
    folder: Path
    read: Found
    reused: list[str]
    seconds: dict[str, float]
    failures: dict[str, int]
    without_model: int
    withheld: int
    usage: Usage | None


def run_pipeline(
    config: Config,
    folder: Path,
    conversations: Iterable[Conversation] | None,
    progress: Progress,
    embedder: Embedder,
    calls: Calls,
    *,
    retry_failed: bool = False,
) -> Done:
    """Run every stage that is not done, and return the atlas.

    Parameters
    ----------
    conversations
        What is analysed where the configuration names no source.
    calls
        How models are called, where the configuration names some.
    retry_failed
        Ask again for the conversations that got no usable answer.

    Raises
    ------
    ClioscopeError
        With a sentence that says what was wrong and what to do. What is done is kept.
    """
    check(config, folder, calls)
    check_models(config, calls)
    if conversations is not None:
        reading.refuse_columns_of_python(config)
    source = reading.opened(config) if conversations is None and not reading.comes_once(config) else None
    with _folder(folder) as run, run_lock(run.vault):
        refuse_another_source(run, config)
        prompts = Prompts(run.secret(), prompt_files(config))
        with _models(run, config, calls, progress) as judges:
            if conversations is None and source is None:
                source = reading.opened(config, reading.spool(run))
            _begin(run, config, progress)
            main = run.hierarchy(config.cluster_by[0], main=True)
            context = Context(config, run, progress, embedder, main, judges)
            if source is not None:
                read = reading.from_files(context, source)
            else:
                read = reading.from_python(context, conversations or ())
            _write_run_toml(run, config, read)
            _refuse_too_small(config, read)
            if judges is not None:
                _keep_prompts(run, prompts)
            if retry_failed:
                asking.forget_failed(context, prompts)
            asked = asking.facets(context, read, prompts)
            users = user_codes(run.conversations)
            for facet in config.cluster_by:
                _hierarchy(context.over(facet), asked, read, users, prompts)
            return Done(
                Atlas.open(run.atlas),
                folder,
                read,
                context.reused,
                run.stages.seconds(),
                asked["failures"],
                _without_model(run, config),
                int(run.stages.found("Auditing").get("withheld", 0)) if "audit" in config.models else 0,
                None if judges is None else usage_of(judges),
            )


@contextmanager
def _folder(path: Path) -> Iterator[RunFolder]:
    """The run's folder. One that was made here and in which no run began goes again."""
    was_there = path.exists()
    run = RunFolder(path)
    try:
        yield run
    except BaseException:
        if not was_there and not run.run_toml.exists():
            shutil.rmtree(path, ignore_errors=True)
        raise


def _begin(run: RunFolder, config: Config, progress: Progress) -> None:
    """From here on the folder is that of this run: all that can be refused before was not."""
    _remove_other_atlases(run, config)
    _write_run_toml(run, config, None)
    if config.summary_prompt and "extract" not in config.models:
        progress.note(
            "--summary-prompt: its columns are read, but nobody is asked what it says, and the beginning of what they "
            "hold is clustered. To have it answered, add --model extract=PROVIDER/MODEL."
        )


def _hierarchy(context: Context, asked: Found, read: Found, users: Users | None, prompts: Prompts) -> None:
    """From the texts of one facet to its atlas."""
    asking.vectors(context, asked)
    people = population(context, users)
    _refuse_too_few_items(context, people)
    grouping.clusters(context, asked, read, people)
    if context.judges is not None and context.judges.has("name"):
        auditing.audit_texts(context, asked, people, prompts)
        titles.titles(context, asked, people, prompts)
        tree.tree(context, prompts)
        auditing.audit_titles(context, prompts)
    else:
        grouping.hierarchy(context)
    groups = grouping.groups(context)
    naming.names(context, groups, people)
    releasing.positions(context, groups)
    releasing.atlas(context, groups, people, asked)


@contextmanager
def _models(run: RunFolder, config: Config, calls: Calls, progress: Progress) -> Iterator[Judges | None]:
    """The models of the run while they are needed."""
    if not config.models:
        yield None
        return
    judges = Judges(config.models, calls, run.answers, run.waves, progress.note)
    try:
        yield judges
    finally:
        judges.close()


def _without_model(run: RunFolder, config: Config) -> int:
    """How many clusters of the main hierarchy the model gave no usable name or place."""
    if "name" not in config.models:
        return 0
    found = run.stages.found
    return int(found("Naming")["unnamed"]) + int(found("Arranging")["placed_without_the_model"])


def _keep_prompts(run: RunFolder, prompts: Prompts) -> None:
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


def _refuse_too_few_items(context: Context, people: Population) -> None:
    thresholds = context.config.thresholds
    everything = np.zeros(len(people.rows), dtype=np.int64)
    counts = count(everything, people.users, 1, conversations=people.conversations)
    if not passes(counts, thresholds.users, thresholds.conversations, people.users is not None).all():
        raise TooSmallError(
            f"Too few conversations have something for the facet {context.home.facet}: every figure has to stand on at "
            f"least {thresholds.users} users and {thresholds.conversations} conversations. Nothing could be shown: "
            "cluster by another facet."
        )


def _write_run_toml(run: RunFolder, config: Config, read: Found | None) -> None:
    libraries: dict[str, Any] = {name: version(name) for name in _LIBRARIES}
    made_with = {"clioscope": __version__, "python": platform.python_version(), **libraries}
    settled = config.model_copy(update={"source": tuple(absolute(config.source))})
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
