"""Signs and meaning to points, points to a score from 1 to 5, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.embeddings.base import Embedder
from clioscope.privacy.auditor import Audited
from clioscope.privacy.local_auditor.signs import SIGNS, signs_of
from clioscope.privacy.local_auditor.weights import version, weights
from clioscope.privacy.redaction import Redactor
from clioscope.privacy.words import clean

VERSION = 1
"""Raised with every change of the signs, so that what was audited is audited again."""

_CLAUSE = re.compile(r"(?<=[.!?,;:])\s+(?=\S)")
"""A description is told apart clause by clause, since each is as long as a name; what is in one is lost in all."""

_WHY = 2
"""So many signs are named as the reason."""


class Points(NamedTuple):
    """What speaks for it that a text points at a person; see :meth:`LocalAuditor.points`."""

    points: float
    reason: str


class LocalAuditor:
    """Scores texts from 1 to 5, as the model's auditor does, without a model.

    What :class:`~clioscope.privacy.redaction.Redactor` finds is a 1. Else signs in the wording
    (:func:`~clioscope.privacy.local_auditor.signs_of`) and the direction of the text's vector add up in a logistic
    regression. Scores below 3 are what one in twenty harmless names of the half that it was fitted on would get;
    below 2, one in a hundred; below 4, one in seven. Of several clauses the worst one counts.

    Parameters
    ----------
    embedder
        The one that the weights were fitted with.

    Raises
    ------
    ValueError
        It is another one.

    References
    ----------
    The scale is that of Clio's auditor (arXiv 2412.13678, appendix B).
    """

    name = f"local-auditor/{VERSION}"

    def __init__(self, embedder: Embedder) -> None:
        if embedder.name != weights().embedder:
            raise ValueError(f"The local auditor knows vectors of {weights().embedder}, and not of {embedder.name}.")
        self._embedder = embedder
        self._redactor = Redactor()

    @property
    def name_and_version(self) -> str:
        """Identifies the method and its weights: changed scores mean a changed version."""
        return f"{self.name} {self._redactor.name} {version()}"

    def audit(self, texts: Sequence[str], below: int) -> list[Audited]:
        """Score each text, and withhold those that score lower than ``below``. Nothing is rewritten."""
        return [
            Audited(None if score < below else text, score, found.reason, rewritten=False)
            for text, found in zip(texts, self.points(texts), strict=True)
            for score in (_grade(found.points),)
        ]

    def points(self, texts: Sequence[str]) -> list[Points]:
        """What speaks against each text, in natural logarithms of odds, and what most of it is.

        Infinite where there is something that redaction takes out. Comparable between texts.
        """
        clauses = [_CLAUSE.split(clean(text)) for text in texts]
        flat = [clause for mine in clauses for clause in mine]
        found = iter(self._points(flat) if flat else ())
        return [max((next(found) for _ in mine), key=lambda one: one.points) for mine in clauses]

    def _points(self, clauses: Sequence[str]) -> list[Points]:
        fitted = weights()
        signs = np.array([list(signs_of(clause).values()) for clause in clauses])
        by_sign = signs * fitted.signs
        meaning = self._embedder.embed(clauses).astype(np.float64) @ fitted.meaning
        points = by_sign.sum(axis=1) + meaning + fitted.bias
        return [
            self._redacted(clause) or Points(float(total), _reason(mine, float(meant)))
            for clause, total, mine, meant in zip(clauses, points, by_sign, meaning, strict=True)
        ]

    def _redacted(self, clause: str) -> Points | None:
        kinds = sorted(self._redactor.redact(clause).found)
        return Points(float("inf"), f"It holds what redaction takes out: {', '.join(kinds)}.") if kinds else None


def _reason(by_sign: NDArray[np.float64], meaning: float) -> str:
    """The signs that count most, in words."""
    counted = sorted(zip(by_sign.tolist(), SIGNS.values(), strict=True), reverse=True)
    told = [said for points, said in counted if points > 0][:_WHY]
    if meaning > 0 or not told:
        told.append("its subject")
    return f"What counts most: {'; '.join(told)}."


def _grade(points: float) -> int:
    return 1 + sum(points <= limit for limit in weights().grades)
