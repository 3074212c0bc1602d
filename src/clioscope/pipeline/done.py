"""What a finished run hands back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from clioscope.atlas import Atlas
from clioscope.config import Config
from clioscope.models.usage import Usage, usage_of
from clioscope.pipeline.context import Context, Found
from clioscope.vault import RunFolder


@dataclass(frozen=True)
class Done:
    """A finished run: its atlas, and what was found on the way, which is for its owner.

    Parameters
    ----------
    read
        Counts of what was read, set aside and left out. Exact.
    reused
        The stages that did not have to run again.
    seconds
        How long each stage took when it last ran.
    failures
        Conversations that the model gave no usable answer for, and why.
    without_model
        Names and places of clusters that the model gave no usable answer for.
    withheld
        Names and descriptions that the auditor did not let through.
    usage
        What models were asked and what that cost, over all invocations; ``None`` where none was.
    worded
        How many clusters had words in their texts that too few people share, and what came of these texts; empty where
        no model names.
    redacted
        How often each kind was taken out of ``conversations`` before they were read, and of the ``texts`` of facets.
    unanswered
        Of facets that are asked one by one, how many conversations have no usable answer to each, and why.
    cut
        How many conversations were longer than a model is shown.
    tokens
        How much of a conversation that is, at most.
    joined
        How many clusters of the main hierarchy were joined with one that is nearly the same.
    """

    atlas: Atlas
    folder: Path
    read: Found
    reused: list[str]
    seconds: dict[str, float]
    failures: dict[str, int]
    without_model: int
    withheld: int
    usage: Usage | None
    worded: Found = field(default_factory=dict)
    redacted: Found = field(default_factory=dict)
    unanswered: dict[str, dict[str, int]] = field(default_factory=dict)
    cut: int = 0
    tokens: int = 0
    joined: int = 0


def done_with(context: Context, read: Found, reused: list[str]) -> Done:
    """What there is of a run whose stages are all done. ``reused``: those that did not run again."""
    run, config = context.folder, context.config
    return Done(
        Atlas.open(run.atlas),
        run.path,
        read,
        reused,
        run.stages.seconds(),
        run.stages.found("Asking")["failures"],
        _without_model(run, config),
        _withheld(run, config),
        None if context.judges is None else usage_of(context.judges),
        run.stages.found("Checking words") if "name" in config.models else {},
        run.stages.found("Asking").get("redacted", {}),
        run.stages.found("Asking").get("unanswered", {}),
        run.stages.found("Asking").get("cut", 0),
        config.conversation_tokens,
        run.stages.found("Arranging").get("joined", 0) if "name" in config.models and config.epsilon is None else 0,
    )


def _withheld(run: RunFolder, config: Config) -> int:
    """How many names and descriptions of the main hierarchy the auditor withheld."""
    if "name" not in config.models or config.epsilon is not None:
        return 0
    return int(run.stages.found("Auditing").get("withheld", 0))


def _without_model(run: RunFolder, config: Config) -> int:
    """How many clusters of the main hierarchy the model gave no usable name or place."""
    if "name" not in config.models:
        return 0
    found = run.stages.found
    if config.epsilon is not None:  # the hierarchy is public then, and no model was asked for it
        return int(found("Naming")["unnamed"])
    return int(found("Naming")["unnamed"]) + int(found("Arranging")["placed_without_the_model"])
