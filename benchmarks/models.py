"""What calling a model costs the client: rate, CPU, memory, calls and tokens a conversation.

``python -m benchmarks.models runs`` makes whole runs against the test double; ``python -m benchmarks.models queue``
queues very many requests; ``python -m benchmarks.models limit`` asks under a limit that nobody tells of. Prints tables
for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from benchmarks.memory import peak_mb
from benchmarks.processes import watched
from benchmarks.results import add_save, publish
from clioscope.testing import ModelServer, ServerLimits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["runs", "queue", "limit", "one"])
    parser.add_argument("--conversations", type=int, nargs="+", default=[2_000, 10_000])
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--url", help="of the double, for `one`: `queue` starts that")
    add_save(parser)
    given = parser.parse_args()
    if given.what == "one":
        queue(given.conversations[0], given.at_once, given.url)
    elif given.what == "runs":
        header = ["conversations", "extraction s", "of the ideal rate", "run s", "floor s", "CPU ms a call, whole run"]
        header += ["peak MB", "calls a conversation", "prompt tokens beyond its text"]
        rows = [one_run(count, given.latency, given.at_once) for count in given.conversations]
        publish("model", header, rows, given.save)
    elif given.what == "queue":
        with server(0.0) as url:
            told = ask(given.conversations[0], given.at_once, url)
        header = ["requests", "seconds", "a second", "CPU ms a call", "peak MB"]
        publish("model-queue", header, [told], given.save)
    else:
        count, at_once = given.conversations[0], given.at_once
        rows = [limited(count, at_once, given.latency, retry_after) for retry_after in (0.1, None)]
        publish("model-limit", ["Retry-After", "calls", "refused for the limit", "of the calls"], rows, given.save)


def ask(count: int, at_once: int, url: str) -> list[str]:
    """:func:`queue` in a process of its own, so that what it takes is told apart; its row."""
    options = ["--url", url, "--at-once", str(at_once), "--conversations", str(count)]
    command = [sys.executable, "-m", "benchmarks.models", "one", *options]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    row: list[str] = json.loads(done.stdout.splitlines()[-1])
    return row


def limited(count: int, at_once: int, latency: float, retry_after: float | None) -> list[str]:
    """Ask ``count`` requests of a server that allows 100 a second and does not say so."""
    limits = ServerLimits(requests_per_second=100, retry_after=retry_after, advertise=False)
    with ModelServer(latency=latency, limits=limits) as double:
        ask(count, at_once, double.url)
        calls, refused = double.stats().calls, double.stats().by_fault["over_limit"]
    told = "no" if retry_after is None else f"{retry_after:g} s"
    return [told, f"{calls:,}", f"{refused:,}", f"{refused / calls:.1%}"]


@contextmanager
def server(latency: float, *options: str) -> Iterator[str]:
    """The double as a process of its own."""
    command = [sys.executable, "-m", "clioscope.testing", "--latency", str(latency), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def stats(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/stats") as response:
        found: dict[str, Any] = json.load(response)
    return found


def sample(count: int) -> Iterator[dict[str, Any]]:
    """``count`` conversations of the sample, each with a number that makes it distinct."""
    path = files("clioscope.sample").joinpath("conversations.jsonl.gz")
    rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    for number in range(count):
        row = json.loads(json.dumps(rows[number % len(rows)]))
        row["id"] = f"{number}"
        row["messages"][0]["content"] += f" ({number})"
        yield row


def one_run(count: int, latency: float, at_once: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder, server(latency) as url:
        source = Path(folder) / "chats.jsonl"
        own = 0
        with source.open("w", encoding="utf-8") as file:
            for row in sample(count):
                own += len(json.dumps(row["messages"])) // 4
                file.write(json.dumps(row) + "\n")
        command = [
            sys.executable,
            "-m",
            "clioscope",
            "run",
            str(source),
            "--run",
            f"{folder}/run",
            "--json",
            "--at-once",
            str(at_once),
        ]
        command += ["--model", "openai/double", "--base-url", f"{url}/v1"]
        with (Path(folder) / "summary.json").open("w+", encoding="utf-8") as output:
            keys = {"OPENAI_API_KEY": "none"}
            used = watched(command, Path(folder) / "errors.txt", environment=keys, output=output)
            output.seek(0)
            summary = json.load(output)
        seen = stats(url)
    extraction = next(row for row in summary["usage"]["by_stage"] if row["name"] == "Asking")
    asking, ideal = summary["seconds"]["Asking"], extraction["calls"] * latency / at_once
    floor = seen["calls"] * latency / at_once
    tokens = (seen["prompt_tokens"] - own) / count
    print(json.dumps(summary["seconds"]), file=sys.stderr)
    figures = [f"{asking:.1f}", f"{ideal / asking:.0%}", f"{used.seconds:.1f}", f"{floor:.1f}"]
    figures += [f"{1000 * used.cpu / seen['calls']:.1f}", f"{used.megabytes:.0f}"]
    return [f"{count:,}", *figures, f"{seen['calls'] / count:.3f}", f"{tokens:.0f}"]


def queue(count: int, at_once: int, url: str) -> None:
    """Ask ``count`` requests of the facets alone, and print what that took of this process, as JSON."""
    from clioscope.config import make_config
    from clioscope.conversation import Conversation, Message
    from clioscope.facets import JudgedExtractor
    from clioscope.models.judges import Calls, Judges
    from clioscope.prompting import Prompts

    def conversations() -> Iterator[Conversation]:
        for row in sample(count):
            yield Conversation(row["id"], tuple(Message(m["role"], m["content"]) for m in row["messages"]))

    os.environ["OPENAI_API_KEY"] = "none"
    extractor = JudgedExtractor(make_config(), Prompts(bytes(32)))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        calls = Calls(base_url=f"{url}/v1", at_once=at_once)
        judges = Judges({"extract": "openai/double"}, calls, home / "a.sqlite", home / "w.sqlite", print)
        begin, cpu = time.monotonic(), time.process_time()
        answered = sum(
            row.failed is None for row in judges.judge("extract", lambda: map(extractor.work, conversations()))
        )
        seconds, cpu = time.monotonic() - begin, time.process_time() - cpu
        judges.close()
    peak = peak_mb()
    figures = [f"{seconds:.0f}", f"{answered / seconds:.0f}", f"{1000 * cpu / answered:.2f}", f"{peak:.0f}"]
    print(json.dumps([f"{answered:,}", *figures]))


if __name__ == "__main__":
    main()
