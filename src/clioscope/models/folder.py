"""Requests as files in a folder, in OpenAI's batch format, for anything that answers them elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

import orjson

from clioscope.errors import ConfigError
from clioscope.models import wire_openai
from clioscope.models.base import Answer, CallError, Request
from clioscope.models.batch_service import Found, Result
from clioscope.models.file_report import FileReport
from clioscope.models.fitting import FittedProfile
from clioscope.models.ledger import Asked, FileState, Line, Shard, WaveLedger
from clioscope.models.names import ModelName
from clioscope.models.profiles import SHIPPED, Profiles
from clioscope.models.sdk import _clean

_REQUESTS, _ANSWERS = ".requests.jsonl", ".answers.jsonl"

_MARK = ".clioscope-run"
"""The file that says whose requests are in a folder: every run names its files alike."""

_MOST_TOKENS = 10**9
"""A count beyond it is no count of one call's tokens."""

_AT_ONCE = 500
"""Lines of an answers file that are looked up together."""


class FolderService:
    """``file:FOLDER``; see :class:`clioscope.models.batch_service.BatchService`.

    A good answer counts in whatever ``.jsonl`` file of the folder it lies, and also after its shard is done with. A
    shard whose requests are all answered is finished. So is ``wave-0001.requests.jsonl`` once
    ``wave-0001.answers.jsonl`` lies beside it and ends with a whole line, since servers leave requests out: what
    failed or is missing there is asked again.

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

    def __init__(self, name: ModelName, run: str, ledger: WaveLedger, profiles: Profiles = SHIPPED) -> None:
        self.name = str(name)
        self._model = name.model
        self.profile = FittedProfile(profiles.of(self.name))
        self._folder = Path(name.folder)
        self._ledger = ledger
        self._reports: dict[str, FileReport] = {}
        """What there is to say of files that were read, by their names."""
        self._told: dict[str, str] = {}
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
                "body": wire_openai.body(request, self._model, self.profile.now),
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
        """See :class:`clioscope.models.batch_service.BatchService`. :meth:`sweep` gave what is good before.

        A file that was not read to its end, or is not any more as it was read, is still being written.
        """
        own = _state(self._own(shard))
        if own is None or self._ledger.was_read(own) is None:
            return iter(()), "some"
        return self._errors(shard, lines), "all"

    def _errors(self, shard: Shard, lines: Mapping[bytes, Line]) -> Iterator[Result]:
        """The errors in the shard's own file; those elsewhere may be of an earlier wave."""
        path = self._own(shard)
        outcomes = ((_key(row["custom_id"]), outcome_of(row)) for row in _rows(path))
        errors = {key: outcome for key, outcome in outcomes if key in lines and isinstance(outcome, CallError)}
        report = self._reports.setdefault(path.name, FileReport())
        report.finished, report.errors = shard, len(errors)
        for key, error in errors.items():
            yield Result(key, error)

    def sweep(self, take: Callable[[Sequence[Found]], None]) -> None:
        """See :class:`clioscope.models.batch_service.LooseAnswers`.

        A file that did not change is read again only after more was handed over, as it may answer that.

        Raises
        ------
        ConfigError
            A file cannot be read.
        """
        shards, done_with = self._ledger.count(), self._ledger.collected_labels()
        awaited = {shard.label for shard in self._ledger.open_shards()}
        for path in sorted(self._folder.glob("*.jsonl")):
            state = None if path.name.endswith(_REQUESTS) else _state(path)
            before = self._ledger.was_read(state) if state is not None else None
            if state is None or before == shards or not shards:
                continue
            try:
                report = self._read(path, state, take)
            except OSError as error:
                raise ConfigError(f"--model file:{self._folder}: {path.name} cannot be read ({error}).") from None
            if not report.cut:
                self._ledger.record_read(state, shards)
            if before is None:
                label = path.name.removesuffix(_ANSWERS)
                report.awaited, report.late = label in awaited, label in done_with
                self._reports[path.name] = report

    def _read(self, path: Path, state: FileState, take: Callable[[Sequence[Found]], None]) -> FileReport:
        """Give away the good answers of one file."""
        report = FileReport()
        with path.open("rb") as file:
            lines = _answer_lines(file, report)
            while some := list(islice(lines, _AT_ONCE)):
                asked = self._ledger.asked([line.key for line in some], self.name)
                report.unknown += sum(line.key not in asked for line in some)
                found = self._good(some, asked, path.name, state.changed / 1e9)
                if found:
                    take(found)
                report.taken += len(found)
        return report

    def _good(
        self, lines: Sequence[_AnswerLine], asked: Mapping[bytes, Asked], name: str, changed: float
    ) -> list[Found]:
        good: dict[bytes, Found] = {}
        for line in lines:
            request = asked.get(line.key)
            if request is None or line.key in good:
                continue
            mark = blake2b(line.text.strip(), digest_size=16).digest()
            if self._counts(request, mark, name, changed):
                outcome = outcome_of(line.row)
                if isinstance(outcome, Answer):
                    good[line.key] = Found(request.line, outcome, mark)
        return list(good.values())

    def _counts(self, request: Asked, mark: bytes, name: str, changed: float) -> bool:
        """Whether an answer in the file of this name is wanted.

        What lay here before a request was asked again is what it was asked again for, also in a file that has
        since been written anew.
        """
        if not request.taken:
            return True
        if not request.is_open:
            return False
        return name == request.label + _ANSWERS or (mark not in request.taken and changed >= request.began)

    def notes(self) -> Iterator[str]:
        """See :class:`clioscope.models.batch_service.LooseAnswers`."""
        reports, self._reports = self._reports, {}
        for name, report in reports.items():
            if report.finished is not None:
                label = report.finished.label
                report.failed, report.again = self._ledger.failed(label), self._ledger.asked_again(label)
            said = str(report)
            if said and self._told.get(name) != said:
                self._told[name] = said
                yield f"{self._folder / name}: {said}"

    def _own(self, shard: Shard) -> Path:
        return self._folder / f"{shard.label}{_ANSWERS}"

    def wait(self, shards: Iterable[Shard]) -> bool:
        """See :class:`clioscope.models.batch_service.BatchService`. Whoever answers is not here."""
        return False

    def ask_user(self, shards: Iterable[Shard]) -> str:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        listed = sorted(shards, key=lambda shard: shard.label)
        lines = sum(self._ledger.unanswered(shard.label) for shard in listed)
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


class _AnswerLine(NamedTuple):
    key: bytes
    row: dict[str, Any]
    text: bytes


def _state(path: Path) -> FileState | None:
    """A file as it is now; ``None`` where there is none."""
    if not path.is_file():
        return None
    stat = path.stat()
    return FileState(str(path.absolute()), stat.st_size, stat.st_mtime_ns)


def _answer_lines(file: BinaryIO, report: FileReport) -> Iterator[_AnswerLine]:
    """The lines of a file that name a request; ``report`` is told of the others."""
    for number, text in enumerate(file, 1):
        if not text.strip():
            continue
        row = _result(text)
        if row is not None:
            yield _AnswerLine(_key(row["custom_id"]), row, text)
        elif text.endswith(b"\n") or _is_json(text):
            report.add_unreadable(number)
        else:
            report.cut = True


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _result(line: bytes) -> dict[str, Any] | None:
    """A result line, read; ``None`` where it is none."""
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) and isinstance(row.get("custom_id"), str) else None


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file that name a request; none where there is no such file."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        yield from rows_of(file)


def rows_of(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Result lines, read. A line that is none is passed over: its request then counts as not answered."""
    return filter(None, map(_result, lines))


def _key(custom_id: str) -> bytes:
    """The request that a line names; empty where it names none of ours."""
    try:
        return bytes.fromhex(custom_id)
    except ValueError:
        return b""


def outcome_of(row: Mapping[str, Any], secrets: tuple[str, ...] = ()) -> Answer | CallError:
    """Read one result line of OpenAI's batch format."""
    response = row.get("response")
    if not isinstance(response, dict) or not isinstance(response.get("body"), dict):
        code, message = _said(row.get("error"), "no response")
        status = _status(response, code)
        kind = wire_openai.failure_kind(status or 400, code, message)
        # Without a status an error that is not known says nothing of the request.
        return CallError("server error" if kind == "invalid" and status is None else kind, _clean(message, secrets))
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


def _status(response: Any, code: str) -> int | None:
    """The HTTP status of a failed line without a body, where it is told: vLLM says it as the error's code too."""
    status = response.get("status_code") if isinstance(response, dict) else None
    status = int(code) if status is None and code.isdecimal() and len(code) == 3 else status
    return status if isinstance(status, int) and status >= 400 else None


def _said(error: Any, otherwise: str) -> tuple[str, str]:
    """The code and the words of an error, in whatever form it came."""
    if isinstance(error, dict) and isinstance(error.get("error"), dict):
        error = error["error"]
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
