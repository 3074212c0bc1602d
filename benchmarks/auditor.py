"""How well names of clusters that point at a person are told from harmless ones: by the local auditor, and by a model.

``python -m benchmarks.auditor`` prints the tables, in a few seconds and without a network: the model's answers are kept
in ``benchmarks/auditor``. With ``--model file:FOLDER``, or another model, it is asked anew.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.data import DATA, rows
from benchmarks.results import add_save, publish_markdown, table
from clioscope.atlas import Atlas
from clioscope.attacks.finding import Rate
from clioscope.embeddings import MiniLMEmbedder
from clioscope.models.judges import Calls, Judges
from clioscope.privacy.auditor import Audited, Auditor
from clioscope.privacy.local_auditor import LocalAuditor
from clioscope.prompting import Prompts

HERE = Path(__file__).parent / "auditor"
RECORDED = "large-language-model"
KIND = "the name of a group of conversations"
SECRET = b"the auditor's calibration"
FOR_THE_MODEL = 100
"""Names of each label that a model is asked about."""

BELOW = 3
"""The default of ``--audit-below``."""

FALSE_ALARMS, ROUNDS = 0.05, 2_000


class Name(NamedTuple):
    """A name as the project's authors labelled it. ``half``: ``tuning`` or ``held out``."""

    text: str
    identifying: bool
    kind: str
    half: str


class Judged(NamedTuple):
    """Names, and how suspicious each is to an auditor: float64 [n], and scores from 1 to 5: int64 [n]."""

    names: Sequence[Name]
    points: np.ndarray
    scores: np.ndarray


def read_names() -> list[Name]:
    return [Name(**json.loads(line)) for line in (HERE / "names.jsonl").read_text("utf-8").splitlines()]


def for_the_model(held_out: Sequence[Name]) -> list[Name]:
    """As many of each label, spread over the kinds that identify, in an order that tells nothing."""
    shuffled = sorted(held_out, key=lambda name: sha256(f"order {name.text}".encode()).digest())
    harmless = [name for name in shuffled if not name.identifying][:FOR_THE_MODEL]
    kinds = sorted({name.kind for name in shuffled if name.identifying})
    of_kinds = [[name for name in shuffled if name.identifying and name.kind == kind] for kind in kinds]
    in_turn = [mine[i] for i in range(max(map(len, of_kinds))) for mine in of_kinds if i < len(mine)]
    chosen = {name.text for name in [*harmless, *in_turn[:FOR_THE_MODEL]]}
    return [name for name in shuffled if name.text in chosen]


def by_local(names: Sequence[Name]) -> Judged:
    auditor = LocalAuditor(MiniLMEmbedder())
    texts = [name.text for name in names]
    points = np.array([found.points for found in auditor.points(texts)])
    return Judged(names, points, np.array([audited.score for audited in auditor.audit(texts, BELOW)]))


def by_model(names: Sequence[Name], model: str | None) -> Judged:
    """Through the project's own prompt. Without a usable answer a text counts as the lowest score, 0."""
    auditor = Auditor(Prompts(SECRET), BELOW)
    works = [partial(auditor.score, name.text, KIND) for name in names]
    with tempfile.TemporaryDirectory() as folder:
        if model is None:
            answers = Path(folder) / "answers"
            answers.mkdir()
            shutil.copy(HERE / "answers.jsonl", answers)
            model = f"file:{answers}#{RECORDED}"
        judges = Judges({"audit": model}, Calls(), Path(folder, "a.sqlite"), Path(folder, "w.sqlite"), print)
        try:
            found: list[Audited] = list(judges.judge("audit", lambda: (begin() for begin in works)))
        finally:
            judges.close()
    scores = np.array([audited.score for audited in found])
    return Judged(names, -scores.astype(np.float64), scores)


def recall_at(points: np.ndarray, identifying: np.ndarray, share: float) -> float:
    """Recall where ``share`` of the harmless ones are false alarms: on the line between the two nearest thresholds."""
    limits = np.unique(points)[::-1]
    alarms = [0.0, *((points[~identifying] >= limit).mean() for limit in limits)]
    recall = [0.0, *((points[identifying] >= limit).mean() for limit in limits)]
    after = next(i for i, alarm in enumerate(alarms) if alarm > share)
    width = alarms[after] - alarms[after - 1]
    return float(recall[after - 1] + (recall[after] - recall[after - 1]) * (share - alarms[after - 1]) / width)


def bootstrap(judged: Judged, figure: Callable[[np.ndarray, np.ndarray], float]) -> str:
    """``figure`` of the names, and the middle 95% of it over names drawn again, of each label as many."""
    identifying = np.array([name.identifying for name in judged.names])
    rng = np.random.default_rng(0)
    groups = [np.flatnonzero(identifying), np.flatnonzero(~identifying)]
    drawn = []
    for _ in range(ROUNDS):
        again = np.concatenate([rng.choice(group, len(group)) for group in groups])
        drawn.append(figure(judged.points[again], identifying[again]))
    low, high = np.quantile(drawn, (0.025, 0.975))
    return f"{100 * figure(judged.points, identifying):.0f}% ({100 * low:.0f} to {100 * high:.0f})"


def share(flags: np.ndarray) -> str:
    rate = Rate(int(flags.sum()), len(flags))
    low, high = rate.interval()
    return f"{100 * rate.share:.0f}% ({100 * low:.0f} to {100 * high:.0f})"


def at_five_percent(auditors: dict[str, Judged]) -> str:
    lines = [
        [called, str(len(judged.names)), bootstrap(judged, partial(recall_at, share=FALSE_ALARMS))]
        for called, judged in auditors.items()
    ]
    return table(["auditor", "names", "recall at 5% false alarms"], lines)


def by_threshold(auditors: dict[str, Judged]) -> str:
    lines = []
    for called, judged in auditors.items():
        identifying = np.array([name.identifying for name in judged.names])
        for below in (2, 3, 4, 5):
            low = judged.scores < below
            lines.append([called, str(below), share(low[identifying]), share(low[~identifying])])
    return table(["auditor", "scores below", "recall", "false alarms"], lines)


def by_kind(auditors: dict[str, Judged]) -> str:
    """The share of each kind that scores below the default."""
    first = next(iter(auditors.values()))
    kinds = list(dict.fromkeys((name.identifying, name.kind) for name in sorted(first.names, key=_label)))
    lines = []
    for identifying, kind in kinds:
        cells = []
        for judged in auditors.values():
            mine = np.array([(name.identifying, name.kind) == (identifying, kind) for name in judged.names])
            cells.append(f"{share(judged.scores[mine] < BELOW)} of {mine.sum()}")
        lines.append(["identifying" if identifying else "harmless", kind.replace("_", " "), *cells])
    return table(["label", "kind", *auditors], lines)


def _label(name: Name) -> tuple[bool, str]:
    return (not name.identifying, name.kind)


def elsewhere(data: Path, held_out: Sequence[Name]) -> str:
    """What the local auditor would withhold of texts of other origin: of all but the last row, false alarms."""
    texts: dict[str, list[str]] = {"names of the recorded runs": [], "descriptions of the recorded runs": []}
    for run in ("names", "facets"):
        with as_file(files("clioscope.sample").joinpath("recorded", run, "atlas")) as path:
            clusters = list(Atlas.open(path).walk())
        texts["names of the recorded runs"] += [cluster.name for cluster in clusters]
        texts["descriptions of the recorded runs"] += [cluster.description for cluster in clusters]
    for name in ("clinc150", "banking77", "hwu64") if data.exists() else ():
        labels = {str(row["labels"]["intent"]).replace("_", " ").capitalize() for row in rows(data, name)}
        texts[f"labels of {name}"] = sorted(labels)
    texts["descriptions with a name held out set in"] = set_in(texts["descriptions of the recorded runs"], held_out)
    auditor = LocalAuditor(MiniLMEmbedder())
    lines = []
    for called, mine in texts.items():
        low = np.array([audited.text is None for audited in auditor.audit(mine, BELOW)])
        lines.append([called, str(len(mine)), share(low)])
    return table(["texts", "n", "scores below 3"], lines)


def set_in(descriptions: Sequence[str], names: Sequence[Name]) -> list[str]:
    """Descriptions whose second sentence is about what an identifying name says."""
    pointing = [name.text for name in names if name.identifying]
    first = [description.split(". ")[0].rstrip(".") for description in descriptions]
    return [
        f"{first[i % len(first)]}. Others asked to {text[0].lower()}{text[1:]}, and for general advice."
        for i, text in enumerate(pointing)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="asked anew, in the place of the kept answers")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of NAME.jsonl.gz")
    add_save(parser)
    options = parser.parse_args()
    held_out = [name for name in read_names() if name.half == "held out"]
    asked = for_the_model(held_out)
    auditors = {
        "local": by_local(held_out),
        "local, the same names as the model": by_local(asked),
        "model": by_model(asked, options.model),
    }
    both = {"local": auditors["local"], "model": auditors["model"]}
    lower = np.minimum(auditors["local, the same names as the model"].scores, auditors["model"].scores)
    either = {"the lower of both": Judged(asked, -lower.astype(np.float64), lower)}
    for name, text in (
        ("auditor-recall", at_five_percent(auditors)),
        ("auditor-thresholds", by_threshold(both | either)),
        ("auditor-kinds", by_kind(both)),
        ("auditor-elsewhere", elsewhere(options.data, held_out)),
    ):
        publish_markdown(name, text, options.save)


if __name__ == "__main__":
    main()
