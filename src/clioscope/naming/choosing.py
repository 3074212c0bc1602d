"""A few different phrases out of many good ones, and names that differ within their level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from clioscope.naming.scoring import Scored

_LIKENESS = 0.2
"""How much a phrase loses for its cosine to one that is chosen already."""

_REPETITION = 0.1
"""How much it loses for the share of its words that are shown already."""

_TOO_ALIKE = 0.85
"""A phrase nearer than this to one that is chosen already adds nothing."""


def choose(scored: Scored, count: int, *, worst: float) -> list[int]:
    """Choose up to ``count`` phrases that differ: good ones first, none ``worst`` below the best.

    Returns
    -------
    Indices into ``scored.phrases``, best first.
    """
    chosen: list[int] = []
    shown: set[str] = set()
    while len(chosen) < count:
        best, best_value = -1, float("-inf")
        for i, phrase in enumerate(scored.phrases):
            stems = set(phrase.family)
            if stems <= shown or any(set(scored.phrases[j].family) <= stems for j in chosen):
                continue
            alike = max((float(scored.vectors[i] @ scored.vectors[j]) for j in chosen), default=0.0)
            if alike > _TOO_ALIKE:
                continue
            value = scored.scores[i] - _LIKENESS * alike - _REPETITION * len(stems & shown) / len(stems)
            if value > best_value:
                best, best_value = i, value
        if best < 0 or (chosen and best_value < scored.scores[chosen[0]] - worst):
            return chosen
        chosen.append(best)
        shown.update(scored.phrases[best].family)
    return chosen


def make_distinct(names: Sequence[Sequence[str]], spare: Sequence[Sequence[str]], separator: str) -> list[str | None]:
    """Join terms to names, adding a further term where two clusters would be called the same.

    Parameters
    ----------
    names
        The terms of each cluster's name; an empty list gives ``None``.
    spare
        Further terms of each cluster, best first, to tell it from others.

    Returns
    -------
    Names that are distinct after ``casefold``; where no term tells two apart they are numbered "(1 of 2)".
    """
    terms = [list(name) for name in names]
    left = [list(more) for more in spare]
    for _ in range(max((len(more) for more in left), default=0)):
        twins = [i for group in _same(terms) for i in group if left[i]]
        if not twins:
            break
        for i in twins:
            terms[i].append(left[i].pop(0))
    result = [separator.join(term)[:1].upper() + separator.join(term)[1:] if term else None for term in terms]
    for group in _same(terms):
        for place, i in enumerate(group, start=1):
            result[i] = f"{result[i]} ({place} of {len(group)})"
    return result


def _same(terms: Sequence[Sequence[str]]) -> list[list[int]]:
    """Group clusters whose names hold the same terms, in whatever order."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, name in enumerate(terms):
        if name:
            groups[tuple(sorted(term.casefold() for term in name))].append(i)
    return [group for group in groups.values() if len(group) > 1]
