"""Writing the report of an audit, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clioscope.attacks.auditing import AUDITS, Audit
from clioscope.attacks.finding import Finding, Trial
from clioscope.reporting import rendered, write_folder
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


def write_report(run: Path, audit: Audit) -> Path:
    """Write ``audit.json``, ``audit.html`` and ``audit.md`` into a new folder under ``RUN/audits``, and return that.

    The folder appears with all three in it: until then there is none.
    """
    values = as_json(audit)
    told = rendered("clioscope.attacks.report", "audit", **values, verdicts=VERDICTS, overall=_OVERALL[audit.verdict])
    texts = {"audit.json": json.dumps(values, indent=2, ensure_ascii=False) + "\n"}
    return write_folder(run / AUDITS, audit.made, texts | {f"audit.{ending}": text for ending, text in told.items()})


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
