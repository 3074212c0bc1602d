"""Keep a run over the sample, whose requests were answered in files, as a recorded example.

Answers that the run did not ask for are left out.

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
    asked = _by_id(requests, "requests")
    answered = _by_id(requests, "answers")
    if missing := asked.keys() - answered.keys():
        raise SystemExit(f"{requests}: {len(missing)} requests have no answer.")
    folder = RECORDED / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for kind, rows in ("requests", asked.values()), ("answers", [answered[one] for one in asked]):
        with (folder / f"{kind}.jsonl.gz").open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            packed.write(b"\n".join(rows) + b"\n")
    (folder / "secret").write_text((run / "vault" / "secret").read_bytes().hex() + "\n", encoding="ascii")
    shutil.copytree(run / "atlas", folder / "atlas")
    print(f"{folder.name}: {len(asked)} answers")


def _by_id(folder: Path, kind: str) -> dict[str, bytes]:
    """The lines of all files of a kind, by what they are about; of two the later one."""
    lines = (line for path in sorted(folder.glob(f"*.{kind}.jsonl")) for line in path.read_bytes().splitlines())
    return {json.loads(line)["custom_id"]: line for line in lines}


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
