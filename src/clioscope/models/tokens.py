"""About how many tokens a text is, without any model's own tokenizer."""

from __future__ import annotations

import re
import string

import orjson

from clioscope.models.base import Request

_DENSE = re.compile(r"[^\x00-\x7f]")
_LATIN = re.compile(r"[\u00a0-\u024f\u2010-\u203a]")
_DIGITS = string.digits.encode()
_SIGNS = (string.punctuation + string.ascii_uppercase).encode()
_CHARACTERS_A_TOKEN = 4.0
_LATIN_A_TOKEN = _SIGNS_A_TOKEN = 2.0
_DIGITS_A_TOKEN = 1.5
_OVERHEAD = 12


def estimate_tokens(text: str) -> int:
    """About how many tokens ``text`` is, rather more than fewer, so that budgets err on the safe side.

    Four small letters or spaces a token, two capitals or signs, three digits in two tokens, so that numbers,
    identifiers and encoded data come to about two characters a token; two accented letters; one character of any other
    script.
    """
    if text.isascii():
        return int(_ascii_tokens(text.encode())) + 1
    dense = len(_DENSE.findall(text))
    latin = len(_LATIN.findall(text))
    return int(_ascii_tokens(text.encode("ascii", "ignore")) + latin / _LATIN_A_TOKEN + (dense - latin)) + 1


def _ascii_tokens(text: bytes) -> float:
    no_digits = text.translate(None, _DIGITS)
    words = len(text.translate(None, _DIGITS + _SIGNS))
    digits, signs = len(text) - len(no_digits), len(no_digits) - words
    return words / _CHARACTERS_A_TOKEN + signs / _SIGNS_A_TOKEN + digits / _DIGITS_A_TOKEN


def request_tokens(request: Request) -> int:
    """About how many prompt tokens a request is, with its schema."""
    schema = len(orjson.dumps(request.schema)) / _CHARACTERS_A_TOKEN
    return estimate_tokens(request.system) + estimate_tokens(request.user) + int(schema) + _OVERHEAD
