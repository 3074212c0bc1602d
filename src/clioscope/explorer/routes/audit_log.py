"""Who signed in, exported, revealed, edited and changed thresholds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
from fastapi import HTTPException, Query, Request
from fastapi.responses import FileResponse
from pydantic import Field

from clioscope.explorer.access import Person
from clioscope.explorer.exporting import Format, ListProvenance, Rows, write
from clioscope.explorer.routes.asking import Asker, allowed, api_router, explorer
from clioscope.explorer.routes.files import described_files, file_made_by
from clioscope.explorer.schemas import Answer
from clioscope.explorer.store import AuditLog
from clioscope.explorer.store.audit_log import Did, Line, now, verify
from clioscope.version import __version__

router = api_router("audit log")


_AT_ONCE = 1_000
_OF_ALL_RUNS = (
    "Verifying goes through the lines of all runs, and tells how many there are: it is for those who may read the log "
    "of every run."
)


class AuditLine(Answer):
    """One line of the audit log."""

    line: int
    time: str = Field(description="ISO 8601, UTC.")
    person: str
    role: str
    action: str
    about: str = Field(description="The run or atlas.")
    detail: dict[str, Any]


class AuditLines(Answer):
    """Lines of the audit log, newest first."""

    lines: list[AuditLine]


class AuditVerdict(Answer):
    """What came of going through the whole log."""

    lines: int = Field(description="That are as they were written, from the first on.")
    hash: str = Field(description="Of the last of them: whoever keeps it elsewhere can later tell a log written anew.")
    broken: int | None = Field(description="The first line that is not as it was written.")
    why: str


@router.get("/audit-log", dependencies=[allowed("read_audit_log", "any run")])
def audit_log(
    request: Request,
    person: Asker,
    most: Annotated[int, Query(ge=1, le=1_000)] = 100,
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    action: Annotated[Did | None, Query(description="Only lines of this kind.")] = None,
    of: Annotated[str | None, Query(max_length=200, description="Only lines of this person.")] = None,
) -> AuditLines:
    """The newest lines, or the newest before line ``before``: about runs whose log one may read."""
    log = explorer(request).store.audit_log
    subjects = None if person.is_the_same_everywhere else _readable(request, person, log.subjects())
    found = log.last(most, before, subjects, action, of)
    return AuditLines(
        lines=[
            AuditLine(
                line=line.line,
                time=line.time,
                person=line.person,
                role=line.role,
                action=line.action,
                about=line.about,
                detail=_detail(line.detail),
            )
            for line in found
        ]
    )


@router.get("/audit-log/verify", dependencies=[allowed("read_audit_log", "any run")])
def verify_audit_log(request: Request, person: Asker) -> AuditVerdict:
    """Whether every line is as it was written. It tells of the lines of all runs, and takes the right to read them."""
    if not person.may_everywhere("read_audit_log"):
        raise HTTPException(403, _OF_ALL_RUNS)
    return AuditVerdict(**verify(explorer(request).store)._asdict())


@router.get(
    "/audit-log/export",
    dependencies=[allowed("read_audit_log", "any run")],
    response_class=FileResponse,
    responses={200: described_files("csv", "json", "parquet")},
)
def export_audit_log(
    request: Request,
    person: Asker,
    format: Annotated[Format, Query()] = "csv",
    action: Annotated[Did | None, Query(description="Only lines of this kind.")] = None,
    of: Annotated[str | None, Query(max_length=200, description="Only lines of this person.")] = None,
) -> FileResponse:
    """The lines that one may read as a file, newest first; with their hashes for those who may read all lines."""
    log = explorer(request).store.audit_log
    subjects = None if person.is_the_same_everywhere else _readable(request, person, log.subjects())
    reads_all = person.may_everywhere("read_audit_log")
    told = "all" if reads_all else "those about runs whose log may be read by who made this file"
    provenance = ListProvenance(__version__, "audit log, newest line first", request.url.query, told, now())

    def make(path: Path) -> None:
        write(path, _rows(log, subjects, action, of, with_hashes=reads_all), provenance, format)
        query = request.url.query[:4_000]
        log.add(person.user, person.role_on(), "export", "", what="audit-log", format=format, query=query)

    return file_made_by(make, f"audit-log.{format}", format)


def _rows(log: AuditLog, subjects: list[str] | None, action: Did | None, of: str | None, *, with_hashes: bool) -> Rows:
    """The lines as rows, so many in memory at once."""
    names = [name for name in Line._fields if with_hashes or name not in ("previous", "hash")]
    schema = pa.schema({name: pa.int64() if name == "line" else pa.string() for name in names})

    def batches() -> Iterator[pa.RecordBatch]:
        before: int | None = None
        while found := log.last(_AT_ONCE, before, subjects, action, of):
            yield pa.RecordBatch.from_pylist([line._asdict() for line in found], schema)
            before = found[-1].line

    return Rows(schema, batches())


def _readable(request: Request, person: Person, subjects: list[str]) -> list[str]:
    """Of what lines are about, that of which somebody may read the log. What is of no run is about nothing."""
    runs = {place.id: place.run for place in explorer(request).catalogue.places()}
    return [about for about in subjects if person.may("read_audit_log", _run_of(about, runs) if about else None)]


def _run_of(about: str, runs: dict[str, str]) -> str:
    """The run in what a line is about: an atlas's id, a run and a facet, or a run."""
    if about in runs:
        return runs[about]
    run, _, facet = about.rpartition(" ")
    return run if run and facet.isidentifier() else about.partition("~")[0]


def _detail(text: str) -> dict[str, Any]:
    """What is told beside; nothing where somebody damaged it, which verifying finds."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
