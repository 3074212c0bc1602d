"""How rare each pair of letters is in what people write, as the table of ``privacy/redaction/chance.py``.

Run: ``python tools/redaction/letter_pairs.py FILE...``, each FILE being JSON Lines of conversations (gzipped): here
arena_hard, which holds code, and sib200, of which only what is in Latin letters counts. Prints 27 lines of 26 digits.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import sys
from collections import Counter

LETTERS = "abcdefghijklmnopqrstuvwxyz"
STEP = 0.75
"""Nats for one step of a digit."""

# A word within a text or an identifier: what a separator, a digit or a capital begins.
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def counted(paths: list[str]) -> dict[str, Counter[str]]:
    """How often each letter follows each letter, and each begins a word (after a space)."""
    pairs: dict[str, Counter[str]] = {first: Counter() for first in f" {LETTERS}"}
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                for message in json.loads(line)["messages"]:
                    for word in _WORD.findall(message["content"]):
                        for first, second in zip(f" {word.lower()}", word.lower(), strict=False):
                            pairs[first][second] += 1
    return pairs


def main() -> None:
    for row in counted(sys.argv[1:]).values():
        total = row.total() + len(LETTERS) * 20
        print("".join(str(min(9, round(-math.log((row[second] + 20) / total) / STEP))) for second in LETTERS))


if __name__ == "__main__":
    main()
