"""Seconds and peak memory of whole runs: clinc150 as it is, then 20,000 and 200,000 conversations of varied repeats.

Run: python benchmarks/scale.py
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from data import arguments, rows, table

SIZES = (20_000, 200_000)
TAILS = ("", " please", " thanks", " right now", " for me", " today", " if you can", " again", " quickly", " tomorrow")


class Measured(NamedTuple):
    """One run: seconds in all, the largest resident size of its process, and seconds by stage."""

    seconds: float
    megabytes: float
    stages: dict[str, float]


def varied(found: list[dict[str, Any]], n: int) -> Iterator[dict[str, Any]]:
    """``n`` conversations: every text in turn, with another ending each time round, of made-up users."""
    rng = random.Random(0)
    for number in range(n):
        text = found[number % len(found)]["messages"][0]["content"]
        words = text.split()
        if number >= len(found) and len(words) > 4:
            words.pop(rng.randrange(len(words)))
        content = " ".join(words) + rng.choice(TAILS)
        yield {
            "id": str(number),
            "user_id": f"u{rng.randrange(n // 8)}",
            "messages": [{"role": "user", "content": content}],
        }


def run(source: Path, folder: Path) -> Measured:
    """Run the command in a process of its own, and read its largest resident size from the system's accounts."""
    command = [sys.executable, "-m", "clioscope", "run", str(source), "--run", str(folder), "--quiet"]
    start = time.monotonic()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    stages = json.loads((folder / "vault" / "stages.json").read_text(encoding="utf-8"))
    scale = 1024 if sys.platform != "darwin" else 1024 * 1024
    return Measured(seconds, usage.ru_maxrss / scale, {name: row["seconds"] for name, row in stages.items()})


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES), help="conversations of the varied runs")
    options = parser.parse_args()
    clinc = rows(options.data, "clinc150")
    results: list[tuple[str, int, Measured]] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        results.append(("clinc150", len(clinc), run(options.data / "clinc150.jsonl.gz", folder / "clinc150")))
        for n in options.sizes:
            source = folder / f"{n}.jsonl"
            with source.open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(row) + "\n" for row in varied(clinc, n))
            results.append((f"varied {n:,}", n, run(source, folder / str(n))))
            source.unlink()
    stages = list(results[0][2].stages)
    lines = [
        [name, f"{n:,}", f"{m.seconds:.1f}", f"{m.megabytes:.0f}", *(f"{m.stages[s]:.1f}" for s in stages)]
        for name, n, m in results
    ]
    print(f"{len(os.sched_getaffinity(0))} cores; seconds by stage; page size {resource.getpagesize()}")
    print(table(["run", "conversations", "seconds", "peak MB", *stages], lines))
    if len(results) == 3:
        print(
            f"Peak memory, {results[2][0]} / {results[1][0]}: {results[2][2].megabytes / results[1][2].megabytes:.2f}"
        )


if __name__ == "__main__":
    main()
