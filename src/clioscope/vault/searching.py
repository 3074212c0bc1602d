"""Whether anything of one user is left in a run's files: the proof of forgetting."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clioscope.vault.files import read_bytes
from clioscope.vault.run_folder import RunFolder
from clioscope.vault.sealing import sealed_at
from clioscope.vault.tables import Parts

_PLAIN = re.compile(r"[^\"\\<>&\x00-\x1f\x7f]+")
"""Runs of characters that JSON and HTML leave as they are."""

_SHORTEST_ID, _SHORTEST_TEXT, _LONGEST_TEXT = 6, 20, 60
"""Characters. What is shorter stands in the files by chance."""

_SHORTEST_WORD = 5
"""Characters of an id that is looked for as a word of its own. It needs a letter and a digit: else it may be any word
or figure."""

_MOST_TEXTS = 50

_ROWS = 500
"""Of a table in memory at once."""


def marks_of(run: RunFolder, user: str, cuts: dict[str, Any]) -> dict[str, Any]:
    """What would betray that something of ``user`` is left: ``ids``, and pieces of ``texts`` that nobody else wrote.

    ``not_searched`` is how many ids cannot be told from chance, or are in what others said too.

    Parameters
    ----------
    user
        The id as it stands in the source.
    cuts
        The user's rows of conversations and facets; see :func:`clioscope.vault.one_user.plan`.
    """
    mine: list[str] = []
    pieces: list[str] = []
    for table, of in ((run.conversations, "conversations"), (run.facets, "facets")):
        for number, planned in cuts[of].items():
            part = table.read_part(int(number)).take(pa.array(planned["rows"], pa.int64()))
            mine.extend(part["id"].to_pylist() if "id" in part.column_names else [])
            pieces.extend(piece for text in _texts(part) if (piece := _piece(text)))
    ids = list(dict.fromkeys([user, *mine]))
    searched = [mark for mark in ids if _can_be_told(mark)]
    texts = list(dict.fromkeys(pieces))[: 4 * _MOST_TEXTS]
    shared = _of_others(run, cuts, [*searched, *texts])
    kept = [mark for mark in searched if mark not in shared]
    return {
        "all_ids": mine,
        "ids": kept,
        "not_searched": len(ids) - len(kept),
        "texts": [mark for mark in texts if mark not in shared][:_MOST_TEXTS],
    }


def files_with(folders: Iterable[Path], marks: Sequence[str], *, but: Path) -> tuple[int, list[Path]]:
    """How many files there are in ``folders``, and which of them hold one of ``marks``, in any of its spellings.

    The file ``but``, which says what is sought, is passed over.
    """
    everything = {path for folder in folders for path in folder.rglob("*") if path.is_file() and path != but}
    found, paths = [], sorted(everything)
    sought = _Sought(marks)
    for path in paths:
        if any(sought.is_in(content, path) for content in _contents(path)):
            found.append(path)
    return len(paths), found


def _can_be_told(id: str) -> bool:
    """Whether an id in a file is not there by chance."""
    if len(id) >= _SHORTEST_ID:
        return True
    has_both = any(c.isalpha() for c in id) and any(c.isdigit() for c in id)
    return len(id) >= _SHORTEST_WORD and has_both


class _Sought:
    """Marks in any of their spellings; short ones only as words of their own, and not among numbers."""

    def __init__(self, marks: Sequence[str]) -> None:
        self._long = [spelling for mark in marks if len(mark) >= _SHORTEST_ID for spelling in _spellings(mark)]
        short = sorted(
            re.escape(spelling) for mark in marks if len(mark) < _SHORTEST_ID for spelling in _spellings(mark)
        )
        self._short = re.compile(rb"(?<![0-9A-Za-z_])(?:" + b"|".join(short) + rb")(?![0-9A-Za-z_])") if short else None

    def is_in(self, content: bytes, path: Path | None = None) -> bool:
        """Whether a mark is in what a file holds."""
        if any(mark in content for mark in self._long):
            return True
        is_text = path is None or path.suffix not in (".npy", ".npz")
        return is_text and self._short is not None and self._short.search(content) is not None


def _spellings(mark: str) -> set[bytes]:
    """As UTF-8, and as JSON that is ASCII alone."""
    return {mark.encode("utf-8", "replace"), json.dumps(mark)[1:-1].encode("ascii")}


def _contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, opened where it is sealed; of a table the cells, since its bytes are compressed."""
    if path.suffix != ".parquet":
        yield read_bytes(path)
    elif sealed_at(path) is not None:
        parts = Parts(path.parent)
        for table in parts.stream(parts.number(path), _ROWS):
            yield _cells(table)
    else:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS):
                yield _cells(batch)


def _cells(table: pa.Table | pa.RecordBatch) -> bytes:
    return "\n".join(_strings(table.to_pylist())).encode("utf-8", "replace")


def _of_others(run: RunFolder, cuts: dict[str, Any], marks: Sequence[str]) -> set[str]:
    """Those of ``marks`` that others said, too: they prove nothing."""
    shared: set[str] = set()
    for table, of in ((run.conversations, "conversations"), (run.facets, "facets")):
        for path in table.paths():
            rows = set(cuts[of].get(str(table.number(path)), {"rows": ()})["rows"])
            part = table.read_part(table.number(path))
            theirs = part.take(pa.array([row for row in range(part.num_rows) if row not in rows], pa.int64()))
            everything = "\n".join(_strings(theirs.to_pylist())).encode("utf-8", "replace")
            shared.update(mark for mark in marks if mark not in shared and _Sought([mark]).is_in(everything))
    return shared


def _texts(part: pa.Table) -> Iterator[str]:
    """What was said in conversations, and the facets that are texts."""
    for name in part.column_names:
        if name == "messages":
            yield from (m["content"] for messages in part[name].to_pylist() for m in messages)
        elif name.startswith(("text:", "list:")):
            yield from _strings(part[name].to_pylist())


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _piece(text: str) -> str | None:
    """The beginning of the longest stretch that is written alike everywhere; ``None`` where all are short."""
    longest = max((run.strip() for run in _PLAIN.findall(text)), key=len, default="")
    return longest[:_LONGEST_TEXT].rstrip() if len(longest) >= _SHORTEST_TEXT else None
