"""What a run did, in words and as JSON."""

from __future__ import annotations

from typing import Any

from clioscope.cli.console import count
from clioscope.pipeline import Done


def summary(done: Done) -> dict[str, Any]:
    """The figures of a finished run. Those of the reading are exact and for its owner."""
    return {
        "run": str(done.folder),
        "read": done.read,
        "reused": done.reused,
        "clusters": done.atlas.about["levels"],
        "conversations": done.atlas.conversations,
        "users": done.atlas.users,
        "profile": done.atlas.privacy["profile"],
        "guarantee": done.atlas.privacy["guarantee"],
        "for_publishing": done.atlas.for_publishing,
        "seconds": done.seconds,
    }


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


def summary_lines(done: Done) -> list[str]:
    """A finished run in a few lines, with what to do next."""
    atlas = done.atlas
    lines = reading_lines(done.read)
    if done.reused:
        lines.append(f"Reused from before: {', '.join(name.lower() for name in done.reused)}.")
    lines.append(atlas.privacy["guarantee"])
    if atlas.for_publishing and not done.read["users"] and any("export" in name for name in done.read["formats"]):
        lines.append("An export of one account is about one person: if this is your own, add --profile personal.")
    if not atlas.for_publishing:
        lines.append("This atlas is for yourself: it is stamped as not for publishing.")
    lines.append(f"Look closer: clioscope show {done.folder} '{atlas.top()[0].name}'")
    return lines
