"""``python -m clioscope.testing``: the double as a process of its own."""

from __future__ import annotations

import argparse
import signal
import threading
from dataclasses import replace
from typing import Any

from clioscope.testing import FAULTS, Faults, ModelServer, ServerLimits


def main() -> None:
    """Serve until interrupted. The first line printed is the address."""
    parser = argparse.ArgumentParser(
        prog="python -m clioscope.testing", description="A language model that answers at once, for nothing."
    )
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--jitter", type=float, default=0.0, help="up to so many seconds more, at random")
    parser.add_argument("--requests-per-second", type=float, help="over it: 429")
    parser.add_argument("--tokens-per-minute", type=float, help="over it: 429")
    parser.add_argument("--retry-after", type=float, default=0.1, help="seconds that a 429 for a limit asks for")
    parser.add_argument("--batch-seconds", type=float, default=0.0, help="how long a batch takes")
    parser.add_argument("--silent", action="store_true", help="do not tell of the limits in headers")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME=SHARE", help=f"one of {', '.join(FAULTS)}"
    )
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    shares = {}
    for text in given.fault:
        name, _, share = text.partition("=")
        try:
            shares[name] = float(share)
        except ValueError:
            parser.error(f"--fault {text}: write it as NAME=SHARE, such as --fault timeout=0.01")
    unknown = set(shares) - set(FAULTS)
    if unknown:
        parser.error(f"there is no fault {unknown.pop()!r}")
    limits = ServerLimits(
        requests_per_second=given.requests_per_second,
        tokens_per_minute=given.tokens_per_minute,
        retry_after=given.retry_after,
        advertise=not given.silent,
    )
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    server = ModelServer(
        latency=given.latency,
        jitter=given.jitter,
        faults=replace(Faults(), **dict[str, Any](shares)),
        limits=limits,
        seed=given.seed,
        batch_seconds=given.batch_seconds,
        port=given.port,
    )
    try:
        with server:
            print(server.url, flush=True)
            stop.wait()
    except OSError as error:
        parser.error(f"the address cannot be had ({error.strerror or error})")


if __name__ == "__main__":
    main()
