"""The second, logged door: from a cluster to the conversations in it. Nothing else of the explorer reads a vault.

Who may come here, and why, is settled and written down by the route before anything of this is called. What is read is
what the vault kept, redacted; and one conversation as it was, when it is asked for by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clioscope.config import Config, read_config
from clioscope.conversation import Conversation
from clioscope.errors import ClioscopeError
from clioscope.explorer.drill_down import allows_drill_down
from clioscope.explorer.lock_holder import is_worked_on
from clioscope.privacy.redaction import Redactor
from clioscope.vault import RunFolder, conversations_in
from clioscope.vault.facet_table import column_of, items_in
from clioscope.vault.files import read_array
from clioscope.vault.journal import Journal
from clioscope.vault.retention import CALLED, Retention
from clioscope.vault.run_folder import conversation_key

PAGE = 20
"""Conversations that are shown at once."""
_MOST_MESSAGES, _LONGEST = 200, 20_000


class DoorError(ClioscopeError):
    """Why conversations cannot be shown, in a sentence."""


class Said(NamedTuple):
    """One message. ``is_cut``: it is longer than what is shown."""

    role: str
    text: str
    is_cut: bool


class Kept(NamedTuple):
    """One conversation. ``key`` tells it apart from others of the run, and nothing else.

    ``time``: the month, of a redacted one; ISO 8601, of one as it was. ``is_cut``: there are more messages.
    """

    key: str
    time: str | None
    messages: list[Said]
    is_cut: bool


@dataclass(frozen=True)
class Door:
    """The door to one hierarchy of one run.

    Parameters
    ----------
    home
        The run's folder.
    facet
        What is clustered.
    digest
        Of the atlas that is looked at: the vault has to be that one's.
    """

    home: Path
    facet: str
    digest: str

    def redacted(self, cluster: str, page: int) -> tuple[list[Kept], bool]:
        """Page ``page`` (from 0) of the conversations of ``cluster``, redacted, and whether there are more.

        Raises
        ------
        DoorError
            They were not kept, or are no longer those of the atlas.
        """
        run, config = self._opened()
        redactor = Redactor(config.redact_patterns, config.redact_with_presidio)
        found = list(islice(self._conversations(run, cluster, page * PAGE), PAGE + 1))
        secret = run.secret()
        return [_redacted(one, redactor, secret) for one in found[:PAGE]], len(found) > PAGE

    def raw(self, cluster: str, page: int, key: str) -> Kept:
        """The conversation ``key`` of that page, as it was kept. Raises as :meth:`redacted` does."""
        run, _ = self._opened()
        secret = run.secret()
        for one in islice(self._conversations(run, cluster, page * PAGE), PAGE):
            if conversation_key(secret, one.id) == key:
                return _raw(one, secret)
        raise DoorError("There is no such conversation on this page of the cluster.")

    def _opened(self) -> tuple[RunFolder, Config]:
        """The run, where it holds the conversations of this atlas."""
        if not allows_drill_down(self.home):
            raise DoorError("This run does not allow it: it was not made with --drill-down.")
        if not (self.home / "vault" / "stages.json").is_file():
            raise DoorError("The run's vault is not here, so that there is nothing to show.")
        if is_worked_on(self.home):
            raise DoorError("The run is being worked on: try again when that is done.")
        run, config = RunFolder(self.home, make=False), read_config(self.home / "run.toml")
        if Journal(run.vault).is_open():
            raise DoorError("Something of this run is being deleted, and that has not ended.")
        gone = Retention(run.vault).gone()
        for kind in ("raw", "facets"):
            if kind in gone:
                raise DoorError(f"Nothing to show: {CALLED[kind]} were removed on {gone[kind]:%Y-%m-%d}.")
        stage = "Releasing" if self.facet == config.cluster_by[0] else f"Releasing ({self.facet})"
        if not run.stages.is_done(stage) or run.stages.found(stage).get("digest") != self.digest:
            raise DoorError("The vault is no longer that of this atlas: run the same command again.")
        return run, config

    def _conversations(self, run: RunFolder, cluster: str, skip: int) -> Iterator[Conversation]:
        """The conversations of ``cluster``, in the order in which they were read, without the first ``skip``."""
        for part, rows in self._rows(run, cluster):
            if skip >= len(rows):
                skip -= len(rows)
                continue
            rows, skip = rows[skip:], 0
            yield from conversations_in(run.conversations.read_part(part).take(pa.array(rows)))

    def _rows(self, run: RunFolder, cluster: str) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """By part, int64 rows of those in ``cluster``, each once."""
        level, number = cluster.split("-")
        path = run.hierarchy(self.facet, main=True).assignments / f"level_{level}.npy"
        if not path.is_file():
            raise DoorError("This run keeps no conversations by cluster, as one with --epsilon does not.")
        labels = read_array(path)
        column, start = column_of(run.facets, self.facet), 0
        for file in run.facets.paths():
            part = run.facets.number(file)
            items = items_in(run.facets.read_part(part, [column]), self.facet)
            assert items is not None
            mine = labels[start : start + len(items)] == int(number)
            start += len(items)
            yield part, np.unique(items[mine])


def _redacted(conversation: Conversation, redactor: Redactor, secret: bytes) -> Kept:
    """Before texts are cut, since half of a number is no longer known as one."""
    messages = [
        _said(message.role, redactor.redact(message.content).text) for message in conversation.messages[:_MOST_MESSAGES]
    ]
    time = f"{conversation.time:%Y-%m}" if conversation.time else None
    return Kept(conversation_key(secret, conversation.id), time, messages, len(conversation.messages) > _MOST_MESSAGES)


def _raw(conversation: Conversation, secret: bytes) -> Kept:
    messages = [_said(message.role, message.content) for message in conversation.messages[:_MOST_MESSAGES]]
    time = conversation.time.isoformat() if conversation.time else None
    return Kept(conversation_key(secret, conversation.id), time, messages, len(conversation.messages) > _MOST_MESSAGES)


def _said(role: str, text: str) -> Said:
    text = text.encode("utf-8", "replace").decode("utf-8")
    return Said(role, text[:_LONGEST], len(text) > _LONGEST)
