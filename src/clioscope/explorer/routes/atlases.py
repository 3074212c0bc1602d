"""Which atlases there are, one as a whole, and its clusters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import FileResponse

from clioscope.explorer.exporting import Format, ListProvenance, entry_table, rows_of, write
from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.routes.asking import Asker, Opened, allowed, api_router, explorer, shown
from clioscope.explorer.routes.files import described_files, file_made_by
from clioscope.explorer.schemas import Atlas, AtlasEntry, Clusters
from clioscope.explorer.store.audit_log import now
from clioscope.version import __version__

router = api_router("atlases")


@router.get("/atlases", dependencies=[allowed("view", "any run")])
def atlases(request: Request, person: Asker) -> list[AtlasEntry]:
    """All hierarchies of all runs that one may look at, finished or not."""
    return explorer(request).catalogue.entries(lambda run: person.may("view", run))


@router.get(
    "/list/export",
    dependencies=[allowed("export", "any run")],
    response_class=FileResponse,
    responses={200: described_files("csv", "json", "parquet")},
)
def export_list(request: Request, person: Asker, format: Annotated[Format, Query()] = "csv") -> FileResponse:
    """What `/atlases` answers, of the runs that one may take figures of along, as a file."""
    here = explorer(request)
    entries = here.catalogue.entries(lambda run: person.may("view", run) and person.may("export", run))
    told = "all" if person.may_everywhere("export") else "runs of which who made this file may take figures along"
    provenance = ListProvenance(__version__, "list of runs", request.url.query, told, now())

    def make(path: Path) -> None:
        write(path, rows_of(entry_table(entries)), provenance, format)
        here.store.audit_log.add(person.user, person.role_on(), "export", "", what="list of runs", format=format)

    return file_made_by(make, f"runs.{format}", format)


@router.get("/atlases/{id}", dependencies=[allowed("view")])
def atlas(request: Request, opened: Opened) -> Atlas:
    """One atlas as a whole."""
    return atlas_of(opened, explorer(request).catalogue.facets(opened.id))


def atlas_of(opened: OpenAtlas, facets: dict[str, str]) -> Atlas:
    """:func:`atlas`, for the report as well; ``facets`` as in the answer."""
    found = opened.atlas
    return Atlas(
        id=opened.id,
        run=opened.run,
        facet=found.about["facet"],
        facets=facets,
        conversations=found.conversations,
        users=found.users,
        counted="user" if found.counted == "user" else "conversation",
        levels=found.about["levels"],
        attributes=opened.cube.attributes,
        map_grid=found.about["map_grid"],
        rounding=_rounding(opened),
        noise=_noise(opened),
        made_by=_made_by(opened),
        guarantee=found.privacy["guarantee"],
        for_publishing=found.for_publishing,
        digest=opened.digest,
    )


@router.get("/atlases/{id}/clusters", dependencies=[allowed("view")])
def clusters(request: Request, opened: Opened) -> Clusters:
    """All clusters, level by level from the base, by falling size, with people's edits."""
    applied = shown(request, opened)
    return Clusters(clusters=applied.clusters, edits=applied.version)


def _rounding(opened: OpenAtlas) -> int:
    rounding = opened.privacy.get("rounding")
    return rounding if isinstance(rounding, int) and rounding > 0 else 1


def _noise(opened: OpenAtlas) -> float:
    """The largest standard deviation of the noise in any count."""
    parts = opened.privacy.get("measurements", [])
    return max((float(part["scale"]) for part in parts if part.get("part") != "keywords"), default=0.0)


def _made_by(opened: OpenAtlas) -> dict[str, str]:
    about = opened.atlas.about
    told = {name: str(about[name]) for name in ("clioscope", "profile", "embedder", "period", "seed") if name in about}
    return told | {f"model: {judgement}": str(model) for judgement, model in about.get("models", {}).items()}
