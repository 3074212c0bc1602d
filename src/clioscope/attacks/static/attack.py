"""What a static attack is given, and what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from clioscope.attacks.finding import Finding, Verdict
from clioscope.attacks.static.published import Published
from clioscope.attacks.static.truth import Truth, read_truth
from clioscope.config import Config
from clioscope.progress import Progress
from clioscope.vault import HierarchyFolder, RunFolder
from clioscope.vault.retention import Gone, Retention


@dataclass(frozen=True)
class Evidence:
    """One atlas, and what the vault of its run still knows of it.

    Parameters
    ----------
    truth
        ``None`` where the vault does not know it; ``missing`` then says why.
    """

    published: Published
    run: RunFolder
    config: Config
    truth: Truth | None
    missing: str = ""

    @property
    def home(self) -> HierarchyFolder:
        """Where the vault keeps what the atlas was made from."""
        facet = self.published.facet
        return self.run.hierarchy(facet, main=facet == self.config.cluster_by[0])

    @property
    def unseen(self) -> Verdict:
        """The verdict on what could not be counted again: of a purged vault, what the atlas shows by itself counts.

        Where nothing was purged, the vault has gone on since the atlas was made, such as by forgetting a user.
        """
        return "held" if "facets" in self.gone else "not tried"

    @cached_property
    def gone(self) -> frozenset[Gone]:
        """What was removed from the vault."""
        return frozenset(Retention(self.run.vault).gone())


def read_evidence(run: RunFolder, config: Config, atlas: Path) -> Evidence:
    """What there is to know of one atlas of a run.

    Parameters
    ----------
    atlas
        The folder of the atlas, or of a copy.
    """
    published = Published(atlas)
    truth = read_truth(run, published, main=published.facet == config.cluster_by[0])
    if isinstance(truth, str):
        return Evidence(published, run, config, None, truth)
    return Evidence(published, run, config, truth)


class StaticAttack(NamedTuple):
    """An attack that looks at an atlas as it is.

    Parameters
    ----------
    name
        As on the command line.
    examine
        Never changes anything of the run.
    """

    name: str
    examine: Callable[[Evidence, Progress], Finding]
