"""Names and descriptions before the gate: every word of them is shared by enough people, or is not published.

A text with a word that too few share is written again once, by the model that names; what still has one gives way to
the terms that people share. See :mod:`clioscope.privacy.words` for what counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from clioscope.naming import Titled, WordsNamer
from clioscope.naming.from_words import MOST_SHARED
from clioscope.pipeline.auditing import audited_by_both, audited_locally, auditors_of, passed_titles
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.grouping import Groups
from clioscope.pipeline.judged import judged, read_rows, write_rows
from clioscope.pipeline.population import Population
from clioscope.pipeline.voices import counted, shared, supports
from clioscope.privacy.auditor import Audited, Auditor
from clioscope.privacy.words import Place, clean, content_of, offending, version
from clioscope.prompting import Prompts

_BOTH = "the name and description of a group of conversations"
_IN_A_NAME = 3
_STAGE = "Checking words"


class Worded(NamedTuple):
    """What may be published of a cluster.

    Parameters
    ----------
    name
        ``None`` where nothing can be said safely.
    description
        Empty where a model's name stands without a description of its own; ``None`` where no model's name does.
    terms
        Terms whose words all are shared.
    """

    name: str | None
    description: str | None
    terms: list[str]


class _Texts(NamedTuple):
    """A cluster's texts while they are checked. ``title``: a model's; ``local``: the name made of terms."""

    title: Titled | None
    local: str | None
    terms: list[str]


def check_words(context: Context, groups: Groups, people: Population, prompts: Prompts) -> Found | None:
    """Check the words of every name, description and term. ``None``: no model names."""
    if context.judges is None or not context.judges.has("name"):
        return None
    config = context.config
    inputs = {
        "the names": context.key("Auditing"),
        "the terms": context.key("Terms"),
        "the thresholds": [config.thresholds.support, config.thresholds.users > 1],
        "the models": [config.models["name"], *auditors_of(context), config.audit_below],
        "the prompts": prompts.version(*WordsNamer.REWORDS, *Auditor.SCORING),
        "the lists of words": version(),
    }

    def make() -> Found:
        checker = _Checker(context, groups, people, prompts)
        checker.check()
        write_rows(context, "worded.json", [[worded._asdict() for worded in level] for level in checker.worded()])
        return checker.found()

    return context.stage(context.name(_STAGE), inputs, make)


def worded(context: Context) -> list[list[Worded]]:
    """What :func:`check_words` let through, of every level."""
    return [[Worded(**row) for row in level] for level in read_rows(context, "worded.json")]


class _Checker:
    """The texts of all clusters on their way through the check."""

    def __init__(self, context: Context, groups: Groups, people: Population, prompts: Prompts) -> None:
        self._context, self._groups, self._people, self._prompts = context, groups, people, prompts
        named = read_rows(context, "terms.json")
        self._texts = {
            (level, cluster): _Texts(_cleaned(title), row["name"], [clean(term) for term in row["terms"]])
            for level, titles in enumerate(passed_titles(context))
            for cluster, (title, row) in enumerate(zip(titles, named[level], strict=True))
        }
        self._own = _names_of_the_user(context, len(named) - 1)
        self._supported: dict[Place, frozenset[str]] = {}
        self._final: dict[Place, Titled | None] = {}
        self._again: set[Place] = set()
        self._asked = 0

    def check(self) -> None:
        """Count, have texts written again, count those, and have them audited."""
        self._count({place: [*_parts(texts.title), *texts.terms] for place, texts in self._texts.items()})
        self._final = {place: texts.title for place, texts in self._texts.items()}
        wrong = [place for place in self._texts if self._unshared(place, self._final[place])]
        again = self._reworded(wrong)
        self._count({place: list(title) for place, title in again.items()})
        for place, title in again.items():
            self._final[place] = self._better(place, title)
        self._audit([place for place in again if self._is_new(place)])

    def _count(self, texts: Mapping[Place, Sequence[str]]) -> None:
        """Learn which words of ``texts`` are shared, beside what is known of their clusters."""
        wanted = {
            place: {word.plain for text in mine for word in content_of(text)} - self._supported.get(place, frozenset())
            for place, mine in texts.items()
        }
        wanted = {place: words for place, words in wanted.items() if words}
        if not wanted:
            return
        found = supports(self._context, self._groups.labels, self._people, wanted)
        for place in wanted:
            self._supported[place] = self._supported.get(place, frozenset()) | found.supported(place)

    def _unshared(self, place: Place, title: Titled | None) -> list[str]:
        """The words of a name and description that too few share. A name that the user gave is the user's business."""
        parts = _parts(title)[1:] if place in self._own else _parts(title)
        return list(dict.fromkeys(word for part in parts for word in self._offending(place, part)))

    def _offending(self, place: Place, text: str) -> list[str]:
        return offending(text, self._supported.get(place, frozenset()))

    def _terms(self, place: Place) -> list[str]:
        return [term for term in self._texts[place].terms if not self._offending(place, term)]

    def _reworded(self, places: Sequence[Place]) -> dict[Place, Titled]:
        """What the model writes instead, with shared words; where people share none, with general words alone."""
        namer = WordsNamer(self._prompts)
        self._again = set(places)
        told = dict(self._told(places))
        places = list(told)
        works = []
        for place in places:
            title = self._final[place]
            assert title is not None
            works.append(partial(namer.reword, title, self._unshared(place, title), told[place]))
        self._asked = len(works)
        answers = judged(self._context, "name", "Writing again", works) if works else []
        found = {p: _cleaned(title) for p, title in zip(places, answers, strict=True) if isinstance(title, Titled)}
        return {place: title for place, title in found.items() if title is not None}

    def _told(self, places: Sequence[Place]) -> Iterator[tuple[Place, list[str]]]:
        """What a model is told instead of unshared words: terms, and words that people share."""
        for level, labels in enumerate(self._groups.labels):
            mine = [place for place in places if place[0] == level]
            found = shared(self._context, labels, self._people, [cluster for _, cluster in mine], MOST_SHARED)
            for place, words in zip(mine, found, strict=True):
                terms = [term for term in self._terms(place) if content_of(term)]
                yield place, list(dict.fromkeys([*terms, *(word.word for word in words)]))[:MOST_SHARED]

    def _better(self, place: Place, again: Titled) -> Titled:
        """Of name and description each: the first where its words are shared, else the second, else none."""
        first = self._texts[place].title
        assert first is not None
        return Titled(*(self._best(place, old, new) for old, new in zip(first, again, strict=True)))

    def _is_new(self, place: Place) -> bool:
        """Whether there is something in the cluster's texts that was not in the first ones."""
        return any(part and part not in _parts(self._texts[place].title) for part in _parts(self._final[place]))

    def _best(self, place: Place, *versions: str) -> str:
        return next((text for text in versions if not self._offending(place, text)), "")

    def _audit(self, places: Sequence[Place]) -> None:
        """Score what was written again as a whole. What scores too low is not written a third time."""
        texts = {place: ". ".join(part for part in self._final[place] or () if part) for place in places}
        texts = {place: text for place, text in texts.items() if text}
        for place, audited in zip(texts, self._scored(list(texts.values())), strict=True):
            if audited.score < self._context.config.audit_below:
                self._final[place] = None

    def _scored(self, texts: Sequence[str]) -> list[Audited]:
        judges, title = self._context.judges, "Auditing again"
        if not texts:
            return []
        if judges is None or not judges.has("audit"):
            return audited_locally(self._context, title, texts)
        auditor = Auditor(self._prompts, self._context.config.audit_below)
        return audited_by_both(self._context, title, [partial(auditor.score, text, _BOTH) for text in texts])

    def worded(self) -> list[list[Worded]]:
        """What may be published, of every level."""
        return [
            [self._worded((level, cluster)) for cluster in range(int(labels.max(initial=0)) + 1)]
            for level, labels in enumerate(self._groups.labels)
        ]

    def _worded(self, place: Place) -> Worded:
        first, title, terms = self._texts[place].title, self._final[place], self._terms(place)
        if title is None and place in self._again:
            title = first
        name = self._best(place, title.name) if title else ""
        description = self._best(place, title.description) if title else ""
        if name:
            return Worded(name, description, terms)
        local = self._texts[place].local
        if local is None or self._offending(place, clean(local)):
            joined = (" / " if place[0] == 0 else ", ").join(terms[:_IN_A_NAME])
            local = joined[:1].upper() + joined[1:] or None
        return Worded(local, description or None, terms)

    def found(self) -> Found:
        """What came of it, for the vault: names and descriptions that were checked, and those that were not kept."""
        published = {place: self._worded(place) for place in self._again}
        names = sum(not self._kept(place, text.name, 0) for place, text in published.items())
        descriptions = sum(not self._kept(place, text.description, 1) for place, text in published.items())
        return {
            "checked": sum(texts.title is not None for texts in self._texts.values()),
            "with_unshared_words": len(self._again),
            "again": self._asked,
            "names_from_terms": names,
            "descriptions_from_terms": descriptions,
            "counted": "users" if counted(self._context, self._people).whose is self._people.users else "conversations",
        }

    def _kept(self, place: Place, published: str | None, part: int) -> bool:
        """Whether what is published is a model's name (``part`` 0) or description (1)."""
        if part == 0 and place in self._own:
            return True
        title, first = self._final[place], self._texts[place].title
        return bool(published) and published in {of[part] for of in (title, first) if of is not None}


def _cleaned(title: Titled | None) -> Titled | None:
    if title is None:
        return None
    cleaned = Titled(clean(title.name), clean(title.description))
    return cleaned if cleaned.name else None


def _parts(title: Titled | None) -> list[str]:
    return [] if title is None else list(title)


def _names_of_the_user(context: Context, top: int) -> set[Place]:
    """The clusters that bear a name of the user's own."""
    areas: Any = context.folder.stages.found(context.name("Arranging"))["areas"]
    return {(top, number) for number in range(len(areas or ()))}
