"""What a run did, in words and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from clioscope.atlas import Atlas, hierarchies
from clioscope.cli.console import count
from clioscope.cli.costs import cost_table
from clioscope.cli.hierarchies import by_facet, others
from clioscope.config import FLOOR
from clioscope.config.questions import NOT_CLASSIFIED
from clioscope.models.usage import Usage, who_answered

if TYPE_CHECKING:
    from clioscope.pipeline.done import Done  # loads what a run needs, for `clioscope info` too


def summary(done: Done) -> dict[str, Any]:
    """The figures of a finished run. Those of the reading are exact and for its owner."""
    return {
        **released(done.folder, done.atlas),
        "read": done.read,
        "reused": done.reused,
        "seconds": done.seconds,
        "failures": done.failures,
        "without_model": done.without_model,
        "withheld": done.withheld,
        "redacted": done.redacted,
        "unanswered": done.unanswered,
        "cut": done.cut,
        "joined": done.joined,
        "worded": done.worded,
        "usage": _usage(done.usage, done.folder / "vault") if done.usage else None,
    }


def released(folder: Path, atlas: Atlas) -> dict[str, Any]:
    """What the atlas of the run in ``folder`` is of: the part of its summary that needs nothing else."""
    return {
        "run": str(folder),
        "facet": atlas.about["facet"],
        "hierarchies": {facet: str(other.path) for facet, other in hierarchies(atlas).items()},
        "clusters": atlas.about["levels"],
        "conversations": atlas.conversations,
        "users": atlas.users,
        "profile": atlas.privacy["profile"],
        "guarantee": atlas.privacy["guarantee"],
        "for_publishing": atlas.for_publishing,
    }


def _usage(usage: Usage, vault: Path) -> dict[str, Any]:
    return {
        "by_stage": [stage._asdict() for stage in usage.used],
        "answered_by": who_answered(vault, usage.used),
        "mended": usage.repairs,
        "this_time": {**vars(usage.now), "failures": dict(usage.now.failures)},
    }


def usage_lines(usage: Usage) -> list[str | Table]:
    """What models were asked, and what it cost, over all invocations of the run; as ``--estimate`` prints it."""
    lines: list[str | Table] = ["What models were asked, over all invocations of this run:", cost_table(usage.used)]
    if usage.repairs:
        lines.append(mended_line(usage.repairs))
    if usage.now.failures:
        why = ", ".join(f"{number:,} {kind}" for kind, number in sorted(usage.now.failures.items()))
        lines.append(f"Calls without an answer this time: {why}; {usage.now.given_up:,} were given up.")
    return lines


def mended_line(repairs: dict[str, int]) -> str:
    """How many answers had to be mended, by what was wrong."""
    why = ", ".join(f"{number:,} {reason}" for reason, number in sorted(repairs.items()))
    return f"Asked again, since the answer did not fit: {why}."


def reading_lines(read: dict[str, Any]) -> list[str]:
    """What was read, set aside and left out, and why."""
    users = f" of {count(read['users'], 'user')}" if read["users"] else ", users unknown"
    if read["users"] and read["without_user"]:
        users += f", {read['without_user']:,} without a user"
    when = f", {read['first_day']} to {read['last_day']}" if read["first_day"] else ""
    lines = [f"Read {count(read['conversations'], 'conversation')}{users}{when} ({', '.join(read['formats'])})."]
    if read["set_aside"]:
        why = "; ".join(f"{number:,} x {reason}" for reason, number in read["reasons"].items())
        lines.append(f"Set aside {read['set_aside']:,}: {why}. Listed in {read['quarantine']}.")
    if read["left_out"]:
        lines.append(" ".join(read["left_out"]))
    return lines


def redacted_lines(redacted: dict[str, dict[str, int]]) -> list[str]:
    """How much was taken out of conversations and of facet texts, by kind; nothing where nothing was."""
    said = []
    for where, called in (("conversations", "before they were read"), ("texts", "of the answers")):
        if kinds := redacted.get(where):
            said.append(f"{called}: " + ", ".join(f"{number:,} {kind}" for kind, number in kinds.items()))
    return [f"Redacted {'; '.join(said)}."] if said else []


def cut_line(cut: int, read: int, tokens: int) -> str:
    """How many conversations a model was not shown the whole of."""
    return (
        f"{cut:,} of {count(read, 'conversation')} {'was' if cut == 1 else 'were'} longer than {tokens:,} tokens: "
        f"{'its middle was' if cut == 1 else 'their middles were'} left out (--conversation-tokens)."
    )


def languages_line(moved: int) -> str:
    """How many languages were moved together."""
    return f"{count(moved, 'language')} moved before clustering; --languages-apart leaves them where they are."


def joined_line(joined: int, which: str = "") -> str:
    """How many clusters were nearly the same as another; ``which``: of which hierarchy."""
    return f"{count(joined, 'cluster')}{which} had nearly the name and the place of another, and joined it."


def unanswered_lines(unanswered: dict[str, dict[str, int]]) -> list[str]:
    """Which facets got no usable answer for how many conversations, and why."""
    return [
        f"Without a usable answer to the facet {facet}, and counted as {NOT_CLASSIFIED}: "
        f"{count(sum(reasons.values()), 'conversation')} ({_reasons(reasons)})."
        for facet, reasons in unanswered.items()
    ]


def _reasons(reasons: dict[str, int]) -> str:
    return "; ".join(f"{number:,} x {reason}" for reason, number in list(reasons.items())[:5])


def summary_lines(done: Done) -> list[str | Table]:
    """A finished run in a few lines, with what to do next."""
    atlas = done.atlas
    lines: list[str | Table] = [*reading_lines(done.read)]
    lines.extend(redacted_lines(done.redacted))
    if done.cut:
        lines.append(cut_line(done.cut, done.read["conversations"], done.tokens))
    if done.reused:
        lines.append(f"Reused from before: {', '.join(name.lower() for name in done.reused)}.")
    if done.failures:
        failed = count(sum(done.failures.values()), "conversation")
        lines.append(f"Without a usable answer of the model, and in no count: {failed} ({_reasons(done.failures)}).")
    lines.extend(unanswered_lines(done.unanswered))
    if done.failures or done.unanswered:
        lines.append(f"Listed in {done.folder / 'vault' / 'failures.jsonl'}. --retry-failed asks again for them.")
    which = f" of the hierarchy {by_facet(atlas)}" if by_facet(atlas) else ""
    if done.joined:
        lines.append(joined_line(done.joined, which))
    if done.without_model:
        lines.append(
            f"{count(done.without_model, 'cluster')}{which} got no usable name or place from the model: words that "
            "people share and the vectors stand in."
        )
    if done.withheld:
        lines.append(withheld_line(done.withheld, which))
    if done.worded.get("with_unshared_words"):
        lines.append(worded_line(done.worded, which))
    if done.usage:
        lines.extend(usage_lines(done.usage))
        if answered_by := who_answered(done.folder / "vault", done.usage.used):
            lines.append(answered_by)
    lines.append(atlas.privacy["guarantee"])
    if atlas.for_publishing and not done.read["users"] and any("export" in name for name in done.read["formats"]):
        lines.append("An export of one account is about one person: if this is your own, add --profile personal.")
    if not atlas.for_publishing:
        lines.append(f"This atlas is for yourself: it is stamped as not for publishing{_why(atlas)}.")
    lines.extend(others(atlas, "tree"))
    if top := atlas.top():
        lines.append(f"Look closer: clioscope show {done.folder} '{top[0].name}'")
    return lines


def _why(atlas: Atlas) -> str:
    if atlas.about["profile"] == "personal":
        return ""
    return f", since its minimums are below {FLOOR.users} users and {FLOOR.conversations} conversations"


def withheld_line(withheld: int, which: str = "") -> str:
    """How many published texts the auditor did not let through; ``which``: of which hierarchy."""
    return (
        f"The auditor withheld {count(withheld, 'text')} (names and descriptions{which}) that could point at a person; "
        "words that people share stand in."
    )


def worded_line(worded: dict[str, Any], which: str = "") -> str:
    """What came of names and descriptions with words that too few people share; ``which``: of which hierarchy."""
    clusters, wrong = count(worded["checked"], "cluster"), worded["with_unshared_words"]
    names, descriptions = worded["names_from_terms"], worded["descriptions_from_terms"]
    return (
        f"Of {clusters}{which}, {wrong:,} had words in what the model wrote that too few people share. "
        f"{worded['again']:,} were written again; {count(names, 'name')} and {count(descriptions, 'description')} gave "
        "way to terms that people share."
    )
