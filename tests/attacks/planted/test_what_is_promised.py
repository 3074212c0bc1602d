"""A verdict is about what a run promises, and about nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clioscope.attacks.finding import Rate, Trial
from clioscope.attacks.planted import Setup
from clioscope.attacks.planted.canaries import Canaries
from clioscope.attacks.planted.cliopatra import _finding
from clioscope.attacks.planted.counts import ALL, NOTHING
from clioscope.attacks.planted.erasure import Erasure
from clioscope.attacks.planted.membership import Membership
from clioscope.attacks.planted.planting import config_of_copy
from clioscope.progress import Silent
from tests.attacks.planted.conftest import MakeSetup


def with_options(setup: Setup, **options: object) -> Setup:
    return replace(setup, config=setup.config.model_copy(update=options))


def trials(right_of_one: int, right_of_five: int) -> list[Trial]:
    """Twenty tries of each."""
    return [
        Trial("1 account, x", NOTHING, Rate(20, 20)),
        Trial("1 account, x", ALL, Rate(right_of_one, 20)),
        Trial("5 accounts, x", ALL, Rate(right_of_five, 20)),
        Trial("9 accounts, x", ALL, Rate(20, 20)),
    ]


def test_what_few_accounts_get_decides(attacked: MakeSetup) -> None:
    setup = attacked()
    assert _finding(setup, 10, trials(0, 2)).verdict == "held"
    assert _finding(setup, 10, trials(0, 10)).verdict == "leaked"
    assert _finding(setup, 10, trials(10, 0)).verdict == "leaked"


def test_accounts_that_are_enough_users_with_the_target_decide_nothing(attacked: MakeSetup) -> None:
    setup = with_options(attacked(), min_users=6)
    assert _finding(setup, 10, trials(0, 20)).verdict == "held"
    assert _finding(setup, 10, trials(20, 20)).verdict == "leaked"
    assert "5 accounts or more got it in up to 100%" in _finding(setup, 10, trials(0, 20)).sentence


def test_where_no_user_is_counted_nothing_is_promised(attacked: MakeSetup) -> None:
    setup = attacked()
    nobody = replace(setup, conversations=[replace(c, user=None) for c in setup.conversations])
    for without in (nobody, with_options(setup, profile="personal")):
        found = _finding(without, 10, trials(20, 20))
        assert found.verdict == "reported"
        assert "promises nothing" in found.sentence


def test_a_run_with_noise_is_not_counted_again(attacked: MakeSetup) -> None:
    setup = with_options(attacked(), epsilon=1.0)
    for attack in (Membership(), Erasure()):
        found = attack.run(setup, Silent())
        assert (found.verdict, list(found.trials)) == ("not tried", [])


@pytest.mark.slow
def test_a_copy_of_a_run_with_noise_is_released_with_noise(attacked: MakeSetup) -> None:
    pytest.importorskip("opendp")
    found = Canaries().run(with_options(attacked(6), epsilon=1.0), Silent())
    assert found.verdict == "held"
    # With 60 users nothing at all is let out at epsilon 1, of however many a word is.
    assert all(trial.rate is not None and trial.rate.successes == 0 for trial in found.trials if trial.layers == "all")


def test_a_copy_asks_no_model_unless_it_may(attacked: MakeSetup) -> None:
    setup = with_options(attacked(), models={"name": "openai/any"}, names_from="words")
    config = config_of_copy(setup)
    assert (config.models, config.names_from, config.source) == ({}, "facets", ())
