"""How well the clusters of different systems agree with known topics, each with its own defaults, on the same vectors.

``python -m benchmarks.quality_peers --peers FILE.toml``: the file says where the systems are (see peers.py; what is run
of each is in peer_runner.py), and one that is nowhere has a row that says so. Every system is given the same texts and
the same vectors of the shipped embedding model, and chooses the number of its clusters itself. What a system leaves out
as noise counts as one cluster; how much is placed stands beside. Seconds are of clustering and arranging (BERTopic's
hold its words too), on the same machine, one system after the other; the memory is that of its process. "Names right"
is the share of clusters whose name is nearer to the label of most of its members than to any other label, by the
shipped model; it is left out where a system has no names without a model.

Clioscope moves languages together (see languages.py) as a run does, and the others are given the vectors as they are.

A finished set is kept beside the vectors, and a call that is cut short goes on: with another version of anything, say
``--anew``, with the systems that are to be measured again or for all.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import arguments, load
from benchmarks.languages import Languages, languages_of, together
from benchmarks.memory import peak_mb
from benchmarks.peers import NOT_INSTALLED, add_peers
from benchmarks.quality_names import MIN_USERS, Clusters, ranks_of, spoken
from benchmarks.results import publish
from clioscope.clustering import ArrayVectors, SphericalKMeans, assign, choose_k
from clioscope.config import PROFILES
from clioscope.embeddings import MiniLMEmbedder
from clioscope.evaluation.agreement import agreement, codes
from clioscope.hierarchy import arrange
from clioscope.naming import LocalNamer
from clioscope.synth.outlines import Outlines
from clioscope.synth.recipe import Recipe
from clioscope.synth.writing import write

RUNNER = Path(__file__).with_name("peer_runner.py")
LABELS: dict[str, tuple[str, str | None]] = {
    "clinc150": ("intent", "domain"),
    "banking77": ("intent", None),
    "hwu64": ("intent", "domain"),
    "xsid07": ("intent", None),
    "multidogo": ("domain", None),
}
"""By set, what its conversations are labelled with, at the base and above."""
SETS = (*LABELS, "sgd", "synth")
METHODS = {
    "bertopic": "bertopic",
    "bertopic_all": "bertopic",
    "kura": "kura",
    "open_clio": "open_clio",
    "toponymy": "toponymy",
}
"""Methods of peer_runner.py, and the environment each one runs in."""
OURS = "Clioscope"
SYSTEMS = (OURS, *METHODS)
PEERS = tuple(dict.fromkeys(METHODS.values()))


class Data(NamedTuple):
    """Texts, float32 [n, d] vectors, and the label of each at the base and, where there is one, above."""

    name: str
    texts: list[str]
    vectors: NDArray[np.float32]
    labels: list[str]
    above: list[str] | None


class Found(NamedTuple):
    """int32 [n] labels of each layer, the finest first; and the names of the finest, where it has any."""

    layers: list[NDArray[np.int32]]
    names: list[str | None] | None
    seconds: float
    peak_mb: float


def main() -> None:
    parser = arguments(__doc__ or "")
    add_peers(parser)
    parser.add_argument("--only", nargs="*", choices=SETS, default=SETS)
    parser.add_argument("--most", type=int, default=None, help="so many conversations of each set, drawn by lot")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--anew", nargs="*", choices=SYSTEMS, help="measure these systems again, or all")
    given = parser.parse_args()
    lines = []
    for name in given.only:
        # A set takes minutes, and all systems go through it in one call.
        kept = given.cache / f"quality-{name}-{given.most or 'all'}-{given.seed}.json"
        before = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else []
        anew = () if given.anew is None else given.anew or SYSTEMS
        there = {row[3]: row for row in before if row[3] not in anew}
        if len(there) < len(SYSTEMS):
            given.cache.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(measured(name, given, there)), encoding="utf-8")
            print(f"{name} done", file=sys.stderr)
        lines += json.loads(kept.read_text(encoding="utf-8"))
    header = ["data", "conversations", "labels", "system", "clusters", "placed", "NMI", "ARI", "NMI, nearest level"]
    header += ["NMI above", "names right", "seconds", "peak MB"]
    publish("quality", header, lines, given.save, versions=given.peers.versions(*PEERS))


def measured(name: str, given: Namespace, there: Mapping[str, list[str]]) -> list[list[str]]:
    """The rows of one set, one a system; those that are there already stay."""
    data = drawn(one_set(name, given.data, given.cache), given.most)
    rows = [there[OURS] if OURS in there else line(data, OURS, ours_apart(data, given.seed))]
    for method, environment in METHODS.items():
        if method in there:
            rows.append(there[method])
            continue
        python = given.peers.python(environment)
        found = peer(data, method, python, given.seed) if python else NOT_INSTALLED
        rows.append(line(data, method, found))
        print(f"{name}: {method} done", file=sys.stderr)
    return rows


def one_set(name: str, folder: Path, cache: Path) -> Data:
    if name == "synth":
        return synth()
    found = load(folder, cache, name)
    if name == "sgd":
        single = [i for i, labels in enumerate(found.labels) if len(labels["domains"]) == 1]
        domains = [found.labels[i]["domains"][0] for i in single]
        return Data("sgd, one domain", [found.texts[i] for i in single], found.vectors[single], domains, None)
    key, above = LABELS[name]
    labels = [str(row[key]) for row in found.labels]
    return Data(name, found.texts, found.vectors, labels, [str(row[above]) for row in found.labels] if above else None)


def synth() -> Data:
    outlines = list(Outlines(Recipe(conversations=5_000, languages=("en",), groups=0)))
    texts = [write(outline).messages[0].content for outline in outlines]
    topics = [outline.topic.key for outline in outlines]
    return Data("synth, English", texts, MiniLMEmbedder().embed(texts), topics, [o.topic.category for o in outlines])


def drawn(data: Data, most: int | None) -> Data:
    """At most so many of the conversations."""
    if most is None or most >= len(data.texts):
        return data
    rows = np.sort(np.random.default_rng(0).choice(len(data.texts), most, replace=False)).tolist()
    texts, labels = ([values[i] for i in rows] for values in (data.texts, data.labels))
    above = None if data.above is None else [data.above[i] for i in rows]
    return Data(data.name, texts, data.vectors[rows], labels, above)


def ours_apart(data: Data, seed: int) -> Found:
    """Ours in a process of its own, like the others."""
    return _apart(data, [sys.executable, "-m", "benchmarks.quality_peers", "--ours"], seed)


def peer(data: Data, method: str, python: str, seed: int) -> Found | str:
    """What a system found; or, in a sentence, why it found nothing."""
    try:
        return _apart(data, [python, str(RUNNER), method], seed)
    except subprocess.CalledProcessError as error:
        return str(error.stderr).strip().splitlines()[-1][:80]


def _apart(data: Data, command: list[str], seed: int) -> Found:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        np.save(home / "vectors.npy", data.vectors)
        (home / "texts.json").write_text(json.dumps(data.texts), encoding="utf-8")
        # A facet of the run like any other, which is there before anything is grouped.
        languages = languages_of(data.texts)
        np.savez(home / "languages.npz", codes=languages.codes, names=languages.names)
        files = [str(home / "vectors.npy"), str(home / "texts.json"), str(home / "labels.npz")]
        done = subprocess.run([*command, *files, str(seed)], check=True, capture_output=True, text=True)
        told = json.loads(done.stdout.strip().splitlines()[-1])
        with np.load(home / "labels.npz") as found:
            layers = [found[f"layer_{number}"] for number in range(len(found.files))]
    return Found(layers, told["names"], told["seconds"], told["peak_mb"])


def ours(vectors_file: str, texts_file: str, out: str, seed: str) -> None:
    """Cluster and arrange with the defaults, as a run does; and name without a model, after the clock has stopped."""
    vectors = np.load(vectors_file)
    with np.load(Path(texts_file).with_name("languages.npz")) as kept:
        languages = Languages(kept["codes"], kept["names"].tolist())
    begin = time.perf_counter()
    store = ArrayVectors(together(vectors, languages))
    k = choose_k(len(vectors), PROFILES["default"].conversations).k
    centroids = SphericalKMeans().fit(store, k, int(seed))
    labels = assign(store, centroids).labels
    (parents,) = arrange(centroids, np.bincount(labels, minlength=len(centroids)), [len(centroids), 10])
    seconds = time.perf_counter() - begin
    memory = round(peak_mb())
    np.savez(out, layer_0=labels, layer_1=parents[labels])
    texts = json.loads(Path(texts_file).read_text(encoding="utf-8"))
    named = LocalNamer(MiniLMEmbedder()).name(Clusters(texts, labels, len(centroids)), centroids, min_support=MIN_USERS)
    print(json.dumps({"seconds": round(seconds, 2), "peak_mb": memory, "names": spoken(named)}))


def line(data: Data, system: str, found: Found | str) -> list[str]:
    """One row of the table."""
    begin = [data.name, f"{len(data.labels):,}", str(len(set(data.labels))), system]
    if isinstance(found, str):
        return [*begin, found, *[""] * 8]
    finest = found.layers[0]
    score = agreement(codes(data.labels), _counted(finest))
    nearest = nmi_at(found.layers, data.labels)
    above = nmi_at(found.layers[1:], data.above) if data.above is not None and len(found.layers) > 1 else ""
    placed = f"{(finest >= 0).mean():.0%}"
    figures = [f"{score.nmi:.3f}", f"{score.ari:.3f}", nearest, above, names_right(data, found)]
    return [*begin, str(int(finest.max()) + 1), placed, *figures, f"{found.seconds:.1f}", f"{found.peak_mb:.0f}"]


def nmi_at(layers: Sequence[NDArray[np.int32]], labels: Sequence[str]) -> str:
    """Of the layer whose number of clusters is nearest to that of the labels, in doublings."""
    kinds = len(set(labels))
    layer = min(layers, key=lambda one: abs(np.log(max(1, one.max() + 1) / kinds)))
    return f"{agreement(codes(labels), _counted(layer)).nmi:.3f}"


def names_right(data: Data, found: Found) -> str:
    """Nothing where there are no names."""
    if found.names is None:
        return ""
    placed = np.flatnonzero(found.layers[0] >= 0)
    truth = [data.labels[i] for i in placed]
    ranks = ranks_of(found.names, found.layers[0][placed], truth, MiniLMEmbedder())
    return f"{np.mean(np.array(ranks) == 0):.0%}"


def _counted(labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """Labels from 0, what is left out as one of them."""
    return (labels - min(0, int(labels.min()))).astype(np.int64)


if __name__ == "__main__":
    if "--ours" in sys.argv[1:2]:
        ours(*sys.argv[2:])
    else:
        main()
