"""What the double answers: a value for any JSON schema, made of words from the prompt's own data."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_FRAME = re.compile(r"<data-[0-9a-z]+>\n?(.*?)\n?</data-[0-9a-z]+>", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{3,}")
_STOP_WORDS = (
    "the and for you your that this with have has had are was were can could would should will what how why who when "
    "where which not but from they them their there then than into about some any all please need want help assistant "
    "user content role note messages"
)
_STOP = frozenset(_STOP_WORDS.split())
_LOOKED_AT, _FRAMED = 4_000, 100_000
_WORDS = 12


@dataclass(frozen=True)
class ChatRequest:
    """One call, whatever its wire format. ``schema`` is the JSON schema of the answer, where one was asked for."""

    model: str
    system: str
    user: str
    schema: Mapping[str, Any] | None


def answer(request: ChatRequest) -> str:
    """An answer that fits the schema, or a line of words. The same request always gets the same."""
    words = _words(_data(request.user))
    if request.schema is None:
        return " ".join(words) or "nothing"
    # What is inside the frames decides, since the names of their tags differ from run to run.
    decides = "\0".join(_FRAME.findall(request.user[:_FRAMED])) or request.user
    digest = hashlib.blake2b(decides.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    filler = _Filler(request.schema, words, int.from_bytes(digest))
    return json.dumps(filler.value(request.schema, "answer"), ensure_ascii=False)


def _data(user: str) -> str:
    """The longest text inside a frame, or else all."""
    longest = ""
    for frame in _FRAME.findall(user[:_FRAMED]):
        try:
            texts = list(_strings(json.loads(frame)))
        except ValueError:
            texts = [frame]
        longest = max([longest, *texts], key=len)
    return longest or user


def _strings(value: Any) -> Sequence[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return []


def _words(text: str) -> list[str]:
    found = dict.fromkeys(word.lower() for word in _WORD.findall(text[:_LOOKED_AT]))
    return [word for word in found if word not in _STOP][:_WORDS]


class _Filler:
    def __init__(self, schema: Mapping[str, Any], words: Sequence[str], digest: int) -> None:
        self._definitions = schema.get("$defs") or schema.get("definitions") or {}
        self._words, self._digest = list(words), digest

    def value(self, node: Mapping[str, Any], name: str) -> Any:
        """A value for one node of the schema, which is the field ``name``."""
        if "$ref" in node:
            return self.value(self._definitions[node["$ref"].rsplit("/", 1)[-1]], name)
        if "const" in node:
            return node["const"]
        if "enum" in node:
            return self._choice(node["enum"])
        for several in ("anyOf", "oneOf"):
            if several in node:
                return self.value(node[several][0], name)
        if "allOf" in node:
            merged = {key: value for part in node["allOf"] for key, value in part.items()}
            return self.value(merged, name)
        kind = node.get("type", "object" if "properties" in node else "string")
        kind = kind[0] if isinstance(kind, list) else kind
        return getattr(self, f"_{kind}", self._string)(node, name)

    def _choice(self, options: Sequence[Any]) -> Any:
        """The option that shares most words with the data; the digest decides between equals."""
        if not self._words or not all(isinstance(option, str) for option in options):
            return options[self._digest % len(options)]
        mine = set(self._words)
        shared = [len(mine.intersection(_words(option))) for option in options]
        best = [option for option, count in zip(options, shared, strict=True) if count == max(shared)]
        return best[self._digest % len(best)]

    def _object(self, node: Mapping[str, Any], name: str) -> dict[str, Any]:
        return {key: self.value(value, key) for key, value in node.get("properties", {}).items()}

    def _array(self, node: Mapping[str, Any], name: str) -> list[Any]:
        fewest = int(node.get("minItems", 0))
        count = max(fewest, min(int(node.get("maxItems", 2)), 2))
        items = node.get("items") or {"type": "string"}
        values = [self.value(items, name) for _ in range(count)]
        return [f"{value} {i + 1}" if i and isinstance(value, str) else value for i, value in enumerate(values)]

    def _string(self, node: Mapping[str, Any], name: str) -> str:
        if name == "language":
            return "en"
        words = self._words[:_WORDS] if name != "name" else self._words[:5]
        text = " ".join(["discuss", *words])
        text = text.ljust(int(node.get("minLength", 0)), ".")
        return text[: int(node.get("maxLength", len(text)))]

    def _integer(self, node: Mapping[str, Any], name: str) -> int:
        low = int(node.get("minimum", 0))
        high = int(node.get("maximum", low + 9))
        return low + self._digest % (high - low + 1)

    def _number(self, node: Mapping[str, Any], name: str) -> float:
        return float(self._integer(node, name))

    def _boolean(self, node: Mapping[str, Any], name: str) -> bool:
        return bool(self._digest % 2)

    def _null(self, node: Mapping[str, Any], name: str) -> None:
        return None
