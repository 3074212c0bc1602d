"""What each sign and each direction of meaning counts, as it was fitted."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.local_auditor.signs import SIGNS

FILE = "weights.json"


class Weights(NamedTuple):
    """A logistic regression and where its grades begin; ``tools/auditor/fit_weights.py`` writes them.

    Parameters
    ----------
    embedder
        Whose vectors ``meaning`` is for.
    bias
        Points of a text without any sign.
    signs
        float64 [13]: points of each of :data:`~clioscope.privacy.local_auditor.SIGNS`, in their order.
    meaning
        float64 [384]: points of each dimension of a text's vector.
    grades
        More points than the first make a 1, than the second at most a 2, and so on to 4.
    """

    embedder: str
    bias: float
    signs: NDArray[np.float64]
    meaning: NDArray[np.float64]
    grades: tuple[float, ...]


@cache
def weights() -> Weights:
    """Those that come with this version."""
    read = json.loads(_text())
    signs = np.array([read["signs"][name] for name in SIGNS])
    return Weights(read["embedder"], read["bias"], signs, np.array(read["meaning"]), tuple(read["grades"]))


@cache
def version() -> str:
    """A hash of the weights: others give other scores."""
    return hashlib.sha256(_text().encode()).hexdigest()[:16]


def _text() -> str:
    return files("clioscope.privacy.local_auditor").joinpath(FILE).read_text("utf-8")
