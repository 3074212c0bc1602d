"""The noise keeps what is claimed: by OpenDP's own privacy map, and by attack."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import beta

from clioscope.privacy.dp.accounting import epsilon_of, rho_of
from clioscope.privacy.dp.bounding import Votes, bounded, keyed
from clioscope.privacy.dp.budget import ATTRIBUTES, COUNTS, KEYWORDS, Budget, Part
from clioscope.privacy.dp.mechanism import calibrated, release

CLUSTERS, CROWD = 100, 1_000
EPSILON, DELTA = 1.0, 1e-6
AUDITED = Part(rho_of(4.0, DELTA), DELTA, 1)
AUDITED_AT = 0.05
"""The delta at which an attack is judged. What is claimed for 1e-6 nobody could refute with a few thousand tries."""

CLAIMED = epsilon_of(AUDITED.rho, AUDITED_AT - AUDITED.delta)


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 8.0])
@pytest.mark.parametrize("part", [COUNTS, ATTRIBUTES, KEYWORDS])
def test_opendp_says_that_a_part_spends_no_more_than_its_share(epsilon: float, part: str) -> None:
    share = Budget(epsilon, 1e-6, 16).part(part)
    noisy = release({1: 50}, share)
    assert noisy.rho <= share.rho
    assert noisy.delta <= share.delta


def test_a_lower_threshold_would_spend_more_than_its_share() -> None:
    import opendp.prelude as dp

    share = Budget(1.0, 1e-6, 16).part(COUNTS)
    _, threshold, scale = calibrated(share)
    counts = dp.map_domain(dp.atom_domain(T="i64"), dp.atom_domain(T="i64"))
    lower = dp.m.make_gaussian_threshold(
        counts, dp.l02inf_distance(dp.absolute_distance(T="i64")), scale=scale, threshold=threshold - 1
    )
    assert lower.map((16, 4, 1))[1] > share.delta


def test_all_parts_together_spend_the_epsilon_that_is_promised() -> None:
    import opendp.prelude as dp

    budget = Budget(2.0, 1e-6, 16)
    spent = [release({}, budget.part(COUNTS)), release({}, budget.part(KEYWORDS))]
    spent += [release({}, budget.part(ATTRIBUTES, 3)) for _ in range(3)]
    rho, delta = sum(part.rho for part in spent), sum(part.delta for part in spent)
    assert epsilon_of(rho, 1e-6 - delta) == pytest.approx(2.0, rel=0.02)
    assert epsilon_of(rho, 1e-6 - delta) <= 2.0
    # OpenDP's own conversion of that rho.
    gaussian = dp.m.make_gaussian(dp.atom_domain(T="i64"), dp.absolute_distance(T="i64"), scale=1 / math.sqrt(2 * rho))
    assert dp.c.make_zCDP_to_approxDP(gaussian).map(1).epsilon(1e-6 - delta) == pytest.approx(2.0, rel=0.02)


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 10.0])
def test_turning_epsilon_into_rho_and_back_gives_it_again(epsilon: float) -> None:
    assert epsilon_of(rho_of(epsilon, 1e-7), 1e-7) == pytest.approx(epsilon, rel=1e-6)


def one_user_clusters(n: int) -> dict[int, int]:
    return release(dict.fromkeys(range(n), 1), Budget(EPSILON, 1e-8, 16).part(COUNTS)).votes


def test_of_many_clusters_of_one_user_none_is_released() -> None:
    assert one_user_clusters(20_000) == {}


@pytest.mark.slow
def test_of_a_million_clusters_of_one_user_none_is_released() -> None:
    assert one_user_clusters(1_000_000) == {}


def test_noise_is_new_every_time() -> None:
    part = Budget(EPSILON, DELTA, 16).part(COUNTS)
    assert len({release({1: 10_000}, part).votes[1] for _ in range(20)}) > 10


def target() -> Votes:
    """What a user who was in every cluster contributes, of whom one cell is allowed."""
    users = keyed(bytes(32), ["target"] * CLUSTERS)
    items = np.arange(CLUSTERS)
    return bounded(users, items, keyed(bytes(32), [str(i) for i in items]), [items], 1)


def audited(contribution: dict[int, int], repetitions: int) -> float:
    """A lower bound on epsilon, at 99.9%, from releases with one user and without: Clopper and Pearson (1934).

    The attacker knows everything but whether the user is there, and looks at the sum over the user's cells. The cut is
    chosen on the first half and judged on the other.
    """
    without = dict.fromkeys(contribution, CROWD)
    sums = [
        np.array([sum(release(votes, AUDITED).votes.values()) for _ in range(repetitions)])
        for votes in (without, {cell: CROWD + n for cell, n in contribution.items()})
    ]
    half = repetitions // 2
    cuts = np.quantile(np.concatenate([s[:half] for s in sums]), np.linspace(0.02, 0.98, 49))
    best = max(cuts, key=lambda cut: _bound((sums[1][:half] >= cut).sum(), (sums[0][:half] >= cut).sum(), half))
    return _bound((sums[1][half:] >= best).sum(), (sums[0][half:] >= best).sum(), repetitions - half)


def _bound(right: int, wrong: int, n: int) -> float:
    least_right = beta.ppf(0.0005, right, n - right + 1) if right else 0.0
    most_wrong = beta.ppf(0.9995, wrong + 1, n - wrong) if wrong < n else 1.0
    return math.log((least_right - AUDITED_AT) / most_wrong) if least_right > AUDITED_AT else -math.inf


@pytest.mark.slow
def test_an_attacker_who_knows_all_others_learns_no_more_than_is_claimed() -> None:
    bound = audited(target().counted(), 6_000)
    assert bound <= CLAIMED
    assert bound > CLAIMED / 4, "the attack is too weak to tell anything"


@pytest.mark.slow
def test_the_same_attack_catches_a_release_that_bounds_nothing() -> None:
    assert audited(dict.fromkeys(range(CLUSTERS), 1), 1_000) > 2 * CLAIMED
