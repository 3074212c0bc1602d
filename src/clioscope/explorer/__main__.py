"""The explorer as a process of its own: what ``clioscope serve`` becomes.

The command line has loaded what makes a run, and holds the memory of it. This starts without.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
import webbrowser
from pathlib import Path

from clioscope.errors import ClioscopeError
from clioscope.explorer.serving import Explorer
from clioscope.memory import keep_memory_low


def main() -> int:
    """Serve until Ctrl-C. The exit code: 1 where it cannot begin."""
    parser = argparse.ArgumentParser(prog="python -m clioscope.explorer")
    parser.add_argument("run", type=Path)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--access", type=Path)
    parser.add_argument("--open", action="store_true")
    asked = parser.parse_args()
    keep_memory_low()
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    try:
        store = os.environ.get("CLIOSCOPE_STORE")
        explorer = Explorer(asked.run, asked.host, asked.port, asked.data, store, asked.access)
        explorer.run(lambda: _tell(explorer, asked.open))
    except ClioscopeError as error:
        _note(f"Error: {error}")
        return 1
    _note("The explorer has ended.")
    return 0


def _tell(explorer: Explorer, open_browser: bool) -> None:
    finished = sum(not entry.problem for entry in explorer.entries())
    atlases = "1 atlas" if finished == 1 else f"{finished:,} atlases"
    _note(f"The explorer shows {atlases} of {explorer.root}.")
    if explorer.settings.access is not None:
        _note(f"People sign in with {explorer.settings.access.oidc.name}, at:")
        print(explorer.address, flush=True)
        if open_browser and not _opened(explorer.address):
            _note("No browser can be opened from here: open the address yourself.")
        return
    _note("This link lets one browser in, within 10 minutes:")
    link = explorer.login_link()
    print(link, flush=True)
    if open_browser and not _opened(link):
        _note("No browser can be opened from here: open the link yourself.")
    if sys.stdin.isatty():
        _note("Enter prints another link. Ctrl-C ends the explorer.")
        threading.Thread(target=_print_links, args=[explorer], daemon=True).start()


def _opened(link: str) -> bool:
    try:
        return webbrowser.open(link)
    except webbrowser.Error:
        return False


def _print_links(explorer: Explorer) -> None:
    for _ in sys.stdin:
        print(explorer.login_link(), flush=True)


def _note(text: str) -> None:
    """Print ``text`` for people, without characters that steer a terminal: it may name a folder."""
    print("".join(c if c.isprintable() else " " for c in text), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
