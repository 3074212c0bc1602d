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
from clioscope.attacks.planted.noise import noise_trials
from clioscope.attacks.planted.planting import Clustered, Planting, config_of_copy, published_words
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

_WITHOUT_MINIMUMS = {"min_users": 1, "min_conversations": 1}
"""Terms then need as many conversations as before, and no users."""


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
        targets = _targets(setup)
        attackers = [_Attacker(n) for n in sorted({1, 5, k - 1, k + 1}) if n >= 1]
        attackers.append(_Attacker(max(1, k - 1), copies=True))
        trials: list[Trial] = []
        with progress.stage("Attacking: cliopatra", len(attackers) + 1, "attackers") as work:
            for attacker in attackers:
                trials += _Try(setup, targets, attacker, k).trials()
                work.advance(1)
            trials += count_trials(setup, [a.accounts for a in attackers if not a.copies])
            trials += noise_trials(setup)
            work.advance(1)
        trials.sort(key=lambda trial: trial.layers != NOTHING)
        return _finding(setup, k, trials)


class _Try:
    """One attacker on all targets at once. Each target has candidates of its own, so that none helps another."""

    def __init__(self, setup: Setup, targets: Sequence[Target], attacker: _Attacker, k: int) -> None:
        self._setup, self._targets, self._attacker, self._k = setup, targets, attacker, k
        known = any(c.user is not None for c in setup.conversations)
        planted = list(_planted(setup, targets, attacker, k, known))
        name = f"cliopatra-{attacker.accounts}{'-copies' if attacker.copies else ''}"
        self._planting = Planting(setup, name, [*setup.conversations, *planted], len(targets))

    def trials(self) -> Iterator[Trial]:
        """Without protection, with each layer, and with all."""
        k, words = self._k, {word for target in self._targets for word in target.candidates}
        model = "the run's model" if self._setup.calls is not None else "the local namer"
        by_namer, by_anyone = f"{self._attacker.told()}, {model}", f"{self._attacker.told()}, a compromised summariser"
        unprotected = published_words(self._planting.release(**_WITHOUT_MINIMUMS))
        yield self._trial(by_namer, "words by conversation, no minimums", unprotected)
        loose = self._planting.clustered()
        holders = holders_of(loose, words)
        sent = {item: None for item, id in enumerate(loose.ids) if id.startswith("sent-")}
        yield self._trial(by_anyone, NOTHING, not_sent_by_the_attacker(holders, sent))
        yield self._trial(
            by_anyone, f"words of {k} conversations", said_in_clusters(holders, loose.levels, lambda h: h.item, k)
        )
        yield self._trial(
            by_anyone, f"words of {k} users", said_in_clusters(holders, loose.levels, lambda h: h.user, k)
        )
        yield self._trial(
            by_anyone, f"words of {k} users, near-duplicates once", supported_in_clusters(holders, loose.levels, k)
        )
        protected = published_words(self._planting.release())
        yield self._trial(by_namer, ALL, protected)
        tight = self._planting.clustered()
        together = ("targets in a cluster with most of their poison", _together(tight, self._targets))
        shown = supported_in_clusters(holders_of(tight, words), tight.levels, k)
        yield replace(self._trial(by_anyone, ALL, shown), figures=[together])

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
    few = [t for t in trials if t.layers == ALL and t.setting.startswith(("1 account,", "5 accounts,"))]
    enough = [
        t for t in trials if t.layers == ALL and t.setting.startswith((f"{k - 1} accounts,", f"{k + 1} accounts,"))
    ]
    off = [t for t in trials if t.layers == NOTHING]
    known = any(c.user is not None for c in setup.conversations) and config_of_copy(setup).thresholds.users > 5
    leaks = [t for t in few if t.rate is not None and t.rate.interval()[0] > GUESS]
    verdict: Verdict = ("leaked" if leaks else "held") if known else "reported"
    most = max((t.rate.share for t in enough if t.rate), default=0.0)
    least = max((t.rate.share for t in few if t.rate), default=0.0)
    sentence = (
        f"Without protection the secret came out in {min(t.rate.share for t in off if t.rate):.0%} of the tries or more; "
        f"with all of it, in {least:.0%} at most for an attacker with 1 or 5 accounts, where guessing gives {GUESS:.1%}. "
        f"An attacker with {k - 1} accounts or more, who joins one real person, gets it in up to {most:.0%}: thresholds "
        "cannot prevent that, and --epsilon can."
    )
    if not known:
        sentence += " This run promises nothing against it, since it does not count users."
    return Finding(
        Cliopatra.name,
        "What is the secret of a person whose other traits I know?",
        verdict,
        sentence,
        trials,
        "CLIOPATRA, arXiv 2603.09781",
    )
