"""The ledger adds up, and refuses with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from clioscope.errors import ConfigError, RunError
from clioscope.privacy.dp.accounting import rho_of
from clioscope.privacy.dp.budget import SHARES, Entry, refuse_overspent, spent
from clioscope.vault.noisy_releases import NoisyReleases


def entry(epsilon: float, key: str = "a") -> Entry:
    return Entry(key, "options", rho_of(epsilon, 0.5e-6), epsilon, 1e-6)


def test_one_release_costs_its_own_epsilon() -> None:
    assert spent([entry(1.5)]) == (pytest.approx(1.5), 1e-6)


def test_several_cost_more_than_one_and_less_than_their_sum() -> None:
    total, delta = spent([entry(1.0)] * 4)
    assert 1.9 < total < 2.2
    assert delta == pytest.approx(4e-6)


def test_the_shares_are_all_of_it() -> None:
    assert sum(SHARES.values()) == pytest.approx(1)


def test_a_release_that_fits_passes() -> None:
    refuse_overspent([], entry(2.0), 2.0)
    refuse_overspent([entry(1.0)], entry(1.0), 2.0)


def test_one_that_does_not_is_told_what_is_left() -> None:
    with pytest.raises(ConfigError, match=r"1 release of this run spent 1 .* about --epsilon (1\.\d)") as refused:
        refuse_overspent([entry(1.0)], entry(4.0), 2.0)
    left = float(str(refused.value).partition("about --epsilon ")[2].split(". ")[0])
    refuse_overspent([entry(1.0)], entry(left - 0.05), 2.0)


def test_where_nothing_is_left_it_says_so() -> None:
    with pytest.raises(ConfigError, match="Nothing is left"):
        refuse_overspent([entry(3.0)], entry(1.0), 2.0)


def test_a_damaged_ledger_releases_nothing(tmp_path: Path) -> None:
    ledger = NoisyReleases(tmp_path)
    ledger.enter(entry(1.0)._asdict())
    ledger.enter(entry(1.0)._asdict())
    assert ledger.entries(Entry._fields) == [list(entry(1.0))]
    (tmp_path / "releases" / "ledger.json").write_text('{"releases": [{"key": "a"}]}')
    with pytest.raises(RunError, match=r"damaged .* nobody can tell what is left"):
        ledger.entries(Entry._fields)
