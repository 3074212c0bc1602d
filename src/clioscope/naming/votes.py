"""Who stands behind a word: different users with different texts."""

from __future__ import annotations

_ALIKE = 0.8
"""Texts with this Jaccard index of stems, or a higher one, are near-duplicates."""

_SHORT = 20
"""Texts with fewer stems are short: several people may well write the same."""

Stems = frozenset[str]


class Votes:
    """The votes for one word in one cluster, up to the number that is needed.

    Every vote is of another user and with another text than every other: no two texts are near-duplicates. A short text
    may have several votes where that is asked for.

    Parameters
    ----------
    needed
        So many are enough.
    of_a_short_text
        So many votes may a short text have together with those that it is a near-duplicate of.
    """

    __slots__ = ("_of_a_short_text", "_texts", "_users", "needed")

    def __init__(self, needed: int, of_a_short_text: int = 1) -> None:
        self.needed = needed
        self._of_a_short_text = of_a_short_text
        self._users: set[int] = set()
        self._texts: list[Stems] = []

    def cast(self, user: int, text: Stems) -> bool:
        """Let a text that holds the word vote. Whether there are enough votes now."""
        if not self.enough and user not in self._users and self._has_room_for(text):
            self._users.add(user)
            self._texts.append(text)
        return self.enough

    def _has_room_for(self, text: Stems) -> bool:
        room = self._of_a_short_text if len(text) < _SHORT else 1
        for other in self._texts:
            if near_duplicates(text, other):
                room -= 1
                if room <= 0:
                    return False
        return True

    @property
    def enough(self) -> bool:
        """Whether as many stand behind the word as are needed."""
        return len(self._users) >= self.needed

    def __len__(self) -> int:
        return len(self._users)


def near_duplicates(one: Stems, other: Stems) -> bool:
    """Whether two texts, as the stems of their words, count as one."""
    if one == other:
        return True
    fewer, more = sorted((len(one), len(other)))
    if fewer < _ALIKE * more:
        return False
    shared = len(one & other)
    return shared >= _ALIKE * (len(one) + len(other) - shared)
