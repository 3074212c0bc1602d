"""Names from keywords and how many share them: all that a private release has to name with."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from clioscope.models.judge import Work
from clioscope.naming.choosing import make_distinct
from clioscope.naming.judged import Titled
from clioscope.naming.lexicon import stem_of
from clioscope.prompting import AnswerModel, Prompts, Unanswered, ask
from clioscope.prompting.asking import Question
from clioscope.prompting.schema import Name

IN_A_NAME, IN_A_DESCRIPTION = 3, 6
_SHOWN, _BESIDE = 12, 20
_WORST_IN_A_NAME = 0.25
"""A word that scores a smaller part of what the best one does is left out of the name."""


class Keyworded(NamedTuple):
    """A cluster as it was released: its ``size``, and how many share each of its ``words``."""

    size: int
    words: Mapping[str, int]


class FromKeywords(NamedTuple):
    """``name``: distinct within the level, ``None`` where no word was released. ``terms``: best first."""

    name: str | None
    terms: list[str]


def names_from_keywords(clusters: Sequence[Keyworded]) -> list[FromKeywords]:
    """Name the clusters of one level by the words that many share in it and few elsewhere."""
    ranked = ranked_keywords(clusters)
    terms = [[word for word, _ in mine[:IN_A_DESCRIPTION]] for mine in ranked]
    in_name = [[word for word, score in mine[:IN_A_NAME] if score >= _WORST_IN_A_NAME * mine[0][1]] for mine in ranked]
    spare = [[word for word in mine if word not in name] for mine, name in zip(terms, in_name, strict=True)]
    names = make_distinct(in_name, spare, " / ")
    return [FromKeywords(name, mine) for name, mine in zip(names, terms, strict=True)]


def ranked_keywords(clusters: Sequence[Keyworded]) -> list[list[tuple[str, float]]]:
    """For each cluster its words, one of each stem, best first, each with a score.

    The score is the share of the cluster that has the word, times how much that stands out. It compares within a
    cluster.
    """
    everywhere: Counter[str] = Counter()
    for cluster in clusters:
        everywhere.update(cluster.words)
    people = max(1, sum(cluster.size for cluster in clusters))
    return [_ranked(cluster, everywhere, people) for cluster in clusters]


def _ranked(cluster: Keyworded, everywhere: Mapping[str, int], people: int) -> list[tuple[str, float]]:
    scored = []
    for word, users in cluster.words.items():
        share = min(1.0, users / max(1, cluster.size))
        scored.append((word, share * math.log2(1 + share * people / max(1, everywhere[word]))))
    found: dict[str, tuple[str, float]] = {}
    for word, score in sorted(scored, key=lambda pair: (-pair[1], pair[0])):
        found.setdefault(stem_of(word, "en"), (word, score))
    return list(found.values())


class _Title(AnswerModel):
    name: Name


class KeywordNamer:
    """Asks a model for a name, and shows it released keywords and nothing else.

    Parameters
    ----------
    prompts
        Of the run.
    """

    PROMPTS = ("name_keywords", "repair")
    _NAME = Question("name", "name_keywords", 200, 0.5)

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts

    def name(self, words: Sequence[str], beside: Sequence[str]) -> Work[Titled | Unanswered]:
        """Name a cluster from its keywords, best first, and from those of the clusters beside it."""
        answer = yield from ask(
            self._prompts, self._NAME, _Title, keywords=list(words[:_SHOWN]), beside=list(beside[:_BESIDE])
        )
        return answer if isinstance(answer, Unanswered) else Titled(answer.name, "")
