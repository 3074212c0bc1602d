"""Every attack succeeds where nothing protects, and finds what protection leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from clioscope.attacks.finding import Finding, Rate
from clioscope.attacks.planted import ATTACKS, PlantedAttack
from clioscope.attacks.planted.cliopatra import GUESS
from clioscope.attacks.planted.counts import layers_of
from clioscope.config import PROFILES
from clioscope.privacy.words import Votes
from clioscope.progress import Silent
from tests.attacks.planted.conftest import MakeSetup
from tests.conftest import bytes_of

K = 10
BY_NAME = {attack.name: attack for attack in ATTACKS}


def attack(name: str, attacked: MakeSetup, tries: int) -> Finding:
    chosen: PlantedAttack = BY_NAME[name]
    found = chosen.run(attacked(tries), Silent())
    assert found.attack == name
    assert found.trials[0].layers == "nothing", "what is unprotected comes first"
    return found


def rates(finding: Finding, setting: str, layers: str) -> list[Rate]:
    found = [t.rate for t in finding.trials if setting in t.setting and t.layers == layers and t.rate is not None]
    assert found, f"no trial {setting!r} with {layers!r}"
    return found


def _settings(finding: Finding, part: str) -> set[str]:
    return {trial.setting for trial in finding.trials if part in trial.setting}


def are_all_right(found: list[Rate]) -> bool:
    return all(rate.successes == rate.tries for rate in found)


def _weakened(monkeypatch: pytest.MonkeyPatch, users: int) -> None:
    """The check of words asks for fewer users than it should."""
    monkeypatch.setattr(Votes, "enough", property(lambda votes: len(votes) >= users))


@pytest.mark.slow
def test_cliopatra_gets_secrets_without_protection_and_with_few_accounts_no_more_than_by_guessing(
    attacked: MakeSetup, made: Path, tmp_path: Path
) -> None:
    before = bytes_of(made)
    found = attack("cliopatra", attacked, 3)
    assert are_all_right(rates(found, "compromised summariser", "nothing"))
    assert are_all_right(rates(found, "compromised summariser", f"words of {K} conversations"))
    assert are_all_right(rates(found, "counts", "nothing"))
    assert are_all_right(rates(found, "counts", "rounding"))
    for accounts in ("1 account, ", "5 accounts, "):
        assert all(rate.interval(0.999)[0] <= GUESS for rate in rates(found, accounts, "all"))
    assert found.verdict == "held"
    # One real person is all that k - 1 accounts need: this is what thresholds cannot prevent, and it has to be said.
    # Of names; the auditor, which is a layer of "all" too, sees one or another description.
    assert are_all_right(rates(found, f"{K - 1} accounts, a compromised summariser, names", "all"))
    described = rates(found, f"{K - 1} accounts, a compromised summariser, descriptions", "all")
    assert sum(rate.successes for rate in described) > 0
    assert are_all_right(rates(found, f"{K - 1} accounts, counts", "all"))
    assert str(K - 1) in found.sentence
    # Each layer alone, and all but one.
    for alone in ("redaction alone", "the auditor alone", "minimums of clusters alone", "all but the count of words"):
        assert rates(found, "a compromised summariser", alone)
    for layers in layers_of(PROFILES["default"]):
        assert len(rates(found, ", counts", layers)) == 4
    assert {s.rpartition(", ")[2] for s in _settings(found, "the local namer")} >= {"names", "descriptions"}
    # Copies of a few texts count once each, in names without a model too.
    assert not are_all_right(rates(found, f"{K - 1} accounts, copies of a few texts, the local namer", "all"))
    copies = f"{K - 1} accounts, copies of a few texts, a compromised summariser"
    assert are_all_right(rates(found, copies, f"words of {K} users"))
    assert not are_all_right(rates(found, copies, "all"))
    assert bytes_of(made) == before


@pytest.mark.slow
def test_cliopatra_finds_a_check_of_words_that_asks_for_too_few_users(
    attacked: MakeSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    _weakened(monkeypatch, 2)
    assert attack("cliopatra", attacked, 3).verdict == "leaked"


@pytest.mark.slow
def test_canaries_come_out_of_a_naive_release_and_not_of_ours(attacked: MakeSetup) -> None:
    found = attack("canaries", attacked, 60)
    assert are_all_right(rates(found, "compromised summariser", "nothing"))
    few = [rate for users in ("1 user,", f"{K - 1} users,") for rate in rates(found, users, "all")]
    assert sum(rate.successes for rate in few) == 0
    assert found.verdict == "held"
    assert are_all_right(rates(found, f"{2 * K} users, paraphrased; a compromised summariser", "all"))


@pytest.mark.slow
def test_canaries_find_a_check_of_words_that_asks_for_too_few_users(
    attacked: MakeSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    _weakened(monkeypatch, 1)
    found = attack("canaries", attacked, 6)
    assert found.verdict == "leaked"
    assert are_all_right(rates(found, "1 user,", "all")[:3])


def test_exact_counts_tell_of_members_what_released_ones_tell_less_of(attacked: MakeSetup) -> None:
    found = attack("membership", attacked, 30)
    areas = {trial.layers: float(dict(trial.figures)["area under the curve"]) for trial in found.trials}
    assert areas["nothing"] > areas["all"]
    assert areas["nothing"] > 0.6
    assert found.verdict == "reported"


def test_exact_counts_show_all_of_who_was_erased_and_released_ones_less(attacked: MakeSetup) -> None:
    found = attack("erasure", attacked, 10)
    assert are_all_right(rates(found, "figures that change", "nothing"))
    assert are_all_right(rates(found, "categories", "nothing"))
    released = rates(found, "figures that change", "all")[0]
    assert 0 < released.successes < released.tries / 2
