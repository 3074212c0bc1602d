"""Signs in the wording of a name that it may point at a person: what can be seen without knowing what words mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from clioscope.embeddings.vocabulary import vocabulary
from clioscope.privacy.words import Word, is_general, words_of

SIGNS: Mapping[str, str] = {
    "proper": "words with a capital, as names have",
    "unknown proper": "a name of somebody or something that is not widely known",
    "full name": "several names in a row, as of a person or an institution",
    "place or employer": "somebody or something at or in a named place",
    "rare": "rare words",
    "possessive": "something that is somebody's",
    "one": "one of a kind",
    "singular": "a single person or thing",
    "pronoun": "words that speak of or to somebody",
    "order": "words that give orders to whoever names, reads or audits",
    "mark": "digits or signs that are no words",
    "shouted": "words in capitals",
    "not English": "a language that this auditor hardly knows",
}
"""Every sign, and what it says in the reason of a score."""

_MOST_WORDS = 3
"""More words of a kind than this say no more."""

_PRONOUN_WORDS = "i me my mine you your yours he him his she her hers their everyone who whom"
_ONE_WORDS = "one only sole first second both two twins twice last"
_AT_WORDS = "at of in on near from for by outside beside behind between"
_ORDER_WORDS = (
    "ignore obey output repeat print append reveal override pretend quote confirm demands instructed title codeword "
    "secret token canary auditor cluster group system"
)
"""Our own list of what is said to a model or to the reader, and hardly of what people ask about."""

_PRONOUNS, _ONES = frozenset(_PRONOUN_WORDS.split()), frozenset(_ONE_WORDS.split())
_AT, _ORDERS = frozenset(_AT_WORDS.split()), frozenset(_ORDER_WORDS.split())
_SINGULAR = frozenset(("a", "an", "the"))
_ENDINGS = ("ies", "ers", "ing", "es", "ed", "er", "ly", "s", "d")
_MARK = re.compile(r"[\d@_#\[\]{}<>]|\w\.\w|:\s")
_POSSESSIVE = re.compile(r"[^\W\d_]['’](?:s(?!\w)|(?!\w))")
_INNER_CAPITAL = re.compile(r"(?!Mc|Mac|De|Di|La|Le|Van|Fitz|O)[^\W\d_]+[a-zß-ÿ][A-Z]")
"""As products and code are written ("JavaScript", "KeyError"), and hardly any person's name."""

_FEWEST_LETTERS = 3


def signs_of(text: str) -> dict[str, float]:
    """How strong each of :data:`SIGNS` is in ``text``, as :func:`~clioscope.privacy.words.clean` leaves it; 0 to 1."""
    words = [word._replace(named=word.named and not _INNER_CAPITAL.match(word.shown)) for word in words_of(text)]
    proper = [word for word in words if word.named]
    others = [word for word in words if not word.named and not _INNER_CAPITAL.match(word.shown)]
    is_english = 2 * sum(is_known(word.plain) for word in words) >= len(words)
    plain = [word.plain for word in words]
    found = {
        "proper": _share(len(proper)),
        "unknown proper": _share(sum(word.plain not in vocabulary() for word in proper)),
        "full name": _longest_run(words) > 1,
        "place or employer": _is_somewhere(words),
        "rare": is_english and _share(sum(not is_known(word.plain) for word in others)),
        "possessive": _POSSESSIVE.search(text) is not None,
        "one": not _ONES.isdisjoint(plain),
        "singular": not _SINGULAR.isdisjoint(plain),
        "pronoun": not _PRONOUNS.isdisjoint(plain),
        "order": _share(sum(word in _ORDERS for word in plain)),
        "mark": _MARK.search(text) is not None,
        "shouted": sum(len(word.shown) >= _FEWEST_LETTERS and word.shown.isupper() for word in words) > 1,
        "not English": not is_english,
    }
    return {name: float(strength) for name, strength in found.items()}


def _share(count: int) -> float:
    return min(count, _MOST_WORDS) / _MOST_WORDS


def _longest_run(words: Sequence[Word]) -> int:
    """How many words with a capital stand side by side at most."""
    longest = run = 0
    for word in words:
        run = run + 1 if word.named else 0
        longest = max(longest, run)
    return longest


def _is_somewhere(words: Sequence[Word]) -> bool:
    """Whether a preposition stands before a capital, with at most one word between."""
    return any(
        word.plain in _AT and any(after.named for after in words[place + 1 : place + 3])
        for place, word in enumerate(words)
    )


def is_known(word: str) -> bool:
    """Whether a word, as it is compared, is one that the embedding model knows, or an inflection of one."""
    if not word.isalpha() or is_general(word) or word in vocabulary():
        return True
    if word.replace("is", "iz") in vocabulary() or word.replace("our", "or") in vocabulary():
        return True
    roots = [word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)]
    return any(
        len(root) >= _FEWEST_LETTERS
        and not vocabulary().isdisjoint((root, root + "e", root + "y", root[:-1] if root[-1] == root[-2] else root))
        for root in roots
    )
