"""Puts the kept results into docs/benchmarks.md.

``python -m benchmarks.render`` rewrites what stands between ``<!-- table: NAME -->`` and ``<!-- end -->`` from
``benchmarks/results/NAME.json``: the table, and how it came about. All else on the page is written by hand. With
``--check`` nothing is written, and the exit status is 1 where the page says something else than the results, or where a
result stands nowhere on the page.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from pathlib import Path

from benchmarks.results import RESULTS, ROOT, Result, read, table

PAGE = ROOT / "docs" / "benchmarks.md"
WIDTH = 120

_TABLE = re.compile(r"<!-- table: (?P<name>[a-z0-9-]+) -->\n(?:(?!<!-- table).)*?<!-- end -->", re.DOTALL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the page is another one")
    given = parser.parse_args()
    text = PAGE.read_text(encoding="utf-8")
    wanted = rendered(text)
    wrong = unplaced(text)
    if given.check and wanted != text:
        wrong.append("docs/benchmarks.md differs from benchmarks/results: run python -m benchmarks.render")
    if not given.check:
        PAGE.write_text(wanted, encoding="utf-8")
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    sys.exit(bool(wrong))


def rendered(text: str, folder: Path = RESULTS) -> str:
    """The page with every table as it was kept."""
    return _TABLE.sub(lambda found: f"{_begin(found['name'])}\n{shown(found['name'], folder)}\n<!-- end -->", text)


def unplaced(text: str, folder: Path = RESULTS) -> list[str]:
    """A sentence for each kept result that no table of the page is made from."""
    placed = {found["name"] for found in _TABLE.finditer(text)}
    names = sorted(path.stem for path in folder.glob("*.json"))
    return [f"{name}.json stands nowhere on the page" for name in names if name not in placed]


def shown(name: str, folder: Path) -> str:
    """One table, and below it how it came about."""
    found = read(name, folder)
    if found is None:
        return f"(Nothing is kept under `{name}` yet.)"
    return f"{table(found.header, found.rows)}\n\n{came_about(found)}"


def came_about(result: Result) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in result.versions.items())
    told = [
        f"`{result.command}`" if result.command else "command unknown",
        f"commit {result.commit or 'unknown'}",
        result.date or "date unknown",
        result.machine or "machine unknown",
        versions,
    ]
    text = "; ".join(filter(None, told))
    return textwrap.fill(" ".join([f"{text}.", *result.notes]), WIDTH, break_long_words=False, break_on_hyphens=False)


def _begin(name: str) -> str:
    return f"<!-- table: {name} -->"


if __name__ == "__main__":
    main()
