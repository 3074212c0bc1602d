"""One finding out of those of several atlases of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clioscope.attacks.finding import Finding, Verdict

_WORST_FIRST: tuple[Verdict, ...] = ("leaked", "held", "reported", "not tried")


def together(findings: Sequence[tuple[str, Finding]]) -> Finding:
    """The finding of an attack on all atlases of a run: the worst verdict, and what was tried on each.

    Parameters
    ----------
    findings
        Of each atlas its name and the finding, at least one, all of the same attack.
    """
    if len(findings) == 1:
        return findings[0][1]
    return replace(
        findings[0][1],
        verdict=min((finding.verdict for _, finding in findings), key=_WORST_FIRST.index),
        sentence=" ".join(f"{name}: {finding.sentence}" for name, finding in findings),
        trials=[
            replace(trial, setting=f"{name}: {trial.setting}") for name, finding in findings for trial in finding.trials
        ],
    )
