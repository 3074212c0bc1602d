"""The stages in order: the only place that knows the order."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas import Atlas
from clioscope.config import Config, config_toml
from clioscope.conversation import Conversation
from clioscope.embeddings import Embedder
from clioscope.errors import ConfigError, TooSmallError
from clioscope.models.judges import Calls, Judges
from clioscope.models.usage import Usage, usage_of
from clioscope.pipeline import (
    asking,
    auditing,
    grouping,
    naming,
    private_release,
    reading,
    releasing,
    titles,
    tree,
    wording,
)
from clioscope.pipeline.checking import check, check_models, prompt_files
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.finishing import finish_deleting, keep_less, tell_overdue
from clioscope.pipeline.keeping import GoneError, forget_stages, limits, made_from, now
from clioscope.pipeline.population import Population, population
from clioscope.pipeline.purging import folders_named
from clioscope.pipeline.same_source import absolute, refuse_another_source
from clioscope.privacy.counting import count
from clioscope.privacy.dp.mechanism import require_opendp
from clioscope.privacy.limits import cluster_limits
from clioscope.progress import Progress
from clioscope.prompting import Prompts
from clioscope.sources.source import Source
from clioscope.vault import RunFolder, run_lock, user_codes, write_text
from clioscope.vault.retention import Kind, Retention
from clioscope.vault.sealing import encrypt
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
    worded
        How many clusters had words in their texts that too few people share, and what came of these texts; empty where
        no model names.
    redacted
        How often each kind was taken out of ``conversations`` before they were read, and of the ``texts`` of facets.
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
    worded: Found = field(default_factory=dict)
    redacted: Found = field(default_factory=dict)


def run_pipeline(
    config: Config,
    folder: Path,
    conversations: Iterable[Conversation] | None,
    progress: Progress,
    embedder: Embedder,
    calls: Calls,
    *,
    retry_failed: bool = False,
    from_vault: bool = False,
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
    from_vault
        Go on from what the vault holds, and do not look at the source.

    Raises
    ------
    ClioscopeError
        With a sentence that says what was wrong and what to do. What is done is kept.
    """
    check(config, folder, calls)
    check_models(config, calls)
    if config.epsilon is not None:
        require_opendp()
    if conversations is not None:
        reading.refuse_columns_of_python(config)
    is_read = from_vault or conversations is not None
    source = reading.opened(config) if not is_read and not reading.comes_once(config) else None
    with _folder(folder) as run, run_lock(run.vault):
        refuse_another_source(run, config)
        if config.encrypt:
            _encrypt(run, config, progress)
        for sentence in finish_deleting(run):
            progress.note(sentence)
        tell_overdue(run, progress)
        retention = Retention(run.vault)
        retention.limit(limits(config), now())
        retention.uses(folders_named(config))
        prompts = Prompts(run.secret(), prompt_files(config))
        with _models(run, config, calls, progress) as judges:
            if not is_read and source is None:
                source = reading.opened(config, reading.spool(run))
            if config.epsilon is not None:
                private_release.refuse_early(run, config, embedder.name)
            _begin(run, config, progress)
            main = run.hierarchy(config.cluster_by[0], main=True)
            context = Context(config, run, progress, embedder, main, judges, gone=retention.gone())
            made = None if source is None else made_from(config, reading.inputs(config, source), embedder.name)
            if "facets" in context.gone:
                if (
                    made is not None
                    and made == retention.made_from()
                    and not retry_failed
                    and _atlases_are_there(context)
                ):
                    return _done(context, run.stages.found("Reading"), run.stages.names())
                progress.note(f"{GoneError('What changed', 'facets', context.gone['facets'])}: reading again.")
                forget_stages(run.stages, context.gone)
            try:
                done = _analysed(context, source, conversations, prompts, retry_failed)
            finally:
                context.ahead.stop()
        if made is not None:
            Retention(run.vault).finished(made)
        keep_less(run, config, progress)
        return done


def _analysed(
    context: Context,
    source: Source | None,
    conversations: Iterable[Conversation] | None,
    prompts: Prompts,
    retry_failed: bool,
) -> Done:
    """Every stage; from the reading on once more where something is missing that was removed."""
    read = _read(context, source, conversations)
    try:
        return _from_facets_on(context, read, prompts, retry_failed)
    except GoneError as error:
        if source is None and conversations is None:
            raise
        context.progress.note(f"{error}: reading again.")
    forget_stages(context.folder.stages, context.gone)
    context.reused.clear()
    if "raw" in context.gone:
        read = _read(context, source, None)
    return _from_facets_on(context, read, prompts, retry_failed)


def _read(context: Context, source: Source | None, conversations: Iterable[Conversation] | None) -> Found:
    """What there is to analyse, in the vault."""
    if source is not None:
        read = reading.from_files(context, source)
    elif conversations is not None:
        read = reading.from_python(context, conversations)
    else:
        read = context.folder.stages.found("Reading")
        context.reused.append("Reading")
    _made_anew(context, "Reading", "raw")
    _write_run_toml(context.folder, context.config, read)
    _refuse_too_small(context.config, read)
    return read


def _from_facets_on(context: Context, read: Found, prompts: Prompts, retry_failed: bool) -> Done:
    run, config = context.folder, context.config
    if context.judges is not None:
        _keep_prompts(run, prompts)
    if retry_failed:
        asking.forget_failed(context, prompts)
    asked = asking.facets(context, read, prompts)
    _made_anew(context, "Asking", "facets")
    users = user_codes(run.conversations)
    for facet in config.cluster_by:
        _hierarchy(context.over(facet), asked, read, users, prompts)
    return _done(context, read, context.reused)


def _made_anew(context: Context, stage: str, kind: Kind) -> None:
    """Note the day on which a table was made, from which its time counts."""
    if stage not in context.reused:
        retention = Retention(context.folder.vault)
        retention.made(kind, now())
        context.gone = retention.gone()


def _atlases_are_there(context: Context) -> bool:
    """Whether every atlas is as it was released."""
    contexts = [context.over(facet) for facet in context.config.cluster_by]
    return all(releasing.is_there(one) for one in contexts)


def _done(context: Context, read: Found, reused: list[str]) -> Done:
    run, config = context.folder, context.config
    return Done(
        Atlas.open(run.atlas),
        run.path,
        read,
        reused,
        run.stages.seconds(),
        run.stages.found("Asking")["failures"],
        _without_model(run, config),
        _withheld(run, config),
        None if context.judges is None else usage_of(context.judges),
        run.stages.found("Checking words") if "name" in config.models else {},
        run.stages.found("Asking").get("redacted", {}),
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


def _encrypt(run: RunFolder, config: Config, progress: Progress) -> None:
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
    if context.config.epsilon is not None:
        private_release.atlas(context, asked, read, people, prompts)
        return
    grouping.clusters(context, asked, read, people)
    if context.judges is not None and context.judges.has("name"):
        auditing.audit_texts(context, asked, people, prompts)
        titles.titles(context, asked, people, prompts)
        tree.tree(context, prompts)
        auditing.audit_titles(context, prompts)
    else:
        grouping.hierarchy(context, people)
    groups = grouping.groups(context)
    naming.names(context, groups, people)
    wording.check_words(context, groups, people, prompts)
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


def _withheld(run: RunFolder, config: Config) -> int:
    """How many names and descriptions of the main hierarchy the auditor withheld."""
    if "name" not in config.models or config.epsilon is not None:
        return 0
    return int(run.stages.found("Auditing").get("withheld", 0))


def _without_model(run: RunFolder, config: Config) -> int:
    """How many clusters of the main hierarchy the model gave no usable name or place."""
    if "name" not in config.models:
        return 0
    found = run.stages.found
    if config.epsilon is not None:  # the hierarchy is public then, and no model was asked for it
        return int(found("Naming")["unnamed"])
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
    """Refuse what not even all conversations together hold enough of."""
    config, users_known = context.config, people.users is not None
    thresholds = config.thresholds
    if config.profile in ("strict", "public") and not users_known:
        raise TooSmallError(
            f"--profile {config.profile} promises a minimum of users, and no user is known here. Say which column is "
            "the user with --field user=COLUMN, or use --profile default, whose promise is then weaker."
        )
    everything = np.zeros(len(people.rows), dtype=np.int64)
    counts = count(everything, people.users, 1, conversations=people.conversations)
    limits = cluster_limits(thresholds)
    if limits.enough(counts, users_known).all():
        return
    if limits._replace(share=1.0).enough(counts, users_known).all():
        most, all_of_them = int(counts.most[0]), int(counts.conversations[0])
        raise TooSmallError(
            f"One user holds {most / all_of_them:.0%} of the conversations, and no figure may stand on one user for "
            f"more than {thresholds.share:.0%}. Read fewer of each user, such as --max-per-user "
            f"{max(1, int(thresholds.share * all_of_them) // 4)}."
        )
    raise TooSmallError(
        f"Too few conversations have something for the facet {context.home.facet}: every cluster has to stand on at "
        f"least {limits.users} users and {limits.conversations} conversations. Nothing could be shown: cluster by "
        "another facet, or use a profile that asks for less."
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
