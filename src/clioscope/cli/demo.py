"""``clioscope demo``: the sample that comes with the package."""

from __future__ import annotations

import json
import shutil
from contextlib import AbstractContextManager
from importlib.resources import as_file
from pathlib import Path

import typer
from rich.text import Text

from clioscope.atlas import Atlas
from clioscope.cli.console import error_console
from clioscope.cli.progress import make_progress
from clioscope.cli.running import start
from clioscope.cli.serve import become_explorer
from clioscope.cli.summary import released
from clioscope.cli.tree import print_tree
from clioscope.config import make_config
from clioscope.errors import ConfigError
from clioscope.models.usage import keep_who_answered
from clioscope.models.waves import AwaitingAnswers
from clioscope.progress import Progress, Work
from clioscope.sample import conversations
from clioscope.sample.recording import recording
from clioscope.vault import RunFolder
from clioscope.vault.files import private_folder, write_text


def demo(
    run: Path | None = typer.Option(None, "--run", "-r", help="The run's folder. Default: runs/demo."),
    recorded: bool = typer.Option(
        False, "--recorded", help="With names and a hierarchy by a language model, from recorded answers."
    ),
    small: bool = typer.Option(
        False, "--small", help="With --recorded: 150 conversations whose facets, too, are a model's recorded answers."
    ),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Print nothing but errors."),
    as_json: bool = typer.Option(False, "--json", help="Print the summary as JSON."),
    open_browser: bool = typer.Option(False, "--open", help="Then explore it in the browser, as clioscope serve does."),
) -> None:
    """Run on the shipped sample and print its hierarchy: no key, no network, about half a minute.

    The sample was written for Clioscope. No person said any of it.
    """
    if small and not recorded:
        raise ConfigError("--small is for recorded answers: add --recorded.")
    with as_file(conversations()) as path:
        if recorded:
            folder = run or Path("runs/demo-recorded-small" if small else "runs/demo-recorded")
            _replay(path, folder, small, quiet, as_json)
        else:
            folder = run or Path("runs/demo")
            progress = make_progress(quiet=quiet, as_json=as_json)
            start(make_config(source=(str(path),)), folder, None, progress, quiet=quiet, as_json=as_json)
    if open_browser:
        become_explorer(folder, port=0, open_browser=True)


def _replay(source: Path, folder: Path, small: bool, quiet: bool, as_json: bool) -> None:
    answers = folder / "vault" / "recorded"
    found = recording("facets" if small else "names", str(answers))
    if not (folder / "vault" / "secret").exists():
        vault = private_folder(RunFolder(folder).vault)
        with (vault / "secret").open("wb") as file:
            file.write(found.secret)
        (vault / "secret").chmod(0o600)
    private_folder(answers)
    write_text(answers / "recorded.jsonl", found.answers.decode("utf-8"))
    keep_who_answered(folder / "vault", found.answered_by)
    progress = _WithoutNotes(make_progress(quiet=quiet, as_json=as_json))
    config = make_config(source=(str(source),), **found.options)
    try:
        start(config, folder, None, progress, quiet=quiet, as_json=as_json)
    except AwaitingAnswers:
        # Another type of processor may round otherwise and so cluster otherwise, and then asks what nobody was asked.
        shutil.rmtree(folder / "atlas", ignore_errors=True)
        with as_file(found.atlas) as atlas:
            shutil.copytree(atlas, folder / "atlas")
        shown = Atlas.open(folder / "atlas")
        if not quiet:
            said = "This machine clusters a little differently, so the answers do not fit. This is the recorded atlas."
            error_console().print(Text(said))
        if as_json:
            told = {"recorded": True, **released(folder, shown), "answered_by": found.answered_by}
            typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        elif not quiet:
            print_tree(shown)
            error_console().print(Text(found.answered_by))


class _WithoutNotes:
    """Tells of the stages alone: notes are for whoever answers the files of requests, and here nobody has to."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def stage(self, name: str, total: float | None, unit: str) -> AbstractContextManager[Work]:
        """See :class:`~clioscope.progress.Progress`."""
        return self._progress.stage(name, total, unit)

    def note(self, text: str) -> None:
        """See :class:`~clioscope.progress.Progress`."""
