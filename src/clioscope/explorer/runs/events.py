"""What a run tells while it goes on, read from the lines that its process writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

Kind = Literal["attempt", "stage", "note", "error", "stop", "end"]

_ERROR = "Error: "
_TRACEBACK = "Traceback (most recent call last):"
_AT_A_LIMIT = "Stopped: "
_INTERRUPTED = "Stopped."
_LONGEST = 4_000
_FIELDS = ("stage", "state", "done", "total", "unit", "seconds")


class Event(NamedTuple):
    """One thing that was told. ``number``: of its line, from 1, which a reader names to go on behind it."""

    number: int
    kind: Kind
    data: dict[str, Any]


class Lines:
    """Turns lines into events, one after the other.

    Lines that are no JSON are sentences of the command line, and go on until the next one that is; a traceback is what
    nobody foresaw, may quote anything, and is not told.
    """

    def __init__(self) -> None:
        self._number = 0
        self._in: Literal["", "error", "traceback"] = ""

    def event(self, line: str) -> Event | None:
        """What ``line`` tells, if anything."""
        self._number += 1
        data = _object(line)
        if data is None:
            return self._said(line.rstrip("\n"))
        self._in = ""
        if "attempt" in data:
            return Event(self._number, "attempt", {key: data[key] for key in ("attempt", "time") if key in data})
        if "stage" in data:
            return Event(self._number, "stage", {key: data[key] for key in _FIELDS if key in data})
        if "stop" in data:
            return Event(self._number, "stop", {"time": data["stop"]})
        if "note" in data:
            return Event(self._number, "note", {"text": str(data["note"])[:_LONGEST]})
        return None

    def _said(self, line: str) -> Event | None:
        if line.startswith(_TRACEBACK):
            self._in = "traceback"
        elif self._in != "traceback" and line.startswith((_ERROR, _AT_A_LIMIT)):
            self._in = "error"
            return Event(self._number, "error", {"text": line.removeprefix(_ERROR)[:_LONGEST]})
        elif self._in == "error" and line.strip():
            return Event(self._number, "error", {"text": line[:_LONGEST]})
        return None


class Outcome(NamedTuple):
    """How the last attempt ended, as far as its lines tell.

    ``stopped``: why, where it was told to stop, by a person or at a limit; ``errors``: why else.
    """

    attempts: int
    stopped: str
    errors: str
    stage: str | None


def outcome_of(lines: Iterable[str]) -> Outcome:
    """What the lines of a run that is not under way tell of its end."""
    attempts = 0
    errors: list[str] = []
    stage: str | None = None
    is_stopping = False
    for event in events_of(lines):
        if event.kind == "attempt":
            attempts, errors, stage, is_stopping = attempts + 1, [], None, False
        elif event.kind == "stop":
            is_stopping = True
        elif event.kind == "error":
            errors.append(event.data["text"])
        elif event.kind == "stage":
            stage = str(event.data["stage"])
    said = " ".join(errors)
    if said.startswith(_AT_A_LIMIT):
        return Outcome(attempts, said, "", stage)
    if said.startswith(_INTERRUPTED) or (is_stopping and not said):  # a process that is just beginning says nothing
        return Outcome(attempts, "Stopped. What is done is kept: resume it to go on.", "", stage)
    return Outcome(attempts, "", said, stage)


def events_of(lines: Iterable[str]) -> Iterator[Event]:
    """All that ``lines`` tell."""
    reader = Lines()
    for line in lines:
        event = reader.event(line)
        if event is not None:
            yield event


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
