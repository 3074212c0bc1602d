"""``clioscope evaluate``: how good a run is, in figures and in words."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

from clioscope.cli.call_options import COST, AtOnce, BaseUrl, Batch, Patience, Prices, Rpm, Timeout, Tpm, idle
from clioscope.cli.console import console, error_console, errors, printable
from clioscope.cli.costs import cost_table
from clioscope.cli.ending import terminated_as_interrupted
from clioscope.cli.option_values import pair
from clioscope.cli.progress import make_progress
from clioscope.errors import ClioscopeError, ConfigError
from clioscope.evaluation.evaluating import SAMPLE, STAGE, Evaluation, Judging, estimated, evaluate
from clioscope.evaluation.report import as_json as evaluation_json
from clioscope.evaluation.report import write_report
from clioscope.evaluation.report.writing import STANDINGS, summary, titles, to_try
from clioscope.models.judges import Calls
from clioscope.models.names import parse_model
from clioscope.models.waves import AwaitingAnswers

_COULD_NOT_RUN, _AWAITS, _STOPPED = 2, 3, 130
_JUDGE = "With a model that judges"
_COLOURS = {"good": "green", "fair": "yellow", "weak": "bold red", "told": "yellow", "not measured": "dim"}


def evaluate_command(
    run: Path = typer.Argument(..., help="A run's folder, such as runs/NAME."),
    labels: list[str] = typer.Option(
        [], help="A column of the data whose labels clusters are compared with. May be given several times."
    ),
    truth: Path | None = typer.Option(
        None, help="The truth.jsonl of `clioscope synth`, where it made the conversations: how far that is found again."
    ),
    seed: int = typer.Option(0, help="Where all randomness comes from."),
    model: str | None = typer.Option(
        None,
        help="PROVIDER/MODEL that judges; file:FOLDER writes requests for others to answer. Default: none does.",
        rich_help_panel=_JUDGE,
    ),
    sample: int = typer.Option(
        SAMPLE,
        min=1,
        help="Conversations, and pairs of clusters of a level, that it is asked about at most.",
        rich_help_panel=_JUDGE,
    ),
    human: Path | None = typer.Option(
        None,
        help="A CSV file of ids and yes or no, which the judge is compared with: whether a conversation belongs in its "
        "base cluster, or, with the id of a base cluster, whether its name is right.",
        rich_help_panel=_JUDGE,
    ),
    prompt: list[str] = typer.Option(
        [], help="NAME=FILE: a prompt of your own; see clioscope prompts. Default: the run's.", rich_help_panel=_JUDGE
    ),
    estimate: bool = typer.Option(
        False, "--estimate", help="Print calls, tokens and cost. Spends and changes nothing.", rich_help_panel=COST
    ),
    max_cost: float | None = typer.Option(
        None,
        min=0,
        help="Stop before the run, with all it has cost before, has cost more US dollars than this. Default: no limit.",
        rich_help_panel=COST,
    ),
    prices: Prices = None,
    batch: Batch = False,
    base_url: BaseUrl = None,
    at_once: AtOnce = 50,
    rpm: Rpm = None,
    tpm: Tpm = None,
    timeout: Timeout = 120.0,
    patience: Patience = 600.0,
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Print nothing but errors."),
    as_json: bool = typer.Option(False, "--json", help="Print the report as JSON."),
) -> None:
    """Measure how good a finished run is, and write a report into RUN/evaluation that can be shown to others.

    Without a model: how clusters lie, whether they come back when people are left out, and whether their names differ.
    With --labels: how far they agree with labels that the data had. With --truth: how far what is true of made-up
    conversations is found again. With --model: whether conversations belong where
    they are, and whether names say what is in a cluster. The report says what is good, what is weak and what to try.

    The exit code is 0 where the report is written, whatever it says, 2 where it could not be made, and 3 where answers
    have to be waited for: the same command goes on from there.
    """
    progress = make_progress(quiet=quiet, as_json=as_json)
    try:
        calls = Calls(
            base_url=base_url,
            at_once=at_once,
            requests_per_minute=rpm,
            tokens_per_minute=tpm,
            timeout=timeout,
            patience=patience,
            max_cost=max_cost,
            prices=prices,
            batch=batch,
        )
        prompts = dict(pair(text, "--prompt", "belongs=my.jinja") for text in prompt)
        judging = _judging(model, calls, sample, human, prompts, estimate=estimate)
        if estimate and judging is not None:
            _estimate(run, judging, truth, seed, as_json=as_json)
            return
        with terminated_as_interrupted():
            found = evaluate(run, labels=labels, truth=truth, judging=judging, seed=seed, progress=progress)
        folder = write_report(run, found)
    except KeyboardInterrupt:
        errors("Stopped. No report was written. What a model has answered is kept, and costs nothing again.")
        raise typer.Exit(_STOPPED) from None
    except AwaitingAnswers as waiting:
        error_console().print(Text(printable(str(waiting))))
        raise typer.Exit(_AWAITS) from None
    except (ClioscopeError, OSError) as error:
        errors(str(error))
        raise typer.Exit(_COULD_NOT_RUN) from None
    if as_json:
        typer.echo(json.dumps(evaluation_json(found), indent=2, ensure_ascii=False))
    elif not quiet:
        _print(found, folder)


def _judging(
    model: str | None, calls: Calls, sample: int, human: Path | None, prompts: dict[str, str], *, estimate: bool
) -> Judging | None:
    if model is not None:
        parse_model(model)
        return Judging(model, calls, sample, human, prompts)
    of_judge = {"--estimate": estimate, "--human": human, "--prompt": prompts, "--sample": sample != SAMPLE}
    if given := [*(option for option, value in of_judge.items() if value), *idle(calls)]:
        raise ConfigError(f"{', '.join(given)}: for a model that judges. Name one with --model, or leave it out.")
    return None


def _estimate(run: Path, judging: Judging, truth: Path | None, seed: int, *, as_json: bool) -> None:
    stage = estimated(run, judging, truth=truth, seed=seed)
    if as_json:
        typer.echo(json.dumps({"stages": [stage._asdict()]}, indent=2))
        return
    out = console()
    out.print(cost_table([stage]))
    out.print("Estimated; nothing was sent. What is answered already costs nothing again.", highlight=False)


def _print(found: Evaluation, folder: Path) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("measure", "", "what was found"):
        table.add_column(heading, overflow="fold")
    for title, measure in zip(titles(found), found.measures, strict=True):
        standing = Text(STANDINGS[measure.standing].lower(), style=_COLOURS[measure.standing])
        table.add_row(printable(title), standing, Text(printable(measure.sentence)))
    out = console()
    out.print(table)
    out.print()
    for sentence in summary(found):
        out.print(Text(printable(sentence)))
    advised = to_try(found)
    if advised:
        out.print(Text("\nWhat to try", style="bold"))
    for title, advice in advised:
        out.print(Text(f"- {printable(title)}: {printable(advice)}"))
    for note in found.notes:
        out.print(Text(printable(note)))
    if found.usage is not None:
        out.print(cost_table([stage for stage in found.usage.used if stage.name == STAGE]))
    out.print(
        Text(printable(f"The report: {folder / 'evaluation.html'}, and evaluation.md and evaluation.json beside it."))
    )
