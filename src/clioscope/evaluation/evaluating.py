"""Evaluating a finished run: every measure of every hierarchy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from clioscope.atlas import digest_of
from clioscope.config import Config, read_config
from clioscope.embeddings import Embedder, MiniLMEmbedder
from clioscope.errors import RunError
from clioscope.evaluation import geometry, known
from clioscope.evaluation.evidence import Evidence, read_evidence
from clioscope.evaluation.judged import Plan, planned
from clioscope.evaluation.judged.questions import JudgeOf
from clioscope.evaluation.labels import with_labels
from clioscope.evaluation.measure import Measure, Standing, not_measured
from clioscope.models.addresses import answers_here
from clioscope.models.base import Request
from clioscope.models.judges import Calls, Judges
from clioscope.models.names import parse_model
from clioscope.models.prices import read_prices
from clioscope.models.profiles import Profiles
from clioscope.models.tokens import request_tokens
from clioscope.models.usage import Stage, Usage, usage_of
from clioscope.pipeline.checking import prompt_files
from clioscope.pipeline.purging import folders_named
from clioscope.progress import Progress, Silent
from clioscope.prompting import Prompts
from clioscope.synth.truth import read_truth
from clioscope.vault import RunFolder, run_lock
from clioscope.vault.journal import Journal
from clioscope.vault.retention import Retention

EVALUATIONS = "evaluation"
"""The folder of a run that reports are written to."""

STAGE = "Evaluating"
"""What the cost of the judge is told under."""

SAMPLE = 200

_ANSWER = 40
"""Tokens of a judge's answer, as models were seen to write such."""


@dataclass(frozen=True)
class Judging:
    """Who judges.

    Parameters
    ----------
    model
        As on the command line, such as ``openai/gpt-5-nano``.
    sample
        Conversations that it is asked about, at most.
    human
        A CSV file of ids and yes or no, to compare it with.
    prompts
        Files that stand in the place of shipped prompts, over those of the run.
    """

    model: str
    calls: Calls = field(default_factory=Calls)
    sample: int = SAMPLE
    human: Path | None = None
    prompts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluation:
    """What came of evaluating a run.

    Parameters
    ----------
    atlases
        Of each atlas the name of its folder and a hash of its files, which says what was evaluated.
    judge
        The model that judged; empty where none did.
    measures
        In the order in which they were made, hierarchy by hierarchy.
    """

    run: str
    atlases: dict[str, str]
    made: datetime
    seed: int
    measures: list[Measure]
    judge: str = ""
    sample: int = 0
    notes: tuple[str, ...] = ()
    usage: Usage | None = None

    def of(self, *standings: Standing) -> list[Measure]:
        """The measures that stand so."""
        return [measure for measure in self.measures if measure.standing in standings]


def evaluate(
    run: str | Path,
    *,
    labels: Sequence[str] = (),
    truth: Path | None = None,
    judging: Judging | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure a finished run, and return what was found. Nothing of the run is changed.

    Parameters
    ----------
    run
        Its folder, such as ``runs/NAME``.
    labels
        Columns of the data that clusters are compared with.
    truth
        What ``clioscope synth`` says of the conversations that it made.
    judging
        Who judges what needs judgement; ``None``: nobody, and only what can be computed is measured.

    Raises
    ------
    ClioscopeError
        There is no such run, or it is worked on, or the judge does not answer.
    """
    progress, made = progress or Silent(), datetime.now(UTC)
    true = None if truth is None else read_truth(truth)
    with _opened(Path(run)) as (folder, config):
        found = read_evidence(folder, config)
        digests = {evidence.atlas.path.name: digest_of(evidence.atlas.path) for evidence in found}
        embedder = MiniLMEmbedder()
        with closing(_Judges(folder, config, judging, progress)) as judges:
            plans = [judges.plan(evidence, embedder, seed) for evidence in found]
            if true is not None:
                for plan, evidence in zip(plans, found, strict=True):
                    known.planned(plan, evidence, true, judges.judge, embedder, seed)
            # What can be refused comes first, then what may have to be waited for.
            labelled = [list(_labelled(evidence, labels, seed)) for evidence in found]
            by_judge = list(judges.answered(plans))
            usage = judges.usage
        measures = [
            replace(measure, facet=evidence.facet)
            for evidence, of_labels, of_judge in zip(found, labelled, by_judge, strict=True)
            for measure in (*geometry.measures(evidence, embedder, seed, progress), *of_labels, *of_judge)
        ]
    notes = tuple(_notes(config, judging))
    judge, sample = (judging.model, judging.sample) if judging else ("", 0)
    return Evaluation(Path(run).resolve().name, digests, made, seed, measures, judge, sample, notes, usage)


def estimated(run: str | Path, judging: Judging, *, truth: Path | None = None, seed: int = 0) -> Stage:
    """What the judge would be asked, and what that would cost. Nothing is sent, spent or written."""
    true = None if truth is None else read_truth(truth)
    with _opened(Path(run)) as (folder, config):
        embedder = MiniLMEmbedder()
        name = parse_model(judging.model)
        prompts, plans = _prompts(folder, config, judging), []
        for evidence in read_evidence(folder, config):
            plans.append(planned(evidence, embedder, prompts, **_settings(evidence, judging, seed)))
            if true is not None:
                known.planned(plans[-1], evidence, true, JudgeOf(prompts), embedder, seed)
    asked = [request_tokens(_first(begin())) for plan in plans for begin in plan.questions.values()]
    price = read_prices(judging.calls.prices).of(str(name))
    answers = _ANSWER * len(asked)
    dollars = None if price is None else price.of(sum(asked), answers, batched=judging.calls.batch)
    return Stage(STAGE, "audit", str(name), len(asked), sum(asked), answers, dollars)


class _Judges:
    """The judge, while there is one; without one, nothing is planned and nothing asked."""

    def __init__(self, run: RunFolder, config: Config, judging: Judging | None, progress: Progress) -> None:
        self._run, self._config, self._judging, self._progress = run, config, judging, progress
        self._judges: Judges | None = None
        if judging is None:
            return
        models = config.model_copy(update={"models": {"audit": judging.model}})
        Retention(run.vault).uses(folders_named(models))
        profiles = Profiles(config.model_profiles)
        self._judges = Judges(models.models, judging.calls, run.answers, run.waves, progress.note, profiles)

    def plan(self, evidence: Evidence, embedder: Embedder, seed: int) -> Plan:
        """What is asked about one hierarchy."""
        judging = self._judging
        if judging is None:
            return Plan()
        prompts = _prompts(self._run, self._config, judging)
        return planned(evidence, embedder, prompts, **_settings(evidence, judging, seed))

    @property
    def judge(self) -> JudgeOf | None:
        """Makes the questions."""
        judging = self._judging
        return None if judging is None else JudgeOf(_prompts(self._run, self._config, judging))

    def answered(self, plans: Sequence[Plan]) -> Iterator[list[Measure]]:
        """The measures of each plan. All of them are asked at once, so that answers in bulk come in one go."""
        judges = self._judges
        if judges is None:
            yield from (plan.concluded([]) for plan in plans)
            return
        begins = [begin for plan in plans for begin in plan.questions.values()]
        results: list[Any] = []
        with self._progress.stage("Judging", len(begins), "questions") as work:
            for result in judges.judge("audit", lambda: (begin() for begin in begins), STAGE):
                results.append(result)
                work.advance(1)
        left = iter(results)
        for plan in plans:
            yield plan.concluded(list(islice(left, len(plan.questions))))

    @property
    def usage(self) -> Usage | None:
        """What the run has cost by now, this included."""
        return None if self._judges is None else usage_of(self._judges)

    def close(self) -> None:
        """Let go of files and connections."""
        if self._judges is not None:
            self._judges.close()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[RunFolder, Config]]:
    """A finished run, locked, that nothing is being deleted from."""
    run = RunFolder.existing(path)
    with run_lock(run.vault):
        if Journal(run.vault).is_open():
            raise RunError(f"Deleting from {path} was cut short. `clioscope purge {path}` finishes it: then evaluate.")
        yield run, read_config(run.run_toml)


def _labelled(evidence: Evidence, labels: Sequence[str], seed: int) -> Iterator[Measure]:
    for number, name in enumerate(labels):
        if isinstance(evidence.items, str):
            question = f"Do clusters agree with the column {name!r} of the data?"
            yield not_measured(f"labels: {name}", question, evidence.items)
        else:
            yield with_labels(evidence, evidence.items, name, np.random.default_rng([seed, 10, number]))


def _prompts(run: RunFolder, config: Config, judging: Judging) -> Prompts:
    changed = config.model_copy(update={"prompts": {**config.prompts, **judging.prompts}})
    return Prompts(run.secret(), prompt_files(changed))


def _settings(evidence: Evidence, judging: Judging, seed: int) -> dict[str, Any]:
    main = evidence.facet == evidence.config.cluster_by[0]
    return {
        "sample": judging.sample,
        "seed": seed,
        "elsewhere": not answers_here(parse_model(judging.model), judging.calls.base_url),
        "human": judging.human if main else None,
    }


def _first(work: Any) -> Request:
    request: Request = next(work)
    work.close()
    return request


def _notes(config: Config, judging: Judging | None) -> Iterator[str]:
    if judging is None:
        yield "No model judged: what can be computed is measured. --model adds what needs judgement."
    elif "extract" not in config.models:
        yield "The facet texts of this run are the beginning of what people wrote, and the judge read those."
    if judging is not None and judging.model in config.models.values():
        yield f"{judging.model} also worked on this run: a judge is kind to its own words, so that another is better."
