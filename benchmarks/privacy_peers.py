"""What readers of the output of different systems can read of single people, from the same planted conversations.

``python -m benchmarks.privacy_peers --peers FILE.toml``: conversations of the shipped sample with canaries in them,
sentences with an invented word that one user, nine or ten say. Each system is run whole over the same file against the
same test double, which names things in words out of what it is shown, as a model does that quotes. Then the words, ids
and texts are looked for in what the system writes for readers: for Clioscope the folder ``atlas``; for Kura the folder
of checkpoints, which its viewer opens. Kura asks its model to leave personal details out, which the double does not
heed, and knows of no users, so that it has no minimum of them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from benchmarks.models import sample, server
from benchmarks.peers import NOT_INSTALLED, add_peers
from benchmarks.results import add_save, publish
from clioscope.attacks.planted.canary_texts import WAYS, sayings
from clioscope.attacks.planted.invented import invented, stems_in
from clioscope.config import PROFILES

RUNNER = Path(__file__).with_name("kura_runner.py")
NOT_TRIED = "not tried: no package of it, and its data and models are those of two services"
"""Of the whole of open-clio, which reads LangSmith's datasets and asks Anthropic's models."""
K = PROFILES["default"].support
ALONE, GROUPS = 60, 3
"""Canaries of one user each; of several users, for each number of them and each way of saying it."""
_LONG = 40
"""Characters of a first message from which on finding it somewhere is no chance."""

Row = dict[str, Any]


class Planted(NamedTuple):
    """Conversations, and the canaries' words by the number of users who say each."""

    rows: list[Row]
    words: dict[int, list[str]]


class Shown(NamedTuple):
    """What a system wrote for readers.

    ``titles``: names and descriptions of clusters; ``everything``: all strings of all files; ``clusters``, ``cells``:
    the number of users behind each, ``None`` where it shows none.
    """

    titles: str
    everything: str
    clusters: list[int]
    cells: list[int] | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=1_000, help="of the sample; canaries come on top")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=600, help="seconds after which a system is given up")
    add_peers(parser)
    add_save(parser)
    given = parser.parse_args()
    planted = plant(list(sample(given.conversations)), given.seed)
    python = given.peers.python("kura")
    systems: dict[str, Callable[[Path, Path], Shown] | str] = {
        "Clioscope, no model": clioscope,
        "Clioscope, the double": clioscope_with_a_model,
        "Kura (README)": partial(kura, python, planted, given.limit) if python else NOT_INSTALLED,
        "LangChain's open-clio": NOT_TRIED,
    }
    lines = []
    for name, run in systems.items():
        lines += rows_of(name, found(run, planted), planted)
        print(*lines[-1], sep=" | ", file=sys.stderr, flush=True)
    header = ["system", "what is read", *(f"canaries of {n} user{'s' * (n > 1)}" for n in planted.words)]
    header += ["conversation ids", f"first messages of {_LONG} letters and more", "clusters"]
    header += [f"of fewer than {K} users", f"other figures of fewer than {K} users"]
    publish("privacy", header, lines, given.save, notes=NOTES, versions=given.peers.versions("kura"))


NOTES = (
    "How many of all came out word for word. The double quotes what it is shown and heeds no request to leave out what",
    "is personal, which both make: this is what a system keeps back by itself, not what a good model would write.",
    "Kura knows of no users and has no minimum of them; its clusters' were counted by the ids that stand beside them.",
)


def plant(rows: list[Row], seed: int) -> Planted:
    """Canaries of one user at the beginning of conversations that are there; those of more in ones of their own."""
    rng = random.Random(seed)
    several = [(users, way) for users in (K - 1, K) for way in WAYS for _ in range(GROUPS)]
    honest = stems_in(message["content"] for row in rows for message in row["messages"])
    words = invented(ALONE + len(several), rng, honest)
    for row in rows:
        row["id"] = f"{rng.getrandbits(64):016x}"
    for number, row in enumerate(rng.sample(rows, ALONE)):
        said = sayings(words[number], WAYS[number % len(WAYS)], 1, rng)[0]
        row["messages"][0]["content"] = f"{said}\n{row['messages'][0]['content']}"
    found: dict[int, list[str]] = {1: words[:ALONE]}
    for word, (users, way) in zip(words[ALONE:], several, strict=True):
        found.setdefault(users, []).append(word)
        for text in sayings(word, way, users, rng):
            user, like = f"canary-{rng.getrandbits(64):016x}", rng.choice(rows)
            messages = [{"role": "user", "content": text}]
            row = {"id": f"{rng.getrandbits(64):016x}", "user_id": user, "created_at": like["created_at"]}
            rows.append({**row, "messages": messages})
    return Planted(rows, found)


def found(run: Callable[[Path, Path], Shown] | str, planted: Planted) -> Shown | str:
    """What a system shows; in a sentence, why it shows nothing."""
    if isinstance(run, str):
        return run
    with tempfile.TemporaryDirectory() as name:
        source, folder = Path(name) / "conversations.jsonl", Path(name) / "run"
        source.write_text("".join(json.dumps(row) + "\n" for row in planted.rows), encoding="utf-8")
        try:
            return run(source, folder)
        except (subprocess.SubprocessError, RuntimeError) as error:
            return f"failed: {str(error).splitlines()[0][:100]}"


def clioscope(source: Path, folder: Path, *options: str) -> Shown:
    command = [sys.executable, "-m", "clioscope", "run", str(source), "--run", str(folder), "--quiet", *options]
    subprocess.run(command, check=True, env={**os.environ, "OPENAI_API_KEY": "none"})
    atlas = folder / "atlas"
    clusters = pq.read_table(atlas / "clusters.parquet").to_pylist()
    titles = "\n".join(f"{row['name']}\n{row['description']}" for row in clusters)
    cells = pq.read_table(atlas / "cube.parquet", columns=["users"])["users"].to_pylist()
    cells += pq.read_table(atlas / "map.parquet", columns=["users"])["users"].to_pylist()
    return Shown(titles, strings_of(atlas), [row["users"] for row in clusters], cells)


def clioscope_with_a_model(source: Path, folder: Path) -> Shown:
    with server(0.0) as url:
        return clioscope(source, folder, "--model", "openai/double", "--base-url", f"{url}/v1")


def kura(python: str, planted: Planted, limit: float, source: Path, folder: Path) -> Shown:
    folder.mkdir()
    with server(0.0) as url:
        command = [python, str(RUNNER), str(source), str(folder), "--url", url]
        subprocess.run(command, check=True, capture_output=True, timeout=limit)
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    if "error" in result:
        raise RuntimeError(result["error"])
    checkpoints = folder / "checkpoints"
    lines = (checkpoints / "dimensionality.jsonl").read_text(encoding="utf-8").split("\n")
    clusters = [json.loads(line) for line in lines if line.strip()]
    titles = "\n".join(f"{row['name']}\n{row['description']}" for row in clusters)
    user = {row["id"]: row["user_id"] for row in planted.rows}
    users = [len({user[chat] for chat in row["chat_ids"]}) for row in clusters]
    return Shown(titles, strings_of(checkpoints), users, None)


def strings_of(folder: Path) -> str:
    """Every string of every file, one under another."""
    return "\n".join(text for path in sorted(folder.rglob("*")) if path.is_file() for text in _strings(path))


def _strings(path: Path) -> Iterator[str]:
    if path.suffix == ".parquet":
        columns = [name for name in pq.read_schema(path).names if name != "vector"]
        for row in pq.read_table(path, columns=columns).to_pylist():
            yield from _inside(row)
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    for line in text.split("\n") if path.suffix == ".jsonl" else [text]:
        try:
            yield from _inside(json.loads(line))
        except ValueError:
            yield line


def _inside(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _inside(item)
    elif isinstance(value, list):
        for item in value:
            yield from _inside(item)
    elif value is not None:
        yield str(value)


def rows_of(name: str, shown: Shown | str, planted: Planted) -> list[list[str]]:
    if isinstance(shown, str):
        return [[name, shown, *[""] * (len(planted.words) + 5)]]
    few = [f"{len(shown.clusters):,}", f"{sum(users < K for users in shown.clusters):,}"]
    few.append("none shown" if shown.cells is None else f"{sum(users < K for users in shown.cells):,}")
    return [
        [name, "names and descriptions", *counts(shown.titles, planted), "", "", ""],
        [name, "all files for readers", *counts(shown.everything, planted), *few],
    ]


def counts(text: str, planted: Planted) -> list[str]:
    """Canaries of each number of users, ids and first messages in ``text``, of all."""
    text = _plain(text)
    firsts = [_plain(row["messages"][0]["content"]) for row in planted.rows]
    wanted: list[Sequence[str]] = [*planted.words.values(), [row["id"] for row in planted.rows]]
    wanted.append([first for first in firsts if len(first) >= _LONG])
    return [f"{sum(_plain(one) in text for one in these):,} of {len(these):,}" for these in wanted]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


if __name__ == "__main__":
    main()
