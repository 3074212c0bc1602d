"""``clioscope info``: what was run, on what, and what was withheld."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from clioscope.atlas import Atlas
from clioscope.cli.console import console, printable
from clioscope.cli.summary import reading_lines, used_lines
from clioscope.models.usage import used_before
from clioscope.vault import Stages


def info(
    run: Path = typer.Argument(..., help="A run's folder, or its atlas."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead."),
) -> None:
    """Say what was run, on what, how long each stage took, what models cost, and what was withheld."""
    atlas = Atlas.open(run)
    home = atlas.path.parent
    private = _private(home) if (home / "vault").is_dir() and atlas.path.name == "atlas" else None
    if as_json:
        if private:
            private["used"] = [used.spent._asdict() | {"dollars": used.dollars} for used in private["used"]]
        said = {"atlas": atlas.about, "privacy": atlas.privacy, "run": private}
        typer.echo(json.dumps(said, indent=2, ensure_ascii=False))
        return
    out = console()
    out.print(Text(printable(repr(atlas)[1:-1]), style="bold"))
    _print_table("Atlas", {k: v for k, v in atlas.about.items() if k not in ("conversations", "users")})
    _print_table("Privacy", atlas.privacy)
    if private:
        _print_table("Configuration", private["config"])
        out.print()
        out.print(Text("Reading", style="bold"))
        for line in reading_lines(private["found"]["Reading"]):
            out.print(Text("  " + printable(line)))
        if private["used"]:
            out.print()
            out.print(Text("Models", style="bold"))
            for line in used_lines(private["used"]):
                out.print(Text("  " + printable(line)))
        _print_table("Clusters", _clustering(private["found"]["Clustering"]))
        _print_table("Seconds", private["seconds"] | {"all": round(sum(private["seconds"].values()), 1)})


def _private(home: Path) -> dict[str, Any]:
    stages = Stages(home / "vault" / "stages.json")
    config = tomllib.loads((home / "run.toml").read_text(encoding="utf-8"))["config"]
    seconds = stages.seconds()
    answers = home / "vault" / "answers.sqlite"
    used = used_before(answers) if answers.is_file() else []
    return {"config": config, "seconds": seconds, "found": {name: stages.found(name) for name in seconds}, "used": used}


def _clustering(found: dict[str, Any]) -> dict[str, Any]:
    diagnostics: dict[str, Any] = found["diagnostics"]
    return {key: value for key, value in found.items() if key != "diagnostics"} | diagnostics


def _print_table(title: str, values: dict[str, Any]) -> None:
    out = console()
    out.print()
    out.print(Text(title, style="bold"))
    table = Table(box=None, show_header=False, padding=(0, 1))
    for key, value in values.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        table.add_row(Text(printable(key.replace("_", " ")), "dim"), Text(printable(shown)))
    out.print(table)
