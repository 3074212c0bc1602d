"""The longest piece of somebody's text in what is published."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.attacks.static.overlap import LONGEST, Overlaps, tokens


def longest(published: str, said: list[str], k: int = 3) -> tuple[int, int]:
    overlaps = Overlaps([published], k)
    for user, text in enumerate(said):
        overlaps.add(user, text)
    (run,) = overlaps.longest()
    return run.words, run.characters


def test_a_quotation_is_found_whatever_its_case_and_signs() -> None:
    published = "About my Grandmother's oboe, in Szczebrzeszyn!"
    assert longest(published, ["so my grandmother’s oboe in szczebrzeszyn is lost"]) == (5, 36)


def test_what_enough_users_share_is_no_quotation() -> None:
    assert longest("a cover letter for a job", ["a cover letter for a job"] * 3) == (0, 0)
    assert longest("a cover letter for a job", ["a cover letter for a job"] * 2) == (6, 24)


def test_one_user_who_says_it_often_is_one_user() -> None:
    overlaps = Overlaps(["the red kite of Lublin"], 3)
    for _ in range(5):
        overlaps.add(1, "the red kite of Lublin")
    assert overlaps.longest()[0].words == 5


def test_of_a_shared_beginning_only_what_goes_further_counts() -> None:
    said = ["how to write a letter"] * 3 + ["how to write a letter to my landlord Kowalczyk"]
    assert longest("how to write a letter to my landlord", said) == (8, 36)
    assert longest("how to write a letter", said) == (0, 0)


def test_scripts_that_part_no_words_are_compared_by_character() -> None:
    assert longest("関節リウマチの薬", ["私の関節リウマチの薬はどれですか"])[0] == 4


def test_single_words_and_long_runs() -> None:
    assert longest("oboe", ["oboe"]) == (0, 0)
    text = " ".join(f"word{i}" for i in range(40))
    assert longest(text, [text])[0] == LONGEST


WORDS = st.lists(st.sampled_from("abcde"), max_size=12).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(published=WORDS, said=st.lists(WORDS, max_size=5))
def test_it_is_what_looking_at_every_piece_finds(published: str, said: list[str]) -> None:
    words = tokens(published)
    expected = 0
    for start in range(len(words)):
        for end in range(start + 2, len(words) + 1):
            piece = f" {' '.join(words[start:end])} "
            if 0 < sum(piece in f" {text} " for text in said) < 3:
                expected = max(expected, end - start)
    assert longest(published, said)[0] == expected
