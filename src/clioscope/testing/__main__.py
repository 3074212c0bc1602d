"""``python -m clioscope.testing``: the double as a process of its own."""

from __future__ import annotations

import argparse
import signal
import threading
from typing import Any

from clioscope.testing import BATCH_COUNTS, BATCH_SHARES, FAULTS, Faults, ModelServer, ServerLimits
from clioscope.testing.faults import refuse_unknown

_OFTEN = f"""how often a fault strikes, once for each. A share of the calls, 0 to 1: {", ".join(FAULTS)}. A share of a
batch's requests: {", ".join(BATCH_SHARES)}. A number of times: {", ".join(BATCH_COUNTS)}"""


def main() -> None:
    """Serve until interrupted. The first line printed is the address."""
    parser = _parser()
    given = parser.parse_args()
    try:
        server = _server(given)
    except ValueError as error:
        parser.error(str(error))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with server:
            print(server.url, flush=True)
            stop.wait()
    except OSError as error:
        parser.error(f"the address cannot be had ({error.strerror or error})")


def _parser() -> argparse.ArgumentParser:
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
    parser.add_argument(
        "--refuse", action="append", default=[], metavar="FIELD", help="not taken, such as temperature or json_schema"
    )
    parser.add_argument("--silent", action="store_true", help="do not tell of the limits in headers")
    parser.add_argument("--seed", type=int, default=0, help="decides which calls fail")
    _add_faults(parser.add_argument_group("faults"))
    return parser


def _add_faults(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--fault", action="append", default=[], type=_fault, metavar="NAME=HOW-OFTEN", help=_OFTEN)
    group.add_argument(
        "--always",
        action="append",
        default=[],
        type=_always,
        metavar="TEXT=NAME",
        help="the fault of every call that holds the text, once for each text",
    )
    group.add_argument(
        "--batch-failure",
        default=Faults.batch_failure,
        metavar="CODE",
        help=f"with which batches_failed fail; {Faults.batch_failure} if not given",
    )
    group.add_argument(
        "--fault-retry-after",
        type=float,
        default=Faults.retry_after,
        metavar="SECONDS",
        help="that a rate_limited call is told to wait",
    )


def _fault(text: str) -> tuple[str, float]:
    """A fault and how often it strikes, from ``NAME=HOW-OFTEN``."""
    name, _, often = text.partition("=")
    _refuse_unknown(name, (*FAULTS, *BATCH_SHARES, *BATCH_COUNTS))
    try:
        return name, int(often) if name in BATCH_COUNTS else float(often)
    except ValueError:
        example = f"{name}=2, a number of times" if name in BATCH_COUNTS else f"{name}=0.01, a share from 0 to 1"
        raise argparse.ArgumentTypeError(f"{text}: write it like {example}") from None


def _always(text: str) -> tuple[str, str]:
    """A text and the fault of the calls that hold it, from ``TEXT=NAME``; the text may hold an equals sign."""
    held, sign, name = text.rpartition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"{text}: write it as TEXT=NAME, such as bread=refusal")
    _refuse_unknown(name, FAULTS)
    return held, name


def _refuse_unknown(name: str, known: tuple[str, ...]) -> None:
    try:
        refuse_unknown(name, known)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _server(given: argparse.Namespace) -> ModelServer:
    often: dict[str, Any] = dict(given.fault)
    return ModelServer(
        latency=given.latency,
        jitter=given.jitter,
        faults=Faults(
            **often,
            always=dict(given.always),
            batch_failure=given.batch_failure,
            retry_after=given.fault_retry_after,
        ),
        limits=ServerLimits(
            requests_per_second=given.requests_per_second,
            tokens_per_minute=given.tokens_per_minute,
            retry_after=given.retry_after,
            advertise=not given.silent,
        ),
        seed=given.seed,
        batch_seconds=given.batch_seconds,
        refuses=given.refuse,
        port=given.port,
    )


if __name__ == "__main__":
    main()
