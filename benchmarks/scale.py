"""How seconds and memory of whole runs grow with the number of conversations, by stage, and how far the time is from
the arithmetic that it cannot do without.

``python -m benchmarks.scale``: CLINC150 as it is, then 1,000 to 1,000,000 varied repeats of it, each run in a process
of its own. Above 100,000 the vectors are not computed but made from those of the texts that were varied
(varied_vectors.py), and the row is marked. ``--sizes`` and ``--computed-up-to`` choose others.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.data import arguments, rows
from benchmarks.results import publish
from benchmarks.varied_vectors import varied
from clioscope.clustering import choose_k, kmeans, neighbours
from clioscope.config import PROFILES

SIZES = (1_000, 10_000, 100_000, 1_000_000)
COMPUTED_UP_TO = 100_000
MARK = " (vectors given)"

_LAYERS, _WIDTH, _INNER = 6, 384, 1536
"""The shipped embedding model's."""
_COUNTED = 2_000
_MATRIX, _TIMES = 2_048, 7


class Run(NamedTuple):
    """One run: seconds and MB, in all and by stage."""

    name: str
    conversations: int
    given: bool
    seconds: float
    peak: float
    stages: dict[str, float]
    peaks: dict[str, float]


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES), help="conversations of the varied runs")
    parser.add_argument(
        "--computed-up-to", type=int, default=COMPUTED_UP_TO, help="conversations up to which vectors are computed"
    )
    parser.add_argument("--without-clinc150", action="store_true", help="the varied runs alone")
    options = parser.parse_args()
    runs, tokens = measured(options)
    publish_runs(runs, options.save)
    publish_growth([run for run in runs if run.name != "clinc150"], options.save)
    publish_limit(runs, tokens, options.save)


def measured(options: argparse.Namespace) -> tuple[list[Run], np.ndarray]:
    """All runs, and the tokens of some of the texts."""
    texts = [row["messages"][0]["content"] for row in rows(options.data, "clinc150")]
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if not options.without_clinc150:
            source = options.data / "clinc150.jsonl.gz"
            found.append(one("clinc150", len(texts), source, folder / "clinc150", None))
        if any(n > options.computed_up_to for n in options.sizes):
            keep_base(options.data, options.cache, folder / "base")
        for n in options.sizes:
            source = folder / f"{n}.jsonl"
            with source.open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(row) + "\n" for row in varied(texts, n))
            base = folder / "base" if n > options.computed_up_to else None
            found.append(one(f"varied {n:,}", n, source, folder / str(n), base))
            source.unlink()
    return found, tokens_of(texts[:: max(1, len(texts) // _COUNTED)])


def one(name: str, n: int, source: Path, folder: Path, base: Path | None) -> Run:
    command = [sys.executable, "-m", "benchmarks.scale_runner", str(source), str(folder)]
    done = subprocess.run(command + ([str(base)] if base else []), check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    print(name, done.stdout.splitlines()[-1], file=sys.stderr, flush=True)
    figures = (told["seconds"], told["peak"], told["stages"], told["peaks"])
    return Run(name, n, base is not None, *figures)


def keep_base(data: Path, cache: Path, folder: Path) -> None:
    """Texts of CLINC150 and their vectors, made in a process that ends before anything is measured."""
    code = (
        "import json, sys, numpy as np; from pathlib import Path; from benchmarks.data import load\n"
        "data, cache, folder = map(Path, sys.argv[1:]); folder.mkdir(); found = load(data, cache, 'clinc150')\n"
        "np.save(folder / 'vectors.npy', found.vectors.astype(np.float16))\n"
        "(folder / 'texts.json').write_text(json.dumps(found.texts), encoding='utf-8')\n"
    )
    subprocess.run([sys.executable, "-c", code, str(data), str(cache), str(folder)], check=True)


def publish_runs(runs: Sequence[Run], save: Path | None) -> None:
    stages = list(runs[0].stages)
    header = ["run", "conversations", "seconds", "without embedding", "peak MB"]
    header += [f"{stage}, s" for stage in stages]
    lines = []
    for run in runs:
        rest = run.seconds - run.stages["Embedding"]
        begin = [run.name + MARK * run.given, f"{run.conversations:,}", f"{run.seconds:.1f}", f"{rest:.1f}"]
        lines.append([*begin, f"{run.peak:.0f}", *(f"{run.stages[stage]:.1f}" for stage in stages)])
    publish("growth", header, lines, save)
    steps = list(dict.fromkeys(step for run in runs for step in run.peaks))
    lines = [
        [run.name + MARK * run.given, *(f"{run.peaks[step]:.0f}" if step in run.peaks else "" for step in steps)]
        for run in runs
    ]
    note = "The largest resident size of the run and what it started, while each step was under way."
    publish("growth-memory", ["run, peak MB", *steps], lines, save, notes=[note])


def publish_growth(runs: Sequence[Run], save: Path | None) -> None:
    """Between two sizes: the exponent e of seconds or MB growing as conversations to the power of e."""
    lines = []
    for small, large in pairwise(runs):
        times = large.conversations / small.conversations
        whole = [exponent(small.seconds, large.seconds, times), exponent(small.peak, large.peak, times)]
        rest = exponent(small.seconds - small.stages["Embedding"], large.seconds - large.stages["Embedding"], times)
        if small.given != large.given:
            whole[0] = ""
        by_stage = [
            "" if stage == "Embedding" and small.given != large.given
            else exponent(small.stages[stage], large.stages[stage], times)
            for stage in small.stages
        ]  # fmt: skip
        lines.append([f"{small.conversations:,} to {large.conversations:,}", whole[0], rest, whole[1], *by_stage])
    if not lines:
        return
    header = ["from one size to the next", "seconds", "without embedding", "peak memory", *runs[0].stages]
    note = (
        "1 is linear. Left empty: a second that is too short to tell, or vectors that were computed on one side alone."
    )
    publish("growth-exponents", header, lines, save, notes=[note])


def exponent(small: float, large: float, times: float) -> str:
    """Empty where a tenth of a second or less is divided by."""
    return f"{math.log(large / small) / math.log(times):.2f}" if small > 0.1 and large > 0.1 else ""


def publish_limit(runs: Sequence[Run], tokens: np.ndarray, save: Path | None) -> None:
    rate = gemm_rate()
    lines = []
    for run in runs:
        embedding = embedding_flops(tokens) * run.conversations
        clustering = clustering_flops(run.conversations)
        cells = [] if not run.given else ["", "", ""]
        if not run.given:
            cells = limit_cells(embedding, rate, run.stages["Embedding"])
        lines.append([run.name + MARK * run.given, *cells, *limit_cells(clustering, rate, run.stages["Clustering"])])
    header = ["run", "embedding: GFLOP", "s at the rate of matrix products", "share of the time it took"]
    header += ["clustering: GFLOP", "s at that rate", "share of the time it took"]
    size = f"{_MATRIX} x {_MATRIX}"
    notes = [
        f"Matrix products of numpy in float32 reach {rate / 1e9:.0f} GFLOP/s here ({size}, the best of {_TIMES}).",
        f"Embedding: {tokens.mean():.1f} tokens a text on average, the model's matrix products alone.",
        "Clustering: the sample by all small clusters, everything by all clusters, for the most rounds there are,",
        "and of small runs every pair.",
    ]
    publish("growth-limit", header, lines, save, notes=notes)


def limit_cells(flops: float, rate: float, seconds: float) -> list[str]:
    least = flops / rate
    return [f"{flops / 1e9:,.0f}", f"{least:.2f}", f"{least / seconds:.0%}" if seconds > 0.05 else ""]


def gemm_rate() -> float:
    """Floating-point operations a second of numpy's matrix product in float32, on all cores."""
    one_side = np.random.default_rng(0).standard_normal((_MATRIX, _MATRIX), dtype=np.float32)
    taken = []
    for _ in range(_TIMES):
        begin = time.perf_counter()
        one_side @ one_side
        taken.append(time.perf_counter() - begin)
    return 2 * _MATRIX**3 / min(taken)


def tokens_of(texts: Sequence[str]) -> np.ndarray:
    """Tokens of each text as the shipped model reads it."""
    from importlib.resources import files

    from tokenizers import Tokenizer

    told = files("clioscope.embeddings").joinpath("minilm", "tokenizer.json").read_text(encoding="utf-8")
    tokenizer = Tokenizer.from_str(told)
    tokenizer.no_padding()
    return np.array([len(found.ids) for found in tokenizer.encode_batch(list(texts))], dtype=np.float64)


def embedding_flops(tokens: np.ndarray) -> float:
    """Of one text on average: the projections and the inner layers of each layer, and attention among its tokens."""
    weights = 4 * _WIDTH**2 + 2 * _WIDTH * _INNER
    return float(_LAYERS * (2 * weights * tokens + 4 * _WIDTH * tokens**2).mean())


def clustering_flops(n: int) -> float:
    """Of the matrix products of clioscope.clustering.kmeans, at most."""
    k = choose_k(n, PROFILES["default"].conversations).k
    sample = min(n, max(kmeans._MOST_TRAINED_ON, 8 * k))
    small = min(kmeans._TOO_MANY * k, kmeans._MOST_SMALL_CLUSTERS)
    products = (kmeans._ITERATIONS + 1) * sample * small + kmeans._REFINEMENTS * sample * k + n * k
    if sample <= neighbours._MOST_COMPARED_EXACTLY:
        products += sample**2
    return 2.0 * _WIDTH * products


if __name__ == "__main__":
    main()
