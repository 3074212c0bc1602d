"""How much of what is known of made-up conversations a run finds again, by size and language, over seeds.

``python -m benchmarks.reconstruction --conversations 1000 5000 20000 --seeds 3`` makes the conversations, runs with the
defaults and no model, and evaluates. Prints tables for docs/benchmarks.md: means over seeds, and their range.

``--languages 17`` measures one half; ``--save`` leaves the rows of what was not measured as an earlier call saved them.

A finished run is kept in ``--cache``, and a call that is cut short goes on: with another version of anything, say
``--anew``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import clioscope
from benchmarks.results import add_save, publish, read
from clioscope.evaluation.evaluating import evaluate
from clioscope.evaluation.measure import Measure
from clioscope.synth.grammar import LANGUAGES
from clioscope.synth.making import make
from clioscope.synth.recipe import Recipe

_FIGURES = (
    ("reconstruction", "right", "right category"),
    ("reconstruction", "worst language", "worst language"),
    ("reconstruction", "shares of the categories", "shares right"),
    ("topics", "topics, level", "NMI with topics"),
    ("topics", "categories, level", "NMI with categories"),
    ("topics", "order of topics", "order in the hierarchy"),
    ("topics", "base clusters with languages", "NMI with languages"),
    ("personal details", "published", "details published"),
    ("personal details", "in facet texts", "details in facet texts"),
    ("groups", "in one cluster", "groups in one cluster"),
    ("trends", "seen", "trends seen"),
)

SPOKEN: dict[int, Sequence[str]] = {1: ("en",), len(LANGUAGES): LANGUAGES}
"""The languages of made-up conversations, by their number."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, nargs="+", default=[1_000, 5_000, 20_000])
    parser.add_argument("--languages", type=int, nargs="+", choices=tuple(SPOKEN), default=list(SPOKEN))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cluster-size", type=int, default=None)
    parser.add_argument("--cache", type=Path, default=Path(".cache"), help="where finished runs are kept")
    parser.add_argument("--anew", action="store_true", help="measure also what an earlier call has finished")
    add_save(parser)
    given = parser.parse_args()
    columns = [name for _, _, name in _FIGURES]
    rows = []
    for number in given.languages:
        for count in given.conversations:
            found = [kept(given, count, SPOKEN[number], seed) for seed in range(given.seeds)]
            told = [_told([row[name] for row in found]) for name in columns]
            rows.append([str(number), f"{count:,}", str(given.seeds), *told])
            print(*rows[-1], sep=" | ", file=sys.stderr, flush=True)
    notes = ["Means over seeds (from the least to the most)."]
    before = read("known-truth", given.save) if given.save else None
    measured = {(row[0], row[1]) for row in rows}
    if others := [list(row) for row in (before.rows if before else ()) if (row[0], row[1]) not in measured]:
        names = "; ".join(f"{row[0]} with {row[1]}" for row in others)
        notes.append(f"Measured by an earlier call and kept: languages and conversations {names}.")
    ordered = sorted([*rows, *others], key=lambda row: (int(row[0]), int(row[1].replace(",", ""))))
    publish("known-truth", ["languages", "conversations", "seeds", *columns], ordered, given.save, notes=notes)


def kept(given: argparse.Namespace, count: int, languages: Sequence[str], seed: int) -> dict[str, float | None]:
    """The figures of one run, those of an earlier call where it finished them."""
    size = given.cluster_size or "default"
    path = given.cache / f"known-truth-{len(languages)}-{count}-{seed}-{size}.json"
    if given.anew or not path.exists():
        given.cache.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(one(count, languages, seed, given.cluster_size)), encoding="utf-8")
    figures: dict[str, float | None] = json.loads(path.read_text(encoding="utf-8"))
    return figures


def one(count: int, languages: Sequence[str], seed: int, cluster_size: int | None) -> dict[str, float | None]:
    """The figures of one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = make(folder / "made", Recipe(conversations=count, languages=languages, seed=seed))
        clioscope.run(made.conversations, folder / "run", seed=seed, cluster_size=cluster_size)
        measures = {measure.name: measure for measure in evaluate(folder / "run", truth=made.truth, seed=seed).measures}
    return {title: _figure(measures[name], what) for name, what, title in _FIGURES}


def _figure(measure: Measure, what: str) -> float | None:
    return next((line.value for line in measure.lines if line.what.startswith(what)), None)


def _told(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    mean = sum(known) / len(known)
    return f"{mean:.2f} ({min(known):.2f} to {max(known):.2f})"


if __name__ == "__main__":
    main()
