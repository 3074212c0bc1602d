"""The file that says what is true of made-up conversations: one line of JSON about all, and one for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

import orjson

from clioscope.errors import ConfigError
from clioscope.synth.outlines import Outline, Outlines
from clioscope.synth.topics import Category, Topic, categories, topics
from clioscope.synth.writing import Planted

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Known:
    """What is true of one conversation.

    Parameters
    ----------
    topic
        Its key.
    group
        Which group of people it belongs to; ``None`` for most.
    planted
        What somebody gave away in it: of which kind, and the words.
    """

    id: str
    topic: str
    language: str
    concern: int
    user: str
    group: int | None
    planted: Planted


@dataclass(frozen=True)
class Truth:
    """All of it.

    Parameters
    ----------
    categories, topics
        By key.
    trends
        By the key of a topic: ``rising``, ``falling`` or ``flat``.
    conversations
        By id.
    """

    categories: Mapping[str, Category]
    topics: Mapping[str, Topic]
    trends: Mapping[str, str]
    conversations: Mapping[str, Known]


def header(outlines: Outlines) -> dict[str, Any]:
    """The first line."""
    return {
        "truth": _VERSION,
        "categories": [category._asdict() for category in categories()],
        "topics": [topic._asdict() | {"trend": outlines.trends[topic.key]} for topic in topics()],
    }


def true_of(outline: Outline, name: str, given: Planted) -> Known:
    """What is true of the conversation called ``name``."""
    topic = outline.topic
    return Known(name, topic.key, outline.language, topic.concern, outline.user, outline.group, given)


def write_line(file: TextIO, row: Mapping[str, Any] | Known) -> None:
    """Write one line."""
    file.write(orjson.dumps(asdict(row) if isinstance(row, Known) else row).decode() + "\n")


def read_truth(path: Path) -> Truth:
    """Read it.

    Raises
    ------
    ConfigError
        It cannot be read, or it is not such a file.
    """
    try:
        with path.open("rb") as file:
            first = _parsed(path, 1, next(file, b""))
            if not isinstance(first, dict) or first.get("truth") != _VERSION:
                raise ConfigError(f"{path} is no file of `clioscope synth`: that is truth.jsonl in its folder.")
            rows = {row.id: row for row in _rows(path, file)}
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}).") from None
    return Truth(
        {row["key"]: Category(**row) for row in first["categories"]},
        {row["key"]: Topic(**{name: row[name] for name in Topic._fields}) for row in first["topics"]},
        {row["key"]: row["trend"] for row in first["topics"]},
        rows,
    )


def _rows(path: Path, lines: Iterator[bytes]) -> Iterator[Known]:
    for number, line in enumerate(lines, 2):
        row = _parsed(path, number, line)
        try:
            yield Known(**{**row, "planted": [(kind, words) for kind, words in row["planted"]]})
        except (TypeError, KeyError, ValueError):
            raise ConfigError(f"{path}, line {number}: this is not what `clioscope synth` writes.") from None


def _parsed(path: Path, number: int, line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        raise ConfigError(
            f"{path}, line {number}: this is not JSON. Is it the truth.jsonl of clioscope synth?"
        ) from None
