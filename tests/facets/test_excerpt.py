"""What a model reads of a conversation: all of it, or else both ends with every cut marked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clioscope.conversation import Conversation, Message, Role
from clioscope.facets.excerpt import excerpt
from clioscope.facets.request import token_spans

MARK = re.compile(r" \[\.\.\. ([\d,]+) characters left out here \.\.\.\] ")
NOTE = re.compile(r"\[([\d,]+) messages left out here\]")
ROLES: tuple[Role, ...] = ("user", "assistant", "system", "tool")

Said = list[tuple[Role, str]]


def read(said: Said, tokens: int = 200) -> list[tuple[str, str]]:
    """What a model reads, as role and text."""
    conversation = Conversation("c", tuple(Message(role, text) for role, text in said))
    return [(message["role"], message["content"]) for message in excerpt(conversation, tokens)]


def counted(text: str) -> int:
    return len(token_spans(text, 1_000_000))


def number(found: re.Match[str]) -> int:
    return int(found.group(1).replace(",", ""))


WORDS = st.lists(st.sampled_from(["bread", "a", "unbelievably", "パン", "x=1;", "\n", " ", "\U0001f600", "1,000"]))
TEXT = (
    st.text(st.characters(exclude_characters="["), max_size=300)
    | WORDS.map(" ".join)
    | st.builds(lambda words, times: " ".join(words) * times, WORDS, st.integers(1, 200))
)
SAID = st.lists(st.tuples(st.sampled_from(ROLES), TEXT), max_size=30)


@given(SAID, st.integers(200, 2_000))
def test_nothing_is_lost_without_a_mark_that_says_how_much(said: Said, tokens: int) -> None:
    before = [(role, text) for role, text in said if text.strip()]
    after = read(said, tokens)
    for place, (role, text) in enumerate(after):
        if role == "note":
            left_out = NOTE.fullmatch(text)
            assert left_out
            assert len(after) - 1 + number(left_out) == len(before)
            before[place : place + number(left_out)] = [("user", text)]
    assert len(after) == len(before)
    for (role, text), (was, whole) in zip(after, before, strict=True):
        assert role in (was, "note")
        cut = MARK.search(text)
        if cut is None:
            assert text == whole
            continue
        begin, end = text[: cut.start()], text[cut.end() :]
        assert begin
        assert whole.startswith(begin)
        assert whole.rstrip().endswith(end)
        assert len(begin) + number(cut) + len(end) == len(whole)


@given(SAID, st.integers(200, 2_000))
def test_what_is_read_is_within_the_budget(said: Said, tokens: int) -> None:
    parts = [MARK.sub("", text) for role, text in read(said, tokens) if role != "note"]
    assert sum(counted(part) for part in parts) <= tokens


@given(st.lists(st.tuples(st.sampled_from(ROLES), st.text(st.characters(), min_size=1, max_size=20)), max_size=10))
def test_a_short_conversation_comes_whole_with_its_roles(said: Said) -> None:
    assert read(said) == [(role, text) for role, text in said if text.strip()]


def test_a_long_message_keeps_its_beginning_and_its_end() -> None:
    ((role, text),) = read([("user", "Here is my essay. " + "word " * 5_000 + "Is it any good?")])
    assert role == "user"
    assert text.startswith("Here is my essay. word")
    assert text.endswith("word Is it any good?")
    assert len(MARK.findall(text)) == 1
    begin, _, end = MARK.split(text)
    assert counted(begin) == pytest.approx(2 * counted(end), rel=0.1)


def test_the_longest_messages_give_way_first() -> None:
    said: Said = [("system", "be brief"), ("user", "word " * 900), ("assistant", "line " * 900), ("user", "thanks")]
    after = read(said)
    assert [role for role, _ in after] == ["system", "user", "assistant", "user"]
    assert (after[0][1], after[3][1]) == ("be brief", "thanks")
    assert counted(after[1][1]) == counted(after[2][1])
    assert all(MARK.search(text) for _, text in after[1:3])


@pytest.mark.parametrize("tokens", [200, 1_000, 4_000])
def test_a_larger_budget_reads_more_and_uses_it(tokens: int) -> None:
    ((_, text),) = read([("user", "word " * 20_000)], tokens)
    assert counted(MARK.sub("", text)) == tokens


def test_of_too_many_messages_those_in_the_middle_are_left_out_and_counted() -> None:
    said: Said = [(ROLES[i % 2], f"message {i} " + "with many words to read " * 20) for i in range(3_000)]
    after = read(said)
    assert [role for role, _ in after] == ["user", "assistant"] * 2 + ["note"] + ["user", "assistant"] * 2
    assert after[4] == ("note", "[2,992 messages left out here]")
    assert [text.split()[1] for role, text in after if role != "note"] == [
        *map(str, range(4)),
        *map(str, range(2_996, 3_000)),
    ]


@pytest.mark.parametrize("blank", ["", " ", "\n\t\u2003"])
def test_a_message_that_is_blank_is_not_read(blank: str) -> None:
    assert read([("user", "hello"), ("assistant", blank), ("user", "still there?")]) == [
        ("user", "hello"),
        ("user", "still there?"),
    ]


@pytest.mark.parametrize("odd", ["\ud83d", "\U0001f600", "\x00", "\u2028", "e\u0301", "\r\n"])
def test_odd_characters_survive_the_cut(odd: str) -> None:
    ((_, text),) = read([("user", f"{odd} word " * 3_000)])
    begin, _, end = MARK.split(text)
    assert begin.startswith(f"{odd} word {odd} word ")
    assert end.endswith("word")
    assert begin.count(odd) + end.count(odd) > 30


def test_a_text_without_spaces_is_cut_too() -> None:
    assert all(len(read([("user", text)])[0][1]) < 2_000 for text in ("x" * 1_000_000, "你好" * 500_000))


def test_many_short_messages_that_fit_together_come_whole() -> None:
    said: Said = [(ROLES[i % 2], f"and what about number {i}?") for i in range(40)]
    assert sum(counted(text) for _, text in said) < 400
    assert read(said, 400) == said


@pytest.mark.parametrize("text", [" " * 100_000 + "hi", "\n" * 20_000 + "word " * 20_000, "a" + "\t" * 200_000 + "b"])
def test_blanks_do_not_pass_the_budget(text: str) -> None:
    ((_, seen),) = read([("user", text)])
    assert len(seen) < 10_000
