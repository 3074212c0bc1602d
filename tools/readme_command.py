"""Print one of the README's two commands, so that the checks run what the reader runs."""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def command(name: str) -> str:
    """The shell block of README.md that follows the comment ``<!-- command: NAME -->``."""
    found = re.search(
        rf"<!-- command: {re.escape(name)} -->\s*```(?:sh|bash)\n(.*?)```", README.read_text("utf-8"), re.DOTALL
    )
    if not found:
        raise SystemExit(f"README.md has no command called {name!r}.")
    return found[1].strip()


if __name__ == "__main__":
    print(command(sys.argv[1]))
