"""What a model reads of a conversation: all of it where it fits, else its beginning and its end with the cut marked."""

from __future__ import annotations

from collections.abc import Sequence

from clioscope.conversation import Conversation
from clioscope.facets.request import fair_share, middle_cut, token_spans
from clioscope.record_prompt import RecordPrompt

_FEWEST_A_MESSAGE = 24
"""A message is not cut below so many tokens; there are fewer messages instead."""


def excerpt(conversation: Conversation, tokens: int) -> list[dict[str, str]]:
    """Messages as ``role`` and ``content``, within about ``tokens`` tokens.

    Where there is too much, the longest messages give way first, and each keeps its beginning and its end. Where there
    are too many messages for that, those in the middle are left out, and a ``note`` says how many.
    """
    messages = [(m.role, m.content) for m in conversation.messages if m.content.strip()]
    if sum(len(content) for _, content in messages) <= tokens:
        return [{"role": role, "content": content} for role, content in messages]
    fits = sum(len(token_spans(content, tokens)) for _, content in messages) <= tokens
    most = len(messages) if fits else max(2, tokens // _FEWEST_A_MESSAGE)
    left_out = max(0, len(messages) - most)
    if left_out:
        head = (most + 1) // 2
        messages = messages[:head] + messages[head + left_out :]
    contents = _cut_to([content for _, content in messages], tokens)
    kept = [{"role": role, "content": content} for (role, _), content in zip(messages, contents, strict=True)]
    if left_out:
        kept.insert(head, {"role": "note", "content": f"[{left_out:,} messages left out here]"})
    return kept


def record_excerpt(prompt: RecordPrompt, record: Conversation, tokens: int) -> list[dict[str, str | None]]:
    """The prompt's pieces as ``words``, ``column`` and ``value``, the values within about ``tokens`` tokens."""
    values = dict(zip(prompt.columns, _cut_to([message.content for message in record.messages], tokens), strict=True))
    return [
        {"words": piece.words, "column": piece.column, "value": values[piece.column] if piece.column else None}
        for piece in prompt.pieces
    ]


def _cut_to(texts: Sequence[str], tokens: int) -> list[str]:
    """``texts`` within about ``tokens`` tokens together; the longest give way first."""
    spans = [token_spans(text, tokens) for text in texts]
    allowed = fair_share([len(of_text) for of_text in spans], tokens)
    return [
        text if len(where) <= allowed else middle_cut(text, where, allowed, _cut_mark)
        for text, where in zip(texts, spans, strict=True)
    ]


def _cut_mark(characters: int) -> str:
    return f" [... {characters:,} characters left out here ...] "
