"""What moving languages together does to the clusters of texts in many languages, and of texts in one.

``python -m benchmarks.languages``. The same vectors of the shipped model, and the same number of clusters, the one that
a run chooses; languages as the facet tells them. "apart" leaves every vector where it is; a number is that of texts at
which a language is moved half-way (100 ships; at 0 all are moved whole). "NMI with languages" is 0 where clusters go by
what is said alone. Of made-up conversations the mean of three seeds is told; the others are of one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import arguments, load
from benchmarks.results import publish
from clioscope.clustering import ArrayVectors, SphericalKMeans, assign, choose_k, shifts
from clioscope.clustering.languages import HALF_WAY
from clioscope.config import PROFILES
from clioscope.embeddings import MiniLMEmbedder
from clioscope.evaluation.agreement import agreement, codes
from clioscope.facets.language import UNDETERMINED, language
from clioscope.synth.outlines import Outlines
from clioscope.synth.recipe import Recipe
from clioscope.synth.writing import write

LABELS = {
    "sib200": "parallel_key",
    "xsid07": "intent",
    "clinc150": "intent",
    "banking77": "intent",
    "hwu64": "intent",
    "multidogo": "domain",
}
SETS = ("synth", *LABELS)
WAYS = (None, 0, 30, HALF_WAY, 300)
"""``None``: apart."""


class Languages(NamedTuple):
    """int64 [n], the language of each text, and their names."""

    codes: NDArray[np.int64]
    names: list[str]


class Data(NamedTuple):
    """Texts, float32 [n, d] vectors, and the label of each."""

    texts: list[str]
    vectors: NDArray[np.float32]
    labels: list[str]


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--only", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 5_000], help="of made-up conversations")
    parser.add_argument("--seeds", type=int, default=3, help="of made-up conversations")
    given = parser.parse_args()
    rows = []
    for name, several in sets(given):
        languages = [languages_of(data.texts) for data in several]
        about = [f"{len(several[0].texts):,}", str(len(set(several[0].labels))), str(len(told(languages[0])))]
        for way in WAYS:
            pairs = zip(several, languages, strict=True)
            figures = np.mean([measured(data, found, way, seed) for seed, (data, found) in enumerate(pairs)], axis=0)
            called = "apart" if way is None else f"{way} (ships)" if way == HALF_WAY else str(way)
            rows.append([name, *about, called, *(f"{figure:.3f}" for figure in figures)])
    header = ["data", "conversations", "labels", "languages", "half-way at", "NMI", "ARI", "NMI with languages"]
    publish("languages", header, rows, given.save)


def sets(given: argparse.Namespace) -> Iterator[tuple[str, list[Data]]]:
    """Every set; the made-up ones once a seed."""
    for size in given.sizes if "synth" in given.only else ():
        yield f"synth, 17 languages, {size:,}", [made_up(size, seed) for seed in range(given.seeds)]
    for name, label in LABELS.items():
        if name not in given.only:
            continue
        found = load(given.data, given.cache, name)
        yield name, [Data(found.texts, found.vectors, [str(row[label]) for row in found.labels])]


def made_up(size: int, seed: int) -> Data:
    outlines = list(Outlines(Recipe(conversations=size, groups=0, seed=seed)))
    texts = ["\n".join(m.content for m in write(outline).messages if m.role == "user") for outline in outlines]
    return Data(texts, MiniLMEmbedder().embed(texts), [outline.topic.key for outline in outlines])


def languages_of(texts: Sequence[str]) -> Languages:
    """The language of each text, as the facet tells it."""
    found = [language(text) for text in texts]
    names = sorted(set(found))
    return Languages(np.array([names.index(name) for name in found]), names)


def told(languages: Languages) -> list[str]:
    """The languages of at least ten texts."""
    sizes = np.bincount(languages.codes)
    return [name for name, size in zip(languages.names, sizes, strict=True) if size >= 10 and name != UNDETERMINED]


def together(vectors: NDArray[np.float32], languages: Languages, half_way: float = HALF_WAY) -> NDArray[np.float32]:
    """The vectors with their languages moved together, as a run clusters them."""
    unsure = languages.names.index(UNDETERMINED) if UNDETERMINED in languages.names else None
    moves = shifts(ArrayVectors(vectors), languages.codes, len(languages.names), unsure, half_way=half_way)
    moved = vectors - moves[languages.codes]
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


def measured(data: Data, languages: Languages, way: int | None, seed: int) -> list[float]:
    store = ArrayVectors(data.vectors if way is None else together(data.vectors, languages, way))
    k = choose_k(len(data.texts), PROFILES["default"].conversations).k
    labels = assign(store, SphericalKMeans().fit(store, k, seed)).labels.astype(np.int64)
    found = agreement(codes(data.labels), labels)
    return [found.nmi, found.ari, agreement(languages.codes, labels).nmi]


if __name__ == "__main__":
    main()
