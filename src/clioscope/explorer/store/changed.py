"""Being late."""

from __future__ import annotations


class ChangedError(Exception):
    """Somebody else was faster: what was to be added comes after a state that is no longer the last."""
