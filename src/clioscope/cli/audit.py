"""``clioscope audit``: attack a run's atlas, and report what held."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

from clioscope.attacks.auditing import Audit, audited
from clioscope.attacks.report import as_json as audit_json
from clioscope.attacks.report import write_report
from clioscope.attacks.report.writing import VERDICTS
from clioscope.cli.console import console, errors, printable
from clioscope.cli.ending import terminated_as_interrupted
from clioscope.cli.progress import make_progress
from clioscope.errors import ClioscopeError, ConfigError
from clioscope.models.base import JUDGEMENTS
from clioscope.models.judges import Calls
from clioscope.models.names import parse_model
from clioscope.progress import Progress
from clioscope.reporting import percent

_HELD, _LEAKED, _COULD_NOT_RUN, _STOPPED = 0, 1, 2, 130

_COLOURS = {"held": "green", "leaked": "bold red", "reported": "yellow", "not tried": "yellow"}


def audit(
    run: Path = typer.Argument(..., help="A run's folder, such as runs/NAME."),
    attack: list[str] = typer.Option(
        [], help="Try this attack alone; may be given several times. Default: all that there are."
    ),
    tries: int | None = typer.Option(
        None,
        min=1,
        help="How often an attack that plants something tries each setting. More take longer and narrow the intervals. "
        "Default: as the attack finds enough.",
    ),
    seed: int = typer.Option(0, help="Where all randomness comes from."),
    model: str | None = typer.Option(
        None,
        help="PROVIDER/MODEL that the attacks which plant something may ask, with --max-cost. Default: none is asked.",
    ),
    max_cost: float | None = typer.Option(None, min=0, help="Stop before that has cost more US dollars than this."),
    prices: Path | None = typer.Option(None, help="A TOML file with \\[\\[price]] tables of your own."),
    base_url: str | None = typer.Option(None, help="Where the model answers. Default: the provider's own address."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Print nothing but errors."),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON."),
) -> None:
    """Attack a finished run on a copy, and write a report into RUN/audits that can be shown to others.

    Each attack is first shown to succeed without protection, on the same data. Nothing leaves this machine, unless
    --model names a model that is elsewhere. The exit code is 0 where all that is promised held, 1 where something
    leaked, 2 where the audit could not be made.
    """
    progress = make_progress(quiet=quiet, as_json=as_json)
    try:
        with terminated_as_interrupted():
            found = _audited(run, attack, model, max_cost, prices, base_url, seed, tries, progress)
        folder = write_report(run, found)
    except KeyboardInterrupt:
        errors("Stopped. No report was written, and nothing of the run was changed.")
        raise typer.Exit(_STOPPED) from None
    except (ClioscopeError, OSError) as error:
        errors(str(error))
        raise typer.Exit(_COULD_NOT_RUN) from None
    if as_json:
        typer.echo(json.dumps(audit_json(found), indent=2, ensure_ascii=False))
    elif not quiet:
        _print(found, folder)
    raise typer.Exit({"leaked": _LEAKED, "not tried": _COULD_NOT_RUN}.get(found.verdict, _HELD))


def _audited(
    run: Path,
    attacks: list[str],
    model: str | None,
    max_cost: float | None,
    prices: Path | None,
    base_url: str | None,
    seed: int,
    tries: int | None,
    progress: Progress,
) -> Audit:
    if model is None:
        return audited(run, attacks, seed=seed, tries=tries, progress=progress)
    if max_cost is None:
        raise ConfigError(f"--model {model} costs money: say with --max-cost how many US dollars at most.")
    parse_model(model)
    calls = Calls(base_url=base_url, max_cost=max_cost, prices=prices)
    models = dict.fromkeys(JUDGEMENTS, model)
    return audited(run, attacks, models=models, calls=calls, seed=seed, tries=tries, progress=progress)


def _print(found: Audit, folder: Path) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("attack", "verdict", "without protection", "what was found"):
        table.add_column(heading, overflow="fold")
    for finding in found.findings:
        off = next((trial.shown().rate for trial in finding.trials if trial.layers == "nothing" and trial.rate), None)
        table.add_row(
            finding.attack,
            Text(VERDICTS[finding.verdict].lower(), style=_COLOURS[finding.verdict]),
            f"{percent(off.share)} of {off.tries:,}" if off else "",
            printable(finding.sentence),
        )
    out = console()
    out.print(table)
    for note in found.notes:
        out.print(Text(printable(note)))
    out.print(Text(printable(f"The report: {folder / 'audit.html'}, and audit.md and audit.json beside it.")))
