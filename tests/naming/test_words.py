"""What may become part of a name, and what may not."""

from __future__ import annotations

import pytest

from clioscope.naming import LocalNamer, Member
from clioscope.naming.phrases import extract
from clioscope.naming.words import read
from tests.naming.groups import Clusters, WordEmbedder, by_many, own_words


def phrases(members: list[Member], least: int = 5) -> set[str]:
    return {phrase.text for phrase in extract(members, least).phrases}


@pytest.mark.parametrize(
    "identifier",
    ["sk-12ab34", "joe.bloggs@mail.example", "https://a.example/b", "C:\\temp\\log", "/usr/lib/foo", "user_name",
     "camelCase", "foo.bar", "3f2a", "print(x)", "`secret word`", "key=value", "#channel", "$HOME"],
)  # fmt: skip
def test_identifiers_addresses_numbers_and_code_are_left_out(identifier: str) -> None:
    words = [word for segment in read(f"please open {identifier} today").segments for word in segment.words]
    assert words == ["please", "open", "today"]


def test_a_number_inside_a_script_without_spaces_takes_only_itself_along() -> None:
    assert read("我想找100元的酒店").runs == ["我想找", "元的酒店"]


def test_question_frames_and_joining_ends_are_no_part_of_a_phrase() -> None:
    found = phrases(by_many("how do i change the pin of my card please"))
    assert {"change pin", "pin of card"} <= found
    for phrase in found:
        assert phrase.split()[0] not in {"how", "do", "i", "the", "of", "my"}
        assert phrase.split()[-1] not in {"the", "of", "my", "please", "to", "on"}


def test_inflections_and_order_support_one_family() -> None:
    members = [
        Member(f"{text} {own_words(i)}", i)
        for i, text in enumerate(["freeze account", "account freezes", "freezing accounts"] * 4)
    ]
    families = {p.family: p.support.users for p in extract(members, 4).phrases}
    assert families[("account", "freez")] == 12


def test_a_whole_message_of_three_words_is_not_repeated() -> None:
    texts = ["cancel dinner reservation", *(f"cancel dinner reservation number {i}" for i in range(20))]
    assert "cancel dinner reservation" not in phrases([Member(t, i) for i, t in enumerate(texts)])


def test_words_introduced_as_a_persons_name_are_not_shown() -> None:
    members = [Member(f"my name is raja and i lost my card raja! {own_words(i)}", i) for i in range(30)]
    clusters = Clusters([members, by_many("book a flight", 20, 100)])
    names = LocalNamer(WordEmbedder()).name(clusters, clusters.centroids(), min_support=10)
    assert "raja" not in repr(names)
    assert "card" in repr(names[0])


def test_a_word_written_like_a_proper_noun_needs_twice_the_support() -> None:
    def terms(people: int) -> str:
        clusters = Clusters([[*by_many("please fix this for Quibblex router", people), *by_many("router", 20, 500)]])
        return repr(LocalNamer(WordEmbedder()).name(clusters, clusters.centroids(), min_support=10))

    assert "quibblex" not in terms(19)
    assert "quibblex" in terms(20)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("cambiar la contraseña", "contraseña"),
        ("сбросить пароль", "сбросить пароль"),
        ("请帮我重置密码", "重置密码"),
        ("パスワードをリセットしたい", "パスワード"),
        ("비밀번호를 변경", "비밀번호를 변경"),
        ("पासवर्ड बदलें", "पासवर्ड"),
        ("إعادة تعيين كلمة المرور", "كلمة المرور"),
    ],
)
def test_names_come_in_the_language_of_the_members(text: str, term: str) -> None:
    end = "。" if ord(text[0]) > 0x3000 else ""
    assert term in phrases([Member(f"{text}{end} {own_words(i)}", i) for i in range(9)])
