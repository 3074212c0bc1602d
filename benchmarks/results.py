"""What was measured, kept beside the scripts: ``benchmarks/results/NAME.json``, a table of docs/benchmarks.md each.

Scripts take ``--save``, and hand their tables to :func:`publish`. ``python -m benchmarks.render`` puts them on the
page.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"

_FOLDERS = ("--data", "--folder", "--cache", "--save", "--peers", "--presidio", "--python", "--results")
"""Options whose value is a place on one machine, and no part of what was measured."""
_PACKAGES = ("numpy", "faiss-cpu", "onnxruntime", "scipy")
_ROWS = "@rows"


@dataclass(frozen=True)
class Result:
    """One table, and how it came about.

    Parameters
    ----------
    name
        Of the file, and of the table on the page.
    header, rows
        Cells as they are shown.
    command
        What was run, from the root of the project; ``None`` where that is not known any more. So for all below.
    commit
        Of the project, ``+`` behind it where files had been changed since.
    date
        A day, or what is known of it.
    machine
        Processor, cores, memory and system, as one line.
    versions
        Of what was measured or compared, by name.
    notes
        Sentences that a reader of the table needs.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    command: str | None
    commit: str | None
    date: str | None
    machine: str | None
    versions: dict[str, str]
    notes: tuple[str, ...]


def add_save(parser: argparse.ArgumentParser) -> None:
    """The option ``--save``: ``None`` where it is not given, else a folder."""
    parser.add_argument(
        "--save",
        type=Path,
        nargs="?",
        const=RESULTS,
        metavar="FOLDER",
        help="keep what was measured, as NAME.json; without FOLDER where docs/benchmarks.md is made from",
    )


def publish(
    name: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    save: Path | None,
    *,
    notes: Sequence[str] = (),
    versions: Mapping[str, str] | None = None,
) -> None:
    """Print a table with its notes and, where ``save`` is a folder, keep it there.

    Raises
    ------
    ValueError
        A row has more cells or fewer than the header.
    """
    if any(len(row) != len(header) for row in rows):
        raise ValueError(f"{name}: a row has not as many cells as the header, {len(header)}")
    print(table(header, rows), *notes, "", sep="\n", flush=True)
    if save is None:
        return
    result = Result(
        name,
        tuple(header),
        tuple(map(tuple, rows)),
        command_line(sys.argv[1:]),
        commit(),
        datetime.now(UTC).date().isoformat(),
        machine(),
        {**own_versions(), **(versions or {})},
        tuple(notes),
    )
    write(result, save)


def publish_markdown(name: str, text: str, save: Path | None, *, notes: Sequence[str] = ()) -> None:
    """:func:`publish` of a Markdown table."""
    header, rows = parsed(text)
    publish(name, header, rows, save, notes=notes)


def write(result: Result, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**asdict(result), "rows": _ROWS}, indent=2, ensure_ascii=False)
    rows = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in result.rows)
    path = folder / f"{result.name}.json"
    path.write_text(text.replace(json.dumps(_ROWS), f"[\n{rows}\n  ]", 1) + "\n", encoding="utf-8")


def read(name: str, folder: Path = RESULTS) -> Result | None:
    """``None`` where nothing was kept under that name."""
    path = folder / f"{name}.json"
    if not path.exists():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    found |= {key: tuple(found[key]) for key in ("header", "notes")}
    return Result(**found | {"rows": tuple(map(tuple, found["rows"]))})


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def parsed(text: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows of a Markdown table."""
    lines = [tuple(cell.strip() for cell in line[1:-1].split("|")) for line in text.strip().splitlines()]
    return lines[0], lines[2:]


def command_line(given: Sequence[str]) -> str:
    """What was run, with names in the place of folders and of other interpreters."""
    told, rest = [], list(given)
    while rest:
        word = rest.pop(0)
        name, equals, _ = word.partition("=")
        if name not in _FOLDERS:
            told.append(word)
            continue
        if not equals and rest and not rest[0].startswith("--"):
            rest.pop(0)
        if name not in ("--save", "--cache"):
            told += [name, name.removeprefix("--").upper()]
    spec = sys.modules["__main__"].__spec__
    return " ".join(["python -m", spec.name if spec else "benchmarks", *told])


def commit() -> str | None:
    """The checked-out commit, short; ``None`` outside a repository."""
    try:
        head = _git("rev-parse", "--short=7", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", "src", "benchmarks/*.py")
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{head}+" if changed else head


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def machine() -> str:
    """Processor, cores that may be used, memory, system and Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_processor()}, {cores} cores, {memory:.0f} GiB, {_system()}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return f"{platform.system()} {platform.release()}"


def own_versions() -> dict[str, str]:
    """Of Clioscope and of what its figures rest on, where they can be told."""
    from clioscope.version import __version__

    found = {"clioscope": __version__}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
