"""Fit the weights of the local auditor, on the tuning half of the labelled names and nothing else.

Run: ``python tools/auditor/fit_weights.py``. It writes ``weights.json`` of ``clioscope.privacy.local_auditor``. How
much the signs count beside the vectors, and the penalty, were chosen by cross-validation on the same half.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from clioscope.embeddings import MiniLMEmbedder
from clioscope.privacy.local_auditor.signs import SIGNS, signs_of
from clioscope.privacy.words import clean

ROOT = Path(__file__).parents[2]
NAMES = ROOT / "benchmarks" / "auditor" / "names.jsonl"
TARGET = ROOT / "src" / "clioscope" / "privacy" / "local_auditor" / "weights.json"

SCALE = 2.0
"""How much a vector counts beside the signs."""

FALSE_ALARMS = (0.01, 0.05, 0.15, 0.5)
"""The share of harmless names that score below 2, 3, 4 and 5."""

FOLDS, SEED = 10, 0

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def fit(x: Floats, identifying: Flags) -> Floats:
    """Ridge-penalised logistic regression: the weights, and the bias last."""
    with_bias = np.c_[x, np.ones(len(x))]
    sign = np.where(identifying, 1.0, -1.0)

    def loss(w: Floats) -> tuple[float, Floats]:
        margin = sign * (with_bias @ w)
        pull = sign / (1 + np.exp(margin))
        penalised = np.r_[w[:-1], 0.0]
        return float(np.logaddexp(0, -margin).sum() + 0.5 * penalised @ penalised), penalised - with_bias.T @ pull

    found: Floats = minimize(loss, np.zeros(with_bias.shape[1]), jac=True, method="L-BFGS-B").x
    return found


def points_of_unseen(x: Floats, identifying: Flags) -> Floats:
    """The points of each name by weights that were fitted without it."""
    order = np.random.default_rng(SEED).permutation(len(x))
    points = np.zeros(len(x))
    for fold in range(FOLDS):
        left_out = order[fold::FOLDS]
        kept = np.setdiff1d(order, left_out)
        points[left_out] = np.c_[x[left_out], np.ones(len(left_out))] @ fit(x[kept], identifying[kept])
    return points


def fitted() -> dict[str, Any]:
    """What is written, from the tuning half."""
    rows = [json.loads(line) for line in NAMES.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["half"] == "tuning"]
    identifying = np.array([row["identifying"] for row in rows])
    texts = [clean(row["text"]) for row in rows]
    embedder = MiniLMEmbedder()
    signs = np.array([list(signs_of(text).values()) for text in texts])
    x = np.c_[signs, SCALE * embedder.embed(texts).astype(np.float64)]
    unseen = points_of_unseen(x, identifying)[~identifying]
    grades = [float(np.quantile(unseen, 1 - share, method="higher")) for share in FALSE_ALARMS]
    w = fit(x, identifying)
    return {
        "embedder": embedder.name,
        "bias": round(float(w[-1]), 3),
        "grades": [round(grade, 3) for grade in grades],
        "signs": dict(zip(SIGNS, np.round(w[: len(SIGNS)], 3).tolist(), strict=True)),
        "meaning": np.round(SCALE * w[len(SIGNS) : -1], 3).tolist(),
    }


def main() -> None:
    found = fitted()
    TARGET.write_text(json.dumps(found) + "\n", encoding="utf-8")
    print(f"grades at {found['grades']}, signs {found['signs']}")


if __name__ == "__main__":
    main()
