"""What a reader knows a cell by, apart from its cluster: the values of its attributes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clioscope.privacy.counting import Codes
from clioscope.privacy.lattice import Attribute, BlockKey
from clioscope.privacy.releases.earlier import BINS

_UNLIKE_ANY = -1
_WIDTH = np.int64(1) << 31


class Labels:
    """Numbers for sets of values, the same in every release."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}

    def of(self, key: BlockKey, keys: Codes, attributes: Sequence[Attribute]) -> Codes:
        """int64 [cells]: equal for cells of equal values; those of the map are like none, and 0 is a cluster's own."""
        if key == BINS:
            return np.full(len(keys), _UNLIKE_ANY, dtype=np.int64)
        found = [np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)]
        for place, number in enumerate(reversed(key.attributes)):
            values = attributes[number].values
            numbers = [self._known.setdefault((attributes[number].name, v), 1 + len(self._known)) for v in values]
            found[place] = np.array(numbers, dtype=np.int64)[keys % len(values)]
            keys = keys // len(values)
        return np.minimum(*found) * _WIDTH + np.maximum(*found)
