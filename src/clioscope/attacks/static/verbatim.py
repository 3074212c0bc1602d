"""Verbatim: the longest piece of any one user's texts in what is published, which fewer than k users share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clioscope.attacks.finding import Finding, Rate, Trial
from clioscope.attacks.static.attack import Evidence
from clioscope.attacks.static.naive import naive_names
from clioscope.attacks.static.overlap import Overlaps, Run
from clioscope.naming import describe
from clioscope.progress import Progress
from clioscope.vault import Parts, user_codes

NAME = "verbatim"
_QUESTION = "Does a name, a description or a term quote what one person said?"
_SOURCE = "CanaryBench (arXiv 2601.18834)"
QUOTATION = 8
"""Words from which on a run that few share counts as a quotation: the length that Radford et al. (2019, GPT-2) take for
a copy. Shorter ones also meet by chance, where each of their words is shared by enough users."""

_LONG = 5
"""Words from which on a run is counted in the report."""


class _Said(NamedTuple):
    """A piece of what somebody said, or of what was noted of it."""

    user: int
    text: str


def examine(evidence: Evidence, progress: Progress) -> Finding:
    """Compare names that are members' texts, and then what is published, with all texts of the vault."""
    published = evidence.published
    if {"raw", "texts"} <= evidence.gone or "facets" in evidence.gone:
        return Finding(NAME, _QUESTION, "not tried", "The vault holds no texts any more: they were purged.")
    k = published.minimums.support
    naive = [] if "texts" in evidence.gone else naive_names(evidence)
    compared = _compared(evidence, [*naive, *_published(evidence)], k, progress)
    off, runs = compared[: len(naive)], compared[len(naive) :]
    trials = [_trial("names that are members' texts", "nothing", off)] if naive else []
    trials.append(_trial("what is published of each cluster", "the noise" if published.noisy else "the gate", runs))
    quoted, longest = sum(map(_is_quotation, runs)), max(runs, default=Run(0, 0, False))
    told = (
        f"The longest piece of a user's texts that is published and that fewer than {k} users share has "
        f"{longest.words:,} words ({longest.characters:,} characters)."
        if longest.words
        else f"No two words in a row that are published are in the texts of fewer than {k} users."
    )
    if quoted:
        told += f" {quoted:,} of {len(runs):,} clusters quote somebody: {QUOTATION} words or more."
    if "raw" in evidence.gone:
        told += " Conversations were purged, so it was compared with the facets alone."
    if not published.minimums.promised:
        return Finding(NAME, _QUESTION, "reported", f"This profile promises nothing. {told}", trials, _SOURCE)
    return Finding(NAME, _QUESTION, "leaked" if quoted else "held", told, trials, _SOURCE)


def _is_quotation(run: Run) -> bool:
    return run.words >= QUOTATION and run.content


def _trial(setting: str, layers: str, runs: Sequence[Run]) -> Trial:
    quoted, longest = sum(map(_is_quotation, runs)), max(runs, default=Run(0, 0, False))
    told = [
        ("longest, in words", longest.words),
        ("longest, in characters", longest.characters),
        (f"{_LONG} words or more", sum(run.words >= _LONG and run.content for run in runs)),
    ]
    return Trial(setting, layers, Rate(quoted, len(runs)) if runs else None, figures=told, private=layers == "nothing")


def _published(evidence: Evidence) -> list[str]:
    """All that is said of each cluster, in one text."""
    found = []
    for row in evidence.published.clusters:
        description = row["description"]
        if description == describe(row["terms"], row["conversations"], row["users"]):
            description = ""
        found.append(" | ".join([row["name"], description, *row["terms"]]))
    return found


def _compared(evidence: Evidence, texts: Sequence[str], k: int, progress: Progress) -> list[Run]:
    overlaps = Overlaps(texts, k)
    rows = sum(Parts.rows(path) for path in evidence.run.conversations.paths())
    with progress.stage("Comparing texts", rows, "conversations") as work:
        for said in _all_said(evidence):
            for user, text in said:
                overlaps.add(user, text)
            work.advance(1)
    return overlaps.longest()


def _all_said(evidence: Evidence) -> Iterator[list[_Said]]:
    """The texts of each conversation: its messages and its text facets, as far as the vault holds them."""
    users, row = user_codes(evidence.run.conversations), 0
    for path in evidence.run.conversations.paths():
        number = Parts.number(path)
        messages: list[list[str]] = [[]] * Parts.rows(path)
        if "raw" not in evidence.gone:
            table = evidence.run.conversations.read_part(number, ["messages"])
            messages = [[m["content"] for m in mine or ()] for mine in table["messages"].to_pylist()]
        facets = evidence.run.facets.read_part(number)
        noted = [facets[name].to_pylist() for name in facets.column_names if name.startswith(("text:", "list:"))]
        for mine, *notes in zip(messages, *noted, strict=True):
            whose = row if users is None else int(users[row])  # without a user: one user's, as in every count
            flat = [text for note in notes for text in (note if isinstance(note, list) else [note]) if text]
            yield [_Said(whose, text) for text in (*mine, *flat) if text]
            row += 1
