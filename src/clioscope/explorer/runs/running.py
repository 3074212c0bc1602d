"""Runs as processes of the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from clioscope.explorer.access import Person
from clioscope.explorer.place import private_place, runs_of
from clioscope.explorer.runs.events import Outcome, outcome_of
from clioscope.explorer.runs.files import DataFolder, File
from clioscope.explorer.runs.kept import Kept, Started, open_private
from clioscope.explorer.runs.options import RunOptions, RunRequest, arguments_of
from clioscope.explorer.store.audit_log import now

AT_ONCE = 2
"""Runs under way at most."""
_ESTIMATE_SECONDS = 300.0
_COMMAND = [sys.executable, "-P", "-m", "clioscope", "run"]
_OUR_OWN = "CLIOSCOPE_STORE"

Status = Literal["running", "stopping", "finished", "stopped", "failed"]


class RunRefusedError(Exception):
    """What cannot be done with a run, in a sentence. ``status``: of the answer."""

    def __init__(self, problem: str, status: int = 409) -> None:
        super().__init__(problem)
        self.status = status


class Condition(NamedTuple):
    """How a run is doing."""

    status: Status
    problem: str | None
    attempts: int
    stage: str | None


class Runs:
    """The runs that were started here.

    Parameters
    ----------
    root
        What is served; where that is one run, no other can be started beside it.
    data
        Where sources are; ``None``: nothing can be started.
    environment
        Of the processes; keys of models are in it.
    """

    def __init__(self, root: Path, data: DataFolder | None, environment: Mapping[str, str] | None = None) -> None:
        self._root = runs_of(root.resolve())
        self._data = data if self._root == root.resolve() else None
        given = os.environ if environment is None else environment
        self._environment = {name: value for name, value in given.items() if name != _OUR_OWN}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping: set[str] = set()
        self._lock = threading.Lock()
        self._estimating = threading.Semaphore(1)

    @property
    def can_start(self) -> bool:
        """Whether it is known where conversations are."""
        return self._data is not None

    def files(self, path: str) -> tuple[list[File], bool]:
        """What is in a folder of the data folder, and whether there is more than is told."""
        return self._sources().list(path)

    def names(self) -> list[str]:
        """Of all runs that were started here."""
        return sorted(path.parent.name for path in self._place().glob("*/started.json"))

    def kept(self, name: str) -> Kept:
        """What is kept of the run ``name``, which has to be the name of a folder."""
        return Kept(self._place() / name)

    def started(self, name: str) -> Started:
        """How the run was started. Raises :class:`RunRefusedError` where it was not started here."""
        found = self.kept(name).started() if name in self.names() else None
        if found is None:
            raise RunRefusedError("No run of that name was started here.", 404)
        return found

    def condition(self, name: str) -> Condition:
        """How the run is doing."""
        self._reap()
        kept = self.kept(name)
        is_alive = kept.is_alive()
        outcome = outcome_of(kept.lines())
        if is_alive:
            status: Status = "stopping" if name in self._stopping else "running"
            return Condition(status, None, outcome.attempts, outcome.stage)
        self._stopping.discard(name)
        return _ended(kept, outcome, (self._root / name).is_dir())

    def start(self, asked: RunRequest, person: Person) -> Started:
        """Start a run. Raises :class:`RunRefusedError` or :class:`~clioscope.explorer.runs.files.FileError`."""
        source = self._source(asked)
        folder = self._root / asked.name
        if folder.exists() or folder.is_symlink():
            raise RunRefusedError(f"There is a folder {asked.name} already: choose another name, or resume that run.")
        options = asked.model_dump(mode="json", exclude={"source", "name"}, exclude_defaults=True)
        arguments = arguments_of(asked, source, folder)
        started = Started(asked.name, arguments, asked.source, options, person.user, now())
        return self._spawn(started, afresh=True)

    def resume(self, name: str) -> Started:
        """Go on with a run that has not finished, by the command that it was started with."""
        started = self.started(name)
        if self._data is None or str(self._data.source(started.source)) != started.arguments[-1]:
            raise RunRefusedError(
                "The run's source is not in the data folder of this server. Resume it by the command line."
            )
        if self.condition(name).status == "finished":
            raise RunRefusedError("The run has finished: there is nothing to resume.")
        return self._spawn(started, afresh=False)

    def stop(self, name: str) -> None:
        """Ask a run to stop as Ctrl-C does: calls under way are waited for, and what is done is kept."""
        started = self.started(name)
        with self._lock:
            if not self.kept(name).is_alive():
                raise RunRefusedError("The run is not under way.")
            self._stopping.add(name)
            self.kept(name).told(stop=now())
            try:
                os.kill(started.process, signal.SIGINT)
            except ProcessLookupError:
                raise RunRefusedError("The run is not under way.") from None

    def estimate(self, options: RunOptions) -> dict[str, Any]:
        """What a run would ask and cost: the JSON of ``clioscope run --estimate``. Nothing is spent or written."""
        source = self._source(options)
        nowhere = self._place() / "estimate"
        arguments = ["--estimate", *arguments_of(options, source, nowhere)]
        if not self._estimating.acquire(blocking=False):
            raise RunRefusedError("Another estimate is being made: try again when it is done.", 429)
        try:
            done = subprocess.run(
                [*_COMMAND, *arguments],
                cwd=self._root,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_ESTIMATE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise RunRefusedError("The estimate takes too long here. Make it by the command line.") from None
        finally:
            self._estimating.release()
        if done.returncode:
            told = outcome_of(done.stderr.decode("utf-8", "replace").splitlines())
            raise RunRefusedError(told.errors or told.stopped or "The estimate ended without saying why.", 400)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def close(self) -> None:
        """Let go of the processes: they go on without this server."""
        for process in self._processes.values():
            process.returncode = 0  # or Python would warn of a process that nobody waits for
        self._processes.clear()

    def _source(self, options: RunOptions) -> Path:
        return self._sources().source(options.source)

    def _sources(self) -> DataFolder:
        if self._data is None:
            raise RunRefusedError(
                "Runs cannot be started here: serve a folder of runs, and name with --data that of the data."
            )
        return self._data

    def _spawn(self, started: Started, *, afresh: bool) -> Started:
        kept = self.kept(started.name)
        with self._lock, kept.life() as life:
            if life is None:
                raise RunRefusedError(f"The run {started.name} is under way.")
            if sum(self.kept(name).is_alive() for name in self.names() if name != started.name) >= AT_ONCE:
                raise RunRefusedError(f"{AT_ONCE} runs are under way, and no more at once: wait for one, or stop it.")
            if afresh:
                kept.progress.unlink(missing_ok=True)
            kept.summary.unlink(missing_ok=True)
            kept.told(attempt=outcome_of(kept.lines()).attempts + 1, time=now())
            self._stopping.discard(started.name)
            append, anew = os.O_WRONLY | os.O_APPEND, os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            with open_private(kept.progress, append) as progress, open_private(kept.summary, anew) as summary:
                process = subprocess.Popen(
                    [*_COMMAND, *started.arguments],
                    cwd=self._root,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=summary,
                    stderr=progress,
                    pass_fds=[life],  # its lock is held for as long as the process lives
                    start_new_session=True,  # Ctrl-C ends the server, and not the run
                )
            self._processes[started.name] = process
            started = replace(started, process=process.pid)
            kept.keep(started)
        return started

    def _reap(self) -> None:
        with self._lock:
            for name in [name for name, process in self._processes.items() if process.poll() is not None]:
                del self._processes[name]

    def _place(self) -> Path:
        return private_place(self._root) / "runs"


def _ended(kept: Kept, outcome: Outcome, is_there: bool) -> Condition:
    attempts, stage = outcome.attempts, outcome.stage
    if kept.has_finished():
        if is_there:
            return Condition("finished", None, attempts, None)
        return Condition("failed", "The run has finished, and its folder was removed since.", attempts, None)
    if outcome.stopped:
        return Condition("stopped", outcome.stopped, attempts, stage)
    said = outcome.errors or (
        "It ended without a word, as a process does that is killed or meets what nobody foresaw. What is done is kept: "
        "resume it to go on."
    )
    return Condition("failed", said, attempts, stage)
