"""Run a recorded example again, with the answers that are kept, and write down what is still to be answered.

``python tools/recording/replay.py NAME FOLDER`` makes ``FOLDER/run`` and ``FOLDER/requests``. Where requests wait,
answer them there and run it again; where none do, ``keep.py FOLDER/run FOLDER/requests NAME`` keeps the run.
"""

from __future__ import annotations

import sys
from importlib.resources import as_file
from pathlib import Path
from typing import get_args

from clioscope.api import run_with
from clioscope.config import make_config
from clioscope.models.waves import AwaitingAnswers
from clioscope.sample import conversations
from clioscope.sample.recording import Recorded, recording
from clioscope.vault.files import private_folder


def replay(name: Recorded, folder: Path) -> bool:
    """Run with the recorded options, secret and answers. Whether nothing is left to be answered."""
    requests, vault = folder / "requests", private_folder(folder / "run" / "vault")
    requests.mkdir(parents=True, exist_ok=True)
    found = recording(name, str(requests))
    secret = vault / "secret"
    secret.write_bytes(found.secret)
    secret.chmod(0o600)
    (requests / "recorded.answers.jsonl").write_bytes(found.answers)
    with as_file(conversations()) as path:
        try:
            run_with(make_config(source=(str(path),), **found.options), folder / "run")
        except AwaitingAnswers as waiting:
            print(waiting)
            return False
    print(f"{name}: every request has its answer.")
    return True


def main() -> None:
    examples: dict[str, Recorded] = {name: name for name in get_args(Recorded)}
    if sys.argv[1] not in examples:
        raise SystemExit(f"There is no recorded example {sys.argv[1]}: it is one of {', '.join(examples)}.")
    raise SystemExit(0 if replay(examples[sys.argv[1]], Path(sys.argv[2])) else 3)


if __name__ == "__main__":
    main()
