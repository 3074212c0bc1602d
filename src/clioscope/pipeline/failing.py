"""Conversations and facets that a model gave no usable answer for: counted, listed, and asked again."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence

from clioscope.errors import RunError
from clioscope.facets import Facets, JudgedExtractor
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.redacting import Extracted, redaction_of
from clioscope.prompting import Prompts, Unanswered
from clioscope.vault import Parts, Unusable, conversations_in, unusable_in
from clioscope.vault.files import writing_text


class TooManyFailedError(RunError):
    """More conversations than the user allows got no usable answer, or none to one of the facets."""


class FailureLimit:
    """Stops the run where too many conversations get no usable answer, or none to one of the facets."""

    def __init__(self, context: Context, read: Found, done: Parts) -> None:
        self._allowed = context.config.max_failed
        self._all = read["conversations"]
        self._listed = context.folder.failures
        self._details: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for number in map(Parts.number, done.paths()):
            for row in unusable_in(done, number):
                for one in row:
                    self._count(one)

    def heed(self, row: Facets) -> None:
        """Count what one conversation got no usable answer to.

        Raises
        ------
        TooManyFailedError
            It is one too many.
        """
        for one in unusable(row):
            self._count(one)
            reasons = self._details[one.facet]
            failures = sum(details.total() for details in reasons.values())
            if failures > self._allowed * self._all:
                common = sorted(reasons, key=lambda reason: -reasons[reason].total())[:3]
                listed = "\n".join(
                    f"  {reasons[reason].total():,}: {_told(reason, reasons[reason])}" for reason in common
                )
                which = f" to the facet {one.facet}" if one.facet else ""
                raise TooManyFailedError(
                    f"The model gave no usable answer{which} for {failures:,} of {self._all:,} conversations, more "
                    f"than the {self._allowed:.1%} that --max-failed allows:\n{listed}\nWhich ones is in "
                    f"{self._listed}. What is answered is kept. Allow more, or mend the cause and add --retry-failed, "
                    "which asks again for them."
                )

    def _count(self, one: Unusable) -> None:
        self._details[one.facet][one.reason][one.detail or ""] += 1


def unusable(row: Facets) -> list[Unusable]:
    """What one conversation got no usable answer to."""
    whole = [] if row.failed is None else [Unusable("", row.failed, row.failed_detail)]
    return whole + [Unusable(facet, *why) for facet, why in row.unanswered.items()]


def _told(reason: str, details: Counter[str]) -> str:
    """A reason with what was said of it most often: nobody can mend what is only counted."""
    detail = details.most_common(1)[0][0]
    return f"{reason}: {detail}" if detail else reason


def list_failures(context: Context, under_way: int = -1, rows: Sequence[Extracted] = ()) -> None:
    """Keep, for the run's owner, which conversations got no usable answer and why, or none to which facet.

    Parameters
    ----------
    under_way, rows
        The part that is being made, and its first conversations, where the run stops there.
    """
    conversations, parts = context.folder.conversations, context.folder.facets
    with writing_text(context.folder.failures) as file:
        for number in map(Parts.number, conversations.paths()):
            if parts.path(number).exists():
                found = unusable_in(parts, number)
            else:
                found = [unusable(row.facets) for row in rows] if number == under_way else []
            ids = conversations.read_part(number, ["id"])["id"].to_pylist() if any(found) else []
            for id, row in zip(ids, found, strict=False):
                for facet, reason, detail in row:
                    which = {"facet": facet} if facet else {}
                    file.write(json.dumps({"id": id, **which, "reason": reason, "detail": detail}) + "\n")


def forget_failed(context: Context, prompts: Prompts) -> None:
    """Have what got no usable answer asked again; what is answered stays answered."""
    parts, judges = context.folder.facets, context.judges
    if judges is None or not judges.has("extract"):
        return
    extractor, redaction = JudgedExtractor(context.config, prompts), redaction_of(context)
    conversations = context.folder.conversations
    for number in range(len(conversations.paths())):
        part = parts.path(number)
        # A part is missing where the run stopped, maybe because too many of its conversations failed.
        failed = [bool(row) for row in unusable_in(parts, number)] if part.exists() else None
        if failed is not None and not any(failed):
            continue
        place = 0
        for table in conversations.stream(number, 256):
            for conversation in conversations_in(table):
                if failed is None or failed[place]:
                    for call in redaction.calls(extractor, conversation):
                        judges.forget("extract", call, lambda answer: isinstance(answer, Unanswered))
                place += 1
        if failed is not None:
            context.folder.stages.reopen("Asking")
            part.unlink()
