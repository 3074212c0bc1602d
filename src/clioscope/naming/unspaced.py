"""Terms of scripts that put no space between words (Chinese, Japanese, Thai, ...): shared character n-grams.

A gram is complete where no longer gram that holds it is shared by nearly as many: pieces of words fall away, and
what stays is mostly words and set phrases. It is a stand-in for a dictionary, and needs none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from clioscope.naming.support import Support

_CUT = re.compile(
    "谢谢|謝謝|[的了吗嗎呢吧啊呀哦我你您他她它们們这這那是在有和与與或及把被让讓给給请請怎么麼什为為能会會可以要想很也就都还還不没沒]"
    "|[ぁ-んゝゞ]+|[、。・]"
)
_NEVER_FIRST, _NEVER_LAST = "个個些下种種", "一个個些帮幫"
"""Measure words and the like: a term that begins or ends with one is a piece of a sentence."""

_SOUTH_ASIAN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_KATAKANA = re.compile(r"[ァ-ヶーｦ-ﾟ]+")
_RUN_CHARACTERS = 120
_COMPLETE = 0.6


def grams_of(run: str) -> set[str]:
    """Split a run of unspaced script into candidate terms: katakana words whole, Han 2 to 4, Thai and kin 3 to 10."""
    grams: set[str] = set()
    for piece in _CUT.split(run[:_RUN_CHARACTERS]):
        if _SOUTH_ASIAN.search(piece):
            grams |= _windows(piece, 3, 10)
            continue
        grams.update(word for word in _KATAKANA.findall(piece) if len(word) > 1)
        for han in _KATAKANA.split(piece):
            grams |= _windows(han, 2, 4)
    return grams


def pairs_of(run: str) -> list[str]:
    """Pairs of characters, to compare texts by that part no words."""
    return [run[i : i + 2] for i in range(max(1, len(run) - 1))]


def complete_grams(found: Mapping[str, Support], floor: int) -> dict[str, Support]:
    """Keep the grams that at least ``floor`` users hold and that are not pieces of a gram as widely held."""
    whole = {gram: support for gram, support in found.items() if support.users >= floor}
    covered: dict[str, int] = {}
    for gram, support in whole.items():
        for piece in (gram[1:], gram[:-1]):
            covered[piece] = max(covered.get(piece, 0), support.users)
    return {g: s for g, s in whole.items() if covered.get(g, 0) < _COMPLETE * s.users}


def _windows(piece: str, shortest: int, longest: int) -> set[str]:
    cuts = [i for i in range(len(piece) + 1) if i == len(piece) or unicodedata.category(piece[i]) not in ("Mn", "Mc")]
    found = {piece[i:j] for i in cuts for j in cuts if shortest <= j - i <= longest}
    return {gram for gram in found if gram[0] not in _NEVER_FIRST and gram[-1] not in _NEVER_LAST}
