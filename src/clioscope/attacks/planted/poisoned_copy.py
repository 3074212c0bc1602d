"""Copies of a run with targets in them, and with what an attacker sends around these."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clioscope.attacks.planted.base import Setup
from clioscope.attacks.planted.invented import stems_in
from clioscope.attacks.planted.planting import Clustered
from clioscope.attacks.planted.poison import Sent, Target, copied_poison, draw_targets, poison, words_of_target
from clioscope.conversation import Conversation, Message

TARGETS, TARGETS_WITH_A_MODEL = 20, 5


class Attacker(NamedTuple):
    """How many accounts send, and whether they send copies of a few texts."""

    accounts: int
    copies: bool = False

    def told(self) -> str:
        """As a reader sees it."""
        one = "1 account" if self.accounts == 1 else f"{self.accounts} accounts"
        return f"{one}, copies of a few texts" if self.copies else one


def targets_of(setup: Setup) -> list[Target]:
    """The targets that are planted in every copy."""
    rng = random.Random(setup.seed)
    honest = stems_in(message.content for c in setup.conversations for message in c.messages)
    usual = TARGETS if setup.calls is None else TARGETS_WITH_A_MODEL
    return draw_targets(setup.tries or usual, rng, honest)


def planted(setup: Setup, targets: Sequence[Target], attacker: Attacker, k: int, known: bool) -> Iterator[Conversation]:
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


def together(clustered: Clustered, targets: Sequence[Target]) -> int:
    """How many targets are in the base cluster that most of their poison is in."""
    base = dict(zip(clustered.ids, clustered.levels[0].tolist(), strict=True))
    found = 0
    for target in targets:
        mine = [cluster for id, cluster in base.items() if id.startswith(f"sent-{target.number}-")]
        found += bool(mine) and base.get(f"target-{target.number}") == max(set(mine), key=mine.count)
    return found
