"""What a judge says of a run whose truth is known, and of the same run with its names dealt out wrongly.

``python -m benchmarks.judging --folder FOLDER``: 1,200 conversations that ``clioscope synth`` makes, a run of them
without a model, and a copy in which every base cluster has the name and the description of another one. Both are
evaluated with the same judge. ``--model PROVIDER/MODEL`` asks one; without it the kept answers are read
(``judging_kept/README.md``), and what they do not answer is written into FOLDER to be answered there: the same command
goes on then.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import clioscope
from benchmarks.results import add_save, publish
from clioscope.evaluation.evaluating import Evaluation, Judging, evaluate
from clioscope.models.waves import AwaitingAnswers
from clioscope.synth.making import make
from clioscope.synth.recipe import Recipe
from clioscope.vault import RunFolder
from clioscope.vault.files import private_folder

KEPT = Path(__file__).parent / "judging_kept"
RECIPE = Recipe(conversations=1_200, languages=("en",), groups=0, seed=5)
SAMPLE = 15
JUDGED = (
    "fit",
    "best fit",
    "exclusive fit",
    "uniqueness",
    "name faithfulness",
    "privacy of texts",
    "judge's agreement",
)
RUNS = ("right", "wrong")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where runs, requests and answers are put")
    parser.add_argument("--model", help="PROVIDER/MODEL that judges")
    add_save(parser)
    given = parser.parse_args()
    truth = runs(given.folder)
    found = {name: judged(given.folder, name, truth, given.model) for name in RUNS}
    waiting = [name for name, evaluation in found.items() if evaluation is None]
    if waiting:
        sys.exit(f"What waits for answers is in {', '.join(str(given.folder / name / 'answers') for name in waiting)}.")
    rows = table({name: evaluation for name, evaluation in found.items() if evaluation is not None})
    alone = figure(evaluate(given.folder / "right" / "run", truth=truth), "reconstruction")
    header = ["measure", "names as they are", "names dealt out wrongly"]
    note = f"With nobody to judge, by the embeddings of the names as they are, the reconstruction is {alone}."
    publish("judging", header, rows, given.save, notes=[note])


def runs(folder: Path) -> Path:
    """Make both, and return what is true of the conversations."""
    made = folder / "made"
    if not (made / "truth.jsonl").exists():
        make(made, RECIPE)
    for name in RUNS:
        run = folder / name / "run"
        if not (run / "atlas").exists():
            # The same secret draws the same conversations for the judge.
            (private_folder(RunFolder(run).vault) / "secret").write_bytes(b"a benchmark, and no secret at all")
            clioscope.run(made / "conversations.jsonl", run)
            if name == "wrong":
                deal_out(run / "atlas" / "clusters.parquet")
    return made / "truth.jsonl"


def deal_out(path: Path) -> None:
    """Give each base cluster the name and the description of the one half of all further on."""
    clusters = pq.read_table(path)
    rows = clusters.to_pylist()
    base = [row for row in rows if row["level"] == 0]
    texts = [(row["name"], row["description"], row["terms"]) for row in base]
    half = len(base) // 2
    for row, (name, description, terms) in zip(base, texts[half:] + texts[:half], strict=True):
        row |= {"name": name, "description": description, "terms": terms}
    pq.write_table(pa.Table.from_pylist(rows, schema=clusters.schema), path)


def judged(folder: Path, name: str, truth: Path, model: str | None) -> Evaluation | None:
    """One run's evaluation; ``None`` while answers are waited for."""
    answers = folder / name / "answers"
    if model is None:
        private_folder(answers)
        kept = gzip.decompress((KEPT / "answers.jsonl.gz").read_bytes())
        (answers / "kept.jsonl").write_bytes(kept)
    judging = Judging(model or f"file:{answers}#large-language-model", sample=SAMPLE)
    try:
        return evaluate(folder / name / "run", truth=truth, judging=judging)
    except AwaitingAnswers as waiting:
        print(waiting, file=sys.stderr)
        return None


def table(found: dict[str, Evaluation]) -> list[list[str]]:
    """A row for each measure: what it is of each run."""
    return [[name, *(figure(found[run], name) for run in RUNS)] for name in (*JUDGED, "reconstruction")]


def figure(evaluation: Evaluation, name: str) -> str:
    """The figure that a measure goes by, and how it stands."""
    measure = next(measure for measure in evaluation.measures if measure.name == name)
    line = measure.lines[0].rounded()
    assert line.value is not None, measure.sentence
    told = f"{line.value:.0%}" if line.share else f"{line.value:.2f}"
    return f"{told}, {measure.standing}"


if __name__ == "__main__":
    main()
