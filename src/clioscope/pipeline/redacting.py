"""What identifies, taken out of conversations before a model reads them and of facet texts before they are kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from clioscope.config import Config
from clioscope.conversation import Conversation, Message
from clioscope.facets import Facets, JudgedExtractor, LocalExtractor
from clioscope.models.judge import Work
from clioscope.pipeline.context import Context, Found
from clioscope.privacy.redaction import Redactor
from clioscope.vault import Parts

_COUNTS = b"redacted"
"""Where a part of the facet table keeps its counts: in its header, so that they say nothing about a row."""

_CUT = b"cut"
"""Likewise, how many of its conversations were longer than a model reads."""


class Extracted(NamedTuple):
    """The facets of one conversation, and how often each kind was found in it and in their texts."""

    facets: Facets
    in_conversation: Counter[str]
    in_texts: Counter[str]


class Redaction:
    """What is redacted in one run.

    Parameters
    ----------
    config
        ``redact``, ``redact_patterns`` and ``redact_with_presidio`` matter here.
    elsewhere
        Whether who reads the conversations is not known to be on this machine.

    Raises
    ------
    ConfigError
        A pattern cannot be used, or Presidio is not installed.
    """

    def __init__(self, config: Config, *, elsewhere: bool) -> None:
        redactor = redactor_of(config)
        self._texts = redactor
        self._conversations = redactor if elsewhere or config.redact == "always" else None
        self.name = "nothing" if redactor is None else f"{redactor.name} {self._conversations is not None}"

    def work(self, extractor: JudgedExtractor, conversation: Conversation) -> Work[Extracted]:
        """What ``extractor`` asks about the conversation, which no model sees as it was."""
        shown, found = self.shown(conversation)
        return self._kept((yield from extractor.work(shown)), found)

    def calls(self, extractor: JudgedExtractor, conversation: Conversation) -> list[Work[Any]]:
        """The calls of :meth:`work`, each by itself."""
        return extractor.calls(self.shown(conversation)[0])

    def extract(self, extractor: LocalExtractor, conversations: Iterable[Conversation]) -> list[Extracted]:
        """The facets that need no model. Their texts are the user's own words, and those alone are gone through."""
        return [self._extracted(extractor, conversation) for conversation in conversations]

    def _extracted(self, extractor: LocalExtractor, conversation: Conversation) -> Extracted:
        # One by one: the text of a single turn is what was gone through just before, and is still remembered.
        shown, found = self._said_by_users(conversation)
        (row,) = extractor.extract([shown])
        return self._kept(row, found)

    def shown(self, conversation: Conversation) -> tuple[Conversation, Counter[str]]:
        """The conversation as a model may see it, and how often each kind was taken out of it."""
        return _redacted(self._conversations, conversation, ("user", "assistant", "system", "tool"))

    def _said_by_users(self, conversation: Conversation) -> tuple[Conversation, Counter[str]]:
        # Before texts are cut to size, since half of a number is no longer known as one.
        return _redacted(self._texts, conversation, ("user",))

    def _kept(self, facets: Facets, in_conversation: Counter[str]) -> Extracted:
        found: Counter[str] = Counter()
        if self._texts is None:
            return Extracted(facets, in_conversation, found)
        clean = partial(_clean, self._texts, found)
        texts = {name: None if text is None else clean(text) for name, text in facets.texts.items()}
        lists = {name: [clean(text) for text in many] for name, many in facets.lists.items()}
        return Extracted(replace(facets, texts=texts, lists=lists), in_conversation, found)


def redactor_of(config: Config) -> Redactor | None:
    """What the configuration wants replaced; ``None`` where it wants nothing."""
    if config.redact == "never":
        return None
    return Redactor(config.redact_patterns, config.redact_with_presidio)


def redaction_of(context: Context) -> Redaction:
    """What is redacted before the facets of this run are asked."""
    judges = context.judges
    elsewhere = judges is not None and judges.has("extract") and not judges.is_here("extract")
    return Redaction(context.config, elsewhere=elsewhere)


def with_counts(table: pa.Table, rows: Iterable[Extracted]) -> pa.Table:
    """``table`` with how often each kind was found in all rows together, and how many conversations were cut."""
    rows = list(rows)
    counts: dict[str, Counter[str]] = {"conversations": Counter(), "texts": Counter()}
    for row in rows:
        counts["conversations"].update(row.in_conversation)
        counts["texts"].update(row.in_texts)
    cut = sum(row.facets.cut for row in rows)
    return table.replace_schema_metadata({_COUNTS: json.dumps(counts), _CUT: str(cut)})


def cut_of(parts: Parts) -> int:
    """How many conversations a model was shown less than the whole of."""
    return sum(int((pq.read_schema(path).metadata or {}).get(_CUT, 0)) for path in parts.paths())


def counts_of(parts: Parts) -> Found:
    """How often each kind was found, in conversations and in facet texts, over the whole run."""
    total: dict[str, Counter[str]] = {"conversations": Counter(), "texts": Counter()}
    for counts in _counts(parts):
        for where, kinds in counts.items():
            total[where].update(kinds)
    return {where: dict(sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))) for where, kinds in total.items()}


def _counts(parts: Parts) -> Iterator[dict[str, dict[str, int]]]:
    for path in parts.paths():
        kept = pq.read_schema(path).metadata or {}
        yield json.loads(kept.get(_COUNTS, b"{}"))


def _redacted(
    redactor: Redactor | None, conversation: Conversation, roles: tuple[str, ...]
) -> tuple[Conversation, Counter[str]]:
    found: Counter[str] = Counter()
    if redactor is None:
        return conversation, found
    messages = tuple(_message(redactor, found, m) if m.role in roles else m for m in conversation.messages)
    return replace(conversation, messages=messages), found


def _message(redactor: Redactor, found: Counter[str], message: Message) -> Message:
    return replace(message, content=_clean(redactor, found, message.content))


def _clean(redactor: Redactor, found: Counter[str], text: str) -> str:
    redacted = redactor.redact(text)
    found.update(redacted.found)
    return redacted.text
