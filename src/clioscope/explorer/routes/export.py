"""Taking along what is shown, as a file with its provenance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import pyarrow as pa
from fastapi import Depends, HTTPException, Query, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from clioscope.atlas.schema import EVERYTHING
from clioscope.explorer.cube import EVERYTHING_LEVEL
from clioscope.explorer.exporting import (
    Format,
    Rows,
    What,
    cell_table,
    cluster_table,
    provenance_of,
    rows_of,
    stored_rows,
    write,
)
from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.review import ReviewState
from clioscope.explorer.routes.asking import Asker, Opened, allowed, api_router, check, explorer, shown
from clioscope.explorer.routes.cells import CellQuery, cells_of
from clioscope.explorer.routes.files import described_files, file_made_by
from clioscope.explorer.routes.privacy import thresholds_of
from clioscope.explorer.routes.review import queue_of
from clioscope.explorer.schemas import Cells
from clioscope.explorer.sheets import (
    Counts,
    Side,
    comparison_table,
    details_table,
    everything_side,
    review_table,
    side_of,
)

router = api_router("export")

Named = Annotated[str | None, Query(max_length=500)]


class ExportQuery:
    """What is to be in the file."""

    def __init__(
        self,
        what: Annotated[
            What,
            Query(
                description="`clusters`, `cube` and `map` are whole. `cells` needs level and attribute, and is what "
                "`/cells` answers. `comparison` needs level, attribute and value, and sets that selection beside "
                "against and against_value, or beside everything: one row a cluster of the level, and before them one "
                "for everything together (cluster_id `all`), which shares are of. `details` needs cluster, and has "
                "each released figure of it: in all, and by each attribute; with attribute and value, of that "
                "selection alone. `review` is the review queue of a level (0 by default), in one state or in all; it "
                "takes the right to review as well."
            ),
        ],
        level: Annotated[int | None, Query(ge=-1, le=100, description="0 = base.")] = None,
        attribute: Named = None,
        value: Named = None,
        by: Annotated[str | None, Query(max_length=500, description="Of cells: the second attribute.")] = None,
        by_value: Named = None,
        against: Annotated[
            str | None, Query(max_length=500, description="Of a comparison: the second selection's attribute.")
        ] = None,
        against_value: Named = None,
        cluster: Annotated[
            str | None, Query(max_length=40, description="Of details: a cluster's id; `all`: everything together.")
        ] = None,
        state: Annotated[
            ReviewState | None, Query(description="Of the review queue: only those in this state.")
        ] = None,
    ) -> None:
        self.what: What = what
        self.level, self.attribute, self.value, self.by, self.by_value = level, attribute, value, by, by_value
        self.against, self.against_value, self.cluster, self.state = against, against_value, cluster, state


class ExportedRequest(BaseModel):
    """What the page has made a file of by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: Annotated[str, Field(max_length=40, pattern=r"^[a-z]+(-[a-z]+)*$", description="Such as `clusters-shown`.")]
    format: Literal["png", "svg", "csv", "json", "parquet"] = Field(description="Of the file.")


@router.get(
    "/atlases/{id}/export",
    dependencies=[allowed("export")],
    response_class=FileResponse,
    responses={200: described_files("csv", "json", "parquet")},
)
def export(
    request: Request,
    opened: Opened,
    person: Asker,
    query: Annotated[ExportQuery, Depends()],
    format: Annotated[Format, Query()] = "csv",
) -> FileResponse:
    """The clusters, the whole cube, the map, cells, two selections side by side, one cluster, or the review queue."""
    if query.what == "review":
        check(person, "review", opened.run)
    provenance = provenance_of(opened, request.url.query, thresholds_of(opened))

    def make(path: Path) -> None:
        with _rows(request, opened, query) as rows:
            write(path, rows, provenance, format)
        explorer(request).store.audit_log.add(
            person.user,
            person.role_on(opened.run),
            "export",
            opened.id,
            query=request.url.query[:4_000],
            digest=opened.digest,
        )

    return file_made_by(make, f"{opened.id}-{query.what}.{format}", format)


@router.post("/atlases/{id}/exported", status_code=204, dependencies=[allowed("export")])
def exported(request: Request, opened: Opened, person: Asker, asked: ExportedRequest) -> None:
    """Write into the audit log that the page has made a file of what it shows. The page tells of it by itself."""
    explorer(request).store.audit_log.add(
        person.user,
        person.role_on(opened.run),
        "export",
        opened.id,
        what=asked.what,
        format=asked.format,
        by="the page",
        digest=opened.digest,
    )


@contextmanager
def _rows(request: Request, opened: OpenAtlas, query: ExportQuery) -> Iterator[Rows]:
    what = query.what
    if what == "cube" or what == "map":
        with stored_rows(opened, what) as rows:
            yield rows
    elif what == "clusters":
        yield rows_of(cluster_table(shown(request, opened).clusters))
    elif what == "cells":
        yield rows_of(cell_table(_cells(opened, query)))
    elif what == "comparison":
        yield rows_of(_comparison(request, opened, query))
    elif what == "details":
        yield rows_of(_details(request, opened, query))
    else:
        # Figures of the queue are those that were published, also of what people have grouped since: its name then too.
        names = {cluster.id: cluster.name for cluster in opened.clusters}
        names |= {one.id: one.name for one in shown(request, opened).clusters if one.conversations is not None}
        yield rows_of(review_table(queue_of(request, opened, query.level or 0, query.state), names))


def _cells(opened: OpenAtlas, query: ExportQuery) -> Cells:
    if query.level is None or query.attribute is None:
        raise HTTPException(422, "Cells are of a level and an attribute: give both.")
    return cells_of(opened, CellQuery(query.level, query.attribute, query.value, query.by, query.by_value))


def _comparison(request: Request, opened: OpenAtlas, query: ExportQuery) -> pa.Table:
    level = query.level
    if level is None or query.attribute is None or query.value is None:
        raise HTTPException(422, "A comparison is of a level, and of an attribute with a value: give all three.")
    if (query.against is None) is not (query.against_value is None):
        raise HTTPException(400, "against_value is a value of the attribute against: give both, or none.")

    def side(attribute: str, value: str) -> Side:
        levels = dict.fromkeys((EVERYTHING_LEVEL, level))
        return side_of(attribute, value, [cells_of(opened, CellQuery(one, attribute, value)) for one in levels])

    first = side(query.attribute, query.value)
    if query.against is not None and query.against_value is not None:
        second = side(query.against, query.against_value)
    else:
        second = everything_side(opened.clusters, _total(opened))
    return comparison_table(level, shown(request, opened).clusters, first, second)


def _details(request: Request, opened: OpenAtlas, query: ExportQuery) -> pa.Table:
    attribute, value = query.attribute, query.value
    if query.cluster is None:
        raise HTTPException(422, "Details are of a cluster: give its id, or `all`.")
    if (attribute is None) is not (value is None):
        raise HTTPException(400, "value is a value of the attribute: give both, or none.")
    cluster = next((one for one in opened.clusters if one.id == query.cluster), None)
    if cluster is None and query.cluster != EVERYTHING:
        raise HTTPException(404, f"There is no cluster {query.cluster} in this release.")
    level = EVERYTHING_LEVEL if cluster is None else cluster.level
    whole = _total(opened) if cluster is None else Counts(cluster.conversations, cluster.users)
    names = [found.name for found in opened.cube.attributes if found.name != attribute]
    if attribute is None or value is None:
        cells = [cells_of(opened, CellQuery(level, name)) for name in names]
    else:
        whole = side_of(attribute, value, [cells_of(opened, CellQuery(level, attribute, value))]).counts.get(
            query.cluster, Counts()
        )
        cells = [cells_of(opened, CellQuery(level, attribute, value, name)) for name in names]
    edited = next((one for one in shown(request, opened).clusters if one.id == query.cluster), None)
    if edited is not None and edited.conversations is None:  # people have grouped others into it: no figures until then
        whole, cells = Counts(), []
    return details_table(query.cluster, None if edited is None else edited.name, whole, cells)


def _total(opened: OpenAtlas) -> Counts:
    return Counts(opened.atlas.conversations, opened.atlas.users)
