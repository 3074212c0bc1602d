"""Which of a key's letters an error withholds."""

from __future__ import annotations

import pytest

from clioscope.models.sdk import call_error


@pytest.mark.parametrize("key", ["x", "none", "EMPTY", "not-set"])
def test_what_a_local_server_is_sent_for_a_key_is_no_secret(key: str) -> None:
    error = call_error(ValueError(f"the next text has none, is EMPTY or {key}"), (key,))
    assert error.message == f"the next text has none, is EMPTY or {key}"


def test_a_key_of_eight_letters_is_withheld() -> None:
    assert call_error(ValueError("the key abcd1234 is wrong"), ("abcd1234",)).message == "the key ... is wrong"
