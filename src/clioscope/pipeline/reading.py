"""Conversations into the vault: from files, or from Python."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pyarrow as pa

from clioscope.conversation import Conversation
from clioscope.errors import SourceError
from clioscope.pipeline.context import Context, Found
from clioscope.sources import Fields, Selection, SetAside, open_source, select
from clioscope.vault import CONVERSATIONS, conversation_row, empty_folder, user_hash
from clioscope.vault.files import whole

_CHARACTERS_A_PART = 32_000_000
"""A part is closed early where its conversations are huge, so that memory does not depend on them."""

_LISTED = 5


def from_files(context: Context) -> Found:
    """Read the sources of the configuration."""
    config = context.config
    source = open_source(config.source, fields=Fields(**config.fields), spool=context.folder.vault / "stdin")
    selection = Selection.make(
        since=config.since, until=config.until, last=config.last, sample=config.sample, seed=config.seed
    )
    inputs = {
        "the source": source.fingerprint(),
        "--field": config.fields,
        "which conversations": [config.since, config.until, config.last, config.sample, config.seed],
        "--max-set-aside": config.max_set_aside,
    }

    def make(fresh: bool) -> Found:
        with context.progress.stage("Reading", source.size, "bytes") as work:
            chosen = select(source, selection, on_bytes=work.advance)
            found = _keep(context, chosen)
        return found | {
            "formats": sorted({f.format for f in source.files}),
            "left_out": chosen.left_out,
        }

    return context.stage("Reading", inputs, make)


def from_python(context: Context, conversations: Iterable[Conversation]) -> Found:
    """Read an iterable. It is always read again; what depends on it is made again only where it differs."""

    def make(fresh: bool) -> Found:
        with context.progress.stage("Reading", None, "conversations"):
            return _keep(context, conversations) | {"formats": ["Python"], "left_out": {}}

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
                quarantine.write(json.dumps(item.record(), ensure_ascii=True) + "\n")
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
        self._reasons[item.kind] += 1
        if item.broken:
            self._broken += 1
            if len(self._first) < _LISTED:
                self._first.append(str(item))

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
