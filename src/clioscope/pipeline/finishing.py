"""Deletions that were cut short, and what is deleted once a run has succeeded."""

from __future__ import annotations

from clioscope.config import Config
from clioscope.pipeline.forgetting import finish_forget
from clioscope.pipeline.keeping import now, overdue_lines
from clioscope.pipeline.purging import What, finish_purge, purge
from clioscope.progress import Progress
from clioscope.vault import RunFolder
from clioscope.vault.journal import Journal
from clioscope.vault.retention import Retention

_AFTER_A_RUN: dict[str, list[What]] = {"all": [], "facets": ["raw"], "nothing": ["all"]}


def finish_deleting(run: RunFolder) -> list[str]:
    """Finish the deletion that was cut short, where there is one, and say so. The caller holds the run's lock."""
    journal = Journal(run.vault)
    if not journal.is_open():
        return []
    work = journal.read()
    if work["what"] == "forget":
        forgot = finish_forget(run, work)
        return ["Forgetting a user was cut short. It is finished now.", str(forgot), *forgot.sentences]
    return ["Removing was cut short. It is finished now.", *finish_purge(run, work["kinds"])]


def keep_less(run: RunFolder, config: Config, progress: Progress) -> None:
    """Remove what ``keep`` says need not stay, once nothing of the run is open any more."""
    gone = Retention(run.vault).gone()
    what = _AFTER_A_RUN[config.keep]
    if not what or ("facets" if "all" in what else "raw") in gone:
        return
    for sentence in purge(run, what):
        progress.note(sentence)
    progress.note("The same command finds all of it done; where something has to be made again, it reads again.")


def tell_overdue(run: RunFolder, progress: Progress) -> None:
    """Say which tables should be gone."""
    for line in overdue_lines(Retention(run.vault), run.path, now()):
        progress.note(line)
