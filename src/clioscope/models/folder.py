"""Requests as files in a folder, in OpenAI's batch format, for anything that answers them elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import orjson

from clioscope.errors import ConfigError
from clioscope.models import wire_openai
from clioscope.models.base import Answer, CallError, Request
from clioscope.models.ledger import Line, Shard
from clioscope.models.names import ModelName
from clioscope.models.profiles import profile_of
from clioscope.models.waves import Result

_REQUESTS, _ANSWERS = ".requests.jsonl", ".answers.jsonl"


class FolderService:
    """``file:FOLDER``; see :class:`clioscope.models.waves.BatchService`.

    A shard ``wave-0001.requests.jsonl`` is finished once ``wave-0001.answers.jsonl`` lies beside it, whatever is in
    it: lines in any order, some missing, some errors. Answers in other ``.jsonl`` files of the folder count too, and
    a shard whose requests are all answered is finished.
    """

    half_price = False

    def __init__(self, name: ModelName) -> None:
        self.name = str(name)
        self._model = name.model
        self._profile = profile_of(self.name)
        self._folder = Path(name.folder)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"--model file:{name.folder}: the folder cannot be made ({error}).") from None

    def line(self, key: bytes, request: Request) -> bytes:
        """See :class:`clioscope.models.waves.BatchService`."""
        return orjson.dumps(
            {
                "custom_id": key.hex(),
                "method": "POST",
                "url": "/v1/chat/completions",
                "body": wire_openai.body(request, self._model, self._profile),
            }
        )

    def path(self, label: str) -> Path:
        """See :class:`clioscope.models.waves.BatchService`."""
        return self._folder / f"{label}{_REQUESTS}"

    def submit(self, shard: Shard, lines: Mapping[bytes, Line]) -> str:
        """See :class:`clioscope.models.waves.BatchService`. A file that is written is handed over."""
        return shard.label

    def find(self, shard: Shard, lines: Mapping[bytes, Line], known: Iterable[str]) -> str | None:
        """See :class:`clioscope.models.waves.BatchService`."""
        return shard.label

    def collect(self, shard: Shard, lines: Mapping[bytes, Line]) -> tuple[Iterator[Result], Literal["some", "all"]]:
        """See :class:`clioscope.models.waves.BatchService`."""
        own = self._folder / f"{shard.label}{_ANSWERS}"
        wanted = {key.hex(): key for key in lines}
        return self._results(wanted), "all" if own.exists() else "some"

    def _results(self, wanted: dict[str, bytes]) -> Iterator[Result]:
        given: set[str] = set()
        errors: dict[str, CallError] = {}
        for path in sorted(self._folder.glob("*.jsonl")):
            if path.name.endswith(_REQUESTS):
                continue
            for name, outcome in _outcomes(path):
                if name not in wanted or name in given:
                    continue
                if isinstance(outcome, Answer):
                    given.add(name)
                    yield Result(wanted[name], outcome)
                else:
                    errors[name] = outcome
        for name, error in errors.items():
            if name not in given:
                yield Result(wanted[name], error)

    def wait(self, shards: Iterable[Shard]) -> bool:
        """See :class:`clioscope.models.waves.BatchService`. Whoever answers is not here."""
        return False

    def ask_user(self, shards: Iterable[Shard]) -> str:
        """See :class:`clioscope.models.waves.BatchService`."""
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
        """See :class:`clioscope.models.waves.BatchService`."""


def _outcomes(path: Path) -> Iterator[tuple[str, Answer | CallError]]:
    """The results in one file. A line that is none is passed over: its request then counts as not answered."""
    with path.open("rb") as file:
        for line in file:
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            if isinstance(row, dict) and isinstance(row.get("custom_id"), str):
                yield row["custom_id"], outcome_of(row)


def outcome_of(row: dict[str, Any]) -> Answer | CallError:
    """Read one result line of OpenAI's batch format."""
    response = row.get("response")
    if not isinstance(response, dict) or not isinstance(response.get("body"), dict):
        error = row.get("error")
        said = error if isinstance(error, dict) else {}
        code, message = str(said.get("code") or ""), str(said.get("message") or "no response")
        kind = "server error" if code in ("", "batch_expired") else wire_openai.failure_kind(400, code, message)
        return CallError(kind, message[:240])
    status, body = int(response.get("status_code") or 200), response["body"]
    if status >= 400:
        said = body.get("error") if isinstance(body.get("error"), dict) else body
        message = str(said.get("message") or f"HTTP {status}")
        return CallError(wire_openai.failure_kind(status, str(said.get("code") or ""), message), message[:240])
    try:
        return wire_openai.answer(body)
    except CallError as error:
        return error
