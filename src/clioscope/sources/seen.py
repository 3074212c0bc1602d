"""Which ids were seen, in a few bytes an id."""

from __future__ import annotations

from array import array
from hashlib import blake2b


class Seen:
    """A set of texts that keeps eight bytes of each one's hash, about 16 bytes with the room between.

    Of ten million texts, the chance that any two are taken for one is 3 in a million.
    """

    def __init__(self) -> None:
        self._size = 1 << 12
        self._table = array("Q", bytes(8 * self._size))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, text: str) -> bool:
        """Add ``text``; whether it was new."""
        value = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") or 1
        if not self._insert(value):
            return False
        self._count += 1
        if self._count * 3 > self._size * 2:
            self._grow()
        return True

    def _insert(self, value: int) -> bool:
        table, mask = self._table, self._size - 1
        place = value & mask
        while held := table[place]:
            if held == value:
                return False
            place = (place + 1) & mask
        table[place] = value
        return True

    def _grow(self) -> None:
        old = self._table
        self._size *= 2
        self._table = array("Q", bytes(8 * self._size))
        for value in old:
            if value:
                self._insert(value)
