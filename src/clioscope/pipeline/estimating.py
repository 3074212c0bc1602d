"""What a run will ask of models, before anything is spent."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from clioscope.clustering import choose_k
from clioscope.config import Config, Judgement
from clioscope.conversation import Conversation
from clioscope.facets import Facets, JudgedExtractor
from clioscope.hierarchy import plan_levels
from clioscope.models.base import Request
from clioscope.models.judge import Failed, Work
from clioscope.models.judges import Calls
from clioscope.models.names import parse_model
from clioscope.models.prices import PriceTable, read_prices
from clioscope.models.profiles import Profiles
from clioscope.models.tokens import request_tokens
from clioscope.models.usage import Stage
from clioscope.naming.judged import MEMBERS, OTHERS
from clioscope.pipeline import reading
from clioscope.pipeline.checking import check, prompt_files
from clioscope.pipeline.context import stage_name
from clioscope.pipeline.private_release import most_named
from clioscope.progress import Progress
from clioscope.prompting import Prompts
from clioscope.vault import RunFolder, conversations_in

_LOOKED_AT = 1_000
"""Conversations whose real requests are measured; the others are taken to be like them."""

_MEMBER, _TITLE = 28, 90
"""Tokens of a facet text, and of a name with its description, as models were seen to write them."""

_ANSWERS: dict[str, int] = {"facet": 14, "name": 90, "proposal": 14, "assign": 40, "audit": 45}
"""Tokens of answers, as models were seen to write them."""

_PROMPT = 420
"""Tokens of an instruction with its schema, roughly the same for all that is not about one conversation."""

_AGAIN, _SHARED = 1.0, 150
"""The share of clusters whose texts are written again for words that too few share, as was seen: all 37 of the recorded
runs; and tokens of what is told then: these words, and shared ones."""

_KEYWORDS, _KEYWORD_NAME = 60, 20
"""Tokens of a cluster's keywords with those beside it, and of the name made of them."""

_REPAIRED = 1.02
"""Calls for one answer: a few are asked twice."""


class Estimate(NamedTuple):
    """What a run will take, by stage; ``thinks``: whether a model thinks first, which costs and is not estimated."""

    conversations: int
    stages: list[Stage]
    thinks: bool


def estimate(config: Config, folder: Path, progress: Progress, calls: Calls) -> Estimate:
    """Read the source, build the real requests of some conversations, and count what the rest will take.

    What a run in ``folder`` has read of the same source is used. Nothing is written there. Without a model there are no
    stages, since nothing is asked and nothing spent.

    Raises
    ------
    ClioscopeError
        It cannot be run.
    """
    check(config, folder, calls)
    looked = _looked_at(config, RunFolder(folder, make=False), progress)
    counter = _Counter(config, read_prices(calls.prices), calls.batch)
    counter.add("Asking", "extract", *looked.asking())
    for facet in config.cluster_by:
        counter.facet = facet
        _clusters(counter, config, looked.found)
    profiles = Profiles(config.model_profiles)
    return Estimate(looked.found, counter.stages, any(profiles.of(s.model).thinking_tokens for s in counter.stages))


def _looked_at(config: Config, run: RunFolder, progress: Progress) -> _Looked:
    """The conversations that are meant: those in the vault of the run where it has read them, else from the source."""
    source = reading.opened(config)
    extractor, asks = JudgedExtractor(config, Prompts(bytes(32), prompt_files(config))), "extract" in config.models
    if reading.is_there(config, run, source):
        found = int(run.stages.found("Reading")["conversations"])
        looked = _Looked(extractor, asks, found, max(1, found // _LOOKED_AT))
        for conversation in _every(looked.step, run) if looked.asks else ():
            looked.measure(conversation)
        return looked
    looked = _Looked(extractor, asks)
    for conversation in reading.in_passing(config, run, source, progress):
        looked.pass_by(conversation)
    return looked


def _every(step: int, run: RunFolder) -> Iterator[Conversation]:
    """Every conversation in the vault whose number is a multiple of ``step``."""
    number = 0
    for table in run.conversations.read():
        wanted = pa.array(np.arange(-number % step, table.num_rows, step))
        number += table.num_rows
        yield from conversations_in(table.take(wanted))


class _Size(NamedTuple):
    """What is asked about one conversation."""

    calls: int
    prompt_tokens: int


class _Looked:
    """The sizes of what is asked about conversations from all over a source.

    Parameters
    ----------
    found
        Conversations that there are, as far as is known.
    step
        Every conversation whose number is a multiple of it is measured. It doubles while they are counted, so that
        neither time nor memory grows with them.
    """

    def __init__(self, extractor: JudgedExtractor, asks: bool, found: int = 0, step: int = 1) -> None:
        self._extractor, self.asks = extractor, asks
        self.found, self.step = found, step
        self._sizes: list[_Size] = []

    def pass_by(self, conversation: Conversation) -> None:
        """Count a conversation, and measure it where it is its turn."""
        if self.asks and self.found % self.step == 0:
            self.measure(conversation)
            if len(self._sizes) == 2 * _LOOKED_AT:
                del self._sizes[1::2]
                self.step *= 2
        self.found += 1

    def measure(self, conversation: Conversation) -> None:
        """Build what would be asked about a conversation."""
        tokens = [request_tokens(request) for request in _requests(self._extractor.work(conversation))]
        self._sizes.append(_Size(len(tokens), sum(tokens)))

    def asking(self) -> tuple[float, float, float]:
        """Calls, prompt tokens and answer tokens of the facets."""
        scale = self.found / max(1, len(self._sizes))
        calls = sum(size.calls for size in self._sizes) * scale
        prompt = sum(size.prompt_tokens for size in self._sizes) * scale
        return calls, prompt, _ANSWERS["facet"] * len(self._extractor.questions) * self.found


class _Counter:
    """Adds up stages under the names that they have in a run. ``facet``: whose hierarchy is counted at the moment."""

    def __init__(self, config: Config, prices: PriceTable, batch: bool) -> None:
        self._config, self._prices, self._batch = config, prices, batch
        self._stages: dict[str, Stage] = {}
        self.facet = config.cluster_by[0]

    @property
    def stages(self) -> list[Stage]:
        return list(self._stages.values())

    def add(self, name: str, judgement: Judgement, calls: float, prompt: float, completion: float) -> None:
        """Count calls and tokens; those of several levels of a hierarchy are one stage."""
        if judgement not in self._config.models:
            return
        name = stage_name(name, self.facet, self._config)
        model = str(parse_model(self._config.models[judgement]))
        price = self._prices.of(model)
        prompt, completion = prompt * _REPAIRED, completion * _REPAIRED
        before = self._stages.get(name, Stage(name, judgement, model, 0, 0, 0, 0.0))
        self._stages[name] = Stage(
            name,
            judgement,
            model,
            before.calls + math.ceil(calls * _REPAIRED),
            before.prompt_tokens + round(prompt),
            before.completion_tokens + round(completion),
            None if price is None else (before.dollars or 0) + price.of(prompt, completion, batched=self._batch),
        )


def _requests(work: Work[Facets]) -> Iterator[Request]:
    """The first request of every question that ``work`` asks."""
    try:
        request = next(work)
        while True:
            yield request
            request = work.send(Failed("invalid", "only estimated"))
    except StopIteration:
        return


def _clusters(counter: _Counter, config: Config, found: int) -> None:
    """Names, hierarchy and audit of one hierarchy."""
    if config.epsilon is not None:
        k = most_named(config)
        counter.add("Naming", "name", k, k * (_PROMPT + _KEYWORDS), k * _KEYWORD_NAME)
        return
    wanted = config.hierarchy[0] if config.hierarchy else config.clusters
    size = config.cluster_size
    k = choose_k(found, config.thresholds.conversations, clusters=wanted, cluster_size=size).k
    if config.audit_sample and "audit" in config.models:
        sample = min(config.audit_sample, found)
        counter.add("Auditing texts", "audit", sample, sample * (_PROMPT + _MEMBER), sample * _ANSWERS["audit"])
    shown = min(MEMBERS, found / k) + min(OTHERS, found - found / k)
    counter.add("Naming", "name", k, k * (_PROMPT + shown * _MEMBER), k * _ANSWERS["name"])
    levels = plan_levels(
        k,
        hierarchy=config.hierarchy,
        branching=config.branching,
        top_clusters=config.top_clusters or (len(config.areas) if 0 < len(config.areas) < k else None),
    )
    for below, above in pairwise(levels):
        _level(counter, below, above)
    texts = 2 * sum(levels)
    counter.add("Auditing", "audit", texts, texts * (_PROMPT + _TITLE // 2), texts * _ANSWERS["audit"])
    again = _AGAIN * sum(levels)
    counter.add("Writing again", "name", again, again * (_PROMPT + _TITLE + _SHARED), again * _ANSWERS["name"])
    counter.add("Auditing again", "audit", again, again * (_PROMPT + _TITLE), again * _ANSWERS["audit"])


def _level(counter: _Counter, below: int, above: int) -> None:
    neighbourhoods = math.ceil(below / 40)
    proposals = 1.5 * above
    asked = neighbourhoods + (neighbourhoods > 1) + below
    prompt = below * _TITLE + asked * _PROMPT + proposals * 14 + below * (_TITLE + above * 14)
    answers = 2 * proposals * _ANSWERS["proposal"] + below * _ANSWERS["assign"]
    counter.add("Arranging", "arrange", asked, prompt, answers)
    counter.add("Naming groups", "name", above, above * _PROMPT + below * _TITLE + above * above * 14, above * 90)
