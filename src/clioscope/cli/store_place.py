"""The explorer's store, as commands on the server's machine reach it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from clioscope.explorer.store import Store


def place_of_store(store: str) -> str | Path:
    """Where the store is that ``store`` names: a folder that is served, a file, or an address."""
    from clioscope.explorer.place import FOLDER, runs_of
    from clioscope.explorer.store.opening import FILE

    folder = Path(store)
    return store if "://" in store or not folder.is_dir() else runs_of(folder.resolve()) / FOLDER / FILE


def store_option() -> Any:
    """The option that says which store."""
    return typer.Option(
        "runs",
        "--store",
        envvar="CLIOSCOPE_STORE",
        show_envvar=False,
        help="The folder that is served, the store's file, or its address. Default: runs.",
        show_default=False,
    )


@contextmanager
def opened_store(store: str) -> Iterator[Store]:
    """The store, which has to be there."""
    from clioscope.explorer.store.opening import open_store, open_to_read

    place = place_of_store(store)
    open_to_read(place).close()  # says so where there is none, and makes none by mistake
    opened = open_store(place)
    try:
        yield opened
    finally:
        opened.close()
