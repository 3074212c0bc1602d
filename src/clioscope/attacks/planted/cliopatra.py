"""CLIOPATRA: pull one person's secret out of what is said of a cluster, by sending conversations around it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from clioscope.attacks.finding import Finding, Rate, Trial, Verdict
from clioscope.attacks.planted.base import Setup
from clioscope.attacks.planted.counts import ALL, NOTHING, count_trials
from clioscope.attacks.planted.naming_again import published_words, words_by_conversation
from clioscope.attacks.planted.noise import noise_trials
from clioscope.attacks.planted.planting import Clustered, Planting, config_of_copy
from clioscope.attacks.planted.poison import CANDIDATES, Target
from clioscope.attacks.planted.poisoned_copy import Attacker, planted, targets_of, together
from clioscope.attacks.planted.reading_off import (
    Holder,
    guess,
    holders_of,
    not_sent_by_the_attacker,
    said_in_clusters,
    supported_in_clusters,
)
from clioscope.attacks.planted.single_layers import Layers, Said, not_switched
from clioscope.progress import Progress

GUESS = 1 / CANDIDATES
"""What naming any candidate gives."""

CONFIDENCE = 0.999
"""Of the interval that the verdict goes by: so many are looked at that one of the usual 95% would often miss."""


class Cliopatra:
    """Targets with three known traits and one secret among 40 invented illnesses are planted among honest users.

    The attacker sends about 50 conversations for each target that share the target's traits, and names every candidate
    in k - 1 of them (k: the users that a published word needs), so that the target's own conversation lifts the secret
    over what is needed, and nothing else. Then the attacker reads names, descriptions, terms and counts.

    Who writes the texts is either the run's own namer, in a whole release of the copy; or a wholly compromised
    summariser, the worst case of a model: one that writes all that it reads of a cluster, at every level, of which what
    passes is counted with the functions that the release itself uses.

    References
    ----------
    CLIOPATRA, arXiv 2603.09781.
    """

    name = "cliopatra"

    def run(self, setup: Setup, progress: Progress) -> Finding:
        """See :class:`~clioscope.attacks.planted.base.PlantedAttack`."""
        k = config_of_copy(setup).thresholds.support
        attack = _Attack(setup, targets_of(setup), k)
        accounts = _accounts(k)
        with progress.stage("Attacking: cliopatra", len(accounts) + 3, "attackers") as work:
            first = attack.planting(Attacker(max(1, k - 1)))
            trials = list(attack.unprotected(attack.loose(first)))
            work.advance(1)
            for number in accounts:
                attacker = Attacker(number)
                trials += attack.protected(attacker, first if number == k - 1 else attack.planting(attacker))
                work.advance(1)
            copies = Attacker(max(1, k - 1), copies=True)
            trials += attack.protected(copies, attack.planting(copies))
            work.advance(1)
            trials += count_trials(setup, accounts)
            trials += noise_trials(setup)
            work.advance(1)
        trials.sort(key=lambda trial: trial.layers != NOTHING)
        return _finding(setup, k, trials)


class _Loose(NamedTuple):
    """A copy that was released without minimums: what its namer shows, and who holds planted words."""

    clustered: Clustered
    shown: Said
    holders: list[Holder]


class _Attack:
    """All targets at once. Each has candidates of its own, so that none helps another."""

    def __init__(self, setup: Setup, targets: Sequence[Target], k: int) -> None:
        self._setup, self._targets, self._k = setup, targets, k
        self._known = any(c.user is not None for c in setup.conversations)
        self._words = {word for target in targets for word in target.candidates}
        self._layers = Layers(setup.config, setup.embedder)
        self._namer = "the run's model" if setup.calls is not None else "the local namer"

    def planting(self, attacker: Attacker) -> Planting:
        """A copy with the targets, and with what the attacker sends for each."""
        sent = list(planted(self._setup, self._targets, attacker, self._k, self._known))
        name = f"cliopatra-{attacker.accounts}{'-copies' if attacker.copies else ''}"
        return Planting(self._setup, name, [*self._setup.conversations, *sent], len(self._targets))

    def loose(self, planting: Planting) -> _Loose:
        """Release without minimums, where nothing depends on who sent what."""
        shown = published_words(planting.release(profile="personal"))
        clustered = planting.clustered()
        if self._setup.calls is None:
            shown = words_by_conversation(clustered, self._setup.embedder, self._k, self._setup.seed)
        return _Loose(clustered, shown, holders_of(clustered, self._words))

    def unprotected(self, loose: _Loose) -> Iterator[Trial]:
        """Without protection, with one layer alone that knows no users, and without counting users.

        One account is then as good as many.
        """
        k, levels, by_namer, by_anyone = self._k, loose.clustered.levels, *self._settings(Attacker(1))
        own = _sent(loose.clustered)
        by_conversation = said_in_clusters(loose.holders, levels, lambda holder: holder.item, k)
        everything = not_sent_by_the_attacker(loose.holders, own)
        yield self._trial(by_anyone, NOTHING, everything)
        others = [holder for holder in loose.holders if holder.item not in own]
        yield self._trial(by_anyone, "redaction alone", not_sent_by_the_attacker(self._layers.redacted(others), own))
        yield from self._trials(by_anyone, "the auditor alone", self._layers.audited(everything))
        yield self._trial(by_anyone, f"words of {k} conversations", by_conversation)
        of_namer = f"words of {k} conversations" if self._setup.calls is None else "no minimums"
        yield from self._trials(by_namer, of_namer, loose.shown)
        if self._setup.calls is None:
            yield from not_switched(by_namer)

    def protected(self, attacker: Attacker, planting: Planting) -> Iterator[Trial]:
        """With the minimums of clusters, alone and then with more and more, up to all.

        Of a run with noise whoever writes knows released words alone, so that a compromised one has no more to write.
        """
        k, by_namer, by_anyone = self._k, *self._settings(attacker)
        shown = published_words(planting.release_as_run())
        if self._setup.config.epsilon is not None:
            yield from self._trials(by_namer, ALL, shown)
            return
        tight = planting.clustered()
        holders = holders_of(tight, self._words)
        everything = not_sent_by_the_attacker(holders, _sent(tight))
        yield self._trial(by_anyone, "minimums of clusters alone", everything)
        yield from self._trials(by_anyone, "all but the count of words", self._layers.audited(everything))
        by_user = said_in_clusters(holders, tight.levels, lambda holder: holder.user, k)
        yield self._trial(by_anyone, f"words of {k} users", by_user)
        yield from self._trials(by_namer, ALL, shown)
        near = ("targets in a cluster with most of their poison", together(tight, self._targets))
        supported = supported_in_clusters(holders, tight.levels, k)
        yield self._trial(by_anyone, "all but the auditor", supported)
        for trial in self._trials(by_anyone, ALL, self._layers.audited(supported)):
            yield replace(trial, figures=[near])

    def _settings(self, attacker: Attacker) -> tuple[str, str]:
        """Who writes: the run's namer, or a compromised summariser."""
        return f"{attacker.told()}, {self._namer}", f"{attacker.told()}, a compromised summariser"

    def _trials(self, setting: str, layers: str, said: Said) -> Iterator[Trial]:
        """Names and descriptions apart, where a layer does not treat them alike."""
        for kind, words in said._asdict().items():
            yield self._trial(f"{setting}, {kind}", layers, words)

    def _trial(self, setting: str, layers: str, shown: set[str]) -> Trial:
        rng = random.Random(f"{self._setup.seed} {setting} {layers}")
        right = sum(guess(target.candidates, shown, rng) == target.secret for target in self._targets)
        return Trial(setting, layers, Rate(right, len(self._targets)), GUESS)


def _sent(clustered: Clustered) -> set[int]:
    """The items that the attacker sent."""
    return {item for item, id in enumerate(clustered.ids) if id.startswith("sent-")}


def _finding(setup: Setup, k: int, trials: Sequence[Trial]) -> Finding:
    off = [t.rate for t in trials if t.rate and t.layers == NOTHING]
    few = _few(setup)
    rates = _rates(trials, few)
    leaks = any(rate.interval(CONFIDENCE)[0] > GUESS for rate in rates)
    sentence = f"Without protection the secret came out in {min(rate.share for rate in off):.0%} of the tries. "
    if rates:
        tried, right = sum(rate.tries for rate in rates), sum(rate.successes for rate in rates)
        sentence += (
            f"As released, an attacker with {' or '.join(map(str, few))} account{'s' * (few != [1])} named it in "
            f"{right} of {tried}; guessing gives {GUESS * tried:.2g}. {_of_many(setup, k, trials)}"
        )
    else:
        sentence += "This run promises nothing against it, since it counts no users or asks for too few."
    verdict: Verdict = "leaked" if leaks else "held" if rates else "reported"
    return Finding(
        Cliopatra.name,
        "What is the secret of a person whose other traits I know?",
        verdict,
        sentence,
        trials,
        "CLIOPATRA, arXiv 2603.09781",
    )


def _of_many(setup: Setup, k: int, trials: Sequence[Trial]) -> str:
    """What attackers get whose accounts and one target together are as many users as a figure needs."""
    enough = min(k, config_of_copy(setup).thresholds.users) - 1
    most = max((rate.share for rate in _rates(trials, [n for n in _accounts(k) if n >= enough])), default=0.0)
    got = f"An attacker with {enough} accounts or more got it in up to {most:.0%}"
    if setup.config.epsilon is not None:
        return f"{got}; what noise leaves of an attacker with as many accounts as it takes is in the table."
    return f"{got}: thresholds cannot prevent that, and --epsilon can."


def _few(setup: Setup) -> list[int]:
    """The numbers of accounts that the run promises to withstand: together with the target still too few for a figure.

    Noise needs no users of its own: what it promises does not depend on the accounts.
    """
    if setup.config.epsilon is not None:
        return [1, 5]
    if all(conversation.user is None for conversation in setup.conversations):
        return []
    return [number for number in (1, 5) if number + 1 < config_of_copy(setup).thresholds.users]


def _accounts(k: int) -> list[int]:
    return sorted({1, 5, max(1, k - 1), k + 1})


def _rates(trials: Sequence[Trial], accounts: Sequence[int]) -> list[Rate]:
    """What attackers with so many accounts got with all protection on."""
    begins = tuple(f"{Attacker(number).told()}, " for number in accounts)
    return [t.rate for t in trials if t.rate and t.layers == ALL and t.setting.startswith(begins)]
