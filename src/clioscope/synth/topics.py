"""What the made-up conversations are about: ten categories of five topics, each with how concerning it is."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class Topic(NamedTuple):
    """What people want of the assistant.

    Parameters
    ----------
    key, category
        What it is called in :file:`languages/*.toml`, and the key of its :class:`Category`.
    name, description
        In English.
    concern
        From 1, harmless, to 5.
    """

    key: str
    category: str
    name: str
    description: str
    concern: int


class Category(NamedTuple):
    """A group of topics."""

    key: str
    name: str
    description: str


@cache
def categories() -> tuple[Category, ...]:
    """All categories, in their order."""
    return tuple(Category(row["key"], row["name"], row["description"]) for row in _read()["categories"])


@cache
def topics() -> tuple[Topic, ...]:
    """All topics, category by category."""
    return tuple(
        Topic(topic["key"], row["key"], topic["name"], topic["description"], topic.get("concern", 1))
        for row in _read()["categories"]
        for topic in row["topics"]
    )


@cache
def _read() -> dict[str, Any]:
    text = files("clioscope.synth").joinpath("topics.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
