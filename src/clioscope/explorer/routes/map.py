"""The map."""

from __future__ import annotations

from clioscope.explorer.routes.asking import Opened, allowed, api_router
from clioscope.explorer.schemas import MapBins

router = api_router("atlases")


@router.get("/atlases/{id}/map", dependencies=[allowed("view")])
def map_bins(opened: Opened) -> MapBins:
    """Density bins: boxes on the map, with how many conversations are in each."""
    return opened.bins
