"""The seam of the attacks that plant something: what each is given, and what each gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from clioscope.attacks.finding import Finding
from clioscope.attacks.planted.known_vectors import KnownVectors
from clioscope.config import Config
from clioscope.conversation import Conversation
from clioscope.embeddings import Embedder, MiniLMEmbedder
from clioscope.errors import RunError
from clioscope.models.judges import Calls
from clioscope.progress import Progress
from clioscope.vault import Parts, RunFolder, conversations_in, items_of, user_codes
from clioscope.vault.retention import Retention

MOST_CONVERSATIONS, MOST_WITH_A_MODEL = 4_000, 500
"""Conversations of a run that things are planted among. Of a larger run whole users are drawn, so that each keeps all
of theirs."""


@dataclass(frozen=True)
class Setup:
    """What the attacks on one run share.

    Parameters
    ----------
    run
        The run that is attacked. It is read and never changed.
    config
        As the run was made.
    conversations
        Its conversations, or those of some of its users; ``user`` is a hash.
    share
        Which part of the run's conversations these are, above 0 and at most 1.
    embedder
        Knows the vectors that the run has made already.
    work
        A private folder of the attacks' own. Whoever made it removes it.
    calls
        How models are called; ``None``: no model is, whatever the run was made with.
    seed
        Decides all that is drawn at random.
    tries
        Of each setting of an attack; ``None``: as many as the attack finds enough.
    """

    run: RunFolder
    config: Config
    conversations: Sequence[Conversation]
    share: float
    embedder: Embedder
    work: Path
    calls: Calls | None = None
    seed: int = 0
    tries: int | None = None


class PlantedAttack(Protocol):
    """An attack that plants something in a copy of a run, or takes something out, and releases it again."""

    @property
    def name(self) -> str:
        """As on the command line: words joined by hyphens."""

    def run(self, setup: Setup, progress: Progress) -> Finding:
        """Attack, first without protection and then with it. Writes to ``setup.work`` alone."""


def setup(
    run: RunFolder,
    config: Config,
    calls: Calls | None,
    work: Path,
    seed: int = 0,
    tries: int | None = None,
    *,
    most: int | None = None,
) -> Setup:
    """Read from the vault of a finished run what the attacks need.

    Parameters
    ----------
    most
        Conversations that are read at most, but for those of the last user. ``None``: ``MOST_CONVERSATIONS``, and
        ``MOST_WITH_A_MODEL`` where models are called, since each conversation then costs something.

    Raises
    ------
    RunError
        The vault no longer holds it.
    """
    if gone := sorted(set(Retention(run.vault).gone()) & {"raw", "texts", "facets"}):
        raise RunError(
            f"The vault of {run.path} no longer holds everything ({', '.join(gone)} removed), and attacks that plant "
            "something need the conversations. Run again from the source to try them."
        )
    usual = MOST_CONVERSATIONS if calls is None else MOST_WITH_A_MODEL
    chosen = _chosen(run.conversations, most or usual, seed)
    found: list[Conversation] = []
    start = 0
    for table in run.conversations.read():
        found += conversations_in(table.filter(chosen[start : start + table.num_rows]))
        start += table.num_rows
    if not found:
        raise RunError(f"The vault of {run.path} holds no conversation: there is nothing to attack.")
    embedder = KnownVectors(MiniLMEmbedder())
    _learn(embedder, run, config, chosen)
    return Setup(run, config, found, len(found) / len(chosen), embedder, work, calls, seed, tries)


def _chosen(conversations: Parts, most: int, seed: int) -> NDArray[np.bool_]:
    """Bool [n]: the conversations of users who are drawn until there are enough; where no user is known, any."""
    rows = sum(Parts.rows(path) for path in conversations.paths())
    if rows <= most:
        return np.ones(rows, dtype=np.bool_)
    users = user_codes(conversations)
    whose = np.arange(rows) if users is None else users + 1
    order = np.random.default_rng(seed).permutation(int(whose.max()) + 1)
    sizes = np.bincount(whose, minlength=len(order))[order]
    needed = int(np.searchsorted(np.cumsum(sizes), most)) + 1
    return np.isin(whose, order[:needed])


def _learn(embedder: KnownVectors, run: RunFolder, config: Config, chosen: NDArray[np.bool_]) -> None:
    """Tell the embedder what the run has embedded."""
    home = run.hierarchy(config.cluster_by[0], main=True)
    vectors = home.embedded()
    start = 0
    for items in items_of(run.facets, home.facet):
        inside = np.flatnonzero(chosen[items.rows])
        if start + len(items.texts) <= len(vectors):
            embedder.learn([items.texts[i] for i in inside.tolist()], vectors.take(start + inside))
        start += len(items.texts)
