"""Running works that a model judges, with progress; and the titles that came of it, as files in the vault."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from clioscope.config import Judgement
from clioscope.models.judge import Work
from clioscope.naming import Titled
from clioscope.pipeline.context import Context
from clioscope.vault import write_text
from clioscope.vault.files import read_text

T = TypeVar("T")


def judged(context: Context, judgement: Judgement, title: str, works: Sequence[Callable[[], Work[T]]]) -> list[T]:
    """The results of ``works``, each of which begins anew whenever it is called."""
    judges = context.judges
    assert judges is not None
    found = []
    with context.progress.stage(title, len(works), "questions") as work:
        for result in judges.judge(judgement, lambda: (begin() for begin in works), context.name(title)):
            found.append(result)
            work.advance(1)
    return found


def write_rows(context: Context, name: str, rows: Any) -> None:
    """Keep ``rows`` as JSON beside the assignments."""
    write_text(context.home.assignments / name, json.dumps(rows, ensure_ascii=False, indent=1))


def read_rows(context: Context, name: str) -> Any:
    """What :func:`write_rows` kept."""
    return json.loads(read_text(context.home.assignments / name))


def write_titles(context: Context, name: str, levels: Iterable[Sequence[Titled | None]]) -> None:
    """Keep the titles of each level."""
    write_rows(context, name, [[None if title is None else title._asdict() for title in level] for level in levels])


def read_titles(context: Context, name: str) -> list[list[Titled | None]]:
    """What :func:`write_titles` kept."""
    return [[None if row is None else Titled(**row) for row in level] for level in read_rows(context, name)]


def has_file(context: Context, name: str) -> Path | None:
    """The file of that name, where there is one."""
    path = context.home.assignments / name
    return path if path.exists() else None
