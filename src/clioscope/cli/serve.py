"""``clioscope serve``: the explorer in a browser."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

_PORT = 8420
_HOST = "127.0.0.1"


def serve(
    run: Path = typer.Argument(
        Path("runs"), help="A run's folder, its atlas, or a folder of runs. Default: runs.", show_default=False
    ),
    port: int = typer.Option(
        _PORT,
        "--port",
        min=0,
        max=65_535,
        help="Where to listen; 0: any port that is free. Default: 8420.",
        show_default=False,
    ),
    host: str = typer.Option(
        _HOST,
        "--host",
        help="127.0.0.1, localhost or ::1; with --access any address of this machine. Default: 127.0.0.1.",
        show_default=False,
    ),
    access: Path | None = typer.Option(
        None,
        "--access",
        dir_okay=False,
        exists=True,
        help="For teams: a TOML file that says where people sign in (OpenID Connect) and which groups have which "
        "roles. Default: a link lets the owner in.",
        show_default=False,
    ),
    data: Path | None = typer.Option(
        None,
        "--data",
        file_okay=False,
        exists=True,
        help="A folder of conversations, on which runs may be started in the browser. Default: none can be.",
        show_default=False,
    ),
    store: str | None = typer.Option(
        None,
        "--store",
        envvar="CLIOSCOPE_STORE",
        show_envvar=False,
        help="Where edits, reviews and the audit log are kept: a file, or postgresql://USER@HOST/NAME; CLIOSCOPE_STORE "
        "says the same where a password is in it. Default: .explorer/store.sqlite beside the runs.",
        show_default=False,
    ),
    open_browser: bool = typer.Option(False, "--open", help="Open the link in the browser."),
) -> None:
    """Explore runs in a browser: tree, map, table, comparison, search, and what is kept from whom.

    Prints a link that lets one browser in, once. Nobody else on this machine or its network gets in, unless --access
    says where they sign in, and the page loads nothing from elsewhere. It reads atlases, and of a vault only single
    conversations of runs that were made with --drill-down, with a line in the audit log. Ctrl-C ends it.
    """
    become_explorer(run, host=host, port=port, data=data, store=store, access=access, open_browser=open_browser)


def become_explorer(
    run: Path,
    *,
    host: str = _HOST,
    port: int = _PORT,
    data: Path | None = None,
    store: str | None = None,
    access: Path | None = None,
    open_browser: bool,
) -> None:
    """Serve what is at ``run`` in the place of this process, which holds the memory of a whole pipeline."""
    arguments = [sys.executable, "-P", "-m", "clioscope.explorer", "--host", host, "--port", str(port)]
    arguments += ["--open"] if open_browser else []
    arguments += [f"--data={data}"] if data else []
    arguments += [f"--access={access}"] if access else []
    if store:
        os.environ["CLIOSCOPE_STORE"] = store  # and no argument, which everybody on this machine can read
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [*arguments, "--", str(run)])
