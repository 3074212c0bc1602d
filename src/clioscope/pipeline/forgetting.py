"""Forgetting one user: out of every table, answer and request file, and never read in again."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

import pyarrow.compute as pc

from clioscope.config import counted, read_config
from clioscope.errors import RunError
from clioscope.models.erasing import (
    answers_about,
    erase_answers,
    erase_from_files,
    erase_lines,
    keys_handed_over,
    keys_kept,
)
from clioscope.pipeline import asking
from clioscope.pipeline.exporting import exports_counting, exports_unknown, withdraw_exports
from clioscope.pipeline.purging import answer_folders
from clioscope.pipeline.withdrawing import erase_from_publications, publications_counting
from clioscope.vault import RunFolder, user_hash
from clioscope.vault.files import read_array, read_text, table_bytes, write_text
from clioscope.vault.forgotten import Forgotten
from clioscope.vault.journal import Journal
from clioscope.vault.one_user import cut, plan, vectors_of
from clioscope.vault.outdated import note_outdated
from clioscope.vault.removing import remove_derived
from clioscope.vault.retention import Retention
from clioscope.vault.sealing import sealed_vault
from clioscope.vault.searching import files_with, marks_of

EXPLORER = ".explorer"
"""What the explorer keeps of runs lies beside them in this folder, unless it was told to keep it elsewhere."""


class Forgot(NamedTuple):
    """What is gone, and the proof.

    Parameters
    ----------
    counts
        Rows that were deleted, by table.
    searched
        Files of the run, and of folders that its requests were written to, that were read in search of the user.
    marks
        How many ids and pieces of text they were searched for, and how many ids they could not be searched for.
    left
        Files in which one was found.
    sentences
        What else the owner should know.
    """

    counts: dict[str, int]
    searched: int
    marks: dict[str, int]
    left: list[str]
    sentences: list[str]

    def __str__(self) -> str:
        gone = ", ".join(counted(number, table.removesuffix("s")) for table, number in self.counts.items())
        what = f"{counted(self.marks['ids'], 'id')} and {counted(self.marks['texts'], 'text')} of this user"
        found = f"found in {', '.join(self.left)}" if self.left else "none is left"
        files = f"{counted(self.searched, 'file')} of the run"
        return f"Deleted: {gone}. Searched {files} for {what}: {found}.{self._not_searched()}"

    def _not_searched(self) -> str:
        number = self.marks["not_searched"]
        if not number:
            return ""
        return f" Not searched for: {counted(number, 'id')}, too short to tell from chance, or in what others said too."


def forget(run: RunFolder, user: str) -> Forgot:
    """Delete all that the run holds about ``user``. Cut short, it is finished by whatever opens the run next.

    That it was begun is in the journal before anything else is done. The atlas stays until it is made again from what
    is left. The caller holds the run's lock.

    Parameters
    ----------
    user
        The id as it stands in the source.

    Raises
    ------
    RunError
        Something else is being deleted, and that has not ended.
    """
    journal, hashed = Journal(run.vault), user_hash(run.secret(), user)
    if is_begun(run, user):
        return finish_forget(run, journal.read())
    if journal.is_open():
        raise RunError(f"Deleting from {run.path} was cut short. `clioscope purge {run.path}` finishes it.")
    run.forgotten()  # a damaged list is told of before anything is begun
    work = {"what": "forget", "user": hashed.hex(), "id": user}
    journal.write(work)
    return finish_forget(run, work)


def is_begun(run: RunFolder, user: str) -> bool:
    """Whether forgetting this very user was cut short."""
    journal = Journal(run.vault)
    return journal.is_open() and journal.read().get("user") == user_hash(run.secret(), user).hex()


def finish_forget(run: RunFolder, work: dict[str, Any]) -> Forgot:
    """Delete what a journal names, search for what may be left, and close the journal."""
    journal = Journal(run.vault)
    if "plan" not in work:
        work = _planned(run, work)
        journal.write(work)
    user, marks = bytes.fromhex(work["user"]), work["marks"]
    kept = keys_kept(run.answers, user)
    asked = keys_handed_over(run.waves, kept)
    folders = answer_folders(run)
    # Files before the ledger, and the ledger before the answers: each says what is to go from the one before.
    for folder in folders:
        erase_from_files(folder, asked)
    erase_lines(run.waves, asked)
    erase_answers(run.answers, kept)
    counts = cut(run, work["plan"]) | {"answers": work["answers"]}
    _erase_failures(run, set(marks["all_ids"]))
    remove_derived(run)
    _restate(run)
    Retention(run.vault).unfinish()
    if plan(run, user)["conversations"]:
        raise RunError(f"{run.conversations.folder} still holds rows of this user. Give the same command again.")
    erase_from_publications(run, user)
    if work["plan"]["conversations"]:
        withdraw_exports(run)
    _note_atlas(run, work)
    sentences = [*work["told"], *_kept_elsewhere(run)]
    if _destroy_key(run, user):
        sentences.append(
            "The user's key is destroyed: no copy of the vault shows what it sealed, unless with its keys."
        )
    try:
        searched, left = files_with([run.path, *folders[2:]], [*marks["ids"], *marks["texts"]], but=journal.path)
    except Exception:
        journal.close()  # all is deleted: that some file cannot be searched must not hold up every later command
        raise
    journal.close()
    numbers = {name: len(marks[name]) for name in ("ids", "texts")} | {"not_searched": marks.get("not_searched", 0)}
    return Forgot(counts, searched, numbers, [str(path) for path in left], sentences)


def _planned(run: RunFolder, begun: dict[str, Any]) -> dict[str, Any]:
    """All that deleting, the proof and the owner need to know, while everything is still there to tell it.

    The user goes on the list of the forgotten first, so that nothing reads the user in again from then on.
    """
    user = bytes.fromhex(begun["user"])
    Forgotten(run.vault, run.secret()).add(user)
    planned = plan(run, user)
    told = publications_counting(run, user)
    if planned["conversations"]:
        told += exports_counting(run)
    elif "facets" in Retention(run.vault).gone():
        told += exports_unknown(run)
    return begun | {
        "plan": planned,
        "marks": marks_of(run, begun["id"], planned),
        "answers": answers_about(run.answers, user),
        "told": told,
    }


def _note_atlas(run: RunFolder, work: dict[str, Any]) -> None:
    """Note that the atlas counts the user. One with noise hides whether it does."""
    counted_there = bool(work["plan"]["conversations"])
    if not run.atlas.exists() or not (counted_there or "facets" in Retention(run.vault).gone()):
        return
    if read_config(run.run_toml).epsilon is None:
        note_outdated(run.vault, sure=counted_there)


def _kept_elsewhere(run: RunFolder) -> list[str]:
    """What was not searched of what Clioscope itself may keep of the run."""
    place = run.path.resolve().parent / EXPLORER
    if not (place.is_dir() or read_config(run.run_toml).drill_down):
        return []
    where = str(place) if place.is_dir() else "where --store of clioscope serve says"
    said = (
        f"Not searched: what the explorer keeps of runs ({where}). Its audit log says for good who looked at which "
        "conversation, by a keyed hash of its id, when, and for what reason; notes and edits are as people wrote them."
    )
    return [said]


def _destroy_key(run: RunFolder, user: bytes) -> bool:
    """Destroy the user's key, where the vault is encrypted."""
    vault = sealed_vault(run.vault)
    return vault is not None and vault.keys.destroy(user)


def _erase_failures(run: RunFolder, ids: set[str]) -> None:
    """Rewrite the list of failures without the user's."""
    if run.failures.exists():
        lines = read_text(run.failures).splitlines(keepends=True)
        write_text(run.failures, "".join(line for line in lines if json.loads(line)["id"] not in ids))


def _restate(run: RunFolder) -> None:
    """Make the ledger of the stages say what they would say had the user never been there.

    What is done stays done; what comes after the vectors is made again.
    """
    stages = run.stages
    for name in stages.names():
        if not stages.is_done(name) or name.split(" (")[0] not in ("Reading", "Asking", "Embedding"):
            stages.forget(name)
    if not stages.is_done("Reading"):
        return
    read = stages.found("Reading") | _counted(run)
    stages.restate("Reading", {}, read)
    if not stages.is_done("Asking"):
        return
    before = stages.found("Asking")
    asked = before | asking.described(run.facets)
    stages.restate("Asking", {"the conversations": read["content"]}, asked)
    for name in stages.names():
        facet = next((f for f, texts in before["texts"].items() if stages.is_made_from(name, "the texts", texts)), None)
        if name.startswith("Embedding") and facet is not None and facet in asked["texts"]:  # an emptied vault has none
            items = sum(len(read_array(path)) for path in vectors_of(run, facet).paths())
            stages.restate(name, {"the texts": asked["texts"][facet]}, {"items": items})


def _counted(run: RunFolder) -> dict[str, Any]:
    """What reading found, of the rows that are left."""
    rows, without, users, times = 0, 0, set(), []
    content = hashlib.sha256()
    for table in run.conversations.read():
        whose = table["user"]
        rows, without = rows + table.num_rows, without + whose.null_count
        users.update(whose.drop_null().to_pylist())
        if "time" in table.column_names and table["time"].null_count < table.num_rows:
            times += [pc.min(table["time"]).as_py(), pc.max(table["time"]).as_py()]
        content.update(table_bytes(table))
    found = {"conversations": rows, "users": len(users), "without_user": without, "content": content.hexdigest()}
    if times:
        found |= {"first_day": min(times).date().isoformat(), "last_day": max(times).date().isoformat()}
    return found
