"""About how many tokens a text is, without any model's own tokenizer."""

from __future__ import annotations

import re

import orjson

from clioscope.models.base import Request

_DENSE = re.compile(r"[^\x00-\x7f]")
_LATIN = re.compile(r"[\u00a0-\u024f\u2010-\u203a]")
_CHARACTERS_A_TOKEN = 4.0
_LATIN_A_TOKEN = 2.0
_OVERHEAD = 12


def estimate_tokens(text: str) -> int:
    """About four ASCII characters a token, two accented ones, and one of any other script.

    The published tokenizers need fewer tokens than this for most scripts, so that budgets err on the safe side.
    """
    if text.isascii():
        return int(len(text) / _CHARACTERS_A_TOKEN) + 1
    dense = len(_DENSE.findall(text))
    latin = len(_LATIN.findall(text))
    return int((len(text) - dense) / _CHARACTERS_A_TOKEN + latin / _LATIN_A_TOKEN + (dense - latin)) + 1


def request_tokens(request: Request) -> int:
    """About how many prompt tokens a request is, with its schema."""
    schema = len(orjson.dumps(request.schema)) / _CHARACTERS_A_TOKEN
    return estimate_tokens(request.system) + estimate_tokens(request.user) + int(schema) + _OVERHEAD
