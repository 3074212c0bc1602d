"""Requests as files in a folder, in OpenAI's batch format, for anything that answers them elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import orjson

from clioscope.errors import ConfigError
from clioscope.models import wire_openai
from clioscope.models.base import Answer, CallError, Request
from clioscope.models.batch_service import Result
from clioscope.models.ledger import Line, Shard, WaveLedger
from clioscope.models.names import ModelName
from clioscope.models.profiles import profile_of
from clioscope.models.sdk import _clean

_REQUESTS, _ANSWERS = ".requests.jsonl", ".answers.jsonl"

_MARK = ".clioscope-run"
"""The file that says whose requests are in a folder: every run names its files alike."""

_MOST_TOKENS = 10**9
"""A count beyond it is no count of one call's tokens."""


class FolderService:
    """``file:FOLDER``; see :class:`clioscope.models.batch_service.BatchService`.

    A shard ``wave-0001.requests.jsonl`` is finished once ``wave-0001.answers.jsonl`` lies beside it, whatever is in
    it: lines in any order, some missing, some errors. Good answers in other ``.jsonl`` files of the folder count too,
    and a shard whose requests are all answered is finished.

    Parameters
    ----------
    run
        What tells this run from others.

    Raises
    ------
    ConfigError
        The folder cannot be used, or is another run's.
    """

    half_price = False

    def __init__(self, name: ModelName, run: str, ledger: WaveLedger) -> None:
        self.name = str(name)
        self._model = name.model
        self._profile = profile_of(self.name)
        self._folder = Path(name.folder)
        self._ledger = ledger
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._claim(run)
        except OSError as error:
            raise ConfigError(f"--model file:{name.folder}: the folder cannot be used ({error}).") from None

    def _claim(self, run: str) -> None:
        """Mark the folder as this run's, since two runs in one folder would overwrite each other's requests."""
        mark = self._folder / _MARK
        waves = sorted(self._folder.glob("wave-*.jsonl"))
        held = mark.read_text("utf-8", "replace").strip() if mark.exists() else None
        if held == run:
            return
        # A folder from before there were marks is this run's where this run wrote what is in it.
        if waves and (held is not None or not all(map(self._wrote, waves))):
            raise ConfigError(
                f"--model file:{self._folder}: the folder holds the requests or answers of another run, or of this one "
                "before it was begun anew. Name another folder, or empty this one."
            )
        mark.write_text(f"{run}\n", encoding="ascii")

    def _wrote(self, path: Path) -> bool:
        requests = path.with_name(path.name.replace(_ANSWERS, _REQUESTS))
        first = next(_rows(requests if requests.exists() else path), None)
        return first is not None and self._ledger.knows(_key(first["custom_id"]))

    def line(self, key: bytes, request: Request) -> bytes:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        return orjson.dumps(
            {
                "custom_id": key.hex(),
                "method": "POST",
                "url": "/v1/chat/completions",
                "body": wire_openai.body(request, self._model, self._profile),
            }
        )

    def path(self, label: str) -> Path:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        return self._folder / f"{label}{_REQUESTS}"

    def lost(self, shard: Shard) -> bool:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        return not self.path(shard.label).exists() and not self._own(shard).exists()

    def submit(self, shard: Shard, lines: Mapping[bytes, Line], known: Set[str]) -> str:
        """See :class:`clioscope.models.batch_service.BatchService`. A file that is written is handed over."""
        return shard.label

    def find(self, shard: Shard, lines: Mapping[bytes, Line], known: Set[str]) -> str | None:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        return shard.label

    def collect(self, shard: Shard, lines: Mapping[bytes, Line]) -> tuple[Iterator[Result], Literal["some", "all"]]:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        return self._results(shard, lines), "all" if self._own(shard).exists() else "some"

    def _results(self, shard: Shard, lines: Mapping[bytes, Line]) -> Iterator[Result]:
        """The shard's own answers, and good ones from elsewhere; errors from elsewhere may be of an earlier wave."""
        open_lines = set(lines)
        errors: dict[bytes, CallError] = {}
        for key, outcome in _outcomes(self._own(shard)):
            if key in open_lines:
                if isinstance(outcome, Answer):
                    open_lines.discard(key)
                    yield Result(key, outcome)
                else:
                    errors[key] = outcome
        again = self._ledger.asked_before(shard.label)
        for path in self._others():
            # What lay here before the request was asked again is what it was asked again for.
            old = path.stat().st_mtime < shard.began
            for key, outcome in _outcomes(path):
                if key in open_lines and isinstance(outcome, Answer) and not (old and key in again):
                    open_lines.discard(key)
                    yield Result(key, outcome)
        for key in open_lines.intersection(errors):
            yield Result(key, errors[key])

    def _own(self, shard: Shard) -> Path:
        return self._folder / f"{shard.label}{_ANSWERS}"

    def _others(self) -> list[Path]:
        """Files that may hold answers, but for requests and for answers to shards that are done with."""
        past = {f"{label}{_ANSWERS}" for label in self._ledger.collected_labels()}
        return [
            path
            for path in sorted(self._folder.glob("*.jsonl"))
            if not path.name.endswith(_REQUESTS) and path.name not in past
        ]

    def wait(self, shards: Iterable[Shard]) -> bool:
        """See :class:`clioscope.models.batch_service.BatchService`. Whoever answers is not here."""
        return False

    def ask_user(self, shards: Iterable[Shard]) -> str:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        listed = sorted(shards, key=lambda shard: shard.label)
        lines = sum(shard.lines for shard in listed)
        first = self.path(listed[0].label)
        answers = first.with_name(first.name.replace(_REQUESTS, _ANSWERS))
        more = f" and {len(listed) - 1} more such files" if len(listed) > 1 else ""
        return (
            f"{lines:,} requests wait for answers in {first}{more}.\nAnswer each file into its neighbour, such as "
            f"`vllm run-batch -i {first} -o {answers} --model {self._model}`, on any machine.\nThen run the same "
            "command again: it goes on from there."
        )

    def close(self) -> None:
        """See :class:`clioscope.models.batch_service.BatchService`."""


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file that name a request; none where there is no such file."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        yield from rows_of(file)


def rows_of(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Result lines, read. A line that is none is passed over: its request then counts as not answered."""
    for line in lines:
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(row, dict) and isinstance(row.get("custom_id"), str):
            yield row


def _key(custom_id: str) -> bytes:
    """The request that a line names; empty where it names none of ours."""
    try:
        return bytes.fromhex(custom_id)
    except ValueError:
        return b""


def _outcomes(path: Path) -> Iterator[tuple[bytes, Answer | CallError]]:
    for row in _rows(path):
        yield _key(row["custom_id"]), outcome_of(row)


def outcome_of(row: Mapping[str, Any], secrets: tuple[str, ...] = ()) -> Answer | CallError:
    """Read one result line of OpenAI's batch format."""
    response = row.get("response")
    if not isinstance(response, dict) or not isinstance(response.get("body"), dict):
        code, message = _said(row.get("error"), "no response")
        kind = "server error" if code in ("", "batch_expired") else wire_openai.failure_kind(400, code, message)
        return CallError(kind, _clean(message, secrets))
    status, body = response.get("status_code") or 200, response["body"]
    if not isinstance(status, int):
        return CallError("server error", "the result's status_code is no number")
    if status >= 400:
        code, message = _said(body.get("error") or body, f"HTTP {status}")
        return CallError(wire_openai.failure_kind(status, code, message), _clean(message, secrets))
    try:
        return _sensible(wire_openai.answer(body))
    except CallError as error:
        return error


def _said(error: Any, otherwise: str) -> tuple[str, str]:
    """The code and the words of an error, in whatever form it came."""
    if isinstance(error, dict):
        return str(error.get("code") or ""), str(error.get("message") or otherwise)
    return "", str(error or otherwise)


def _sensible(answer: Answer) -> Answer:
    """Raise :class:`CallError` for an answer that is no text; a count that can be none is taken as not said."""
    if not isinstance(answer.text, str):
        raise CallError("server error", "the response is not in OpenAI's format")
    counts = (answer.prompt_tokens, answer.completion_tokens)
    if all(0 <= count <= _MOST_TOKENS for count in counts):
        return answer
    return replace(answer, prompt_tokens=0, completion_tokens=0)
