"""Canaries: whether a sentence that somebody said comes out in anything that is released."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.parquet as pq

from clioscope.attacks.finding import Finding, Rate, Trial
from clioscope.attacks.planted.base import Setup
from clioscope.attacks.planted.canary_texts import WAYS, Way, sayings
from clioscope.attacks.planted.invented import invented, stems_in
from clioscope.attacks.planted.planting import Planting, config_of_copy
from clioscope.attacks.planted.reading_off import holders_of, supported_in_clusters
from clioscope.conversation import Conversation, Message
from clioscope.progress import Progress

ALONE, ALONE_WITH_A_MODEL = 3_000, 300
"""Canaries of one user each. None of 3,000 bounds the rate at about 0.1%."""

GROUPS = 5
"""Canaries of several users, of each number and way."""

_ALL, _NOTHING = "all", "nothing"


@dataclass(frozen=True)
class Canary:
    """A word that nobody else uses, in a sentence that ``users`` people say in one ``way``."""

    word: str
    users: int
    way: Way


class Canaries:
    """Sentences with an invented word are planted among honest users, and the word is looked for in all that comes out.

    Of one user: three canaries at the beginning of an honest conversation, each said in another way. Of more users:
    each has a conversation of its own with the sentence. Looked through are the bytes and the cells of every file of
    the atlas (names, descriptions, terms, values of the cube, what is searched by), and what a wholly compromised
    summariser could have published, which writes down all that it reads of a cluster. Where there is noise it reads
    nothing but what is released.
    """

    name = "canaries"

    def run(self, setup: Setup, progress: Progress) -> Finding:
        """See :class:`~clioscope.attacks.planted.base.PlantedAttack`."""
        k = config_of_copy(setup).thresholds.support
        canaries = _canaries(setup, k)
        with progress.stage("Attacking: canaries", 3, "steps") as work:
            groups = sum(canary.users > 1 for canary in canaries)
            planting = Planting(setup, self.name, _with_canaries(setup, canaries), groups)
            work.advance(1)
            unprotected = _words_in(planting.release(profile="personal").path)
            said = {word for holder in holders_of(planting.clustered(), _words(canaries)) for word in holder.words}
            work.advance(1)
            released = _words_in(planting.release_as_run().path)
            supported = released
            if setup.config.epsilon is None:
                tight = planting.clustered()
                supported = supported_in_clusters(holders_of(tight, _words(canaries)), tight.levels, k)
            work.advance(1)
        by_namer = "the run's model" if setup.calls is not None else "the local namer"
        trials = [
            *_trials(canaries, "a compromised summariser", _NOTHING, said),
            *_trials(canaries, by_namer, "words of 3 conversations", unprotected),
            *_trials(canaries, "a compromised summariser", _ALL, supported, by_way=True),
            *_trials(canaries, f"all files, {by_namer}", _ALL, released),
        ]
        return _finding(canaries, k, trials, supported | released)


def _canaries(setup: Setup, k: int) -> list[Canary]:
    usual = ALONE if setup.calls is None else ALONE_WITH_A_MODEL
    alone = min(setup.tries or usual, len(WAYS) * len(_with_a_user_turn(setup)))
    kinds = [(1, WAYS[number % len(WAYS)]) for number in range(alone)]
    several = sorted({n for n in (k - 1, k, 2 * k) if n > 1})
    kinds += [(users, way) for users in several for way in WAYS for _ in range(min(setup.tries or GROUPS, GROUPS))]
    honest = stems_in(message.content for c in setup.conversations for message in c.messages)
    words = invented(len(kinds), random.Random(setup.seed), honest)
    return [Canary(word, *kind) for word, kind in zip(words, kinds, strict=True)]


def _with_a_user_turn(setup: Setup) -> list[int]:
    return [i for i, c in enumerate(setup.conversations) if any(m.role == "user" for m in c.messages)]


def _with_canaries(setup: Setup, canaries: Sequence[Canary]) -> list[Conversation]:
    rng = random.Random(setup.seed)
    found = list(setup.conversations)
    alone = [canary for canary in canaries if canary.users == 1]
    places = rng.sample(_with_a_user_turn(setup), -(-len(alone) // len(WAYS)))
    for number, place in enumerate(places):
        mine = alone[number * len(WAYS) : (number + 1) * len(WAYS)]
        said = " ".join(sayings(canary.word, canary.way, 1, rng)[0] for canary in mine)
        found[place] = _begun_with(found[place], said)
    known = any(c.user is not None for c in setup.conversations)
    return found + [c for canary in canaries if canary.users > 1 for c in _of_many(setup, canary, known, rng)]


def _begun_with(conversation: Conversation, said: str) -> Conversation:
    first = next(i for i, m in enumerate(conversation.messages) if m.role == "user")
    messages = list(conversation.messages)
    messages[first] = replace(messages[first], content=f"{said}\n{messages[first].content}")
    return replace(conversation, messages=tuple(messages))


def _of_many(setup: Setup, canary: Canary, known: bool, rng: random.Random) -> Iterator[Conversation]:
    for number, text in enumerate(sayings(canary.word, canary.way, canary.users, rng)):
        like = rng.choice(setup.conversations)
        user = f"canary {canary.word} {number}" if known else None
        yield Conversation(f"canary-{canary.word}-{number}", (Message("user", text),), user, like.time, like.metadata)


def _words(canaries: Sequence[Canary]) -> list[str]:
    return [canary.word for canary in canaries]


def _words_in(folder: Path) -> set[str]:
    """Every word of every file, as bytes and, of tables, as cells; small letters."""
    found: set[str] = set()
    for path in sorted(folder.iterdir()):
        texts = [path.read_bytes().decode("utf-8", "replace")]
        if path.suffix == ".parquet":
            columns = [name for name in pq.read_schema(path).names if name != "vector"]
            texts += [str(row) for row in pq.read_table(path, columns=columns).to_pylist()]
        for text in texts:
            found.update(re.findall(r"[^\W_]+", text.casefold()))
    return found


def _trials(
    canaries: Sequence[Canary], who: str, layers: str, shown: set[str], *, by_way: bool = False
) -> Iterator[Trial]:
    """How many came out, by the number of users that say them and, where asked for, by the way in which."""
    for users in sorted({canary.users for canary in canaries}):
        told = "1 user" if users == 1 else f"{users} users"
        for ways in [(way,) for way in WAYS] if by_way else [WAYS]:
            mine = [canary for canary in canaries if canary.users == users and canary.way in ways]
            if mine:
                way = ways[0] if by_way else "however said"
                out = sum(canary.word in shown for canary in mine)
                yield Trial(f"{told}, {way}; {who}", layers, Rate(out, len(mine)))


def _finding(canaries: Sequence[Canary], k: int, trials: Sequence[Trial], shown: set[str]) -> Finding:
    few = [canary for canary in canaries if canary.users < k]
    enough = [canary for canary in canaries if canary.users >= k]
    out = Rate(sum(canary.word in shown for canary in few), len(few))
    more = sum(canary.word in shown for canary in enough)
    bound = out.interval()[1]
    sentence = (
        f"Of {len(few):,} planted words that fewer than {k} users share, {out.successes:,} came out in any form, "
        f"which bounds the rate at {bound:.2%}. Of {len(enough)} that {k} or more users share, {more} could come out."
    )
    return Finding(
        Canaries.name,
        "Does anything that one person said come out word for word?",
        "leaked" if out.successes else "held",
        sentence,
        trials,
        "Secret Sharer, arXiv 1802.08232; CanaryBench, arXiv 2601.18834",
    )
