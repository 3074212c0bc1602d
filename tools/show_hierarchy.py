"""Put what ``clioscope demo`` prints into the README, so that the first screen is what the code really gives.

Run: python tools/show_hierarchy.py
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"(<!-- hierarchy -->\n```text\n).*?(```\n)", re.DOTALL)


def hierarchy() -> str:
    """What the demo prints on standard output."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "clioscope", "demo", "--run", f"{folder}/demo"]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> None:
    text = README.read_text(encoding="utf-8")
    README.write_text(
        BLOCK.sub(lambda found: found[1] + hierarchy().rstrip() + "\n" + found[2], text), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
