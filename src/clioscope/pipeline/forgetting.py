"""Forgetting one user: out of every table, answer and request file, and never read in again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import pyarrow.compute as pc

from clioscope.config import counted
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
from clioscope.pipeline.exporting import exports_unknown, withdraw_exports
from clioscope.pipeline.purging import answer_folders
from clioscope.pipeline.withdrawing import withdraw_after_erasure
from clioscope.vault import RunFolder, user_hash
from clioscope.vault.files import read_array, read_text, table_bytes, write_text
from clioscope.vault.forgotten import Forgotten
from clioscope.vault.journal import Journal
from clioscope.vault.one_user import cut, plan, vectors_of
from clioscope.vault.removing import remove_derived
from clioscope.vault.retention import Retention
from clioscope.vault.sealing import sealed_vault
from clioscope.vault.searching import files_with, marks_of

AFTER: list[Callable[[RunFolder, bytes], Iterable[str]]] = [withdraw_after_erasure]
"""Called in order with the run and the hash of the user once the user is out of the tables and before that counts as
done, so that after a crash each is called again. Each returns sentences for the run's owner."""


class Forgot(NamedTuple):
    """What is gone, and the proof.

    Parameters
    ----------
    counts
        Rows that were deleted, by table.
    searched
        Files that were read in search of the user.
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
        return f"Deleted: {gone}. Searched {counted(self.searched, 'file')} for {what}: {found}.{self._not_searched()}"

    def _not_searched(self) -> str:
        number = self.marks["not_searched"]
        if not number:
            return ""
        return f" Not searched for: {counted(number, 'id')}, too short to tell from chance, or in what others said too."


def forget(run: RunFolder, user: str) -> Forgot:
    """Delete all that the run holds about ``user``. Cut short, it is finished by whatever opens the run next.

    The user goes on the list of the forgotten first, so that nothing reads the user in again from then on. The atlas
    stays until it is made again from what is left.

    Parameters
    ----------
    user
        The id as it stands in the source.
    """
    secret = run.secret()
    hashed = user_hash(secret, user)
    Forgotten(run.vault, secret).add(hashed)
    planned = plan(run, hashed)
    work = {
        "what": "forget",
        "user": hashed.hex(),
        "plan": planned,
        "marks": marks_of(run, user, planned),
        "answers": answers_about(run.answers, hashed),
    }
    Journal(run.vault).write(work)
    return finish_forget(run, work)


def finish_forget(run: RunFolder, work: dict[str, Any]) -> Forgot:
    """Delete what a journal names, search for what may be left, and close the journal."""
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
    sentences = [sentence for after in AFTER for sentence in after(run, user)]
    if work["plan"]["conversations"]:
        sentences += withdraw_exports(run)
    elif "facets" in Retention(run.vault).gone():
        sentences += exports_unknown(run)
    if _destroy_key(run, user):
        sentences.append(
            "The user's key is destroyed: no copy of the vault shows what it sealed, unless with its keys."
        )
    Journal(run.vault).close()
    searched, left = files_with([run.path, *folders[2:]], [*marks["ids"], *marks["texts"]])
    numbers = {name: len(marks[name]) for name in ("ids", "texts")} | {"not_searched": marks.get("not_searched", 0)}
    return Forgot(counts, searched, numbers, [str(path) for path in left], sentences)


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
