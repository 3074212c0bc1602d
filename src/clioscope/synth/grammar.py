"""Sentences in each language: frames with slots, and what can stand in them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from clioscope.errors import ConfigError

LANGUAGES = (
    "en", "es", "zh", "pt", "fr", "de", "ja", "ru", "ar", "hi", "ko", "it", "tr", "id", "vi", "pl", "nl",
)  # fmt: skip
"""ISO 639-1, the more common first."""

_OPENING = {"¿", "¡"}


@dataclass(frozen=True)
class Language:
    """The grammar of one language.

    Parameters
    ----------
    name
        In English.
    frames
        Sentences by what they are for: ``first``, ``detailed``, ``later``, ``answer``, ``again`` and ``personal``, with
        ``{task}``, ``{detail}`` and what a person may give away in the place of words.
    tasks, details
        By the key of a topic.
    """

    code: str
    name: str
    frames: Mapping[str, tuple[str, ...]]
    tasks: Mapping[str, tuple[str, ...]]
    details: Mapping[str, tuple[str, ...]]


@cache
def language(code: str) -> Language:
    """The grammar of a language.

    Raises
    ------
    ConfigError
        There is none of that code.
    """
    if code not in LANGUAGES:
        raise ConfigError(f"There is no language {code!r} to write in. There are: {', '.join(LANGUAGES)}.")
    text = files("clioscope.synth").joinpath("languages", f"{code}.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    return Language(
        code,
        found["name"],
        {use: tuple(frames) for use, frames in found["frames"].items()},
        {key: tuple(topic["tasks"]) for key, topic in found["topics"].items()},
        {key: tuple(topic["details"]) for key, topic in found["topics"].items()},
    )


def filled(frame: str, **words: str) -> str:
    """``frame`` with words in its slots, and a capital letter where a sentence begins with one."""
    text = frame.format(**words)
    at = next((i for i, letter in enumerate(text) if letter not in _OPENING), 0)
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]
