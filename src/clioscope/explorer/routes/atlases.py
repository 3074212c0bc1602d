"""Which atlases there are, one as a whole, and its clusters."""

from __future__ import annotations

from fastapi import Request

from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.routes.asking import Asker, Opened, allowed, api_router, explorer, shown
from clioscope.explorer.schemas import Atlas, AtlasEntry, Clusters

router = api_router("atlases")


@router.get("/atlases", dependencies=[allowed("view", "any run")])
def atlases(request: Request, person: Asker) -> list[AtlasEntry]:
    """All hierarchies of all runs that one may look at, finished or not."""
    return explorer(request).catalogue.entries(lambda run: person.may("view", run))


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
