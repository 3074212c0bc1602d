"""Counting again from the vault, on its own: not with the code that counted what was released."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clioscope.attacks.static.truth import Truth

Codes = NDArray[np.int64]


class Tally(NamedTuple):
    """The groups that hold something: int64 [g] each.

    Parameters
    ----------
    key
        The group, ascending.
    conversations, users
        How many; conversations without a user count as one user's. ``users`` is 0 where none is known.
    most
        Conversations of the user who has most of them there; those without a user count as one user's.
    """

    key: Codes
    conversations: Codes
    users: Codes
    most: Codes


def tally(truth: Truth, key: Codes) -> Tally:
    """Count conversations and users by ``key``, int64 [m]; items with a negative one are in no group."""
    inside = key >= 0
    users = np.zeros(len(key), np.int32) if truth.users is None else truth.users
    rows = pa.table({"key": key[inside], "conversation": truth.conversations[inside], "user": users[inside]})
    if truth.several:
        rows = rows.group_by(["key", "conversation"]).aggregate([("user", "min")]).rename_columns({"user_min": "user"})
    by_user = rows.group_by(["key", "user"]).aggregate([([], "count_all")])
    found = by_user.group_by("key").aggregate([("count_all", "sum"), ("user", "count"), ("count_all", "max")])
    found = found.sort_by("key")
    columns = [
        found[name].to_numpy().astype(np.int64) for name in ("key", "count_all_sum", "user_count", "count_all_max")
    ]
    if truth.users is None:
        columns[2:] = [np.zeros(len(found), np.int64), np.zeros(len(found), np.int64)]
    return Tally(*columns)


def packed(places: Sequence[NDArray[np.int32]], sizes: Sequence[int]) -> Codes:
    """One int64 [m] for several codes of each item, in C order; -1 where any of them is negative."""
    key = np.zeros(len(places[0]), dtype=np.int64)
    inside = np.ones(len(key), dtype=np.bool_)
    for codes, size in zip(places, sizes, strict=True):
        key = key * size + codes
        inside &= codes >= 0
    return np.where(inside, key, -1)
