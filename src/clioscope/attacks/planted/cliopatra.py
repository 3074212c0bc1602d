"""CLIOPATRA: pull one person's secret out of what is said of a cluster, by sending conversations around it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from clioscope.attacks.finding import Finding, Rate, Trial, Verdict
from clioscope.attacks.planted.base import Setup
from clioscope.attacks.planted.counts import count_trials
from clioscope.attacks.planted.invented import stems_in
from clioscope.attacks.planted.naming_again import published_words, words_by_conversation
from clioscope.attacks.planted.noise import noise_trials
from clioscope.attacks.planted.planting import Clustered, Planting, config_of_copy
from clioscope.attacks.planted.poison import (
    CANDIDATES,
    Sent,
    Target,
    copied_poison,
    draw_targets,
    poison,
    words_of_target,
)
from clioscope.attacks.planted.reading_off import (
    Holder,
    guess,
    holders_of,
    not_sent_by_the_attacker,
    said_in_clusters,
    supported_in_clusters,
)
from clioscope.conversation import Conversation, Message
from clioscope.progress import Progress

TARGETS, TARGETS_WITH_A_MODEL = 20, 5

ALL = "all"
NOTHING = "nothing"
GUESS = 1 / CANDIDATES
"""What naming any candidate gives."""

CONFIDENCE = 0.999
"""Of the interval that the verdict goes by: so many are looked at that one of the usual 95% would often miss."""


class _Attacker(NamedTuple):
    """How many accounts send, and whether they send copies of a few texts."""

    accounts: int
    copies: bool = False

    def told(self) -> str:
        one = "1 account" if self.accounts == 1 else f"{self.accounts} accounts"
        return f"{one}, copies of a few texts" if self.copies else one


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
        attack = _Attack(setup, _targets(setup), k)
        accounts = sorted({1, 5, max(1, k - 1), k + 1})
        with progress.stage("Attacking: cliopatra", len(accounts) + 3, "attackers") as work:
            first = attack.planting(_Attacker(max(1, k - 1)))
            trials = list(attack.unprotected(attack.loose(first)))
            work.advance(1)
            for number in accounts:
                attacker = _Attacker(number)
                trials += attack.protected(attacker, first if number == k - 1 else attack.planting(attacker))
                work.advance(1)
            copies = _Attacker(max(1, k - 1), copies=True)
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
    shown: set[str]
    holders: list[Holder]


class _Attack:
    """All targets at once. Each has candidates of its own, so that none helps another."""

    def __init__(self, setup: Setup, targets: Sequence[Target], k: int) -> None:
        self._setup, self._targets, self._k = setup, targets, k
        self._known = any(c.user is not None for c in setup.conversations)
        self._words = {word for target in targets for word in target.candidates}
        self._namer = "the run's model" if setup.calls is not None else "the local namer"

    def planting(self, attacker: _Attacker) -> Planting:
        """A copy with the targets, and with what the attacker sends for each."""
        planted = list(_planted(self._setup, self._targets, attacker, self._k, self._known))
        name = f"cliopatra-{attacker.accounts}{'-copies' if attacker.copies else ''}"
        return Planting(self._setup, name, [*self._setup.conversations, *planted], len(self._targets))

    def loose(self, planting: Planting) -> _Loose:
        """Release without minimums, where nothing depends on who sent what."""
        shown = published_words(planting.release(profile="personal"))
        clustered = planting.clustered()
        if self._setup.calls is None:
            shown = words_by_conversation(clustered, self._setup.embedder, self._k, self._setup.seed)
        return _Loose(clustered, shown, holders_of(clustered, self._words))

    def unprotected(self, loose: _Loose) -> Iterator[Trial]:
        """Without protection, and without counting users: one account is then as good as many."""
        k, levels, by_namer, by_anyone = self._k, loose.clustered.levels, *self._settings(_Attacker(1))
        own = {item for item, id in enumerate(loose.clustered.ids) if id.startswith("sent-")}
        by_conversation = said_in_clusters(loose.holders, levels, lambda holder: holder.item, k)
        yield self._trial(by_anyone, NOTHING, not_sent_by_the_attacker(loose.holders, own))
        yield self._trial(by_anyone, f"words of {k} conversations", by_conversation)
        of_namer = f"words of {k} conversations" if self._setup.calls is None else "no minimums"
        yield self._trial(by_namer, of_namer, loose.shown)

    def protected(self, attacker: _Attacker, planting: Planting) -> Iterator[Trial]:
        """With the minimums of clusters, and then with all."""
        k, by_namer, by_anyone = self._k, *self._settings(attacker)
        shown = published_words(planting.release())
        tight = planting.clustered()
        holders = holders_of(tight, self._words)
        by_user = said_in_clusters(holders, tight.levels, lambda holder: holder.user, k)
        yield self._trial(by_anyone, f"words of {k} users", by_user)
        yield self._trial(by_namer, ALL, shown)
        together = ("targets in a cluster with most of their poison", _together(tight, self._targets))
        trial = self._trial(by_anyone, ALL, supported_in_clusters(holders, tight.levels, k))
        yield replace(trial, figures=[together])

    def _settings(self, attacker: _Attacker) -> tuple[str, str]:
        """Who writes: the run's namer, or a compromised summariser."""
        return f"{attacker.told()}, {self._namer}", f"{attacker.told()}, a compromised summariser"

    def _trial(self, setting: str, layers: str, shown: set[str]) -> Trial:
        rng = random.Random(f"{self._setup.seed} {setting} {layers}")
        right = sum(guess(target.candidates, shown, rng) == target.secret for target in self._targets)
        return Trial(setting, layers, Rate(right, len(self._targets)), GUESS)


def _targets(setup: Setup) -> list[Target]:
    rng = random.Random(setup.seed)
    honest = stems_in(message.content for c in setup.conversations for message in c.messages)
    usual = TARGETS if setup.calls is None else TARGETS_WITH_A_MODEL
    return draw_targets(setup.tries or usual, rng, honest)


def _planted(
    setup: Setup, targets: Sequence[Target], attacker: _Attacker, k: int, known: bool
) -> Iterator[Conversation]:
    """What targets and attackers say, with times and columns such as honest conversations have."""
    for target in targets:
        rng = random.Random(f"{setup.seed} {target.number}")
        sent: list[Sent] = copied_poison(target, k, rng) if attacker.copies else poison(target, k, rng)
        yield _like(
            setup, rng, f"target-{target.number}", f"target {target.number}" if known else None, words_of_target(target)
        )
        for number, text in sent:
            account = f"attacker {target.number} {number % attacker.accounts}" if known else None
            yield _like(setup, rng, f"sent-{target.number}-{number}", account, text)


def _like(setup: Setup, rng: random.Random, id: str, user: str | None, text: str) -> Conversation:
    model = rng.choice(setup.conversations)
    return Conversation(id, (Message("user", text),), user, model.time, model.metadata)


def _together(clustered: Clustered, targets: Sequence[Target]) -> int:
    """How many targets are in the base cluster that most of their poison is in."""
    base = dict(zip(clustered.ids, clustered.levels[0].tolist(), strict=True))
    found = 0
    for target in targets:
        mine = [cluster for id, cluster in base.items() if id.startswith(f"sent-{target.number}-")]
        found += bool(mine) and base.get(f"target-{target.number}") == max(set(mine), key=mine.count)
    return found


def _finding(setup: Setup, k: int, trials: Sequence[Trial]) -> Finding:
    off = [t.rate for t in trials if t.rate and t.layers == NOTHING]
    few, most = _few(setup), max((rate.share for rate in _rates(trials, (k - 1, k + 1))), default=0.0)
    rates = _rates(trials, few)
    leaks = any(rate.interval(CONFIDENCE)[0] > GUESS for rate in rates)
    sentence = f"Without protection the secret came out in {min(rate.share for rate in off):.0%} of the tries. "
    if rates:
        tried, right = sum(rate.tries for rate in rates), sum(rate.successes for rate in rates)
        sentence += (
            f"With all of it, an attacker with {' or '.join(map(str, few))} accounts named it in {right} of {tried}; "
            f"guessing gives {GUESS * tried:.0f}. An attacker with {k - 1} accounts or more needs nobody else, and got "
            f"it in up to {most:.0%}: thresholds cannot prevent that, and --epsilon can."
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


def _few(setup: Setup) -> list[int]:
    """The numbers of accounts that the run's minimums promise to withstand: together with the target still too few."""
    if all(conversation.user is None for conversation in setup.conversations):
        return []
    return [number for number in (1, 5) if number + 1 < config_of_copy(setup).thresholds.users]


def _rates(trials: Sequence[Trial], accounts: Sequence[int]) -> list[Rate]:
    """What attackers with so many accounts got with all protection on."""
    begins = tuple(f"{_Attacker(number).told()}, " for number in accounts)
    return [t.rate for t in trials if t.rate and t.layers == ALL and t.setting.startswith(begins)]
