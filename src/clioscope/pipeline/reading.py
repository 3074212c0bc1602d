"""Conversations into the vault: from files, or from Python."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from clioscope.config import Config
from clioscope.conversation import Conversation
from clioscope.errors import ConfigError, SourceError
from clioscope.pipeline.context import Context, Found
from clioscope.progress import Progress
from clioscope.record_prompt import RecordPrompt
from clioscope.sources import Fields, Selection, SetAside, from_memory, open_source, parse_duration, parse_when, select
from clioscope.sources.checks import DUPLICATE, EMPTY
from clioscope.sources.source import Source
from clioscope.vault import CONVERSATIONS, RunFolder, conversation_row, empty_folder, user_hash, write_text
from clioscope.vault.files import writing_text

_CHARACTERS_A_PART = 32_000_000
"""A part is closed early where its conversations are huge, so that memory does not depend on them."""

_LISTED = 5

_NOT_BROKEN = frozenset({EMPTY, DUPLICATE})
"""Set aside, but nothing is wrong with the file: every real export has some."""


def comes_once(config: Config) -> bool:
    """Whether something of the source is a pipe: it has to be kept to be read, and the run's vault keeps it."""
    return any(path == "-" or Path(path).expanduser().is_fifo() for path in config.source)


def opened(config: Config, spool: Path | None = None) -> Source:
    """The files of the configuration, found and looked at.

    Parameters
    ----------
    spool
        A private folder for what comes only once; a temporary one where ``None``.

    Raises
    ------
    ClioscopeError
        They cannot be read, or not the part of them that is asked for.
    """
    selection(config, _begins({}, config.last) if config.last else None)
    try:
        return open_source(config.source, fields=Fields(**config.fields, record=_columns(config)), spool=spool)
    except BaseException:
        if spool is not None:
            shutil.rmtree(spool, ignore_errors=True)
        raise


def _columns(config: Config) -> tuple[str, ...]:
    return RecordPrompt(config.summary_prompt).columns if config.summary_prompt else ()


def inputs(config: Config, source: Source) -> dict[str, object]:
    """All that the reading depends on."""
    return {
        "the source": source.fingerprint(),
        "--field": config.fields,
        "the columns of --summary-prompt": _columns(config),
        "which conversations": [
            config.since,
            config.until,
            config.last,
            config.sample,
            config.seed,
            *([config.max_per_user] if config.max_per_user else []),
        ],
        "--max-set-aside": config.max_set_aside,
    }


def from_files(context: Context, source: Source) -> Found:
    """Read the sources of the configuration into the vault."""
    window = selection(context.config, _begin_of_last(context))

    def make() -> Found:
        chosen = select(source, window)
        with context.progress.stage("Reading", chosen.size, "bytes") as work:
            found = _keep(context, chosen.read(on_bytes=work.advance))
        formats = sorted({file.format for file in source.files})
        return found | {"formats": formats, "left_out": chosen.left_out.sentences()}

    found = context.stage("Reading", inputs(context.config, source), make)
    shutil.rmtree(spool(context.folder), ignore_errors=True)
    return found


def in_passing(config: Config, run: RunFolder, source: Source, progress: Progress) -> Iterator[Conversation]:
    """The conversations that :func:`from_files` would keep, one at a time and kept nowhere."""
    aside, forgotten = _Unread(config.max_set_aside), run.forgotten()
    count = 0
    chosen = select(source, selection(config, _begins(_fixed(run), config.last) if config.last else None))
    with progress.stage("Reading", chosen.size, "bytes") as work:
        for item in chosen.read(on_bytes=work.advance):
            if isinstance(item, SetAside):
                aside.add(item)
            elif not forgotten or item.user is None or user_hash(run.secret(), item.user) not in forgotten:
                count += 1
                yield item
    aside.refuse_if_too_many(count, "Mend them, or allow more.")


def is_there(config: Config, run: RunFolder, source: Source) -> bool:
    """Whether the vault holds what reading would give."""
    stages = run.stages
    return stages.is_done("Reading") and stages.changed("Reading", inputs(config, source)) == []


def spool(run: RunFolder) -> Path:
    """Where a pipe is kept while it is read, since it comes only once."""
    return run.vault / "stdin"


def selection(config: Config, begin_of_last: datetime | None) -> Selection:
    """Which conversations are meant. ``begin_of_last``: since when, where the configuration has a ``last``.

    Raises
    ------
    ConfigError
        It names a time that is none.
    """
    since = parse_when(config.since) if config.since else None
    if config.last:
        since = begin_of_last
    until = parse_when(config.until, end=True) if config.until else None
    return Selection(since, until, config.max_per_user, config.sample, config.seed)


def _begin_of_last(context: Context) -> datetime | None:
    """When the window that ends with the first beginning of this run begins: resuming must not move it."""
    last = context.config.last
    if last is None:
        return None
    fixed = _fixed(context.folder)
    since = _begins(fixed, last)
    if last not in fixed:
        write_text(_fixed_file(context.folder), json.dumps(fixed | {last: since.isoformat()}))
    context.progress.note(f"--last {last} means since {since:%Y-%m-%d %H:%M} UTC in this run.")
    return since


def _begins(fixed: Mapping[str, str], last: str) -> datetime:
    return datetime.fromisoformat(fixed[last]) if last in fixed else datetime.now(UTC) - parse_duration(last)


def _fixed_file(run: RunFolder) -> Path:
    return run.vault / "last.json"


def _fixed(run: RunFolder) -> dict[str, str]:
    """When each window begins that this run was ever given."""
    try:
        fixed: dict[str, str] = json.loads(_fixed_file(run).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        fixed = {}
    return fixed


def refuse_columns_of_python(config: Config) -> None:
    """Refuse a summary prompt over conversations, which have no columns."""
    if config.summary_prompt:
        raise ConfigError("A summary prompt reads columns of files; conversations from Python have none.")


def from_python(context: Context, conversations: Iterable[Conversation]) -> Found:
    """Read an iterable. It is always read again; what depends on it is made again only where it differs."""

    def make() -> Found:
        with context.progress.stage("Reading", None, "conversations"):
            return _keep(context, from_memory(conversations)) | {"formats": ["Python"], "left_out": []}

    return context.stage("Reading", {"the source": "Python"}, make, always=True)


def _keep(context: Context, items: Iterable[Conversation | SetAside]) -> Found:
    """Write conversations to the vault in parts, and what could not be read to the quarantine."""
    folder = context.folder
    empty_folder(folder.conversations.folder)
    keeper = _Keeper(context)
    with writing_text(folder.quarantine) as quarantine:
        for item in items:
            if isinstance(item, SetAside):
                keeper.set_aside(item)
                quarantine.write(json.dumps(asdict(item), ensure_ascii=True) + "\n")
            else:
                keeper.keep(item)
    keeper.write_part()
    keeper.refuse_if_too_much_is_broken()
    keeper.tell()
    return keeper.found()


class _Unread:
    """Counts what could not be read."""

    def __init__(self, allowed: float) -> None:
        self.reasons: Counter[str] = Counter()
        self._allowed = allowed
        self._broken = 0
        self._first: list[str] = []

    def add(self, item: SetAside) -> None:
        self.reasons[item.reason] += 1
        if not item.whole_file and item.reason not in _NOT_BROKEN:
            self._broken += 1
            if len(self._first) < _LISTED:
                self._first.append(f"{item.place}: {item.reason}")

    def refuse_if_too_many(self, conversations: int, what_to_do: str) -> None:
        everything = conversations + self.reasons.total()
        if everything and self._broken / everything > self._allowed:
            listed = "\n".join(f"  {line}" for line in self._first)
            more = f"\n  and {self._broken - len(self._first):,} more" if self._broken > len(self._first) else ""
            raise SourceError(
                f"{self._broken:,} of {everything:,} records ({self._broken / everything:.1%}) are broken, more than "
                f"the {self._allowed:.1%} that --max-set-aside allows:\n{listed}{more}\n{what_to_do}"
            )


class _Keeper:
    """Collects conversations into parts, and counts."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._secret = context.folder.secret()
        self._forgotten = context.folder.forgotten()
        self._left_out = 0
        self._rows: list[dict[str, object]] = []
        self._characters = 0
        self._parts = 0
        self._users: set[bytes] = set()
        self._without_user = 0
        self._times: list[datetime] = []
        self._conversations = 0
        self._aside = _Unread(context.config.max_set_aside)
        self._content = hashlib.sha256()

    def keep(self, conversation: Conversation) -> None:
        user = user_hash(self._secret, conversation.user) if conversation.user is not None else None
        if user is not None and user in self._forgotten:
            self._left_out += 1
            return
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
        self._aside.add(item)

    def write_part(self) -> None:
        if self._rows:
            folder = self._context.folder.conversations
            self._content.update(folder.write(self._parts, pa.Table.from_pylist(self._rows, schema=CONVERSATIONS)))
            self._rows, self._characters = [], 0
            self._parts += 1

    def refuse_if_too_much_is_broken(self) -> None:
        listed = f"All are listed in {self._context.folder.quarantine}. Mend them, or allow more."
        self._aside.refuse_if_too_many(self._conversations, listed)

    def tell(self) -> None:
        """Say how many conversations were not read in since their users are forgotten."""
        if self._left_out:
            what = "conversation" if self._left_out == 1 else "conversations"
            self._context.progress.note(f"{self._left_out:,} {what} of forgotten users left out.")

    def found(self) -> dict[str, Any]:
        content = self._content.hexdigest()
        return {
            "conversations": self._conversations,
            "users": len(self._users),
            "without_user": self._without_user,
            "first_day": self._times[0].date().isoformat() if self._times else None,
            "last_day": self._times[-1].date().isoformat() if self._times else None,
            "set_aside": self._aside.reasons.total(),
            "reasons": dict(sorted(self._aside.reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
            "quarantine": str(self._context.folder.quarantine),
            "content": content,
        }
