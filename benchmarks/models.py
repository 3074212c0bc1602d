"""What calling a model costs the client: rate, CPU, memory, calls and tokens a conversation.

``python benchmarks/models.py runs`` makes whole runs against the test double; ``python benchmarks/models.py queue``
queues very many requests; ``python benchmarks/models.py limit`` asks under a limit that nobody tells of. Prints tables
for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
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

from clioscope.testing import ModelServer, ServerLimits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["runs", "queue", "limit", "one"])
    parser.add_argument("--conversations", type=int, nargs="+", default=[2_000, 10_000])
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--url")
    given = parser.parse_args()
    if given.what == "one":
        queue(given.conversations[0], given.at_once, given.url)
    elif given.what == "runs":
        print(
            "| conversations | extraction s | of the ideal rate | run s | floor s | CPU ms a call, whole run |", end=""
        )
        print(" peak MB | calls a conversation | prompt tokens beyond its text |")
        print("|---|---|---|---|---|---|---|---|---|")
        for count in given.conversations:
            one_run(count, given.latency, given.at_once)
    elif given.what == "queue":
        with server(0.0) as url:
            ask(given.conversations[0], given.at_once, url)
    else:
        print("| Retry-After | calls | refused for the limit | of the calls |\n|---|---|---|---|")
        for retry_after in (0.1, None):
            limited(given.conversations[0], given.at_once, given.latency, retry_after)


def ask(count: int, at_once: int, url: str) -> None:
    """:func:`queue` in a process of its own, so that what it takes is told apart."""
    options = ["--url", url, "--at-once", str(at_once), "--conversations", str(count)]
    subprocess.run([sys.executable, __file__, "one", *options], check=True, stdout=sys.stderr)


def limited(count: int, at_once: int, latency: float, retry_after: float | None) -> None:
    """Ask ``count`` requests of a server that allows 100 a second and does not say so."""
    limits = ServerLimits(requests_per_second=100, retry_after=retry_after, advertise=False)
    with ModelServer(latency=latency, limits=limits) as double:
        ask(count, at_once, double.url)
        calls, refused = double.stats().calls, double.stats().by_fault["over_limit"]
    told = "no" if retry_after is None else f"{retry_after:g} s"
    print(f"| {told} | {calls:,} | {refused:,} | {refused / calls:.1%} |", flush=True)


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


def one_run(count: int, latency: float, at_once: int) -> None:
    with tempfile.TemporaryDirectory() as folder, server(latency) as url:
        source = Path(folder) / "chats.jsonl"
        own = 0
        with source.open("w", encoding="utf-8") as file:
            for row in sample(count):
                own += len(json.dumps(row["messages"])) // 4
                file.write(json.dumps(row) + "\n")
        command = ["clioscope", "run", str(source), "--run", f"{folder}/run", "--json", "--at-once", str(at_once)]
        command += ["--model", "openai/double", "--base-url", f"{url}/v1"]
        environment = {**os.environ, "OPENAI_API_KEY": "none"}
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        assert process.stdout is not None
        summary = json.loads(process.stdout.read())
        _, _, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        seen = stats(url)
    extraction = next(row for row in summary["usage"]["by_stage"] if row["name"] == "Asking")
    asking, ideal = summary["seconds"]["Asking"], extraction["calls"] * latency / at_once
    floor = seen["calls"] * latency / at_once
    tokens = (seen["prompt_tokens"] - own) / count
    cpu = used.ru_utime + used.ru_stime
    print(
        f"| {count:,} | {asking:.1f} | {ideal / asking:.0%} | {seconds:.1f} | {floor:.1f} "
        f"| {1000 * cpu / seen['calls']:.1f} | {used.ru_maxrss / 1024:.0f} | {seen['calls'] / count:.3f} "
        f"| {tokens:.0f} |",
        flush=True,
    )
    print(json.dumps(summary["seconds"]), file=sys.stderr)


def queue(count: int, at_once: int, url: str) -> None:
    """Ask ``count`` requests of the facets alone, and say what that took of this process."""
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
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("| requests | seconds | a second | CPU ms a call | peak MB |\n|---|---|---|---|---|")
    print(f"| {answered:,} | {seconds:.0f} | {answered / seconds:.0f} | {1000 * cpu / answered:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
