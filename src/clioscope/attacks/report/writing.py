"""Writing the report of an audit, whole or not at all."""

from __future__ import annotations

import json
import re
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from clioscope.attacks.auditing import AUDITS, Audit
from clioscope.attacks.finding import Finding, Trial
from clioscope.version import __version__

VERDICTS = {
    "held": "Held",
    "leaked": "Leaked",
    "reported": "Reported",
    "not tried": "Not tried",
}
"""As people read them."""

_OVERALL = {
    "held": "Everything that is promised and was tried held.",
    "leaked": "Something leaked that the atlas promises to hold back. Do not publish it as it is.",
    "reported": "The atlas promises nothing to others. The figures say what it shows.",
    "not tried": "The audit could not be made, or not all of it.",
}

_STEERS_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|<>~])")
_LINE_BREAKS = re.compile(r"\s+")


def write_report(run: Path, audit: Audit) -> Path:
    """Write ``audit.json``, ``audit.html`` and ``audit.md`` into a new folder under ``RUN/audits``, and return that.

    The folder appears with all three in it: until then there is none.
    """
    folder = _free(run / AUDITS, f"{audit.made:%Y-%m-%dT%H%M%S}")
    beside, was_there = folder.with_name(".partial"), folder.parent.exists()
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    values = as_json(audit)
    texts = {"json": json.dumps(values, indent=2, ensure_ascii=False) + "\n"}
    texts |= {ending: _rendered(values, ending, escaped) for ending, escaped in (("html", True), ("md", False))}
    try:
        for ending, text in texts.items():
            (beside / f"audit.{ending}").write_text(text, encoding="utf-8", newline="\n")
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        if not was_there:
            folder.parent.rmdir()
        raise
    return folder


def as_json(audit: Audit) -> dict[str, Any]:
    """The audit as JSON can hold it: shares from 0 to 1, intervals of 95% (Clopper and Pearson)."""
    return {
        "clioscope": __version__,
        "run": audit.run,
        "made": audit.made.isoformat(timespec="seconds"),
        "seed": audit.seed,
        "atlases": audit.atlases,
        "verdict": audit.verdict,
        "failed": list(audit.failed),
        "notes": list(audit.notes),
        "findings": [_finding(finding) for finding in audit.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "attack": finding.attack,
        "question": finding.question,
        "verdict": finding.verdict,
        "sentence": finding.sentence,
        "source": finding.source,
        "trials": [_trial(trial) for trial in finding.trials],
    }


def _trial(exact: Trial) -> dict[str, Any]:
    trial = exact.shown()
    values: dict[str, Any] = {"setting": trial.setting, "layers": trial.layers}
    if trial.rate is not None:
        low, high = trial.rate.interval()
        values |= {"successes": trial.rate.successes, "tries": trial.rate.tries, "share": trial.rate.share}
        values["interval"] = [low, high]
    return values | {"guess": trial.guess, "figures": dict(trial.figures)}


def _rendered(values: dict[str, Any], ending: str, escaped: bool) -> str:
    environment = Environment(
        autoescape=escaped, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= {"percent": percent, "plain": markdown, "figure": figure}
    source = files("clioscope.attacks.report").joinpath(f"audit.{ending}.jinja").read_text("utf-8")
    return environment.from_string(source).render(values, verdicts=VERDICTS, overall=_OVERALL[values["verdict"]])


def percent(share: float) -> str:
    """``2.5%``; what is neither none nor all is never shown as if it were."""
    text = f"{share:.1%}"
    if text == "0.0%":
        return "0%" if share == 0 else "<0.1%"
    if text == "100.0%":
        return "100%" if share == 1 else ">99.9%"
    return text


def figure(value: float | int | str) -> str:
    """A figure as people read it."""
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3g}"


def markdown(text: str) -> str:
    """``text`` as Markdown that shows it, and in one line."""
    return _LINE_BREAKS.sub(" ", _STEERS_MARKDOWN.sub(r"\\\1", text))


def _free(folder: Path, name: str) -> Path:
    """A path in ``folder`` that nothing is at."""
    path, number = folder / name, 2
    while path.exists():
        path, number = folder / f"{name}-{number}", number + 1
    return path
