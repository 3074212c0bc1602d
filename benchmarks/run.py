"""Measures what compares Clioscope with other systems and with itself, and puts it into docs/benchmarks.md.

``python -m benchmarks.run --data FOLDER --peers FILE.toml`` runs every part, ``--only quality names`` some of them.
Each is a script of its own (``--list`` tells the commands), in a process of its own, on the same conversations for all
systems in it. A part that fails does not stop the others; the exit status is 1 then. ``--quick`` tries the scripts on a
few hundred conversations each: its figures say nothing, and go to a folder (``--results``) instead of the page.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks import render
from benchmarks.data import DATA
from benchmarks.results import RESULTS


class Part(NamedTuple):
    """A script and its options, in full and on a few conversations, and which of the shared options it takes."""

    about: str
    module: str
    options: str = ""
    quick: str = ""
    takes: tuple[str, ...] = ()


PARTS = {
    "quality": Part(
        "clusters of different systems against known topics",
        "quality_peers",
        quick="--only xsid07 --most 300",
        takes=("data", "cache", "peers"),
    ),
    "number": Part(
        "rules for the number of clusters",
        "number_of_clusters",
        "--seeds 3",
        "--only synth-1000",
        ("data", "cache"),
    ),
    "languages": Part(
        "languages moved together before clustering, or left apart",
        "languages",
        quick="--only synth --sizes 300 --seeds 1",
        takes=("data", "cache"),
    ),
    "names": Part(
        "names without a model against known labels",
        "quality_names",
        quick="--only hwu64 --seeds 1",
        takes=("data", "cache"),
    ),
    "growth": Part(
        "seconds and memory from 1,000 to 1,000,000 conversations",
        "scale",
        quick="--sizes 300 600 --computed-up-to 300 --without-clinc150",
        takes=("data", "cache"),
    ),
    "model": Part(
        "whole runs with a model, against the test double",
        "models",
        "runs",
        "runs --conversations 300",
    ),
    "kura": Part(
        "beside Kura: undisturbed, with failing calls, killed half-way",
        "against_kura",
        "--limit-installed 60",
        "--conversations 200 --latency 0.05 --limit 120 --limit-installed 20",
        ("peers",),
    ),
    "tokens": Part(
        "tokens and cost of a conversation",
        "tokens",
        quick="--conversations 300 --only clinc150",
        takes=("data",),
    ),
    "truth": Part(
        "made-up conversations of which everything is known",
        "reconstruction",
        quick="--conversations 500 --seeds 1",
        takes=("cache",),
    ),
    "privacy": Part(
        "what readers of each system's output can read of single people",
        "privacy_peers",
        quick="--conversations 300 --limit 300",
        takes=("peers",),
    ),
}


def main() -> None:
    given = arguments()
    with tempfile.TemporaryDirectory() as temporary:
        results = given.results or (Path(temporary) if given.quick else RESULTS)
        commands = {name: command(PARTS[name], given, results) for name in given.only}
        if given.list:
            for name, words in commands.items():
                print(f"{name}: {PARTS[name].about}\n    {shlex.join(words)}")
            return
        print(f"{len(commands)} parts, one after the other: {', '.join(commands)}.", flush=True)
        failed = [name for name, seconds in ran(commands) if seconds is None]
        if results == RESULTS:
            render.PAGE.write_text(render.rendered(render.PAGE.read_text(encoding="utf-8")), encoding="utf-8")
            print("docs/benchmarks.md is made anew. What stands between its tables is written by hand: read it again.")
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}.")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--data", type=Path, default=DATA, help="folder of NAME.jsonl.gz")
    parser.add_argument("--cache", type=Path, default=Path(".cache"), help="where vectors are kept")
    parser.add_argument("--peers", type=Path, metavar="FILE.toml", help="where other systems are: benchmarks/peers.py")
    parser.add_argument("--results", type=Path, metavar="FOLDER", help="keep results there, and leave the page alone")
    parser.add_argument("--quick", action="store_true", help="try the scripts on a few hundred conversations")
    parser.add_argument("--list", action="store_true", help="say what would be run")
    return parser.parse_args()


def command(part: Part, given: argparse.Namespace, results: Path) -> list[str]:
    """What a part is run with."""
    words = [sys.executable, "-m", f"benchmarks.{part.module}", *(part.quick if given.quick else part.options).split()]
    for option in part.takes:
        value = getattr(given, option)
        if value is not None:
            words += [f"--{option}", str(value)]
    return [*words, "--save", *([] if results == RESULTS else [str(results)])]


def ran(commands: dict[str, list[str]]) -> Iterator[tuple[str, float | None]]:
    """Run each, and tell its seconds; ``None`` of one that failed."""
    for number, (name, words) in enumerate(commands.items(), 1):
        print(f"\n[{number} of {len(commands)}] {name}: {PARTS[name].about}\n{shlex.join(words)}", flush=True)
        begin = time.monotonic()
        status = subprocess.run(words).returncode
        seconds = time.monotonic() - begin
        print(f"{name}: {f'FAILED ({status}) after' if status else 'done in'} {seconds:.0f} s", flush=True)
        yield name, None if status else seconds


if __name__ == "__main__":
    main()
