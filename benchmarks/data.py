"""Labelled conversations to measure on, and their vectors, made once."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.results import add_save
from clioscope.embeddings import MiniLMEmbedder
from clioscope.facets.request import request

DATA = Path(__file__).parents[2] / "shared" / "data"
TOKENS = 256


class Labelled(NamedTuple):
    """Texts, what they are labelled with, and float32 [n, d] unit vectors."""

    texts: list[str]
    labels: list[dict[str, Any]]
    vectors: NDArray[np.float32]


def arguments(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of NAME.jsonl.gz")
    add_save(parser)
    parser.add_argument("--cache", type=Path, default=Path(".cache"), help="where vectors are kept")
    return parser


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]


def load(folder: Path, cache: Path, name: str, *, first_only: bool = False) -> Labelled:
    """The request facet of every conversation (or its first user message alone), labels and vectors."""
    found = rows(folder, name)
    turns = [[m["content"] for m in row["messages"] if m["role"] == "user"] for row in found]
    texts = [user[0] if first_only else request(user, TOKENS) for user in turns]
    key = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    path = cache / f"{name}.{key}.npy"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        np.save(path, MiniLMEmbedder().embed(texts).astype(np.float16))
    return Labelled(texts, [row["labels"] for row in found], np.load(path).astype(np.float32))
