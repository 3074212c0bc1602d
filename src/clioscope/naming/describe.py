"""A cluster's description in one plain line."""

from __future__ import annotations

from collections.abc import Sequence


def describe(terms: Sequence[str], conversations: int, users: int | None) -> str:
    """Put a cluster's distinguishing terms and its counts into words.

    Parameters
    ----------
    terms
        Terms that passed the threshold of support, best first; empty for a cluster without a safe name.
    conversations, users
        Counts as they may be shown: already rounded. ``users`` is ``None`` where users are unknown.
    """
    people = "" if users is None else f" from {_counted(users, 'person', 'people')}"
    size = f"About {_counted(conversations, 'conversation', 'conversations')}{people}."
    if not terms:
        return f"{size} Too few people share the same words for a safe name."
    return f"{size} What sets them apart: {', '.join(terms)}."


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
