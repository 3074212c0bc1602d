"""No shown word rests on fewer people than asked for, whatever they write."""

from __future__ import annotations

import random
import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clioscope.naming import ClusterName, LocalNamer, Member
from clioscope.naming.phrases import extract
from tests.naming.groups import Clusters, WordEmbedder, by_many, own_words

WORDS = ["freeze", "frozen", "freezing", "my", "account", "accounts", "the", "of", "how", "do", "i", "book", "flight",
         "to", "John", "PIN", "hi", "please", "foo_bar", "x12", "a@b.de", "don't", "wi-fi", "naïve",
         "密码重置", "パスワード", "пароль", "пароля", "كلمة", "पासवर्ड", "비밀번호를", "ตั้งรหัสผ่าน",
         "\n", ",", ".", "`rm`", "\ud800", "\x00"]  # fmt: skip


def shown(names: list[ClusterName]) -> list[tuple[int, str]]:
    found = []
    for i, name in enumerate(names):
        texts = [*(re.sub(r" \(\d+ of \d+\)$", "", name.name).split(" / ") if name.name else []),
                 *(term.text for term in name.terms)]  # fmt: skip
        found += [(i, word) for text in texts for word in text.lower().split()]
    return found


def holders(members: list[Member], word: str) -> int:
    users = [-1 - i if m.user is None else m.user for i, m in enumerate(members)]
    texts = [unicodedata.normalize("NFC", m.text).lower() for m in members]
    return len({user for user, text in zip(users, texts, strict=True) if word in text})


member = st.builds(
    lambda words, user: Member(" ".join(words), user),
    st.lists(st.sampled_from(WORDS), max_size=12),
    st.one_of(st.none(), st.integers(0, 9)),
)
free = st.builds(Member, st.text(max_size=60), st.integers(0, 5))


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(st.one_of(member, member, free), max_size=30), min_size=1, max_size=4), st.integers(2, 5))
@example([[Member("İstanbul ŞİŞLİ bilet", i) for i in range(5)]], 2)
def test_every_word_of_every_name_and_term_is_in_the_texts_of_enough_users(
    groups: list[list[Member]], least: int
) -> None:
    clusters = Clusters(groups)
    names = LocalNamer(WordEmbedder()).name(clusters, clusters.centroids(), min_support=least)
    parents = LocalNamer(WordEmbedder()).name_parents(
        [list(range(len(groups)))], clusters, clusters.centroids(), min_support=least
    )
    for cluster, word in shown(names):
        assert holders(groups[cluster], word) >= least, word
    everyone = [m for group in groups for m in group]
    for term in parents[0].terms:
        for word in term.text.split():
            assert holders(everyone, word) >= least, word
    given_names = [name.name.casefold() for name in names if name.name]
    assert len(given_names) == len(set(given_names))


SECRETS = [
    "Zebulon Quackenbush",
    "+49 170 5551234",
    "sk-live-9f8a7b6c5d4e",
    "violet axolotl sanctuary",
    "zq@mail.example",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_what_one_person_repeats_a_hundred_times_is_never_shown(secret: str) -> None:
    rng = random.Random(1)
    crowd = by_many("freeze my bank account", 40)
    one = [Member(f"freeze my bank account {secret} {rng.choice(['now', 'soon'])}", 999) for _ in range(100)]
    clusters = Clusters([crowd + one, by_many("book a flight", 40, 100)])
    names = LocalNamer(WordEmbedder()).name(clusters, clusters.centroids(), min_support=10)
    text = repr(names).lower()
    assert names[0].name is not None
    for part in re.split(r"[\s@.+-]+", secret.lower()):
        assert not part or f"{part}" not in text


def test_a_rare_combination_of_common_words_is_not_a_term() -> None:
    crowd = [*by_many("freeze my bank account", 30), *by_many("lost the blue card", 30, 100)]
    one = [Member("lost bank, lost bank account at the blue bank", 999) for _ in range(50)]
    families = {phrase.family for phrase in extract(crowd + one, 10).phrases}
    assert ("account", "bank") in families
    assert not any({"lost", "bank"} <= set(family) or {"blue", "bank"} <= set(family) for family in families)


def test_nine_people_are_too_few_and_ten_are_enough() -> None:
    namer = LocalNamer(WordEmbedder())
    for people, safe in [(9, False), (10, True)]:
        clusters = Clusters([by_many("freeze my bank account", people)])
        (name,) = namer.name(clusters, clusters.centroids(), min_support=10)
        assert (name.name is not None, bool(name.terms)) == (safe, safe)


def test_conversations_count_where_users_are_unknown() -> None:
    clusters = Clusters([[Member(m.text, None) for m in by_many("freeze my bank account", 12)]])
    (name,) = LocalNamer(WordEmbedder()).name(clusters, clusters.centroids(), min_support=10)
    assert name.terms[0].users == name.terms[0].conversations == 12


def test_a_user_counts_once_and_a_conversation_each_time() -> None:
    members = [Member(m.text, m.user // 2) for m in by_many("freeze my bank account", 24) if m.user is not None]
    clusters = Clusters([members])
    (name,) = LocalNamer(WordEmbedder()).name(clusters, clusters.centroids(), min_support=10)
    assert (name.terms[0].users, name.terms[0].conversations) == (12, 24)


LONG = (
    "please tell me honestly how somebody with numb fingers and a ringing ear who restores old harpsichords in Lanark "
    "could live quietly beside neighbours knowing that the letter from the hospital says lunavosis"
)
"""More than twenty different words."""


def named(members: list[Member]) -> str:
    clusters = Clusters([[*members, *by_many("letter from the hospital", 40, 500)]])
    return repr(LocalNamer(WordEmbedder()).name(clusters, clusters.centroids(), min_support=10))


@pytest.mark.parametrize("text", ["is it lunavosis", LONG], ids=["short", "long"])
@pytest.mark.parametrize("variant", ["{}", "{} {}{}", "{} ***"], ids=["copies", "numbers", "signs"])
def test_what_nine_accounts_copy_and_one_person_says_is_not_shown(text: str, variant: str) -> None:
    copies = [Member(variant.format(text, i, i), i) for i in range(9)]
    assert "lunavosis" not in named([*copies, Member("they say lunavosis and I am afraid", 9)])


def test_nine_accounts_that_change_a_word_of_a_long_text_are_one() -> None:
    copies = [Member(f"{LONG} {own_words(i).split()[0]}", i) for i in range(40)]
    assert "lunavosis" not in named(copies)


def test_nine_accounts_with_a_text_each_and_one_person_are_ten_people() -> None:
    paraphrases = [Member(f"is it lunavosis {own_words(i)}", i) for i in range(9)]
    assert "lunavosis" not in named(paraphrases)
    assert "lunavosis" in named([*paraphrases, Member("they say lunavosis and I am afraid", 9)])


def test_a_short_question_of_many_counts_for_half_of_those_who_are_needed() -> None:
    same = [Member("where is the lunavosis ward", i) for i in range(30)]
    others = [Member(f"lunavosis {own_words(i)}", 100 + i) for i in range(5)]
    assert "lunavosis" not in named([*same, *others[:4]])
    assert "lunavosis" in named([*same, *others])


def test_copies_in_a_script_without_spaces_are_one_text() -> None:
    def terms(texts: list[str]) -> set[str]:
        return {phrase.text for phrase in extract([Member(t, i) for i, t in enumerate(texts)], 4).phrases}

    assert "重置密码" not in terms(["请帮我重置密码"] * 9)
    assert "重置密码" in terms([f"请帮我重置密码 {own_words(i)}" for i in range(9)])
