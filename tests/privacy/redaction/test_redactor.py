"""The redactor as a whole: spelling, overlaps, counts, patterns of one's own, time, real chats."""

from __future__ import annotations

import gzip
import json
import random
import signal
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.errors import ConfigError
from clioscope.privacy.redaction import Redactor
from tests.conftest import shared

REDACTOR = Redactor()
PLANTED = [
    "ana@example.org",
    "+44 20 7946 0958",
    "4111 1111 1111 1111",
    "sk-proj-abcdEFGH1234567890abcdEF",
    "192.168.1.20",
]
DIGITS = ["٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"]


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@given(st.text(), st.sampled_from(PLANTED), st.text())
def test_what_is_planted_is_taken_out_of_any_text(before: str, secret: str, after: str) -> None:
    assert secret not in REDACTOR.redact(f"{before}\n{secret}\n{after}").text


@given(st.text(st.sampled_from("ab1 .-+@:/\n()[]=?&x0Ａ٣\u200b'\"")))
@settings(max_examples=300)
def test_what_stays_stays_as_it_was(text: str) -> None:
    spans = REDACTOR.spans(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    redacted = REDACTOR.redact(text)
    kept, end = [], 0
    for span in spans:
        kept += [text[end : span.start], f"[{span.kind}]"]
        end = span.end
    assert redacted.text == "".join(kept) + text[end:]
    assert redacted.found.total() == len(spans)


@pytest.mark.parametrize("secret", PLANTED)
def test_full_width_letters_and_invisible_characters_hide_nothing(secret: str) -> None:
    assert REDACTOR.redact(f"x {full_width(secret)} y").text.startswith("x [")
    hidden = "\u200b".join(secret)
    assert REDACTOR.redact(f"x {hidden} y").text in {
        f"x [{kind}] y" for kind in ("EMAIL", "PHONE", "CARD", "SECRET", "IP")
    }


@pytest.mark.parametrize("digits", DIGITS)
def test_digits_of_other_scripts_hide_nothing(digits: str) -> None:
    assert all(unicodedata.category(digit) == "Nd" for digit in digits)
    card = "4111 1111 1111 1111".translate(str.maketrans("0123456789", digits))
    assert REDACTOR.redact(f"({card})").text == "([CARD])"


@pytest.mark.parametrize("separator", ["\u2011", "\u2013", "\u00a0", "\u2009", "-", " ", "."])
def test_separators_hide_nothing(separator: str) -> None:
    assert REDACTOR.redact(separator.join(["4111", "1111", "1111", "1111"])).text == "[CARD]"


def test_what_is_found_is_counted_by_kind() -> None:
    assert REDACTOR.redact("a@example.org, b@example.org, 192.168.1.20").found == {"EMAIL": 2, "IP": 1}
    assert REDACTOR.redact("").found == {}


def test_a_redacted_text_is_not_redacted_again() -> None:
    text = REDACTOR.redact(" ".join(PLANTED) + " my password is hunter2, https://a:b@example.org").text
    assert REDACTOR.redact(text) == (text, {})


def test_own_patterns_win_and_have_their_name() -> None:
    redactor = Redactor({"order": r"\bB-[0-9]{8}\b", "Staff": r"[a-z]+@example\.org"})
    assert redactor.redact("B-12345678 for ana@example.org").text == "[ORDER] for [STAFF]"
    assert redactor.name != REDACTOR.name


@pytest.mark.parametrize(
    ("name", "pattern", "says"),
    [
        ("x", "(", "is no regular expression"),
        ("x", "a*", "matches no text at all"),
        ("x", "(?=a)", "matches no text at all"),
        ("1 x", "abc", "a name has letters"),
        ("x", "(a+)+b", "repeats without a limit"),
        ("x", "(?:[a-z]+ ?)*!", "repeats without a limit"),
        ("x", "a{99999999999999999999}", "is no regular expression"),
    ],
)
def test_a_bad_pattern_is_a_sentence(name: str, pattern: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        Redactor({name: pattern})


@pytest.mark.parametrize("pattern", ["(?:[a-z]{1,30} )+x", "(?:[a-z]++ )+x", "(?>a+)+b", "[A-Z]+-[0-9]+"])
def test_patterns_that_cannot_run_away_are_taken(pattern: str) -> None:
    Redactor({"x": pattern})


def test_presidio_where_it_is_not_installed_is_a_sentence() -> None:
    try:
        import presidio_analyzer  # noqa: F401 - only asks whether it is there
    except ImportError:
        with pytest.raises(ConfigError, match=r"pip install 'clioscope\[presidio\]'"):
            Redactor(use_presidio=True)
    else:
        pytest.skip("Presidio is installed")


PIECES = [
    "a", "1", "1 ", "-", "A ", "Ab ", "+1 ", "(1", "a@", "a.", "a@a.", "1-", "://", "http://a:", "=a", "&key=a",
    "eyJaaaaaaaa.", "-----BEGIN PRIVATE KEY-----", "password: ", "password for ", "api_key=a1b2c3d4e5f6g7h8",
    "Bearer ", "name is A ", "Name: A\n", "Regards,\n", "12 A St", "12 A B C ", "Straße ", "12 Rue de la ",
    "lives at 1 A ", "1 A Street, B, C, D,\n", "A, B, ", "born in a b c ", "0:", "1:2:", "1.1.1.", "00:",
    "DE89 3704 ", "4111 ", "12.3456, ", "1° 2'", "路", "一1", "A1B2", "M" * 26 + ".", "bc1q", "a at b dot ", "phone 1",
    "passport is ", "X-straße ", "Aa-", "W.", "Mc'", "\n", " ", "\t", '"', "٣", "\u200b", "0" * 40, "a" * 64 + "@",
]  # fmt: skip


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    def stop(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("piece", PIECES)
def test_no_text_takes_for_ever(piece: str) -> None:
    # Time that grew with the square of the length would be hours here, and what is allowed is far above what it takes.
    other = random.Random(piece).choice(PIECES)
    for text in (piece * (40_000 // len(piece)), (piece + other) * (20_000 // len(piece + other)) + "!"):
        with at_most(100):
            REDACTOR.redact(text)


def test_next_to_nothing_of_real_chats_is_taken_out() -> None:
    with gzip.open(shared("hh_harmless.jsonl.gz"), "rt", encoding="utf-8", newline="\n") as file:
        texts = [m["content"] for line in file for m in json.loads(line)["messages"]]
    found = sum(REDACTOR.redact(text).found.total() for text in texts)
    assert 10_000 * found / sum(map(len, texts)) < 0.7


@pytest.mark.parametrize(
    ("entity", "at_least"),
    [("EMAIL_ADDRESS", 1.0), ("CREDIT_CARD", 1.0), ("US_SSN", 1.0), ("US_DRIVER_LICENSE", 1.0), ("PHONE_NUMBER", 0.97)],
)
def test_made_up_details_are_found(entity: str, at_least: float) -> None:
    with gzip.open(shared("pii_presidio.jsonl.gz"), "rt", encoding="utf-8", newline="\n") as file:
        rows = [json.loads(line) for line in file]
    found = there = 0
    for row in rows:
        text = row["messages"][0]["content"]
        for span in (span for span in row["labels"]["spans"] if span["type"] == entity):
            there += 1
            found += any(s.start <= span["start"] and span["end"] <= s.end for s in REDACTOR.spans(text))
    assert there > 10
    assert found >= at_least * there
