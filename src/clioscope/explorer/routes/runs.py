"""From a file to a run: what there is, what it will cost, starting, watching, stopping and resuming."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Header, HTTPException, Query, Request
from fastapi import Path as InPath
from fastapi.responses import StreamingResponse

from clioscope.explorer.doorman import known
from clioscope.explorer.routes.asking import Asker, allowed, api_router, explorer
from clioscope.explorer.runs.answers import (
    Estimate,
    FileEntry,
    Files,
    RunEntry,
    RunList,
    estimate_of,
    run_of,
)
from clioscope.explorer.runs.files import FileError
from clioscope.explorer.runs.options import RunOptions, RunRequest
from clioscope.explorer.runs.running import RunRefusedError
from clioscope.explorer.runs.watching import Watch
from clioscope.explorer.schemas import AtlasEntry

router = api_router("runs")
Name = Annotated[str, InPath(max_length=60, description="As `GET /api/runs` lists it.")]


@router.get("/files", dependencies=[allowed("start_runs", "the server")])
def files(request: Request, path: Annotated[str, Query(max_length=4_000)] = "") -> Files:
    """Files and folders that a run may be started on."""
    try:
        found, more = explorer(request).runs.files(path)
    except (FileError, RunRefusedError) as error:
        raise _refused(error) from None
    return Files(path=path, entries=[FileEntry(**file._asdict()) for file in found], more=more)


@router.post("/estimate", dependencies=[allowed("start_runs", "the server")])
async def estimate(request: Request, asked: RunOptions) -> Estimate:
    """What a run will ask and cost. The source is read, and nothing is spent."""
    try:
        # Takes long, and not one of the threads that answers are made in.
        return estimate_of(await asyncio.to_thread(explorer(request).runs.estimate, asked))
    except (FileError, RunRefusedError) as error:
        raise _refused(error) from None


@router.get("/runs", dependencies=[allowed("start_runs", "any run")])
def runs(request: Request, person: Asker) -> RunList:
    """The runs that were started here. All that have an atlas are among `GET /api/atlases`."""
    here = explorer(request)
    atlases = {entry.id: entry for entry in here.catalogue.entries()}
    found = [_entry(request, name, atlases) for name in here.runs.names() if person.may("start_runs", name)]
    return RunList(runs=sorted(found, key=lambda run: run.started, reverse=True), can_start=here.runs.can_start)


@router.post("/runs", status_code=201, dependencies=[allowed("start_runs", "the server")])
def start_run(request: Request, person: Asker, asked: RunRequest) -> RunEntry:
    """Start a run in a process of its own, which goes on when the server ends."""
    here = explorer(request)
    if not person.may("start_runs", asked.name):
        raise HTTPException(403, "You may not start a run of that name: choose another.")
    try:
        started = here.runs.start(asked, person)
    except (FileError, RunRefusedError) as error:
        raise _refused(error) from None
    here.store.audit_log.add(
        person.user,
        person.role_on(asked.name),
        "run",
        started.name,
        did="started",
        source=started.source,
        options=started.options,
    )
    return _entry(request, asked.name)


@router.get("/runs/{run}", dependencies=[allowed("start_runs")])
def run(request: Request, run: Name) -> RunEntry:
    """One run that was started here."""
    return _entry(request, run)


@router.get(
    "/runs/{run}/progress",
    dependencies=[allowed("start_runs")],
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events: `attempt`, `stage` (stage, state, done, total, unit), `note`, `error`, "
            "and at the end `end` (status, problem). Their ids are for `Last-Event-ID`.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
def progress(
    request: Request, run: Name, last_event_id: Annotated[str, Header(max_length=20)] = ""
) -> StreamingResponse:
    """What a run tells, from its beginning or from behind the event that the reader has.

    It ends within seconds of the session or the token that it was asked with.
    """
    here = explorer(request)
    try:
        here.runs.started(run)
    except RunRefusedError as error:
        raise _refused(error) from None
    after = int(last_event_id) if last_event_id.isascii() and last_event_id.isdecimal() else 0

    def may_watch() -> bool:
        person = known(here.inside, request.headers, in_use=False).person
        return person is not None and person.may("start_runs", run)

    return StreamingResponse(Watch(here.runs, run, after, may_watch).events(), media_type="text/event-stream")


@router.post("/runs/{run}/stop", dependencies=[allowed("start_runs")])
def stop_run(request: Request, run: Name, person: Asker) -> RunEntry:
    """Ask a run to stop. What is under way is waited for, and what is done is kept."""
    here = explorer(request)
    try:
        here.runs.stop(run)
    except RunRefusedError as error:
        raise _refused(error) from None
    here.store.audit_log.add(person.user, person.role_on(run), "run", run, did="stopped")
    return _entry(request, run)


@router.post("/runs/{run}/resume", dependencies=[allowed("start_runs")])
def resume_run(request: Request, run: Name, person: Asker) -> RunEntry:
    """Go on with a run that was stopped or has failed."""
    here = explorer(request)
    try:
        here.runs.resume(run)
    except (FileError, RunRefusedError) as error:
        raise _refused(error) from None
    here.store.audit_log.add(person.user, person.role_on(run), "run", run, did="resumed")
    return _entry(request, run)


def _entry(request: Request, name: str, atlases: dict[str, AtlasEntry] | None = None) -> RunEntry:
    here = explorer(request)
    try:
        started = here.runs.started(name)
    except RunRefusedError as error:
        raise _refused(error) from None
    if atlases is None:
        atlases = {entry.id: entry for entry in here.catalogue.entries()}
    return run_of(started, here.runs.condition(name), atlases.get(name))


def _refused(error: FileError | RunRefusedError) -> HTTPException:
    return HTTPException(error.status if isinstance(error, RunRefusedError) else 404, str(error))
