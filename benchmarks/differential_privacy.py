"""What is left to see at which epsilon: clusters released, votes kept, error of counts, names against true labels.

Run: ``python -m benchmarks.differential_privacy [--data FOLDER] [--cache FOLDER] [--draws N]``

CLINC150 as it is, five conversations a user at random; and drawn from it with replacement, for more users. All is as
in a run with ``--epsilon`` from the vectors on: the public codebook, the bounding, OpenDP's noise, names from keywords.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import Labelled, arguments, load
from benchmarks.results import publish
from clioscope.clustering import ArrayVectors, assign
from clioscope.config import Config
from clioscope.embeddings import MiniLMEmbedder
from clioscope.naming.from_keywords import names_from_keywords
from clioscope.privacy.dp.bounding import keyed
from clioscope.privacy.dp.budget import Budget, Part
from clioscope.privacy.dp.cells import Numbering
from clioscope.privacy.dp.codebook import Codebook, codebook
from clioscope.privacy.dp.keywords import Keywords, keywords
from clioscope.privacy.dp.mechanism import Noisy, release
from clioscope.privacy.dp.noisy import draw
from clioscope.privacy.dp.tree import released_tree
from clioscope.privacy.dp.votes import Private

EPSILONS = (0.5, 1.0, 2.0, 4.0, 8.0)
DELTA, CONTRIBUTIONS = 1e-6, 16
CONVERSATIONS_A_USER = 5
USERS = (0, 20_000, 100_000)
"""0: as it is."""

OTHER_CONTRIBUTIONS = (1, 4, 8, 16, 32)
LEAST_USERS = 10
"""Where there is no noise, what the default profile asks of a cluster."""

SECRET = b"benchmark".ljust(32)


class People(NamedTuple):
    """``private``: as a run sees it. ``intents``: by row."""

    private: Private
    intents: list[str]


class Result(NamedTuple):
    """Of one draw: released clusters of each level (base first), the share of votes in released base clusters, the
    median relative error of their counts, and the shares of those whose name is nearest to the majority label, or among
    the five nearest.
    """

    base: int
    middle: int
    top: int
    kept: float
    error: float
    first: float
    five: float


def people(found: Labelled, words: Keywords, labels: NDArray[np.int32], users: int) -> People:
    """Each conversation with a user at random; with ``users``, conversations drawn with replacement."""
    rng = np.random.default_rng(0)
    n = len(found.texts)
    rows = rng.integers(n, size=users * CONVERSATIONS_A_USER) if users else rng.permutation(n)
    whose = np.arange(len(rows)) // CONVERSATIONS_A_USER
    starts = np.searchsorted(words.items, np.arange(n + 1))
    lengths = np.diff(starts)[rows]
    offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    said = Keywords(
        np.repeat(np.arange(len(rows)), lengths),
        words.words[np.repeat(starts[rows], lengths) + offsets],
        words.vocabulary,
        words.vectors,
    )
    hashes = keyed(SECRET, [str(user) for user in range(int(whose[-1]) + 1)])[whose]
    return People(Private(SECRET, hashes, labels[rows], (), said), [found.labels[i]["intent"] for i in rows])


def without_noise(votes: dict[int, int], part: Part) -> Noisy:
    """The cells of ten users and more, as they are."""
    kept = {cell: count for cell, count in votes.items() if count >= LEAST_USERS}
    return Noisy(kept, 0.0, LEAST_USERS, part.cells, math.inf, 0.0)


def measure(
    these: People, book: Codebook, epsilon: float | None, contributions: int, embedder: MiniLMEmbedder
) -> Result:
    budget = Budget(epsilon or 1.0, DELTA, contributions)
    noisy = draw(these.private, book, budget, release if epsilon else without_noise)
    tree = released_tree(noisy, book)
    truth = true_users(these.private, len(book.centroids))
    base = [cluster.number for cluster in tree[0]]
    errors = [abs(cluster.users - truth[cluster.number]) / truth[cluster.number] for cluster in tree[0]]
    ranks = np.array(name_ranks(these, [c.keyworded for c in tree[0]], base, embedder))
    sizes = [len(level) for level in tree]
    return Result(
        sizes[0],
        sizes[1],
        sizes[2],
        kept=float(truth[base].sum() / truth.sum()),
        error=float(np.median(errors)) if errors else math.nan,
        first=float((ranks == 0).mean()) if base else math.nan,
        five=float((ranks < 5).mean()) if base else math.nan,
    )


def true_users(private: Private, k: int) -> NDArray[np.int64]:
    """int64 [k]: distinct users of each base cluster, exact and unbounded."""
    pairs = np.unique(np.stack([private.labels.astype(np.uint64), private.users]), axis=1)
    return np.bincount(pairs[0].astype(np.int64), minlength=k)


def name_ranks(these: People, clusters: Sequence[Any], base: Sequence[int], embedder: MiniLMEmbedder) -> list[int]:
    """How many labels are nearer to each name than the majority label; a cluster without a name is a miss."""
    if not base:
        return []
    every = sorted(set(these.intents))
    spelled = embedder.embed([label.replace("_", " ") for label in every])
    counts: dict[int, Counter[str]] = {number: Counter() for number in base}
    for label, intent in zip(these.private.labels.tolist(), these.intents, strict=True):
        if label in counts:
            counts[label][intent] += 1
    names = [named.name for named in names_from_keywords(clusters)]
    near = embedder.embed([name or "" for name in names]) @ spelled.T
    majority = [max(sorted(counts[number]), key=counts[number].__getitem__) for number in base]
    return [
        int((row > row[every.index(label)]).sum()) if name else len(every)
        for name, row, label in zip(names, near, majority, strict=True)
    ]


def line(results: Sequence[Result]) -> list[str]:
    columns = [[value for value in column if not math.isnan(value)] for column in zip(*results, strict=True)]
    means = [np.mean(column) if column else math.nan for column in columns]
    told = [f"{mean:.0f}" for mean in means[:3]] + [f"{100 * mean:.0f}" for mean in means[3:]]
    return ["" if text == "nan" else text for text in told]


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--draws", type=int, default=3, help="draws of the noise to take the mean over")
    options = parser.parse_args()
    embedder = MiniLMEmbedder()
    book = codebook(Config(), embedder.name)
    found = load(options.data, options.cache, "clinc150")
    labels = assign(ArrayVectors(found.vectors), book.centroids).labels
    words = keywords([found.texts], labels, book.centroids, embedder.embed)
    header = ["base clusters", "middle", "top", "votes kept, %", "count error, %", "nearest label, %", "among 5, %"]
    lines, other = [], []
    for users in USERS:
        these = people(found, words, labels, users)
        told = f"{len(np.unique(these.private.users)):,}"
        for epsilon in (*EPSILONS, None):
            draws = range(options.draws if epsilon else 1)
            results = [measure(these, book, epsilon, CONTRIBUTIONS, embedder) for _ in draws]
            lines.append([told, f"{epsilon:g}" if epsilon else "none", *line(results)])
        if users == USERS[1]:
            for contributions in OTHER_CONTRIBUTIONS:
                results = [measure(these, book, 1.0, contributions, embedder) for _ in range(options.draws)]
                other.append([told, str(contributions), *line(results)])
    cells = Numbering(book.ancestors()).count - 1
    note = (
        f"{book.sizes} clusters, {cells} in all; delta {DELTA:g}, {CONTRIBUTIONS} contributions, {options.draws} draws."
    )
    publish("noise", ["users", "epsilon", *header], lines, options.save, notes=[note])
    publish("noise-contributions", ["users", "contributions, epsilon 1", *header], other, options.save)


if __name__ == "__main__":
    main()
