"""Fit the public centroids that ``--epsilon`` clusters by, on the texts of the shipped sample and nothing else.

Run: ``python tools/codebook/fit.py``. It writes ``src/clioscope/privacy/dp/codebook.npy``: float16 [k, 384]. Another
machine may give other last bits; the shipped file is what counts.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np

from clioscope.clustering import ArrayVectors, SphericalKMeans
from clioscope.embeddings import MiniLMEmbedder
from clioscope.facets.request import request
from clioscope.sample import conversations

TARGET = Path(__file__).parents[2] / "src" / "clioscope" / "privacy" / "dp" / "codebook.npy"
CENTROIDS, TOKENS, SEED = 320, 256, 0


def texts() -> list[str]:
    """What is said in each conversation of the sample, as a run without a model would read it."""
    lines = gzip.decompress(conversations().read_bytes()).decode("utf-8").splitlines()
    rows = [json.loads(line)["messages"] for line in lines]
    return [request([m["content"] for m in row if m["role"] == "user"], TOKENS) for row in rows]


def main() -> None:
    vectors = MiniLMEmbedder().embed(texts())
    centroids = SphericalKMeans().fit(ArrayVectors(vectors), CENTROIDS, SEED)
    np.save(TARGET, centroids.astype(np.float16), allow_pickle=False)
    print(f"{len(centroids)} centroids in {TARGET}")


if __name__ == "__main__":
    main()
