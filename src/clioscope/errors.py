"""Errors that are sentences: what was wrong, where, and what to do."""

from __future__ import annotations


class ClioscopeError(Exception):
    """The base of every error that a user can act on. The command line prints its text and no traceback."""


class SourceError(ClioscopeError):
    """A source cannot be read at all, or too much of it is broken."""


class ConfigError(ClioscopeError):
    """What was asked for contradicts itself or cannot be done."""


class RunError(ClioscopeError):
    """A run's folder is missing, damaged, or held by another process."""


class TooSmallError(ClioscopeError):
    """Nothing in the data passes the thresholds in force."""


class OverBudgetError(ClioscopeError):
    """The limit that the user set on the cost is reached. What is answered is kept."""
