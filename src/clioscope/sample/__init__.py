"""The sample that comes with the package: conversations written for it, and their known topics beside them."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable


def conversations() -> Traversable:
    """``conversations.jsonl.gz``: one conversation a line."""
    return files("clioscope.sample").joinpath("conversations.jsonl.gz")


def topics() -> Traversable:
    """``topics.csv``: the topic and the subtopic that each conversation was written for, by id."""
    return files("clioscope.sample").joinpath("topics.csv")
