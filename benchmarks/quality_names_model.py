"""Names by a language model: Clioscope's beside those of Kura, of the same clusters, and beside names without a model.

``python -m benchmarks.quality_names_model --folder FOLDER --peers FILE.toml``: 2,000 texts of HWU64 in as many
clusters as there are intents. Kura names with its own prompt, through its own code, what Clioscope has clustered. The
answers of a large language model to both are kept (``names_kept/README.md``); what they do not answer is written into
FOLDER, to be answered there as ``clioscope run --model file:FOLDER`` says, and the same command goes on then.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import clioscope
from benchmarks.data import arguments, rows
from benchmarks.peers import add_peers
from benchmarks.quality_names import MIN_USERS, Clusters, ranks_of, spoken
from benchmarks.results import publish
from clioscope.embeddings import MiniLMEmbedder
from clioscope.models.waves import AwaitingAnswers
from clioscope.naming import LocalNamer
from clioscope.vault import RunFolder
from clioscope.vault.files import private_folder

KEPT = Path(__file__).parent / "names_kept"
RUNNER = Path(__file__).with_name("kura_names_runner.py")
DATA, CONVERSATIONS, K = "hwu64", 2_000, 64


class Clustered(NamedTuple):
    """Texts, the intent of each, int32 [n] its cluster; the name of each cluster, as written and as published."""

    texts: list[str]
    intents: list[str]
    labels: NDArray[np.int32]
    written: list[str | None]
    published: list[str | None]


def main() -> None:
    parser = arguments(__doc__ or "")
    add_peers(parser)
    parser.add_argument("--folder", type=Path, required=True, help="where the run, requests and answers are put")
    given = parser.parse_args()
    ours = by_clioscope(given)
    kuras = by_kura(given, ours)
    if ours is None or kuras is None:
        sys.exit(f"What waits for answers is in {given.folder}.")
    embedder = MiniLMEmbedder()
    lines = []
    for system, names in {
        "Clioscope, a model, as written": ours.written,
        "Clioscope, a model, as published": ours.published,
        "Kura, the same model": kuras,
        "Clioscope, no model": without(ours, given.folder, embedder),
    }.items():
        ranks = np.array(ranks_of(names, ours.labels, ours.intents, embedder))
        unnamed = sum(name is None for name in names)
        words = np.mean([len(name.split()) for name in names if name])
        shares = (f"{(ranks < most).mean():.0%}" for most in (1, 5))
        lines.append([system, str(len(names)), *shares, str(unnamed), f"{words:.1f}"])
    header = ["names by", "clusters", "nearest label", "among five", "unnamed", "words a name"]
    publish("names-model", header, lines, given.save, versions=given.peers.versions("kura"))


def by_clioscope(given: Namespace) -> Clustered | None:
    """A run whose names a model gives; ``None`` while answers are waited for."""
    folder: Path = given.folder
    found = rows(given.data, DATA)
    drawn = np.sort(np.random.default_rng(0).choice(len(found), CONVERSATIONS, replace=False))
    source = folder / "conversations.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    source.write_text("".join(json.dumps(found[i]) + "\n" for i in drawn), encoding="utf-8")
    run, answers = folder / "run", private_folder(folder / "answers")
    (answers / "kept.jsonl").write_bytes(kept("clioscope"))
    if not (run / "vault" / "secret").exists():
        # The same secret shows the same members to the model.
        (private_folder(RunFolder(run).vault) / "secret").write_bytes(b"a benchmark, and no secret at all")
    models = {"name": f"file:{answers}#large-language-model"}
    try:
        atlas = clioscope.run(source, run, hierarchy=(K,), models=models, audit_sample=0, redact="never")
    except AwaitingAnswers as waiting:
        print(waiting, file=sys.stderr)
        return None
    assignments = run / "vault" / "assignments" / "request"
    labels, numbers = (np.load(assignments / f"{name}.npy") for name in ("base", "level_0"))
    (titles,) = json.loads((assignments / "tree_titles.json").read_text(encoding="utf-8"))
    names = {cluster.id: cluster.name for cluster in atlas.walk()}
    # The atlas gives clusters other numbers.
    renumbered = [int(numbers[labels == cluster][0]) for cluster in range(int(labels.max()) + 1)]
    written = [titles[number] and titles[number]["name"] for number in renumbered]
    published = [names[f"0-{number}"] for number in renumbered]
    return Clustered(
        [found[i]["messages"][0]["content"] for i in drawn],
        [found[i]["labels"]["intent"] for i in drawn],
        labels,
        written,
        [None if name.startswith("Unnamed") else name for name in published],
    )


def by_kura(given: Namespace, ours: Clustered | None) -> list[str | None] | None:
    """What Kura calls the same clusters; ``None`` while answers are waited for."""
    python = given.peers.python("kura")
    if python is None:
        sys.exit("Kura is not installed where --peers says.")
    if ours is None:
        return None
    folder: Path = given.folder
    files = [folder / name for name in ("texts.json", "labels.json", "kura_answers.jsonl", "kura_requests.jsonl")]
    files[0].write_text(json.dumps(ours.texts), encoding="utf-8")
    files[1].write_text(json.dumps(ours.labels.tolist()), encoding="utf-8")
    if not files[2].exists():
        files[2].write_bytes(kept("kura"))
    subprocess.run([python, RUNNER, *files], check=True)
    named: Sequence[dict[str, Any]] = [json.loads(line) for line in files[3].read_bytes().splitlines()]
    if not all(row["name"] for row in named):
        print(f"Answers to {files[3]} belong into {files[2]}: custom_id, and text as JSON.", file=sys.stderr)
        return None
    return [row["name"] for row in named]


def without(ours: Clustered, folder: Path, embedder: MiniLMEmbedder) -> list[str | None]:
    """The names that the same clusters have without a model."""
    centroids = np.load(folder / "run" / "vault" / "assignments" / "request" / "centroids.npy")
    clusters = Clusters(ours.texts, ours.labels, len(centroids))
    return spoken(LocalNamer(embedder).name(clusters, centroids, min_support=MIN_USERS))


def kept(system: str) -> bytes:
    """Result lines of the large language model that answered once."""
    path = KEPT / f"{system}.jsonl.gz"
    return gzip.decompress(path.read_bytes()) if path.exists() else b""


if __name__ == "__main__":
    main()
