"""What is planted is what the attacks say it is."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.attacks.planted.canary_texts import WAYS, Way, sayings
from clioscope.attacks.planted.invented import invented
from clioscope.attacks.planted.known_vectors import KnownVectors
from clioscope.attacks.planted.poison import CANDIDATES, POISON, copied_poison, draw_targets, poison, words_of_target
from clioscope.attacks.planted.scores import area, hits_at
from clioscope.embeddings import Vectors
from clioscope.privacy.words import is_general, near_duplicates, reader_of
from clioscope.privacy.words.reading import plain_words

ks = st.integers(min_value=3, max_value=30)
seeds = st.integers(min_value=0, max_value=10_000)


@settings(max_examples=20, deadline=None)
@given(ks, seeds)
def test_every_candidate_is_named_in_one_conversation_less_than_a_word_needs(k: int, seed: int) -> None:
    rng = random.Random(seed)
    target = draw_targets(1, rng, ())[0]
    sent = poison(target, k, rng)
    assert len(sent) >= POISON
    named: Counter[str] = Counter()
    accounts: dict[tuple[int, str], set[int]] = {}
    for number, text in sent:
        held = set(plain_words(text)) & set(target.candidates)
        named.update(held)
        for senders in (k - 1, k + 1):
            for word in held:
                accounts.setdefault((senders, word), set()).add(number % senders)
    assert named == dict.fromkeys(target.candidates, k - 1)
    assert all(len(who) == k - 1 for who in accounts.values())


@settings(max_examples=5, deadline=None)
@given(st.integers(min_value=5, max_value=12), seeds)
def test_texts_that_name_a_candidate_are_no_near_duplicates_and_copies_are(k: int, seed: int) -> None:
    rng = random.Random(seed)
    target = draw_targets(1, rng, ())[0]
    read = reader_of("en")
    for candidate in target.candidates[:5]:
        different = [read(text).stems for _, text in poison(target, k, random.Random(seed)) if candidate in text]
        assert not any(near_duplicates(a, b) for i, a in enumerate(different) for b in different[:i])
        copies = [number for number, text in copied_poison(target, k, random.Random(seed)) if candidate in text]
        assert len({number % (k - 1) for number in copies}) == len(copies) == k - 1
    texts = {text for _, text in copied_poison(target, k, random.Random(seed))}
    assert len(texts) < CANDIDATES / 3


def test_no_two_targets_share_a_candidate_or_all_traits() -> None:
    targets = draw_targets(40, random.Random(0), ())
    words = [word for target in targets for word in target.candidates]
    assert len(set(words)) == len(words) == 40 * CANDIDATES
    assert len({(target.job, target.town, target.symptom) for target in targets}) == 40
    for target in targets:
        said = set(plain_words(words_of_target(target)))
        assert said & set(target.candidates) == {target.secret}


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_invented_words_are_told_apart_and_are_no_general_words(seed: int) -> None:
    first = invented(200, random.Random(seed), ())
    read = reader_of("en")
    stems = [next(iter(read(word).stems)) for word in first]
    assert len(set(stems)) == len(first)
    assert not any(is_general(word) or plain_words(word) != [word] for word in first)
    assert not set(first) & set(invented(200, random.Random(seed), set(stems)))


@pytest.mark.parametrize("way", WAYS)
def test_everybody_says_a_canary_with_its_word(way: Way) -> None:
    said = sayings("zorbella", way, 20, random.Random(1))
    assert len(said) == 20
    assert all("zorbella" in plain_words(text) for text in said)
    if way == "plain":
        assert len({text.split(". ")[0] for text in said}) == 1
    else:
        assert len({text.split(". ")[0] for text in said}) > 5


class _Counting:
    name, dimension = "counting", 3

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        found = np.array([[len(text), text.count("a") + 1, 1] for text in texts], dtype=np.float32)
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def test_a_text_is_embedded_once_whatever_is_asked_between() -> None:
    inner = _Counting()
    known = KnownVectors(inner)
    known.learn(["b"], inner.embed(["b"]))
    first = known.embed(["a", "b", "a"])
    again = known.embed(["b", "cc", "a"])
    assert inner.asked == ["b", "a", "cc"]
    np.testing.assert_array_equal(first[0], again[2])
    np.testing.assert_allclose(again, inner.embed(["b", "cc", "a"]), atol=1e-3)
    assert known.embed([]).shape == (0, 3)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-3, 3), min_size=2, max_size=30), seeds)
def test_the_area_is_the_chance_to_rank_a_pair_rightly(values: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    inside = np.array(values, dtype=np.float64)
    outside = rng.integers(-3, 4, size=len(values)).astype(np.float64)
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in inside for b in outside]
    found = area(inside, outside, seed)
    assert found.area == pytest.approx(np.mean(pairs))
    assert 0 <= found.low <= found.high <= 1
    assert area(outside, inside).area == pytest.approx(1 - found.area)


def test_hits_at_no_false_alarm_are_those_above_all_others() -> None:
    outside = np.arange(100, dtype=np.float64)
    inside = np.array([98.0, 98.5, 99.0, 99.5, 200.0])
    assert hits_at(inside, outside, 0.0) == 2
    assert hits_at(inside, outside, 0.01) == 4
