"""The last report of ``clioscope audit`` on a run."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.schemas import AttackFigure

_LARGEST = 20_000_000
_OFF = "nothing"
"""How a report names a trial without protection."""


class LastAudit(NamedTuple):
    """What is shown of a report. ``made``: ``None`` where there is none."""

    made: str | None = None
    of_this: bool = False
    verdict: str | None = None
    attacks: list[AttackFigure] = []  # noqa: RUF012 - never changed


def last_audit(opened: OpenAtlas) -> LastAudit:
    """The last report that can be read."""
    for path in sorted((opened.home / "audits").glob("*/audit.json"), reverse=True):
        try:
            if path.stat().st_size <= _LARGEST:
                return _shown(json.loads(path.read_text("utf-8")), opened)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return LastAudit()


def _shown(report: dict[str, Any], opened: OpenAtlas) -> LastAudit:
    digests = report["atlases"].values()
    attacks = [_figure(finding) for finding in report["findings"]]
    return LastAudit(str(report["made"])[:10], opened.digest in digests, str(report["verdict"]), attacks)


def _figure(finding: dict[str, Any]) -> AttackFigure:
    trials = [trial for trial in finding["trials"] if "tries" in trial]
    off = [trial for trial in trials if trial["layers"] == _OFF]
    on = [trial for trial in trials if trial["layers"] != _OFF]
    return AttackFigure(
        name=finding["attack"],
        title=finding["question"],
        verdict=finding["verdict"],
        said=finding["sentence"],
        # The most that an attacker had: the setting in which most was found.
        with_protection=_rate(max(on, key=_share)) if on else None,
        without_protection=_rate(max(off, key=_share)) if off else None,
    )


def _share(trial: dict[str, Any]) -> float:
    return float(trial["share"])


def _rate(trial: dict[str, Any]) -> str:
    low, high = trial["interval"]
    tries, share = f"{trial['successes']:,} of {trial['tries']:,}", f"{trial['share']:.1%}"
    return f"{tries} ({share}; 95%: {low:.1%} to {high:.1%})"
