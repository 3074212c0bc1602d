"""The request facet without a model: what the user wrote, within a token budget."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_CUT = " … "
_UNIT = re.compile(r"[぀-ヿ㐀-鿿가-힣฀-๿]|\w+|[^\w\s]|\s{16,}")
_CHARACTERS_A_TOKEN = 6
_KEPT_AT_THE_BEGINNING = 2 / 3


def request(turns: Sequence[str], tokens: int) -> str:
    """All user turns joined by newlines, within about ``tokens`` tokens.

    Where there is too much, the longest turns give way first: each keeps its beginning and its end, where people
    put the question, around a marked cut. No turn is left out while another is longer than it.
    """
    if sum(map(len, turns)) <= tokens:  # no token is shorter than a character
        return "\n".join(text for text in turns if text)
    spans = [token_spans(turn, tokens) for turn in turns]
    counts = [len(turn_spans) for turn_spans in spans]
    allowed = fair_share(counts, tokens)
    kept = [
        turn if count <= allowed else middle_cut(turn, turn_spans, allowed)
        for turn, turn_spans, count in zip(turns, spans, counts, strict=True)
    ]
    return "\n".join(text for text in kept if text)


def token_spans(text: str, tokens: int) -> list[tuple[int, int]]:
    """Where each estimated token of ``text`` is. Of a huge text only as much as can matter is looked at."""
    reach = tokens * 40
    if len(text) > 2 * reach:
        return token_spans(text[:reach], tokens) + [
            (start + len(text) - reach, end + len(text) - reach) for start, end in token_spans(text[-reach:], tokens)
        ]
    spans = []
    for unit in _UNIT.finditer(text):
        start, end = unit.span()
        while end - start > _CHARACTERS_A_TOKEN:
            spans.append((start, start + _CHARACTERS_A_TOKEN))
            start += _CHARACTERS_A_TOKEN
        spans.append((start, end))
    return spans


def fair_share(counts: Sequence[int], tokens: int) -> int:
    """The largest number of tokens that every turn may keep so that all together keep at most ``tokens``."""
    left, turns = tokens, len(counts)
    for count in sorted(counts):
        if count * turns > left:
            return left // turns
        left -= count
        turns -= 1
    return max(counts, default=0)


def middle_cut(
    text: str, spans: Sequence[tuple[int, int]], allowed: int, mark: Callable[[int], str] = lambda _: _CUT
) -> str:
    """The beginning and the end of ``text``, ``allowed`` tokens together, around what ``mark`` says of the cut."""
    if allowed < 2:
        return text[spans[0][0] : spans[0][1]] if allowed else ""
    head = max(1, round(allowed * _KEPT_AT_THE_BEGINNING))
    tail = allowed - head
    end = text[spans[-tail][0] :].rstrip() if tail else ""
    begin = text[: spans[head - 1][1]]
    return begin + mark(len(text) - len(begin) - len(end)) + end
