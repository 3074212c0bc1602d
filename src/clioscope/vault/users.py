"""Users as numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.vault.tables import Parts

UNKNOWN = -1


def user_codes(conversations: Parts) -> NDArray[np.int32] | None:
    """int32 [n]: users numbered in order of appearance, -1 where unknown; ``None`` where no user is known."""
    numbers: dict[bytes, int] = {}
    parts = []
    for table in conversations.read(["user"]):
        users = table["user"].to_pylist()
        parts.append(
            np.fromiter(
                (UNKNOWN if u is None else numbers.setdefault(u, len(numbers)) for u in users), np.int32, len(users)
            )
        )
    return np.concatenate(parts) if numbers else None
