"""Who stands behind a word: different users with different texts."""

from __future__ import annotations

_ALIKE = 0.8
"""Texts with this Jaccard index of stems, or a higher one, are near-duplicates."""

Stems = frozenset[str]


class Votes:
    """The votes for one word in one cluster, up to the number that is needed.

    Every vote is of another user and with another text than every other: no two texts are near-duplicates.

    Parameters
    ----------
    needed
        So many are enough.
    """

    __slots__ = ("_texts", "_users", "needed")

    def __init__(self, needed: int) -> None:
        self.needed = needed
        self._users: set[int] = set()
        self._texts: list[Stems] = []

    def cast(self, user: int, text: Stems) -> bool:
        """Let a text that holds the word vote. Whether there are enough votes now."""
        if (
            not self.enough
            and user not in self._users
            and not any(near_duplicates(text, other) for other in self._texts)
        ):
            self._users.add(user)
            self._texts.append(text)
        return self.enough

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
