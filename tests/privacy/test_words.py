"""Which words of a published text enough people of its cluster share."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from importlib.resources import files
from itertools import combinations

import pytest
import snowballstemmer
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.privacy.words import (
    Supports,
    Voice,
    Votes,
    clean,
    content_of,
    is_general,
    near_duplicates,
    offending,
    reader_of,
    shared_words,
    words_of,
)

HERE = (0, 0)
OTHERS = (
    "bread",
    "garden",
    "python",
    "travel",
    "budget",
    "guitar",
    "chess",
    "poetry",
    "algebra",
    "camping",
    "football",
)


def supported(title: str, texts: Sequence[tuple[int, str]], needed: int = 3, **said: str) -> list[str]:
    """The words of ``title`` that do not pass, where one cluster holds the texts of these users."""
    found = Supports({HERE: {word.plain for word in content_of(title)}}, [[HERE]], needed)
    for user, text in texts:
        found.add(0, user, text, **said)
    return offending(title, found.supported(HERE))


def of_users(texts: Sequence[str]) -> list[tuple[int, str]]:
    return list(enumerate(texts))


def distinct(word: str, count: int) -> list[tuple[int, str]]:
    """Texts of as many users that share one word and little else."""
    return [(user, f"{word} {OTHERS[user]} number{user} {OTHERS[-user - 1]}") for user in range(count)]


def test_a_word_needs_as_many_users_as_are_asked_for() -> None:
    assert supported("Treat diabetes", distinct("treat diabetes", 3)) == []
    assert supported("Treat diabetes", distinct("treat diabetes", 2)) == ["Treat", "diabetes"]


def test_a_user_has_one_vote_however_many_texts_are_theirs() -> None:
    mine = [(7, text) for _, text in distinct("diabetes", 9)]
    assert supported("Ask about diabetes", [*mine, (8, "diabetes and rain")]) == ["diabetes"]


def test_forty_accounts_with_one_text_are_one_supporter() -> None:
    same = [(user, "Tell my neighbour Anna about diabetes in spring, please!") for user in range(40)]
    assert supported("Ask about diabetes", same) == ["diabetes"]
    nearly = [(user, f"Tell my neighbour Anna about diabetes in spring, please {user}!") for user in range(40)]
    assert supported("Ask about diabetes", nearly) == ["diabetes"]
    nine_more = [(99, text) for _, text in distinct("diabetes", 9)]
    assert supported("Ask about diabetes", [*same, *nine_more]) == ["diabetes"]


@pytest.mark.parametrize(
    "written",
    [
        "diabetes",
        "Diabetes",
        "DIABETES",
        "diab\u200betes",
        "diab\u00adetes",
        "diаbetes",  # a Cyrillic a
        "ｄｉａｂｅｔｅｓ",
        "𝐝𝐢𝐚𝐛𝐞𝐭𝐞𝐬",
        "diabetes's",
        "pre-diabetes",
        "non-diabetes",
        "d-i-a-b-e-t-e-s",
        "d i a b e t e s",
        "diab3t3s",
        "ⓓiabetes",
        "diabe\u0301tes",
        "diabetes\u3164",
        "🩸",
        "42",
        "१२",
        "Will",
        "糖尿病",
        "اَلسُّكَّري",
    ],
)
def test_no_way_to_write_it_brings_a_word_through_that_nobody_shares(written: str) -> None:
    assert supported(clean(f"Ask about {written}"), distinct("weather", 9)) != []


_PIECES_OF_LEUKEMIA = [
    *("血压偏高怎么办 我的血糖正常吗", "白天总是很困是什么病", "我想知道白色的药片是什么", "生病以后流血怎么处理"),
    *("红血丝很多脸色发白", "病人可以吃白米饭吗会影响血脂吗", "白头发变多和血气有关吗", "血检报告上的白蛋白低，是病吗"),
    *("感冒病好了但嘴唇发白，气血不足", "血型和性格，白羊座，病娇", "献血后脸白，像生病", "白内障是什么病，会出血吗"),
]
_PIECES_OF_NAKAMURA = [
    f"ムラサキの{thing}とナスのカレーとカナカナの声、ラ、ナ行"
    for thing in ("夏", "冬の空", "春風の朝", "秋雨", "海辺の家", "山小屋")
]


@pytest.mark.parametrize(
    "between", ["", " ", "-", ".", " - ", "\u200b", "\u2060 ", ", ", "、", "/", "·", "\u0301", "\u3164", "★"]
)
def test_characters_of_other_words_do_not_add_up_to_one_that_nobody_wrote(between: str) -> None:
    leukemia, nakamura = clean(between.join("白血病")), clean(between.join("ナカムラ"))
    assert supported(leukemia, of_users(_PIECES_OF_LEUKEMIA), language="zh") != []
    assert supported(nakamura, of_users(_PIECES_OF_NAKAMURA), language="ja") != []
    letters = [(user, f"b o l {OTHERS[user]} and {OTHERS[-user - 1]} of o, b and ★ 🇧 🇴") for user in range(5)]
    assert supported(clean(f"Ask about {between.join('Bob')}"), letters) != []
    assert supported(clean(f"Ask about {between.join('🇧🇴🇧')}"), letters) != []


def test_a_word_of_two_pieces_of_other_words_is_not_shared() -> None:
    assert supported("白血 病", of_users(_PIECES_OF_LEUKEMIA), language="zh") == ["白血 病"]
    assert supported("ナカ ムラ", of_users(_PIECES_OF_NAKAMURA), language="ja") == ["ナカ ムラ"]
    assert supported("ナカ, ムラ", of_users(_PIECES_OF_NAKAMURA), language="ja") == ["ナカ", "ムラ"]
    assert supported("病", of_users(_PIECES_OF_LEUKEMIA), language="zh") == ["病"]
    assert supported("ムラサキ, カレー", of_users(_PIECES_OF_NAKAMURA), language="ja") == []
    assert supported("カレー", of_users([f"{OTHERS[i]} カ レー {OTHERS[-i]}" for i in range(5)]), language="ja") == []


@pytest.mark.parametrize("written", ["U.S. taxes", "h i v taxes", "R&D taxes", "A/B taxes", "l-e-u-k-e-m-i-a taxes"])
def test_who_writes_letters_apart_says_the_word(written: str) -> None:
    assert supported(clean(f"Explain {written}"), distinct(f"about {written} for all", 3)) == []
    assert supported(clean(f"Explain {written}"), distinct("u s d r a b l e k m i h v, taxes", 3)) != []


@pytest.mark.parametrize(
    ("title", "said", "passes"),
    [
        ("Live with AIDS", "live with first aid", False),
        ("Live with AIDS", "live with hearing aids", False),
        ("Live with A.I.D.S.", "live with hearing aids", False),
        ("Live with AiDS", "live with hearing aids", False),
        ("Live with Aids", "live with hearing aids", False),
        ("Live with aids", "live with first aid", False),
        ("Live with АIDS", "live with hearing aids", False),  # a Cyrillic A
        ("Live with AIDS", "LIVE WITH HEARING AIDS FIRST", False),
        ("Live with AIDS", "live with AIDS since", True),
        ("Explain US taxes", "tell us about taxes", False),
        ("Explain US taxes", "tell me about US taxes", True),
        ("IT taxes", "pay it and taxes", False),
        ("Plan for WHO", "who has a plan", False),
        ("Trips in May", "trips that i may take", False),
        ("Trips in May", "trips we take in May or so", True),
        ("Learn with Polish people", "learn to improve, polish and correct", False),
        ("Learn with Polish people", "improve what i learn", False),
        ("Learn Polish", "learn some Polish words", True),
        ("Work at Apple", "work on an apple pie", False),
        ("Bake an apple pie", "bake an Apple Pie", True),
        ("Fix SQL and CSS on AWS", "fix sql, css and aws", True),
        ("Explain Python in GitHub", "explain python in github", True),
        ("Improve CVs and APIs", "improve my cv and api", True),
        ("Ask universities", "a universal remote, ask", False),
        ("Ask universities", "ask a university", True),
        ("Talk politics", "talk politely", False),
        ("Explain abortion", "explain git abort", False),
        ("Organise files", "organize files, an organization", True),
        ("Donate organs", "donate to organizations", False),
    ],
)
def test_what_only_looks_or_begins_alike_is_another_word(title: str, said: str, passes: bool) -> None:
    assert (supported(clean(title), distinct(said, 4)) == []) is passes


def test_letters_that_look_alike_are_published_alike() -> None:
    assert clean("Ｐlan 𝐭rips\u3164 to ｛x｝²") == "Plan trips to ｛x｝2"


def test_what_is_invisible_is_not_published() -> None:
    smuggled = "".join(chr(0xE0000 + ord(character)) for character in "anna")
    assert clean(f"Plan meals{smuggled}\ufe0f \u200b  and\ttrips\u2060") == "Plan meals and trips"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Plan recipes", "recipe"),
        ("Bake a neighbour's cake", "baked the cakes of neighbours"),
        ("Debug code", "repair coding"),
        ("Colour photos", "color a photo"),
        ("Teach children", "teaching a child"),
        ("Play role-play games", "a game that plays a role"),
        ("Never treat migraine", "treating migraines"),
        ("Explain 2024 taxes", "tax of 2024"),
        ("Fix C++ code", "c code"),
        ("Improve CVs by email", "my cv by mail"),
        ("Explain mathematics", "maths"),
    ],
)
def test_inflections_and_general_verbs_of_one_meaning_are_one_word(title: str, text: str) -> None:
    assert supported(title, distinct(text, 3)) == []


def test_a_near_meaning_vouches_for_nothing() -> None:
    assert supported("Ask about diabetes", distinct("cancer illness insulin", 9)) == ["diabetes"]
    assert supported("Advise nurses", distinct("doctor physician", 9)) == ["nurses"]


def test_the_language_of_a_conversation_is_a_word_of_it() -> None:
    texts = [(user, f"wie {OTHERS[user]} {OTHERS[-user - 1]}") for user in range(3)]
    assert supported("Answer questions in German", texts, language="de") == []
    assert supported("Answer questions in German", texts, language="en", spoken="de") == []
    assert supported("Answer questions in French", texts, language="de") == ["French"]


def test_words_are_stemmed_in_the_language_of_the_text() -> None:
    texts = [(user, f"{OTHERS[user]} die Rechnung {OTHERS[-user - 1]}") for user in range(3)]
    assert supported("Ask about Rechnungen", texts, language="de") == []
    texts = [(user, f"{OTHERS[user]}{OTHERS[-user - 1]}糖尿病") for user in range(3)]
    assert supported("Ask about 糖尿病", texts, language="zh") == []


def test_a_word_of_a_group_is_counted_over_all_clusters_below_it() -> None:
    top = (1, 0)
    wanted = {(0, 0): {"diabetes"}, (0, 1): {"diabetes"}, top: {"diabetes"}}
    found = Supports(wanted, [[(0, 0), top], [(0, 1), top]], 4)
    for user, text in distinct("diabetes", 4):
        found.add(user % 2, user, text)
    assert found.supported(top) == {"diabetes"}
    assert not found.supported((0, 0))
    assert not found.supported((5, 5))


def test_general_words_are_of_no_subject() -> None:
    secrets = (
        "cancer diabetes nurse lund stockholm muslim pregnant divorce lawyer school money nine anna gay drugs war work"
    )
    assert not [word for word in secrets.split() if is_general(word)]
    # Each tells something beside a word that many share: heart failure, a bad back, a late wife, a Polish boss.
    beside = ("failure", "failed", "back", "late", "early", "polish", "fast", "fit", "fake", "practice")
    assert not [word for word in beside if is_general(word)]
    assert [word.plain for word in content_of("Help with various questions and requests of users")] == []


def test_a_general_word_with_a_capital_inside_a_sentence_counts_as_a_name() -> None:
    assert [word.shown for word in content_of("Help will come. Will may ask May for help")] == ["May"]
    assert [word.plain for word in words_of("Write AI-written (or other) texts.")] == [
        "write", "ai", "written", "or", "other", "texts",
    ]  # fmt: skip


def test_shared_words_are_those_of_enough_users_in_their_usual_form() -> None:
    voices = [Voice(user, text, "en") for user, text in distinct("recipes thanks for my", 4)]
    voices += [Voice(user, text, "en") for user, text in distinct("recipe", 3)]
    assert [found.word for found in shared_words(voices, 4, 9)] == ["recipes"]
    assert shared_words([Voice(1, voice.text, "en") for voice in voices], 2, 9) == []


def test_a_language_is_a_shared_word_and_a_number_is_none() -> None:
    texts = distinct("2024 rezept", 4)
    german = [Voice(user, text, "de", "de") for user, text in texts]
    assert {found.word for found in shared_words(german, 4, 9)} == {"German", "rezept"}
    told = [Voice(user, text, "en", "de") for user, text in distinct("recipe", 4)]
    assert {found.word for found in shared_words(told, 4, 9)} == {"German", "recipe"}
    english = [Voice(user, text, "en", "en") for user, text in distinct("recipe", 4)]
    unknown = [Voice(user, text, "en", "und") for user, text in distinct("recipe", 4)]
    assert [found.word for found in shared_words(english, 4, 9) + shared_words(unknown, 4, 9)] == ["recipe"] * 2


def test_votes_need_no_more_than_they_need() -> None:
    votes = Votes(2)
    read = reader_of("en")
    assert not votes.cast(1, read("one bread").stems)
    assert votes.cast(2, read("two gardens").stems)
    assert len(votes) == 2
    assert near_duplicates(frozenset(), frozenset())


# An oracle of its own: slow, and written without the code that it judges.

_STEMMER = snowballstemmer.stemmer("english")
_LISTS = files("clioscope.privacy.words")
_GENERAL = {
    word
    for line in _LISTS.joinpath("general.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
}
_SETS = [
    {_STEMMER.stemWord(word) for word in line.split()}
    for line in _LISTS.joinpath("synonyms.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def oracle_words(text: str) -> list[str]:
    kept = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf").casefold()
    return "".join(c if c.isalnum() else " " for c in kept.replace("'s", "")).split()


def oracle_holds(text: str, word: str) -> bool:
    mine, stem = {_STEMMER.stemWord(w) for w in oracle_words(text)}, _STEMMER.stemWord(word)
    return stem in mine or any(stem in alike and mine & alike for alike in _SETS)


def oracle_alike(one: str, other: str) -> bool:
    a, b = ({_STEMMER.stemWord(w) for w in oracle_words(text)} for text in (one, other))
    return len(a & b) >= 0.8 * len(a | b)


def oracle_supports(word: str, texts: Sequence[tuple[int, str]], needed: int) -> bool:
    holders = [pair for pair in texts if oracle_holds(pair[1], word)]
    return any(
        all(one[0] != other[0] and not oracle_alike(one[1], other[1]) for one, other in combinations(chosen, 2))
        for chosen in combinations(holders, needed)
    )


_TOPICS = (
    "tax",
    "taxes",
    "diabetes",
    "Nurse",
    "nurses",
    "lund",
    "42",
    "anna's",
    "diab\u200betes",
    "co-op",
    "debug",
    "repair",
)
_PLAIN = ("help", "with", "write", "questions", "Will", "about", "the")
_TEXT = st.lists(st.sampled_from(_TOPICS + _PLAIN), min_size=1, max_size=6).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), _TEXT), max_size=9), _TEXT, st.integers(1, 3))
def test_no_word_passes_that_is_neither_general_nor_shared(
    texts: list[tuple[int, str]], title: str, needed: int
) -> None:
    title = clean(title)
    failing = supported(title, texts, needed)
    if not failing:
        for word in oracle_words(title):
            assert word in _GENERAL or oracle_supports(word, texts, needed)
    for shown in failing:  # and what does not pass is a word of the title that is not simply general
        assert shown in title


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.lists(st.sampled_from(OTHERS), max_size=3))
def test_no_text_passes_that_holds_what_nobody_wrote(noise: str, plain: list[str]) -> None:
    title = clean(" ".join([noise, *plain]))
    passed = not supported(title, distinct("weather " + " ".join(plain), 3))
    foreign = [w for w in oracle_words(title) if w not in _GENERAL and w not in plain and len(w) > 1]
    shared = {"weather", *OTHERS}
    if passed:
        assert all(_STEMMER.stemWord(word) in {_STEMMER.stemWord(w) for w in shared} for word in foreign)
