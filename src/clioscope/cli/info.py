"""``clioscope info``: what was run, on what, and what was withheld."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from clioscope.atlas import Atlas, hierarchies, run_of
from clioscope.cli.console import console, printable
from clioscope.cli.costs import cost_table
from clioscope.cli.hierarchies import by_facet, others
from clioscope.cli.overdue import deleting_line
from clioscope.cli.publications import publication_lines
from clioscope.cli.summary import (
    cut_line,
    joined_line,
    languages_line,
    mended_line,
    reading_lines,
    redacted_lines,
    unanswered_lines,
    withheld_line,
    worded_line,
)
from clioscope.models.usage import mended_before, used_before, who_answered
from clioscope.vault import Stages
from clioscope.vault.files import read_text
from clioscope.vault.outdated import outdated_line
from clioscope.vault.publications import Publications

_WHICH_SECONDS = "in the invocation that last worked on each stage; earlier ones are not counted"


def info(
    run: Path = typer.Argument(..., help="A run's folder, or its atlas."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead."),
) -> None:
    """Say what was run, on what, how long each stage took, what models cost, and what was withheld."""
    if not (run / "atlas" / "atlas.json").is_file() and (run / "vault" / "stages.json").is_file():
        _unfinished(run, as_json=as_json)
        return
    atlas = Atlas.open(run)
    home = run_of(atlas)
    private = _private(home) if home and (home / "vault" / "stages.json").is_file() else None
    if as_json:
        if private:
            private["used"] = [stage._asdict() for stage in private["used"]]
        published = [row._asdict() for row in Publications(home / "vault")] if home else []
        beside = {facet: str(other.path) for facet, other in hierarchies(atlas).items()}
        said: dict[str, Any] = {"atlas": atlas.about, "hierarchies": beside, "privacy": atlas.privacy, "run": private}
        said["publications"] = published
        said["outdated"] = outdated_line(home) if home else None
        said["deleting"] = deleting_line(home) if home else None
        typer.echo(json.dumps(said, indent=2, ensure_ascii=False))
        return
    facet = by_facet(atlas)
    console().print(Text(printable(repr(atlas)[1:-1] + (f", {facet}" if facet else "")), style="bold"))
    _print_lines("Hierarchies", others(atlas, "info"))
    _print_table("Atlas", {k: v for k, v in atlas.about.items() if k not in ("conversations", "users")})
    _print_table("Privacy", atlas.privacy)
    if home and (open_line := deleting_line(home)) is not None:
        _print_lines("Being deleted", [open_line])
    if home and (outdated := outdated_line(home)) is not None:
        _print_lines("Outdated", [outdated])
    if private:
        _print_private(private)
    if home:
        _print_lines("Publications", publication_lines(home))


def _unfinished(run: Path, *, as_json: bool) -> None:
    """What there is to say of a run that has no atlas yet."""
    private = _private(run)
    if as_json:
        private["used"] = [stage._asdict() for stage in private["used"]]
        typer.echo(json.dumps({"atlas": None, "run": private}, indent=2, ensure_ascii=False))
        return
    said = f"The run {run} has not finished, so it has no atlas yet. Run the same command again."
    console().print(Text(printable(said), style="bold"))
    _print_private(private)


def _private(home: Path) -> dict[str, Any]:
    stages = Stages(home / "vault" / "stages.json")
    config = tomllib.loads((home / "run.toml").read_text(encoding="utf-8"))["config"]
    seconds = stages.seconds()
    answers = home / "vault" / "answers.sqlite"
    used = used_before(answers) if answers.is_file() else []
    return {
        "config": config,
        "seconds": seconds,
        "found": {name: stages.found(name) for name in seconds},
        "used": used,
        "mended": mended_before(answers) if answers.is_file() else {},
        "stopped": read_text(stop) if (stop := home / "vault" / "stopped.txt").is_file() else None,
        "answered_by": who_answered(home / "vault", used),
    }


def _print_private(private: dict[str, Any]) -> None:
    config, found, seconds = private["config"], private["found"], private["seconds"]
    if private["stopped"]:
        _print_lines("Stopped", [private["stopped"]])
    _print_table("Configuration", config)
    _print_lines("Reading", reading_lines(found["Reading"]) if "Reading" in found else [])
    _print_lines("Redaction", redacted_lines(found.get("Asking", {}).get("redacted", {})))
    asking, reading = found.get("Asking", {}), found.get("Reading", {})
    if asking.get("cut") and reading:
        cut = cut_line(asking["cut"], reading["conversations"], config["conversation_tokens"])
        _print_lines("Long conversations", [cut])
    _print_lines("Facets without an answer", unanswered_lines(asking.get("unanswered", {})))
    if private["used"]:
        _print_title("Models", "what each stage asked, over all invocations")
        console().print(cost_table(private["used"]))
    if private["mended"]:
        console().print(Text("  " + printable(mended_line(private["mended"]))))
    if private["answered_by"]:
        console().print(Text("  " + printable(private["answered_by"])))
    several = len(config["cluster_by"]) > 1
    for number, facet in enumerate(config["cluster_by"]):
        stage = f" ({facet})" if number else ""
        title = f" by {facet}" if several else ""
        if "name" in config["models"]:
            _print_lines(f"Auditor{title}", _auditor_lines(found, stage))
        if "name" in config["models"] and (words := found.get(f"Checking words{stage}")):
            _print_lines(f"Words{title}", [worded_line(words)])
        if moved := found.get(f"Aligning{stage}", {}).get("languages"):
            _print_lines(f"Languages{title}", [languages_line(moved)])
        if clustering := found.get(f"Clustering{stage}"):
            _print_table(f"Clusters{title}", _clustering(clustering))
        if joined := found.get(f"Arranging{stage}", {}).get("joined"):
            _print_lines(f"Near-duplicates{title}", [joined_line(joined)])
    if seconds:
        _print_table("Seconds", seconds | {"sum": round(sum(seconds.values()), 1)}, _WHICH_SECONDS)


def _auditor_lines(found: dict[str, Any], stage: str) -> list[str]:
    lines = []
    for name, texts in (("Auditing texts", "facet texts, a sample"), ("Auditing", "names and descriptions")):
        if did := found.get(f"{name}{stage}"):
            lines.append(
                f"{texts}: {did['audited']:,} audited, {did['rewritten']:,} rewritten, {did['withheld']:,} withheld."
            )
            if name == "Auditing" and did["withheld"]:
                lines.append(withheld_line(did["withheld"]))
    return lines


def _clustering(found: dict[str, Any]) -> dict[str, Any]:
    diagnostics: dict[str, Any] = found["diagnostics"]
    return {key: value for key, value in found.items() if key != "diagnostics"} | diagnostics


def _print_lines(title: str, lines: list[str]) -> None:
    if not lines:
        return
    _print_title(title)
    for line in lines:
        console().print(Text("  " + printable(line)))


def _print_table(title: str, values: dict[str, Any], note: str = "") -> None:
    _print_title(title, note)
    table = Table(box=None, show_header=False, padding=(0, 1))
    for key, value in values.items():
        table.add_row(Text(printable(key.replace("_", " ")), "dim"), Text(printable(_readable(value), lines=True)))
    console().print(table)


def _print_title(title: str, note: str = "") -> None:
    out = console()
    out.print()
    out.print(Text(title, style="bold") + Text(f"  {note}" if note else "", style="not bold dim"))


def _readable(value: Any) -> str:
    """A setting in plain words, with a line for each of several tables."""
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        nested = any(isinstance(part, list | dict) for part in value.values())
        said = (f"{key.replace('_', ' ')}: {_readable(part)}" for key, part in value.items())
        return ("; " if nested else ", ").join(said)
    if isinstance(value, list):
        return ("\n" if isinstance(value[0], dict) else ", ").join(map(_readable, value))
    return str(value)
