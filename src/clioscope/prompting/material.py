"""What people and models wrote, on its way into a prompt: it gets there in a frame, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

import orjson
from jinja2 import pass_context
from jinja2.runtime import Context

MADE_UP: dict[str, dict[str, Any]] = {
    "extract": {"conversation": [{"role": "user", "content": "..."}]},
    "record": {
        "record": [{"words": "...", "column": "...", "value": "..."}, {"words": "...", "column": None, "value": None}]
    },
    "name": {"members": ["..."], "others": ["..."]},
    "propose": {"clusters": [{"name": "...", "description": "..."}], "others": ["..."]},
    "merge": {"proposals": ["..."]},
    "assign": {"cluster": {"name": "...", "description": "..."}, "groups": {"g1": "..."}},
    "parent": {"clusters": [{"name": "...", "description": "...", "share": "..."}], "others": ["..."]},
    "words": {"shared": ["..."], "others": [["..."]]},
    "reword": {"title": {"name": "...", "description": "..."}, "unshared": ["..."], "shared": ["..."]},
    "name_keywords": {"keywords": ["..."], "beside": ["..."]},
    "audit": {"text": "..."},
    "rewrite": {"text": "...", "reason": "..."},
    "belongs": {"facet": "...", "cluster": {"name": "...", "description": "..."}},
    "choose": {
        "facet": "...",
        "clusters": {"g1": {"name": "...", "description": "..."}, "g2": {"name": "...", "description": "..."}},
    },
    "pick": {"cluster": {"name": "..."}, "texts": {"t1": "...", "t2": "..."}},
    "distinct": {"one": {"name": "...", "description": "..."}, "other": {"name": "...", "description": "..."}},
    "faithful": {"conversation": [{"role": "user", "content": "..."}], "facet": "..."},
    "category": {
        "cluster": {"name": "...", "description": "..."},
        "categories": {"g1": {"name": "...", "description": "..."}},
    },
    "synth": {
        "outline": {
            "the person wants": "...",
            "that is": "...",
            "language": "...",
            "messages": 2,
            "variant": 1,
            "personal": ["..."],
        }
    },
    "repair": {"answer": "..."},
}
"""What each prompt is given that people or models wrote, made up."""

_RANGE = {"wanted": 2, "fewest": 1, "most": 3}
_FACETS = {"facets": [{"name": "...", "question": "...", "criteria": "..."}]}
OWN: dict[str, dict[str, Any]] = {
    "extract": _FACETS,
    "record": _FACETS,
    "propose": _RANGE,
    "merge": _RANGE,
    "audit": {"kind": "..."},
    "rewrite": {"kind": "..."},
    "belongs": {"choices": ["...", "..."]},
    "faithful": {"kind": "..."},
    "repair": {"problem": "..."},
}
"""What each is given beside the schema that we or the owner of the run wrote, made up."""

_OWN = frozenset({"schema", *(name for values in OWN.values() for name in values)})


class UnframedError(Exception):
    """A prompt shows something that people or models wrote, and not in a frame."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Input:
    """One value that a prompt is given. ``shown``: whether it stands in a frame of the prompt."""

    def __init__(self, name: str, value: Any) -> None:
        self.name, self.value, self.shown = name, value, False


class Material:
    """An :class:`Input`, or a part of it. A prompt may look into it, and show it by the filter ``framed`` alone."""

    __slots__ = ("_input", "_value")
    __hash__ = None  # type: ignore[assignment]  # what it equals has another hash

    def __init__(self, value: Any, of: Input) -> None:
        self._value, self._input = value, of

    def __getitem__(self, key: Any) -> Material:
        return Material(self._value[_plain(key, [])], self._input)

    def __iter__(self) -> Iterator[Material]:
        return (Material(part, self._input) for part in self._value)

    def __len__(self) -> int:
        return len(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return bool(self._value == _plain(other, []))

    def _refused(self, *_: object) -> NoReturn:
        raise UnframedError(self._input.name)

    __str__ = __repr__ = __format__ = __add__ = __radd__ = __mod__ = __mul__ = _refused


class Frame:
    """Material between two tags that hold a nonce. It is shown as it is: nothing else can be made of it."""

    __slots__ = ("_inputs", "_text")

    def __init__(self, text: str, inputs: Sequence[Input]) -> None:
        self._text, self._inputs = text, inputs

    def _refused(self, *_: object) -> NoReturn:
        raise UnframedError(self._inputs[0].name if self._inputs else "...")

    __str__ = __repr__ = __format__ = __add__ = __radd__ = __mod__ = __mul__ = _refused


def guarded(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Input]]:
    """The values of a prompt as it is given them, and those of them that it has to show in frames."""
    inputs: list[Input] = []

    def material(name: str, value: Any) -> Material:
        inputs.append(Input(name, value))
        return Material(value, inputs[-1])

    given: dict[str, Any] = {}
    for name, value in values.items():
        if name == "record":  # the words around its values are the owner's
            given[name] = [{**piece, "value": material("piece.value", piece["value"])} for piece in value]
        else:
            given[name] = value if name in _OWN else material(name, value)
    return given, inputs


@pass_context
def framed(context: Context, value: Any) -> Frame:
    """The filter: ``value`` as JSON in a frame."""
    inputs: list[Input] = []
    text, nonce = orjson.dumps(_plain(value, inputs)).decode(), context["nonce"]
    return Frame(f"<data-{nonce}>\n{text}\n</data-{nonce}>", inputs)


def shown(value: Any) -> Any:
    """What is written into a prompt of the value of an expression."""
    if not isinstance(value, Frame):
        return value
    for of in value._inputs:
        of.shown = True
    return value._text


def _plain(value: Any, inputs: list[Input]) -> Any:
    """``value`` with what material holds in its place; ``inputs`` gets what that is of."""
    if isinstance(value, Material):
        inputs.append(value._input)
        return value._value
    if isinstance(value, Mapping):
        return {_plain(key, inputs): _plain(inner, inputs) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, inputs) for inner in value]
    return value
