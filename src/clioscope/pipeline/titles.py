"""Names and descriptions of the base clusters, by a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from clioscope.naming import JudgedNamer, Titled, WordsNamer
from clioscope.naming.from_words import MOST_SHARED
from clioscope.naming.judged import MEMBERS, OTHERS
from clioscope.pipeline.auditing import audited_texts, texts_key
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.grouping import base_clusters
from clioscope.pipeline.judged import judged, write_titles
from clioscope.pipeline.population import Population
from clioscope.pipeline.sampling import context_texts, nearest_others, sample
from clioscope.pipeline.voices import shared
from clioscope.privacy.words import version
from clioscope.prompting import Prompts, Unanswered


def titles(context: Context, asked: Found, people: Population, prompts: Prompts) -> Found:
    """Have a model name every base cluster: from members and the nearest non-members, or from shared words."""
    if context.config.names_from == "words":
        return titles_from_words(context, asked, people, prompts)
    namer = JudgedNamer(prompts)
    inputs = {
        "the clusters": context.key("Clustering"),
        "the facet texts": [asked["texts"][context.home.facet], texts_key(context)],
        "the model": context.config.models["name"],
        "the prompts": prompts.version(*JudgedNamer.PROMPTS),
    }

    def make() -> Found:
        base = base_clusters(context)
        k = len(base.centroids)
        whose = people.conversations if people.users is None else people.users
        members = sample(base.labels, whose, k, MEMBERS, context.config.seed)
        others = nearest_others(context.home.vectors(), base.labels, base.centroids, OTHERS)
        texts = _texts(context, members, others)
        works = [
            (
                [text for i in mine.tolist() if (text := texts[i]) is not None],
                [text for i in near.tolist() if (text := texts[i]) is not None],
            )
            for mine, near in zip(members, others, strict=True)
        ]
        found = judged(context, "name", "Naming", [partial(namer.name, *work) for work in works])
        return _kept(context, found)

    return context.stage(context.name("Naming"), inputs, make)


def titles_from_words(context: Context, asked: Found, people: Population, prompts: Prompts) -> Found:
    """Have a model name every base cluster from words that its people share, and those of the nearest clusters.

    It sees nothing else. A cluster whose people share none is not asked about.
    """
    namer = WordsNamer(prompts)
    thresholds = context.config.thresholds
    inputs = {
        "the clusters": context.key("Clustering"),
        "the facet texts": asked["texts"][context.home.facet],
        "what names are made from": ["words", version()],
        "the thresholds": [thresholds.support, thresholds.users > 1],
        "the model": context.config.models["name"],
        "the prompts": prompts.version(*WordsNamer.NAMES),
    }

    def make() -> Found:
        base = base_clusters(context)
        clusters = range(len(base.centroids))
        words = [[found.word for found in mine] for mine in shared(context, base.labels, people, clusters, MOST_SHARED)]
        near = np.argsort(-(base.centroids @ base.centroids.T).round(4), axis=1, kind="stable")
        asking = [i for i in clusters if words[i]]
        works = [
            partial(namer.name, words[i], [words[j] for j in near[i].tolist() if j != i and words[j]]) for i in asking
        ]
        titles: list[Titled | Unanswered] = [Unanswered("no shared words") for _ in clusters]
        for i, title in zip(asking, judged(context, "name", "Naming", works), strict=True):
            titles[i] = title
        return _kept(context, titles)

    return context.stage(context.name("Naming"), inputs, make)


def _kept(context: Context, found: Sequence[Titled | Unanswered]) -> Found:
    """Keep the titles, and say how many there are not and why."""
    write_titles(context, "titles.json", [[title if isinstance(title, Titled) else None for title in found]])
    reasons = Counter(title.reason for title in found if isinstance(title, Unanswered))
    return {"unnamed": reasons.total(), "why": dict(sorted(reasons.items()))}


def _texts(context: Context, *samples: Sequence[NDArray[np.int64]]) -> dict[int, str | None]:
    """The texts of all items in ``samples``, with the auditor's in the place of those that it changed."""
    drawn = np.unique(np.concatenate([items for of in samples for items in of]))
    texts: dict[int, str | None] = dict(zip(drawn.tolist(), context_texts(context, drawn), strict=True))
    return texts | {item: text for item, text in audited_texts(context).items() if item in texts}
