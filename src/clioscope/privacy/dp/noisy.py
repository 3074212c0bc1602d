"""One private release: all that is ever drawn from the data, with noise. What is made of it costs nothing more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from clioscope.privacy.dp.budget import ATTRIBUTES, COUNTS, KEYWORDS, Budget, Part
from clioscope.privacy.dp.cells import Numbering
from clioscope.privacy.dp.codebook import Codebook
from clioscope.privacy.dp.mechanism import Noisy, release
from clioscope.privacy.dp.votes import Private, cluster_votes, value_votes, word_votes

Measure = Callable[[dict[int, int], Part], Noisy]


class Spent(NamedTuple):
    """What one measurement took: see :class:`~clioscope.privacy.dp.mechanism.Noisy`."""

    part: str
    rho: float
    delta: float
    cells: int
    scale: float
    threshold: int


class NoisyRelease(NamedTuple):
    """Noisy users by cell. Cells are told as ``LEVEL-NUMBER`` of the codebook, or ``all``.

    Parameters
    ----------
    counts
        By cell.
    attributes
        By attribute, cell and value.
    keywords
        By cell and word.
    spent
        By measurement.
    """

    counts: dict[str, int]
    attributes: dict[str, dict[str, dict[str, int]]]
    keywords: dict[str, dict[str, int]]
    spent: list[Spent]

    def to_json(self) -> dict[str, Any]:
        """What :meth:`from_json` reads."""
        return self._asdict() | {"spent": [part._asdict() for part in self.spent]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> NoisyRelease:
        """What :meth:`to_json` gave."""
        spent = [Spent(**part) for part in value["spent"]]
        return cls(value["counts"], value["attributes"], value["keywords"], spent)


def draw(private: Private, book: Codebook, budget: Budget, measure: Measure = release) -> NoisyRelease:
    """Count votes and add noise: the only place where what is private is turned into what is released.

    Parameters
    ----------
    measure
        Adds the noise; another one is for measuring what noise does.
    """
    numbering, spent = Numbering(book.ancestors()), []

    def measured(name: str, part: Part, votes: dict[int, int]) -> dict[int, int]:
        noisy = measure(votes, part)
        spent.append(Spent(name, noisy.rho, noisy.delta, noisy.cells, noisy.scale, noisy.threshold))
        return noisy.votes

    clusters = cluster_votes(private, book, budget.contributions)
    counts = measured(COUNTS, budget.part(COUNTS), clusters.counted())
    attributes = {}
    for attribute in private.attributes:
        part = budget.part(ATTRIBUTES, len(private.attributes))
        votes = value_votes(private, book, attribute, budget.contributions).counted()
        found = measured(f"{ATTRIBUTES}: {attribute.name}", part, votes)
        attributes[attribute.name] = _by_cell(found, numbering, attribute.values)
    words = word_votes(private, book, clusters).counted()
    keywords = _by_cell(measured(KEYWORDS, budget.part(KEYWORDS), words), numbering, private.words.vocabulary)
    return NoisyRelease({numbering.told(cell): n for cell, n in counts.items()}, attributes, keywords, spent)


def _by_cell(votes: dict[int, int], numbering: Numbering, names: Any) -> dict[str, dict[str, int]]:
    """Votes by cell and name, in an order that tells nothing: by the cell, the noisy votes and the name."""
    found: dict[str, dict[str, int]] = {}
    listed = [(cell // len(names), -n, names[cell % len(names)]) for cell, n in votes.items()]
    for cell, less, name in sorted(listed):
        found.setdefault(numbering.told(cell), {})[name] = -less
    return found
