"""The review queue: which clusters to look at first, what was decided, and notes."""

from __future__ import annotations

from typing import Annotated

from fastapi import HTTPException, Query, Request
from fastapi import Path as InPath

from clioscope.explorer.edits.editing import EditError
from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.review import ReviewState, signals, thread_of
from clioscope.explorer.review.answers import (
    Reviewed,
    ReviewQueue,
    ReviewRequest,
    history_of,
    item_of,
    lost_of,
)
from clioscope.explorer.routes.asking import Asker, Opened, allowed, api_router, explorer
from clioscope.explorer.routes.edits import refused

router = api_router("review")

Id = Annotated[str, InPath(max_length=40, description="Of a cluster of this release.")]


@router.get("/atlases/{id}/review", dependencies=[allowed("review")])
def review_queue(
    request: Request,
    opened: Opened,
    level: Annotated[int, Query(ge=0, le=100)] = 0,
    state: Annotated[ReviewState | None, Query(description="Only those in this state.")] = None,
) -> ReviewQueue:
    """The clusters of a level by concern, growth and size, from released cells alone."""
    return queue_of(request, opened, level, state)


def queue_of(request: Request, opened: OpenAtlas, level: int, state: ReviewState | None) -> ReviewQueue:
    """:func:`review_queue`, for other routes."""
    threads = explorer(request).reviewing.threads(opened.subject, opened.released)
    items = [
        item_of(id, found, thread_of(threads, id)) for id, found in signals(opened.cube, opened.clusters, level).items()
    ]
    return ReviewQueue(
        level=level,
        items=[item for item in items if state in (None, item.state)],
        lost=[lost_of(thread) for thread in threads if thread.cluster is None],
    )


@router.get("/atlases/{id}/review/{cluster}", dependencies=[allowed("review")])
def reviewed(request: Request, opened: Opened, cluster: Id) -> Reviewed:
    """All that was decided and noted about a cluster."""
    found = next((one for one in opened.clusters if one.id == cluster), None)
    if found is None:
        raise HTTPException(404, f"There is no cluster {cluster[:40]} in this release.")
    thread = thread_of(explorer(request).reviewing.threads(opened.subject, opened.released), cluster)
    item = item_of(cluster, signals(opened.cube, opened.clusters, found.level)[cluster], thread)
    return Reviewed(item=item, history=history_of(thread))


@router.put("/atlases/{id}/review/{cluster}", dependencies=[allowed("review")])
def review(
    request: Request,
    opened: Opened,
    cluster: Id,
    person: Asker,
    asked: ReviewRequest,
) -> Reviewed:
    """Decide about a cluster, or add a note. Refused with 409 where somebody did so since."""
    if all(one.id != cluster for one in opened.clusters):
        raise HTTPException(404, f"There is no cluster {cluster[:40]} in this release.")
    try:
        explorer(request).reviewing.review(
            opened.subject, opened.released, person, cluster, asked.version, asked.state, asked.note
        )
    except EditError as error:
        raise refused(error) from None
    return reviewed(request, opened, cluster)
