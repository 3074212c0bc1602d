"""Conversations into the vault: from files, or from Python."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from clioscope.conversation import Conversation
from clioscope.errors import ConfigError, SourceError
from clioscope.pipeline.context import Context, Found
from clioscope.record_prompt import RecordPrompt
from clioscope.sources import Fields, Selection, SetAside, from_memory, open_source, parse_duration, parse_when, select
from clioscope.sources.checks import DUPLICATE, EMPTY
from clioscope.vault import CONVERSATIONS, conversation_row, empty_folder, user_hash, write_text
from clioscope.vault.files import whole

_CHARACTERS_A_PART = 32_000_000
"""A part is closed early where its conversations are huge, so that memory does not depend on them."""

_LISTED = 5

_NOT_BROKEN = frozenset({EMPTY, DUPLICATE})
"""Set aside, but nothing is wrong with the file: every real export has some."""


def from_files(context: Context) -> Found:
    """Read the sources of the configuration."""
    config = context.config
    columns = RecordPrompt(config.summary_prompt).columns if config.summary_prompt else ()
    source = open_source(config.source, fields=Fields(**config.fields, record=columns), spool=_spool(context))
    selection = _selection(context)
    inputs = {
        "the source": source.fingerprint(),
        "--field": config.fields,
        "the columns of --summary-prompt": columns,
        "which conversations": [config.since, config.until, config.last, config.sample, config.seed],
        "--max-set-aside": config.max_set_aside,
    }

    def make() -> Found:
        chosen = select(source, selection)
        with context.progress.stage("Reading", chosen.size, "bytes") as work:
            found = _keep(context, chosen.read(on_bytes=work.advance))
        formats = sorted({file.format for file in source.files})
        return found | {"formats": formats, "left_out": chosen.left_out.sentences()}

    found = context.stage("Reading", inputs, make)
    shutil.rmtree(_spool(context), ignore_errors=True)
    return found


def _spool(context: Context) -> Path:
    """Where standard input is kept while it is read, since it comes only once."""
    return context.folder.vault / "stdin"


def _selection(context: Context) -> Selection:
    config = context.config
    since = parse_when(config.since) if config.since else None
    if config.last:
        since = _begin_of_last(context, config.last)
        context.progress.note(f"--last {config.last} means since {since:%Y-%m-%d %H:%M} UTC in this run.")
    until = parse_when(config.until, end=True) if config.until else None
    return Selection(since=since, until=until, sample=config.sample, seed=config.seed)


def _begin_of_last(context: Context, last: str) -> datetime:
    """When the window that ends with the first beginning of this run begins: resuming must not move it."""
    path = context.folder.vault / "last.json"
    try:
        fixed: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        fixed = {}
    if last not in fixed:
        fixed[last] = (datetime.now(UTC) - parse_duration(last)).isoformat()
        write_text(path, json.dumps(fixed))
    return datetime.fromisoformat(fixed[last])


def from_python(context: Context, conversations: Iterable[Conversation]) -> Found:
    """Read an iterable. It is always read again; what depends on it is made again only where it differs."""
    if context.config.summary_prompt:
        raise ConfigError("A summary prompt reads columns of files; conversations from Python have none.")

    def make() -> Found:
        with context.progress.stage("Reading", None, "conversations"):
            return _keep(context, from_memory(conversations)) | {"formats": ["Python"], "left_out": []}

    return context.stage("Reading", {"the source": "Python"}, make, always=True)


def _keep(context: Context, items: Iterable[Conversation | SetAside]) -> Found:
    """Write conversations to the vault in parts, and what could not be read to the quarantine."""
    folder = context.folder
    empty_folder(folder.conversations.folder)
    keeper = _Keeper(context)
    with whole(folder.quarantine) as beside, beside.open("w", encoding="utf-8") as quarantine:
        for item in items:
            if isinstance(item, SetAside):
                keeper.set_aside(item)
                quarantine.write(json.dumps(asdict(item), ensure_ascii=True) + "\n")
            else:
                keeper.keep(item)
    keeper.write_part()
    keeper.refuse_if_too_much_is_broken()
    return keeper.found()


class _Keeper:
    """Collects conversations into parts, and counts."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._secret = context.folder.secret()
        self._rows: list[dict[str, object]] = []
        self._characters = 0
        self._parts = 0
        self._users: set[bytes] = set()
        self._without_user = 0
        self._times: list[datetime] = []
        self._conversations = 0
        self._reasons: Counter[str] = Counter()
        self._broken = 0
        self._first: list[str] = []
        self._content = hashlib.sha256()

    def keep(self, conversation: Conversation) -> None:
        user = user_hash(self._secret, conversation.user) if conversation.user is not None else None
        self._rows.append(conversation_row(conversation, user))
        self._conversations += 1
        if user is None:
            self._without_user += 1
        else:
            self._users.add(user)
        if conversation.time is not None:
            self._times = [min([*self._times, conversation.time]), max([*self._times, conversation.time])]
        self._characters += sum(len(m.content) for m in conversation.messages)
        if len(self._rows) >= self._context.chunk or self._characters >= _CHARACTERS_A_PART:
            self.write_part()

    def set_aside(self, item: SetAside) -> None:
        self._reasons[item.reason] += 1
        if not item.whole_file and item.reason not in _NOT_BROKEN:
            self._broken += 1
            if len(self._first) < _LISTED:
                self._first.append(f"{item.place}: {item.reason}")

    def write_part(self) -> None:
        if self._rows:
            folder = self._context.folder.conversations
            folder.write(self._parts, pa.Table.from_pylist(self._rows, schema=CONVERSATIONS))
            self._content.update(folder.path(self._parts).read_bytes())
            self._rows, self._characters = [], 0
            self._parts += 1

    def refuse_if_too_much_is_broken(self) -> None:
        allowed = self._context.config.max_set_aside
        everything = self._conversations + self._reasons.total()
        if everything and self._broken / everything > allowed:
            listed = "\n".join(f"  {line}" for line in self._first)
            more = f"\n  and {self._broken - len(self._first):,} more" if self._broken > len(self._first) else ""
            raise SourceError(
                f"{self._broken:,} of {everything:,} records ({self._broken / everything:.1%}) are broken, more than "
                f"the {allowed:.1%} that --max-set-aside allows:\n{listed}{more}\nAll are listed in "
                f"{self._context.folder.quarantine}. Mend them, or allow more."
            )

    def found(self) -> dict[str, Any]:
        content = self._content.hexdigest()
        return {
            "conversations": self._conversations,
            "users": len(self._users),
            "without_user": self._without_user,
            "first_day": self._times[0].date().isoformat() if self._times else None,
            "last_day": self._times[-1].date().isoformat() if self._times else None,
            "set_aside": self._reasons.total(),
            "reasons": dict(sorted(self._reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
            "quarantine": str(self._context.folder.quarantine),
            "content": content,
        }
