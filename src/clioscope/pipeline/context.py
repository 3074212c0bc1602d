"""What every stage is given, and how a stage is skipped, resumed or made again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from clioscope.config import Config
from clioscope.embeddings import Embedder
from clioscope.models.judges import Judges
from clioscope.pipeline.embedding_ahead import Ahead
from clioscope.pipeline.keeping import refuse_gone
from clioscope.progress import Progress
from clioscope.vault import HierarchyFolder, RunFolder
from clioscope.vault.retention import Gone

Found = dict[str, Any]
"""What a stage found out: small, private, kept in the vault for later stages and for ``clioscope info``."""


class _Asked(NamedTuple):
    """What models were asked so far, and how many answers were there already."""

    calls: int
    reused: int


def stage_name(stage: str, facet: str, config: Config) -> str:
    """A stage of the hierarchy over ``facet``, told apart from those of the main one."""
    return stage if facet == config.cluster_by[0] else f"{stage} ({facet})"


@dataclass
class Context:
    """One run under way.

    Parameters
    ----------
    home
        The hierarchy that is made at the moment.
    judges
        Who answers what a model is asked; empty where no model is.
    chunk
        Conversations a part; a part is the unit of resuming.
    gone
        What was removed from the vault, and when: no stage is made from it.
    ahead
        Embeds while answers still come.
    """

    config: Config
    folder: RunFolder
    progress: Progress
    embedder: Embedder
    home: HierarchyFolder
    judges: Judges | None = None
    chunk: int = 2_000
    reused: list[str] = field(default_factory=list)
    gone: Mapping[Gone, datetime] = field(default_factory=dict)
    ahead: Ahead = field(init=False)

    def __post_init__(self) -> None:
        self.ahead = Ahead(self.embedder)

    def over(self, facet: str) -> Context:
        """The same run, at its hierarchy over ``facet``."""
        other = replace(self, home=self.folder.hierarchy(facet, main=facet == self.config.cluster_by[0]))
        other.ahead = self.ahead
        return other

    def name(self, stage: str) -> str:
        """The stage's name in the ledger: that of the hierarchy over ``home``'s facet, where it is not the main one."""
        return stage_name(stage, self.home.facet, self.config)

    def key(self, stage: str) -> str:
        """A hash of all that a stage of this hierarchy was made from."""
        return self.folder.stages.key(self.name(stage))

    def stage(
        self,
        name: str,
        inputs: Mapping[str, object],
        make: Callable[[], Found],
        *,
        clear: Callable[[], None] | None = None,
        always: bool = False,
        again: str | None = None,
    ) -> Found:
        """Run one stage unless it is done.

        Parameters
        ----------
        name
            As the user reads it.
        inputs
            All that the stage depends on, under names that the user understands.
        make
            Does the work. Of a stage with ``clear``, finished parts are good and only the missing ones are made.
        clear
            Removes the parts that were made from other inputs.
        always
            Run it even where it is done, since nothing tells whether its inputs changed.
        again
            What making it again is called, where its name with "again" would say too much.
        """
        stages = self.folder.stages
        changed = None if always else stages.changed(name, inputs)
        if changed == [] and stages.is_done(name):
            self.reused.append(name)
            return stages.found(name)
        refuse_gone(name, self.gone)
        if changed:
            self.progress.note(f"{again or f'{name} again'}, because of a change: {', '.join(changed)}.")
        elif changed == []:
            self.progress.note(f"{name} goes on where it stopped.")
        if changed != []:
            if clear is not None:
                # Until all of it is gone, nothing may say that the parts are those of the new inputs.
                stages.forget(name)
                clear()
            stages.begin(name, inputs)
        start = time.monotonic()
        calls, reused = self._asked()
        found = make()
        if changed and self._asked().calls == calls and self._asked().reused > reused:
            self.progress.note(f"{name}: all answers were there from before, so that nothing was asked.")
        stages.finish(name, time.monotonic() - start, found)
        return found

    def _asked(self) -> _Asked:
        meter = self.judges.meter if self.judges is not None else None
        return _Asked(meter.calls, meter.reused) if meter else _Asked(0, 0)
