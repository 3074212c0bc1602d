"""Keep a run over the sample, whose requests were answered in files, as a recorded example.

``python tools/recording/keep.py RUN REQUESTS_FOLDER NAME`` writes ``src/clioscope/sample/recorded/NAME``.
"""

from __future__ import annotations

import gzip
import json
import shutil
import sys
from pathlib import Path

RECORDED = Path(__file__).parents[2] / "src" / "clioscope" / "sample" / "recorded"


def keep(run: Path, requests: Path, name: str) -> None:
    """Write the requests, the answers, the run's secret (without which nobody asks the same bytes) and its atlas."""
    folder = RECORDED / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for kind in ("requests", "answers"):
        rows = [line for path in sorted(requests.glob(f"*.{kind}.jsonl")) for line in path.read_bytes().splitlines()]
        with (folder / f"{kind}.jsonl.gz").open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            packed.write(b"\n".join(rows) + b"\n")
    (folder / "secret").write_text((run / "vault" / "secret").read_bytes().hex() + "\n", encoding="ascii")
    shutil.copytree(run / "atlas", folder / "atlas")
    answers = gzip.decompress((folder / "answers.jsonl.gz").read_bytes()).splitlines()
    listed = {json.loads(line)["custom_id"] for line in answers}
    print(f"{folder.name}: {len(listed)} answers")


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
