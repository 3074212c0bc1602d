"""Whose texts are counted for words: all of them in one pass, or a sample of some clusters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.pipeline.context import Context
from clioscope.pipeline.population import Population
from clioscope.pipeline.sampling import Labels, Whose, context_texts, sample
from clioscope.privacy.words import Place, SharedWord, Supports, Voice, shared_words
from clioscope.vault import categories_of, items_of

_IN_ALL, _FEWEST, _MOST = 60_000, 100, 2_000
"""Texts that the shared words of all clusters of a level are found in, and of one cluster."""

_LANGUAGE = "language"
_NO_WORDS = "(none)"


class Counted(NamedTuple):
    """Who is counted for a word, and how many are needed; see :func:`counted`."""

    whose: Whose
    needed: int


class _Languages(NamedTuple):
    """The languages of the conversations: ``values`` and int32 [n] ``codes``; of texts that a model wrote, English."""

    codes: NDArray[np.int32]
    values: tuple[str, ...]
    of_texts: bool


def counted(context: Context, people: Population) -> Counted:
    """Users, or conversations where users are unknown or one person's export has no others."""
    thresholds = context.config.thresholds
    if thresholds.users > 1 and people.users is not None:
        return Counted(people.users, thresholds.support)
    return Counted(people.rows, thresholds.support)


def supports(
    context: Context, levels: Sequence[Labels], people: Population, wanted: Mapping[Place, Iterable[str]]
) -> Supports:
    """Count the words ``wanted`` of each cluster over all texts. Memory grows with the clusters and their words."""
    whose, needed = counted(context, people)
    languages = _languages(context)
    base = levels[0]
    _, first = np.unique(base, return_index=True)
    paths = [[(number, int(labels[item])) for number, labels in enumerate(levels)] for item in first.tolist()]
    found = Supports(wanted, paths, needed)
    start = 0
    with context.progress.stage("Checking words", len(base), "texts") as work:
        for items in items_of(context.folder.facets, context.home.facet):
            end = start + len(items.texts)
            clusters, users, rows = base[start:end].tolist(), whose[start:end].tolist(), items.rows.tolist()
            for cluster, user, row, text in zip(clusters, users, rows, items.texts, strict=True):
                spoken = languages.values[languages.codes[row]]
                found.add(cluster, user, text, spoken if languages.of_texts else "en", spoken)
            work.advance(len(items.texts))
            start = end
    return found


def shared(
    context: Context, labels: Labels, people: Population, clusters: Sequence[int], most: int
) -> Iterator[list[SharedWord]]:
    """The words that people of each of ``clusters`` share, in order, from a sample: it finds fewer than there are."""
    if not clusters:
        return
    whose, needed = counted(context, people)
    languages = _languages(context)
    k = int(labels.max(initial=0)) + 1
    each = int(np.clip(_IN_ALL // max(1, len(clusters)), _FEWEST, _MOST))
    drawn = sample(labels, whose, k, each, context.config.seed)
    wanted = np.unique(np.concatenate([drawn[cluster] for cluster in clusters]))
    texts = dict(zip(wanted.tolist(), context_texts(context, wanted), strict=True))
    for cluster in clusters:
        items = np.sort(drawn[cluster])
        spoken = [languages.values[languages.codes[row]] for row in people.rows[items].tolist()]
        written = spoken if languages.of_texts else ["en"] * len(spoken)
        said = [texts[item] for item in items.tolist()]
        voices = zip(whose[items].tolist(), said, written, spoken, strict=True)
        yield shared_words([Voice(*voice) for voice in voices], needed, most)


def _languages(context: Context) -> _Languages:
    judges = context.judges
    of_texts = judges is None or not judges.has("extract")
    for name, codes, values in categories_of(context.folder.facets):
        if name == _LANGUAGE:
            return _Languages(codes, values, of_texts)
    rows = sum(table.num_rows for table in context.folder.facets.read(["failed"]))
    return _Languages(np.zeros(rows, dtype=np.int32), (_NO_WORDS,), of_texts=False)
