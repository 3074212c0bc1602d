"""``clioscope forget``: delete all that a run holds about one user."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.text import Text

from clioscope.api import remake
from clioscope.cli.console import console, errors, printable
from clioscope.cli.progress import make_progress
from clioscope.config import read_config
from clioscope.errors import ClioscopeError
from clioscope.pipeline.finishing import finish_deleting
from clioscope.pipeline.forgetting import Forgot, is_begun
from clioscope.pipeline.forgetting import forget as forget_user
from clioscope.vault import RunFolder, run_lock


def forget(
    run: Path = typer.Argument(..., help="A run's folder, such as runs/NAME."),
    user: str = typer.Option(..., "--user", help="The user's id as it stands in the conversations that were read."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Print nothing but the proof, and errors."),
) -> None:
    """Delete one user's conversations, facets, vectors, answers and requests, and make the atlas again without them.

    The user is not read in again. Stopped at any point, the same command finishes it. Where a model names clusters,
    the atlas is made again by the next clioscope run. The exit code is 1 where anything of the user is left.
    """
    folder, out = RunFolder.existing(run), console()
    with run_lock(folder.vault):
        if is_begun(folder, user):
            out.print("Forgetting this user was cut short. It goes on where it stopped.")
        else:
            for line in finish_deleting(folder):
                out.print(Text(printable(line)))
        forgot = forget_user(folder, user)
    out.print(Text(printable(str(forgot))))
    for line in forgot.sentences:
        out.print(Text(printable(line)))
    _make_again(folder, forgot, quiet=quiet)
    if forgot.left:
        raise typer.Exit(1)


def _make_again(folder: RunFolder, forgot: Forgot, *, quiet: bool) -> None:
    """Make the atlas from what is left where nothing has to be asked or read for it."""
    if not forgot.counts["conversations"]:
        told = "No conversation of this user was in the vault. A later reading leaves the user out."
        console().print(Text(printable(f"{told}{_of_nobody_knows_whom(folder)}")))
        return
    if not folder.atlas.exists():
        return
    try:
        made = remake(folder.path, progress=make_progress(quiet=quiet, as_json=False))
    except ClioscopeError as error:
        told = f"The user is forgotten, and the atlas at {folder.atlas} still counts this user."
        errors(f"{told}{_with_noise(folder)} {error}")
        raise typer.Exit(1) from None
    if made:
        console().print("The atlas is made again without this user.")
    else:
        console().print(
            f"The atlas at {folder.atlas} still counts this user: give the `clioscope run` command of this run again."
        )


def _of_nobody_knows_whom(folder: RunFolder) -> str:
    """What to add where the vault cannot say whom the atlas counts, since its conversations are removed."""
    if not folder.atlas.exists() or folder.conversations.paths():
        return ""
    return (
        f" The vault no longer knows whose conversations the atlas at {folder.atlas} was made of: if this user's were "
        "among them, it still counts this user. Give the `clioscope run` command of this run again, which reads the "
        "source without the user, or delete the atlas."
    )


def _with_noise(folder: RunFolder) -> str:
    """What to add where the atlas is a release with noise, which another one has to be paid for."""
    if read_config(folder.run_toml).epsilon is None:
        return ""
    return (
        " It was released with noise, which is to hide whether any one user is in it, and making it again is a release "
        "of its own: the budget has to have room for that. Otherwise leave the atlas as it is, or delete it."
    )
