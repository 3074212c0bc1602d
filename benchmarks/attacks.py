"""What an attacker gets out of a release, with and without protection: every attack that plants something.

``python -m benchmarks.attacks`` runs on the shipped sample and, where it is there, on 4,000 conversations of CLINC150,
whose users are drawn at random (8 conversations each). It takes some minutes and no network. ``--only sample`` or
``--only clinc150`` takes one of them.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from importlib.resources import as_file
from pathlib import Path
from time import perf_counter, process_time

import clioscope
from benchmarks.data import arguments, rows
from benchmarks.results import publish
from clioscope import Conversation, Message
from clioscope.attacks.finding import Finding, Trial
from clioscope.attacks.planted import ATTACKS, setup
from clioscope.config import read_config
from clioscope.progress import Silent
from clioscope.sample import conversations
from clioscope.vault import RunFolder

CONVERSATIONS, A_USER = 4_000, 8


def clinc150(folder: Path) -> list[Conversation]:
    """Conversations of users drawn at random."""
    rng = random.Random(0)
    found = rng.sample(rows(folder, "clinc150"), CONVERSATIONS)
    return [
        Conversation(
            str(row["id"]),
            tuple(Message(m["role"], m["content"]) for m in row["messages"]),
            f"user {rng.randrange(CONVERSATIONS // A_USER)}",
        )
        for row in found
    ]


def runs(folder: Path, work: Path, only: str | None) -> Iterator[tuple[str, Path]]:
    """Finished runs to attack."""
    if only in (None, "sample"):
        with as_file(conversations()) as path:
            clioscope.run(path, work / "sample")
        yield "The shipped sample", work / "sample"
    if only in (None, "clinc150") and (folder / "clinc150.jsonl.gz").exists():
        clioscope.run(clinc150(folder), work / "clinc150")
        yield "CLINC150", work / "clinc150"


def line(trial: Trial) -> list[str]:
    if trial.rate is None:
        return [trial.setting, trial.layers, "", "", "", told(trial)]
    low, high = trial.rate.interval()
    guess = "" if trial.guess is None else f"{trial.guess:.1%}"
    got = f"{trial.rate.successes:,} of {trial.rate.tries:,}"
    return [trial.setting, trial.layers, got, f"{low:.1%} to {high:.1%}", guess, told(trial)]


def told(trial: Trial) -> str:
    return "; ".join(f"{name}: {value}" for name, value in trial.figures)


def show(finding: Finding, run: str, seconds: float, processor: float, save: Path | None) -> None:
    print(f"\n### {finding.attack}: {finding.verdict} ({seconds:.0f} s, {processor:.0f} s of processor)\n")
    header = ["setting", "protected by", "got", "95%", "guess", "also"]
    lines = [line(trial) for trial in finding.trials]
    publish(f"attack-{finding.attack}-{run}", header, lines, save, notes=[finding.sentence])


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--only", choices=("sample", "clinc150"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for name, folder in runs(options.data, Path(temporary), options.only):
            print(f"\n## {name}")
            work = folder / "work"
            work.mkdir()
            made = setup(RunFolder.existing(folder), read_config(folder / "run.toml"), None, work, options.seed)
            for attack in ATTACKS:
                start, used = perf_counter(), process_time()
                finding = attack.run(made, Silent())
                show(finding, folder.name, perf_counter() - start, process_time() - used, options.save)


if __name__ == "__main__":
    main()
