"""Invented people: names, addresses, numbers and what else would give somebody away."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

KINDS = ("name", "email", "phone", "employer", "place", "condition")


class Person(NamedTuple):
    """What somebody could give away. The address is of a domain that is kept free (RFC 2606), the number too."""

    name: str
    email: str
    phone: str
    employer: str
    place: str
    condition: str


def invented(rng: np.random.Generator) -> Person:
    """Somebody who does not exist."""
    words = _words()

    def one(of: str) -> str:
        return words[of][int(rng.integers(len(words[of])))]

    first, last = one("first"), one("last")
    number = int(rng.integers(10_000))
    return Person(
        f"{first} {last}",
        f"{first}.{last}{number}@example.org".lower(),
        f"+1 {200 + int(rng.integers(700))} 555 01{number % 100:02d}",
        f"{one('firm')} & {one('firm')} {one('trade')}",
        f"{one('place')} {one('town')}",
        one("condition"),
    )


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads(files("clioscope.synth").joinpath("people.toml").read_text(encoding="utf-8"))
