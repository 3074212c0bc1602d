"""Taking whole tables out of a vault. Everything here may be cut short and done again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from clioscope.vault.run_folder import RunFolder, conversation_key
from clioscope.vault.tables import Parts

KEPT = (
    "answered-by.txt",
    "answers.sqlite*",  # emptied apart from the sums of what was paid
    "batches.mark",
    "exports",
    "forgotten.json",
    "journal.json",
    "keys-*.bin",
    "keys.json",
    "last.json",
    "lock",
    "prices.toml",
    "publications*",
    "releases",
    "retention.json",
    "secret",
    "stages.json",
)
"""What stays where nothing about conversations may stay: what was done and paid, what is promised for further releases,
and who must not be read in again. None of it holds a word, an id or a row of anybody. The journal of a forgetting does;
one that is open is finished before a purge begins, whose own journal names kinds of tables alone."""

_DERIVED = ("embeddings", "assignments")


def remove_raw(run: RunFolder, *, texts_too: bool) -> None:
    """Remove what was said, whose it was apart from the keyed hash, and the files that quote it.

    Of the conversations the column ``user`` stays, since figures count users and a user must still be found to be
    forgotten, and a keyed hash of the id, ``key``, by which publications know them.

    Parameters
    ----------
    texts_too
        Whether text facets are the person's own words, as they are without a model: then they are emptied.
    """
    for number in map(Parts.number, run.conversations.paths()):
        table = run.conversations.read_part(number)
        if "id" in table.column_names:
            secret = run.secret()
            keys = [conversation_key(secret, identifier) for identifier in table["id"].to_pylist()]
            kept = pa.table({"user": table["user"], "key": pa.array(keys, pa.string())})
            run.conversations.write(number, kept)
    for number in map(Parts.number, run.facets.paths()):
        before = run.facets.read_part(number)
        table = _without_quotations(before, texts_too=texts_too)
        if not table.equals(before):
            run.facets.write(number, table, run.facets.users(number))
    if texts_too:
        for path in run.vault.glob("assignments/*/audited_texts.json"):
            path.unlink()
    run.failures.unlink(missing_ok=True)
    for name in ("stdin", "recorded", "batches"):
        shutil.rmtree(run.vault / name, ignore_errors=True)
    remove_tables_of_owner(run)


def remove_facets(run: RunFolder) -> None:
    """Remove the facets, vectors, clusters and places of single conversations."""
    for name in ("facets", *_DERIVED):
        _empty(run.vault / name)
    run.failures.unlink(missing_ok=True)
    remove_tables_of_owner(run)


def remove_derived(run: RunFolder) -> None:
    """Remove the clusters and places that were made while somebody was among them who no longer is."""
    _empty(run.vault / "assignments")
    remove_tables_of_owner(run)


def remove_tables_of_owner(run: RunFolder) -> None:
    """Remove ``combined.csv`` and its like, wherever in the run they were written."""
    for path in (*run.vault.glob("combined*.csv"), *run.path.glob("exports*/combined*.csv")):
        path.unlink()


def remove_everything(run: RunFolder) -> None:
    """Empty the vault of all but :data:`KEPT`."""
    for path in run.vault.iterdir():
        if not any(path.match(pattern) for pattern in KEPT):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _without_quotations(table: pa.Table, *, texts_too: bool) -> pa.Table:
    for place, name in enumerate(table.column_names):
        column = table[name]
        if name in ("failed_detail", "unanswered_detail"):
            table = table.set_column(place, table.schema.field(place), pa.nulls(len(column), pa.string()))
        elif texts_too and name.startswith("text:"):
            table = table.set_column(place, table.schema.field(place), pc.if_else(column.is_valid(), "", None))
        elif texts_too and name.startswith("list:"):
            emptied = [None if texts is None else [""] * len(texts) for texts in column.to_pylist()]
            table = table.set_column(place, table.schema.field(place), pa.array(emptied, column.type))
    return table


def _empty(folder: Path) -> None:
    if folder.exists():
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
