"""A line for each publication."""

from __future__ import annotations

from pathlib import Path

from clioscope.vault.publications import Publication, Publications


def publication_lines(run: Path) -> list[str]:
    """A line for each publication of a run."""
    ledger = Publications(run / "vault")
    if ledger.is_lost:
        return [f"{run / 'vault' / 'publications.json'} is missing, and yet something of this run was published."]
    lines = [_line(row) for row in ledger]
    if ledger.erased_since:
        lines.append(f"Users of them who were forgotten since the last: {ledger.erased_since}.")
    return lines


def _line(row: Publication) -> str:
    status = row.status + (f" ({row.why})" if row.why else "")
    people = "" if row.users is None else f" of {row.users:,} users"
    kind = ", with noise" if row.kind == "noise" else ""
    copies = f", copied to {', '.join(row.copies)}" if row.copies else ""
    return (
        f"{row.number}  {row.date[:10]}  {status}: {row.conversations:,} conversations{people}, profile "
        f"{row.profile}{kind}, SHA-256 {row.hash[:16]}{copies}"
    )
