"""What an attacker reads off a release, and what of it would come out of each layer of protection."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from clioscope.attacks.planted.planting import Clustered, Labels
from clioscope.privacy.words import Place, Supports
from clioscope.privacy.words.reading import plain_words


class Holder(NamedTuple):
    """An item that holds planted words: its place in the vault, its user, its text, its language, and the words."""

    item: int
    user: int
    text: str
    language: str
    words: frozenset[str]


def holders_of(clustered: Clustered, words: Collection[str]) -> list[Holder]:
    """The items that hold some of ``words``. Where no user is known, each is a user's of its own."""
    known = frozenset(words)
    found = []
    for item, (text, language) in enumerate(zip(clustered.texts, clustered.languages, strict=True)):
        held = known.intersection(plain_words(text))
        if held:
            user = item if clustered.users is None else int(clustered.users[item])
            found.append(Holder(item, user, text, language, held))
    return found


def said_in_clusters(
    holders: Sequence[Holder], levels: Sequence[Labels], of: Callable[[Holder], int], k: int
) -> set[str]:
    """The words that k different holders have in one cluster of any level; ``of`` tells holders apart."""
    who: dict[tuple[Place, str], set[int]] = defaultdict(set)
    for holder in holders:
        for level, labels in enumerate(levels):
            for word in holder.words:
                who[(level, int(labels[holder.item])), word].add(of(holder))
    return {word for (_, word), mine in who.items() if len(mine) >= k}


def supported_in_clusters(holders: Sequence[Holder], levels: Sequence[Labels], k: int) -> set[str]:
    """The words that the check of words lets through in some cluster, whatever is written there.

    Only items that hold a word vote for it, so that all others can be left out.
    """
    wanted: dict[Place, set[str]] = defaultdict(set)
    paths: dict[int, list[Place]] = {}
    for holder in holders:
        path = [(level, int(labels[holder.item])) for level, labels in enumerate(levels)]
        paths[path[0][1]] = path
        for place in path:
            wanted[place] |= holder.words
    bases = {base: number for number, base in enumerate(paths)}
    counted = Supports(wanted, list(paths.values()), k)
    for holder in holders:
        counted.add(bases[int(levels[0][holder.item])], holder.user, holder.text, holder.language)
    return {word for place in wanted for word in counted.supported(place)}


def guess(candidates: Sequence[str], shown: Collection[str], rng: random.Random) -> str:
    """The candidate that an attacker names: one of those that are shown, or any where none is."""
    seen = [candidate for candidate in candidates if candidate in shown]
    return rng.choice(seen or list(candidates))


def not_sent_by_the_attacker(holders: Sequence[Holder], sent: Collection[int]) -> set[str]:
    """What is left where all texts are shown and the attacker strikes out those of ``sent``, by item."""
    return {word for holder in holders if holder.item not in sent for word in holder.words}
