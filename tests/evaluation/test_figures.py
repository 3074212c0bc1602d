"""The figures, against what is known of them: by hand, by definition, and by scikit-learn where it is installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clioscope.evaluation.agreement import adjusted_rand, agreement, codes, kappa, nmi
from clioscope.evaluation.evidence import unit
from clioscope.evaluation.geometry.margin import margins
from clioscope.evaluation.geometry.nesting import nested
from clioscope.evaluation.geometry.silhouette import silhouettes
from clioscope.evaluation.geometry.stability import matched
from clioscope.evaluation.intervals import of_figures, of_mean, wilson
from clioscope.evaluation.measure import Line
from clioscope.evaluation.rules import QUESTIONS, RULES, shown

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=60)


def two(pairs: list[tuple[int, int]]) -> tuple[NDArray[Any], NDArray[Any]]:
    one, other = zip(*pairs, strict=True)
    return codes(one), codes(other)


@given(LABELS)
def test_agreement_does_not_depend_on_what_clusters_are_called(pairs: list[tuple[int, int]]) -> None:
    truth, found = two(pairs)
    renamed = found.max() - found
    assert agreement(truth, found) == pytest.approx(agreement(truth, renamed))
    assert agreement(truth, found).nmi == pytest.approx(agreement(found, truth).nmi)
    assert adjusted_rand(truth, found) == pytest.approx(adjusted_rand(found, truth))
    assert agreement(truth, found).homogeneity == pytest.approx(agreement(found, truth).completeness)


@given(LABELS)
def test_agreement_is_whole_with_itself_and_v_measure_is_nmi(pairs: list[tuple[int, int]]) -> None:
    truth, found = two(pairs)
    assert agreement(truth, truth) == pytest.approx((1, 1, 1, 1, 1))
    scores = agreement(truth, found)
    assert scores.v_measure == pytest.approx(scores.nmi, abs=1e-9)
    assert 0 <= scores.nmi <= 1
    assert -1 <= scores.ari <= 1
    assert max(np.bincount(truth)) / len(truth) <= scores.purity <= 1


@pytest.fixture(scope="module")
def metrics() -> Any:
    return pytest.importorskip("sklearn.metrics", reason="scikit-learn is in the extra benchmarks")


@given(pairs=LABELS)
def test_agreement_is_what_scikit_learn_says(metrics: Any, pairs: list[tuple[int, int]]) -> None:
    truth, found = two(pairs)
    scores = agreement(truth, found)
    assert scores.ari == pytest.approx(metrics.adjusted_rand_score(truth, found), abs=1e-9)
    assert (scores.homogeneity, scores.completeness, scores.nmi) == pytest.approx(
        metrics.homogeneity_completeness_v_measure(truth, found), abs=1e-9
    )


def test_agreement_of_random_groups_is_nothing_after_chance() -> None:
    rng = np.random.default_rng(0)
    assert adjusted_rand(rng.integers(0, 10, 5_000), rng.integers(0, 10, 5_000)) == pytest.approx(0, abs=0.01)


def test_the_worked_example_of_the_adjusted_rand_index() -> None:
    # scikit-learn's user guide: 0.242; V-measure 0.516 with homogeneity 0.667 and completeness 0.421.
    truth, found = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 2, 2])
    assert adjusted_rand(truth, found) == pytest.approx(0.2424, abs=1e-4)
    assert agreement(truth, found)[2:4] == pytest.approx((0.6667, 0.4206), abs=1e-4)
    assert nmi(truth, found) == pytest.approx(0.5158, abs=1e-4)


def test_kappa_of_the_textbook() -> None:
    # 20 both yes, 15 both no, 5 and 10 apart: raw agreement 0.7, kappa 0.4.
    one = ["yes"] * 25 + ["no"] * 25
    other = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert kappa(one, other) == pytest.approx((0.7, 0.4))
    assert kappa(["yes"] * 9, ["yes"] * 9) == (1, 1)
    assert kappa(["yes", "no"], ["no", "yes"]) == pytest.approx((0, -1))


@pytest.mark.parametrize(
    ("successes", "tries", "low", "high"), [(81, 263, 0.2553, 0.3662), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1)]
)
def test_the_interval_is_wilsons(successes: int, tries: int, low: float, high: float) -> None:
    assert wilson(successes, tries) == pytest.approx((successes / tries, low, high), abs=1e-4)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_holds_the_share_and_stays_within_0_and_1(pair: tuple[int, int]) -> None:
    share, low, high = wilson(*pair)
    assert 0 <= low <= share <= high <= 1
    assert low < high


def test_intervals_by_resampling_hold_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(100):
        values = rng.normal(0.3, 0.5, 200)
        _, low, high = of_mean(values, np.arange(200), rng)
        held += low <= 0.3 <= high
    assert 87 <= held <= 100


def test_what_is_one_conversation_is_drawn_as_one() -> None:
    rng = np.random.default_rng(0)
    values = np.repeat(rng.normal(0, 1, 50), 10)
    apart = of_mean(values, np.arange(500), rng)
    together = of_mean(values, np.repeat(np.arange(50), 10), rng)
    assert together.high - together.low > 2 * (apart.high - apart.low)
    (same,) = of_figures(lambda rows: [float(values[rows].mean())], np.repeat(np.arange(50), 10), rng)
    assert same.high - same.low == pytest.approx(together.high - together.low, rel=0.3)


def blobs(n: int, k: int, seed: int, spread: float = 0.6) -> tuple[NDArray[Any], NDArray[Any]]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, k, n).astype(np.int32)
    labels[:k] = np.arange(k)
    points = rng.normal(0, 1, (k, 12))[labels] + spread * rng.normal(0, 1, (n, 12))
    return unit(points.astype(np.float32)), labels


def sums_of(vectors: NDArray[Any], labels: NDArray[Any]) -> NDArray[Any]:
    found = np.zeros((int(labels.max()) + 1, vectors.shape[1]))
    np.add.at(found, labels, vectors)
    return found


@settings(max_examples=20, deadline=None)
@given(st.integers(8, 60), st.integers(2, 6), st.integers(0, 1_000))
def test_a_silhouette_is_what_comparing_every_pair_gives(n: int, k: int, seed: int) -> None:
    vectors, labels = blobs(n, k, seed)
    found = silhouettes(vectors, labels, sums_of(vectors, labels), np.bincount(labels))
    distances = 1 - vectors.astype(np.float64) @ vectors.T.astype(np.float64)
    for i in range(n):
        inside = labels == labels[i]
        if inside.sum() == 1:
            assert found[i] == 0
            continue
        own = distances[i, inside].sum() / (inside.sum() - 1)
        next_ = min(distances[i, labels == c].mean() for c in range(k) if c != labels[i])
        assert found[i] == pytest.approx((next_ - own) / max(own, next_), abs=1e-4)


def test_silhouettes_are_what_scikit_learn_says(metrics: Any) -> None:
    vectors, labels = blobs(300, 5, 3)
    found = silhouettes(vectors, labels, sums_of(vectors, labels), np.bincount(labels))
    assert found == pytest.approx(metrics.silhouette_samples(vectors, labels, metric="cosine"), abs=1e-4)


def test_silhouettes_are_high_apart_and_nothing_at_random() -> None:
    vectors, labels = blobs(600, 4, 0, spread=0.2)
    shuffled = np.random.default_rng(0).permutation(labels)
    right = silhouettes(vectors, labels, sums_of(vectors, labels), np.bincount(labels))
    wrong = silhouettes(vectors, shuffled, sums_of(vectors, shuffled), np.bincount(shuffled))
    assert right.mean() > 0.8
    assert wrong.mean() < 0.02  # the nearest of several is a little nearer by chance


def test_a_margin_is_below_0_where_another_centroid_is_nearer() -> None:
    centroids = np.eye(3, dtype=np.float32)
    vectors = unit(np.array([[1, 0.2, 0], [0.2, 1, 0]], dtype=np.float32))
    found = margins(vectors, np.array([0, 0], dtype=np.int32), centroids)
    assert found[0] > 0 > found[1]


@given(st.integers(0, 1_000))
@settings(max_examples=20, deadline=None)
def test_matching_finds_every_cluster_again_under_another_name(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 7, 200).astype(np.int32)
    other = rng.permutation(7).astype(np.int32)
    pairs = matched(labels, other[labels])
    there = np.isin(pairs.one, labels)
    assert (other[pairs.one[there]] == pairs.other[there]).all()
    assert pairs.jaccard[there] == pytest.approx(1)


def test_a_child_under_the_wrong_parent_is_told_and_an_only_child_is_not() -> None:
    east, north, up = np.eye(3)
    sums = np.array([10 * east, 9 * east + north, 10 * north, 9 * north + east, 8 * north + 2 * east, 5 * up])
    sizes = np.full(6, 10)
    right = np.array([0, 0, 1, 1, 1, 2], dtype=np.int32)
    wrong = np.array([0, 0, 1, 1, 0, 2], dtype=np.int32)
    above = [sums_of(sums, parents) for parents in (right, wrong)]
    assert nested(sums, sizes, right, above[0]).tolist() == [1, 1, 1, 1, 1, -1]
    assert nested(sums, sizes, wrong, above[1]).tolist()[4] == 0


@given(st.floats(0, 1))
def test_a_share_is_told_to_whole_percents_and_never_as_none_or_all_where_it_is_neither(share: float) -> None:
    line = Line("a", share, share, share, share=True).rounded()
    assert line.value is not None
    assert line.value * 100 == pytest.approx(round(line.value * 100, 1))
    told = shown(line).split(" ")[0]
    assert (told == "0%") == (share == 0)
    assert (told == "100%") == (share == 1)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_tells_good_from_weak_and_says_what_to_try(name: str) -> None:
    rule = RULES[name]
    assert rule.standing(rule.good) == "good"
    if rule.good == rule.weak:  # none is good, and the least that is told is weak
        assert rule.standing(0.005) == "weak"
    else:
        assert rule.standing((rule.good + rule.weak) / 2) == "fair"
        assert rule.standing(2 * rule.weak - rule.good) == "weak"
    assert rule.advice.endswith(".")
    assert name in QUESTIONS
