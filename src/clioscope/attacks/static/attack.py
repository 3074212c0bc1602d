"""What a static attack is given, and what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from clioscope.attacks.finding import Finding
from clioscope.attacks.static.published import Published
from clioscope.attacks.static.truth import Truth
from clioscope.config import Config
from clioscope.progress import Progress
from clioscope.vault import RunFolder


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
