"""What each conversation is about, who has it and when, before a word of it is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.synth.people import Person, invented
from clioscope.synth.recipe import Recipe
from clioscope.synth.topics import Topic, topics

Trend = Literal["rising", "falling", "flat"]

MEMBERS, _EACH = 15, 3
"""People in a group, and conversations of each."""

_DAYS_A_MONTH, _GROUP_DAYS = 30, 3
_INTERESTS, _OF_INTEREST, _AT_HOME = 3, 0.6, 0.93
_ACTIVE = 1.5
"""How uneven people are: the share of the conversations that the most active part p of them has is p ** (1 / this)."""

_STEEP = 6.0
"""How much more often a growing topic comes at the end than at the beginning."""

_GROUP_TOPICS = ("fake_reviews", "phishing", "exam_cheating", "jailbreak", "harassment")


class Outline(NamedTuple):
    """One conversation.

    Parameters
    ----------
    number
        From 0; conversations come in the order of time.
    words
        Seeds whatever is drawn while it is written.
    group
        Which group of people it belongs to, from 0; ``None`` for most.
    person
        Who gives away who they are; ``None`` for most.
    """

    number: int
    topic: Topic
    language: str
    user: str
    time: datetime
    words: int
    group: int | None = None
    person: Person | None = None


class Outlines:
    """All conversations of a recipe.

    ``trends``: which topics grow and shrink, by key. Iterating gives the outlines, always the same ones.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._recipe, self._topics = recipe, topics()
        rng = np.random.default_rng([recipe.seed, 1])
        self._weights = _weights(recipe, self._topics, rng)
        harmless = [i for i, topic in enumerate(self._topics) if topic.concern == 1]
        moving = rng.choice(harmless, min(2 * recipe.trends, len(harmless)), replace=False).tolist()
        half = len(moving) // 2
        self.trends: dict[str, Trend] = {topic.key: "flat" for topic in self._topics}
        self.trends |= {self._topics[i].key: "rising" for i in moving[:half]}
        self.trends |= {self._topics[i].key: "falling" for i in moving[half:]}

    def __iter__(self) -> Iterator[Outline]:
        recipe = self._recipe
        groups = recipe.groups * MEMBERS * _EACH
        rng = np.random.default_rng([recipe.seed, 2])
        drawn = [self._of_people(recipe.conversations - groups, rng), self._of_groups(rng)]
        topic, language, user, when, group = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
        personal = (rng.random(len(when)) < recipe.personal) & (group < 0)
        words = rng.integers(2**62, size=len(when))
        for number, row in enumerate(np.argsort(when, kind="stable").tolist()):
            belongs = int(group[row])
            yield Outline(
                number,
                self._topics[int(topic[row])],
                recipe.languages[int(language[row])],
                f"member-{belongs}-{int(user[row])}" if belongs >= 0 else f"user-{int(user[row])}",
                recipe.start + timedelta(seconds=int(when[row])),
                int(words[row]),
                belongs if belongs >= 0 else None,
                invented(np.random.default_rng([recipe.seed, 3, row])) if personal[row] else None,
            )

    def _of_people(self, count: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], ...]:
        """Topic, language, user, seconds and group of ``count`` conversations; int64 [count] each."""
        recipe, people = self._recipe, self._recipe.people
        home = rng.choice(len(recipe.languages), people, p=_languages(recipe))
        interests = rng.choice(len(self._topics), (people, _INTERESTS), p=self._weights)
        user = (people * rng.random(count) ** _ACTIVE).astype(np.int64)
        of_interest = interests[user, rng.integers(_INTERESTS, size=count)]
        anything = rng.choice(len(self._topics), count, p=self._weights)
        topic = np.where(rng.random(count) < _OF_INTEREST, of_interest, anything)
        language = np.where(rng.random(count) < _AT_HOME, home[user], 0)
        moves = np.array([{"rising": 1, "falling": -1, "flat": 0}[self.trends[of.key]] for of in self._topics])
        seconds = recipe.months * _DAYS_A_MONTH * 86_400
        when = (_moments(rng.random(count), moves[topic]) * seconds).astype(np.int64)
        return topic, language, user, when, np.full(count, -1, dtype=np.int64)

    def _of_groups(self, rng: np.random.Generator) -> tuple[NDArray[np.int64], ...]:
        recipe = self._recipe
        group = np.repeat(np.arange(recipe.groups), MEMBERS * _EACH)
        keys = [topic.key for topic in self._topics]
        topic = np.array([keys.index(of) for of in _GROUP_TOPICS])[group % len(_GROUP_TOPICS)]
        user = np.tile(np.repeat(np.arange(MEMBERS), _EACH), recipe.groups)
        days = recipe.months * _DAYS_A_MONTH
        first = rng.integers(max(1, days - _GROUP_DAYS), size=max(1, recipe.groups))[group]
        when = (first * 86_400 + rng.integers(_GROUP_DAYS * 86_400, size=len(group))).astype(np.int64)
        return topic, group % len(recipe.languages) if len(group) else group, user, when, group


def _weights(recipe: Recipe, every: tuple[Topic, ...], rng: np.random.Generator) -> NDArray[np.float64]:
    """The share of each topic, float64 [topics]: large and small ones in an order by chance, those of misuse apart."""
    weights = np.zeros(len(every))
    misuse = np.array([topic.concern > 1 for topic in every])
    for some, share in ((~misuse, 1 - recipe.misuse), (misuse, recipe.misuse)):
        ranks = rng.permutation(int(some.sum())) + 1
        sizes = ranks.astype(np.float64) ** -recipe.exponent
        weights[some] = share * sizes / sizes.sum()
    return weights


def _languages(recipe: Recipe) -> NDArray[np.float64]:
    """The share of each language, float64 [languages]."""
    others = len(recipe.languages) - 1
    if not others:
        return np.ones(1)
    sizes = np.arange(1, others + 1) ** -recipe.exponent
    return np.append(recipe.first_language, (1 - recipe.first_language) * sizes / sizes.sum())


def _moments(uniform: NDArray[np.float64], moves: NDArray[np.int64]) -> NDArray[np.float64]:
    """Moments from 0 to 1, float64: evenly, or from a density that grows or shrinks linearly by ``_STEEP`` in all.

    The density of a growing topic at t is (1 + (s - 1) t) / ((s + 1) / 2); its cumulated form is solved for t.
    """
    s = _STEEP
    grown = (np.sqrt(1 + (s - 1) * (s + 1) * uniform) - 1) / (s - 1)
    return np.where(moves > 0, grown, np.where(moves < 0, 1 - grown, uniform))
