"""Renaming, describing, hiding, merging and moving clusters, for everybody who looks at them."""

from __future__ import annotations

from fastapi import HTTPException, Request

from clioscope.explorer.edits.answers import AtVersion, EditRequest, Edits, edits_of
from clioscope.explorer.edits.editing import EditError
from clioscope.explorer.routes.asking import Asker, Opened, allowed, api_router, explorer, shown

router = api_router("edits")


@router.get("/atlases/{id}/edits", dependencies=[allowed("edit")])
def edits(request: Request, opened: Opened) -> Edits:
    """All edits of this hierarchy with their authors, from release to release, those that were undone included.

    Who may only look sees what stands of them in `/clusters`.
    """
    return edits_of(shown(request, opened))


@router.post("/atlases/{id}/edits", dependencies=[allowed("edit")])
def edit(request: Request, opened: Opened, person: Asker, asked: EditRequest) -> Edits:
    """Make an edit. Refused with 409 where somebody edited since, and with 400 where it cannot be made."""
    try:
        explorer(request).editing.edit(opened.subject, opened.released, person, asked.version, asked.edit)
    except EditError as error:
        raise refused(error) from None
    return edits_of(shown(request, opened))


@router.post("/atlases/{id}/edits/undo", dependencies=[allowed("edit")])
def undo(request: Request, opened: Opened, person: Asker, asked: AtVersion) -> Edits:
    """Take back the last edit that stands, whoever made it."""
    try:
        explorer(request).editing.undo(opened.subject, opened.released, person, asked.version)
    except EditError as error:
        raise refused(error) from None
    return edits_of(shown(request, opened))


@router.post("/atlases/{id}/edits/redo", dependencies=[allowed("edit")])
def redo(request: Request, opened: Opened, person: Asker, asked: AtVersion) -> Edits:
    """Make the edit again that was taken back last."""
    try:
        explorer(request).editing.redo(opened.subject, opened.released, person, asked.version)
    except EditError as error:
        raise refused(error) from None
    return edits_of(shown(request, opened))


def refused(error: EditError) -> HTTPException:
    """``error`` as an answer."""
    return HTTPException(409 if error.is_late else 400, str(error))
