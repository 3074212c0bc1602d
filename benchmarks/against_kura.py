"""Clioscope beside Kura 0.5.4: undisturbed, with 1% of the calls failing, and killed half-way.

``python -m benchmarks.against_kura --peers FILE.toml`` runs both over the same conversations, against the same test
double, on this machine, one after the other. The file says where Kura is (see peers.py); where it is nowhere, its rows
say so. What of Kura's README is changed, and why, stands in kura_runner.py.

Kura is run as its README says (a console, a cache of summaries, checkpoints), with the checkpoints alone, and with the
embedding model that Clioscope uses; in all three with one client for all stages, and then once as installed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from benchmarks.models import sample, server, stats
from benchmarks.peers import NOT_INSTALLED, add_peers
from benchmarks.processes import watched
from benchmarks.results import add_save, publish

Table = tuple[list[str], list[list[str]]]
"""Header and rows."""
MINILM = files("clioscope.embeddings").joinpath("minilm")
RUNNER = Path(__file__).with_name("kura_runner.py")
NOTES = """\
Kura's embeddings are its default, OpenAI's, which the double gives at once and for nothing, except where Clioscope's
model is named; Clioscope computes its own here. Kura asks for half as many parents as a group has clusters, and the
double names two, so that Kura's calls are a lower bound. Its clusters vary with the order in which summaries come, and
so do a few calls. With a console it leaves out what fails in its first two stages, and says so in its log alone."""

FAILING = {
    "1% HTTP 500": "server_error=0.01",
    "1% malformed JSON": "bad_json=0.01",
    "1% HTTP 400 (content filter)": "content_filter=0.01",
}
KILLED = "kill -9 at half of the calls"


class Tool(NamedTuple):
    """What is run: its command, given source, folder and address; then what became of it, given the folder.

    There is no result of what is not installed.
    """

    name: str
    command: Callable[[Path, Path, str], list[str]]
    result: Callable[[Path], str | int] | None


class Outcome(NamedTuple):
    """What a scene came to. ``result``: the conversations in the result, or why there is none."""

    seconds: float
    cpu: float
    megabytes: float
    paid: int
    twice: int
    prompt_tokens: int
    result: str | int


class Bench(NamedTuple):
    """What all scenes share."""

    source: Path
    conversations: int
    latency: float
    limit: float


def main() -> None:
    given = arguments()
    clioscope = Tool("Clioscope", partial(clioscope_command, given.at_once), clioscope_result)
    readme, plain, same, installed = (
        Tool(name, partial(kura_command, given, options), kura_result if given.kura_python else None)
        for name, options in (
            ("Kura (README, one client)", []),
            ("Kura (checkpoints alone, one client)", ["--plain"]),
            (
                "Kura (README, one client, Clioscope's embedding model)",
                ["--embeddings", "minilm", "--minilm", str(MINILM)],
            ),
            ("Kura (README, as installed: a client a stage)", ["--client", "stage"]),
        )
    )
    with chats(given.conversations) as source, chats(200) as few:
        bench = Bench(source, given.conversations, given.latency, given.limit)
        for tool in (clioscope, readme):
            # Kura's dependencies compile themselves when they are first used, which is none of its running time.
            scene(tool, Bench(few, 200, 0.0, given.limit))
        calm = {tool.name: scene(tool, bench) for tool in (clioscope, readme, plain, same)}
        calm[installed.name] = scene(installed, bench._replace(limit=given.limit_installed))
        disturbed = [
            (name, tool.name, scene(tool, bench, "--fault", fault))
            for name, fault in FAILING.items()
            for tool in (clioscope, readme, plain)
        ] + [
            (KILLED, tool.name, scene(tool, bench, kill_at=calm[tool.name].paid // 2))
            for tool in (clioscope, readme, plain)
        ]
    how = f"{given.conversations:,} conversations, {1000 * given.latency:.0f} ms a call, {given.at_once} at once."
    versions = given.peers.versions("kura")
    columns, rows = undisturbed_table(calm, bench, given.at_once)
    publish("kura-undisturbed", columns, rows, given.save, notes=[how], versions=versions)
    columns, rows = disturbed_table(disturbed, calm)
    publish("kura-disturbed", columns, rows, given.save, notes=[how], versions=versions)
    print(NOTES)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_peers(parser)
    add_save(parser)
    parser.add_argument("--conversations", type=int, default=2_000)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--limit", type=float, default=600, help="seconds after which a process is killed")
    parser.add_argument("--limit-installed", type=float, default=120, help="the same for Kura as installed")
    given = parser.parse_args()
    given.kura_python = given.peers.python("kura")
    return given


@contextmanager
def chats(count: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chats.jsonl"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in sample(count))
        yield path


def clioscope_command(at_once: int, source: Path, folder: Path, url: str) -> list[str]:
    command = [sys.executable, "-m", "clioscope", "run", str(source), "--run", str(folder), "--quiet"]
    return [*command, "--model", "openai/double", "--base-url", f"{url}/v1", "--at-once", str(at_once)]


def clioscope_result(folder: Path) -> str | int:
    """The conversations that were not given up; its own words where there is no atlas."""
    command = [sys.executable, "-m", "clioscope", "info", str(folder), "--json"]
    about = subprocess.run(command, capture_output=True, text=True)
    if about.returncode:
        return error_line(folder)
    found = json.loads(about.stdout)["run"]["found"]
    return int(found["Reading"]["conversations"]) - int(found["Asking"]["failed"])


def kura_command(given: argparse.Namespace, options: list[str], source: Path, folder: Path, url: str) -> list[str]:
    command = [given.kura_python, str(RUNNER), str(source), str(folder), "--url", url]
    return [*command, "--at-once", str(given.at_once), *options]


def kura_result(folder: Path) -> str | int:
    path = folder / "result.json"
    if not path.exists():
        return error_line(folder)
    found = json.loads(path.read_text(encoding="utf-8"))
    return str(found["error"]) if "error" in found else int(found["conversations"])


def error_line(folder: Path) -> str:
    """The first line of the error that a process told of; its last line where none is called so."""
    lines = [line for line in errors_of(folder).read_text(encoding="utf-8").splitlines() if line.strip()]
    return next((line for line in lines if line.startswith("Error")), lines[-1] if lines else "died without a word")


def errors_of(folder: Path) -> Path:
    return folder.with_suffix(".errors")


def scene(tool: Tool, bench: Bench, *options: str, kill_at: int | None = None) -> Outcome:
    """Run a tool against a double of its own; where ``kill_at``, kill it after so many calls and start it again."""
    if tool.result is None:
        return Outcome(0, 0, 0, 0, 0, 0, NOT_INSTALLED)
    with tempfile.TemporaryDirectory() as temporary, server(bench.latency, *options) as url:
        folder = Path(temporary) / "run"
        folder.mkdir()
        command = tool.command(bench.source, folder, url)
        keys = {"OPENAI_API_KEY": "none"}
        run = partial(watched, command, errors_of(folder), bench.limit, environment=keys)
        used = []
        if kill_at is not None:
            used.append(run(enough=lambda: stats(url)["answered"] >= kill_at))
        used.append(run())
        # What was under way when a process was killed is still answered, and paid.
        time.sleep(2 * bench.latency)
        seen = stats(url)
        result = tool.result(folder) if used[-1].status is not None else f"hangs (killed after {bench.limit:.0f} s)"
        if kill_at is not None and used[0].status is not None:
            result = "ended before it was killed"
    outcome = Outcome(
        sum(part.seconds for part in used),
        sum(part.cpu for part in used),
        max(part.megabytes for part in used),
        seen["answered"],
        seen["repeated"],
        seen["prompt_tokens"],
        result,
    )
    print(tool.name, *options, "killed" if kill_at else "", outcome, file=sys.stderr, flush=True)
    return outcome


def undisturbed_table(calm: dict[str, Outcome], bench: Bench, at_once: int) -> Table:
    columns = ["undisturbed", "seconds", "floor s", "CPU s", "peak MB", "calls a conversation"]
    columns += ["prompt tokens a conversation", "conversations in the result"]
    rows = []
    for name, found in calm.items():
        if found.result == NOT_INSTALLED:
            rows.append([name, *[""] * (len(columns) - 2), NOT_INSTALLED])
            continue
        floor = found.paid * bench.latency / at_once
        calls, tokens = found.paid / bench.conversations, found.prompt_tokens / bench.conversations
        cells = [name, f"{found.seconds:.1f}", f"{floor:.1f}", f"{found.cpu:.1f}", f"{found.megabytes:.0f}"]
        rows.append([*cells, f"{calls:.2f}", f"{tokens:,.0f}", shown(found.result)])
    return columns, rows


def disturbed_table(disturbed: list[tuple[str, str, Outcome]], calm: dict[str, Outcome]) -> Table:
    columns = ["disturbed by", "what", "seconds", "calls paid", "undisturbed", "beyond undisturbed"]
    columns += ["of them asked before, word for word", "conversations in the result"]
    rows = []
    for disturbance, name, found in disturbed:
        if found.result == NOT_INSTALLED:
            rows.append([disturbance, name, *[""] * (len(columns) - 3), NOT_INSTALLED])
            continue
        expected = calm[name].paid
        # Whoever died has paid for no result yet: a difference would say nothing.
        lost = f"{found.paid - expected:,}" if isinstance(found.result, int) else "-"
        cells = [disturbance, name, f"{found.seconds:.1f}", f"{found.paid:,}", f"{expected:,}"]
        rows.append([*cells, lost, f"{found.twice:,}", shown(found.result)])
    return columns, rows


def shown(result: str | int) -> str:
    if isinstance(result, int):
        return f"{result:,}"
    text = result.replace("|", "/")
    return f"none: {text[:117]}..." if len(text) > 120 else f"none: {text}"


if __name__ == "__main__":
    main()
