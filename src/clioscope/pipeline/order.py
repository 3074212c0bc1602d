"""The stages in order: the only place that knows the order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clioscope.config import Config
from clioscope.conversation import Conversation
from clioscope.embeddings import Embedder
from clioscope.errors import OverBudgetError
from clioscope.models.judges import Calls, Judges
from clioscope.models.profiles import Profiles
from clioscope.pipeline import (
    aligning,
    asking,
    auditing,
    failing,
    grouping,
    naming,
    private_release,
    reading,
    releasing,
    titles,
    tree,
    wording,
)
from clioscope.pipeline.beginning import begin, encrypt_vault, folder_of_run, keep_prompts, write_run_toml
from clioscope.pipeline.checking import check, check_models, prompt_files
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.done import Done, done_with
from clioscope.pipeline.exporting import older_exports
from clioscope.pipeline.finishing import finish_deleting, keep_less, tell_overdue
from clioscope.pipeline.idle import idle_options
from clioscope.pipeline.keeping import GoneError, forget_stages, limits, made_from, now
from clioscope.pipeline.population import population
from clioscope.pipeline.purging import folders_named
from clioscope.pipeline.same_source import refuse_another_source
from clioscope.pipeline.too_small import refuse_too_few_items, refuse_too_small
from clioscope.privacy.dp.mechanism import require_opendp
from clioscope.progress import Progress
from clioscope.prompting import Prompts
from clioscope.sources.source import Source
from clioscope.vault import RunFolder, run_lock, user_codes, write_text
from clioscope.vault.outdated import no_longer_outdated
from clioscope.vault.retention import Kind, Retention

Users = NDArray[np.int32]


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
    with folder_of_run(folder) as run, run_lock(run.vault):
        refuse_another_source(run, config)
        if config.encrypt:
            encrypt_vault(run, config, progress)
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
            begin(run, config, progress)
            for sentence in idle_options(config, calls, retry_failed=retry_failed):
                progress.note(sentence)
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
                    return done_with(context, run.stages.found("Reading"), run.stages.names())
                progress.note(f"{GoneError('What changed', 'facets', context.gone['facets'])}: reading again.")
                forget_stages(run.stages, context.gone)
            try:
                done = _analysed(context, source, conversations, prompts, retry_failed)
            except OverBudgetError as error:
                write_text(run.stopped, str(error))
                raise
            finally:
                context.ahead.stop()
        if made is not None:
            Retention(run.vault).finished(made)
        keep_less(run, config, progress)
        for sentence in older_exports(run):
            progress.note(sentence)
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
    write_run_toml(context.folder, context.config, read)
    refuse_too_small(context.config, read)
    return read


def _from_facets_on(context: Context, read: Found, prompts: Prompts, retry_failed: bool) -> Done:
    run, config = context.folder, context.config
    if context.judges is not None:
        keep_prompts(run, prompts)
    if retry_failed:
        failing.forget_failed(context, prompts)
    asked = asking.facets(context, read, prompts)
    _made_anew(context, "Asking", "facets")
    users = user_codes(run.conversations)
    for facet in config.cluster_by:
        _hierarchy(context.over(facet), asked, read, users, prompts)
    no_longer_outdated(run.vault)
    return done_with(context, read, context.reused)


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


def _hierarchy(context: Context, asked: Found, read: Found, users: Users | None, prompts: Prompts) -> None:
    """From the texts of one facet to its atlas."""
    asking.vectors(context, asked)
    people = population(context, users)
    refuse_too_few_items(context, people)
    if context.config.epsilon is not None:
        private_release.atlas(context, asked, read, people, prompts)
        return
    aligning.languages(context, asked)
    grouping.clusters(context, asked, read, people)
    if context.judges is not None and context.judges.has("name"):
        auditing.audit_texts(context, asked, people, prompts)
        titles.titles(context, asked, people, prompts)
        tree.tree(context, people, prompts)
        auditing.audit_titles(context, prompts)
    else:
        grouping.hierarchy(context, people)
    groups = grouping.groups(context)
    naming.names(context, groups, people)
    wording.check_words(context, groups, people, prompts)
    releasing.positions(context, groups, people)
    releasing.atlas(context, groups, people, asked)


@contextmanager
def _models(run: RunFolder, config: Config, calls: Calls, progress: Progress) -> Iterator[Judges | None]:
    """The models of the run while they are needed."""
    if not config.models:
        yield None
        return
    profiles = Profiles(config.model_profiles)
    judges = Judges(config.models, calls, run.answers, run.waves, progress.note, profiles)
    try:
        yield judges
    finally:
        judges.close()
