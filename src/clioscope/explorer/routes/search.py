"""Searching clusters by words and by meaning."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request

from clioscope.explorer.routes.asking import Opened, allowed, api_router, explorer, shown
from clioscope.explorer.schemas import SearchResults
from clioscope.explorer.searching import by_meaning, by_words

_MOST = 50

router = api_router("atlases")


@router.get("/atlases/{id}/search", dependencies=[allowed("view")])
def search(request: Request, opened: Opened, q: Annotated[str, Query(max_length=200)] = "") -> SearchResults:
    """Clusters whose name, description or terms hold the words, and then those that mean something near."""
    found = by_words(shown(request, opened).clusters, q)
    embedder = explorer(request).embedder
    vector = embedder.vector(q) if q.strip() and opened.atlas.about.get("embedder") == embedder.name else None
    if vector is not None:
        held = {hit.id for hit in found}
        found += [hit for hit in by_meaning(*opened.vectors, vector) if hit.id not in held]
    return SearchResults(query=q, results=found[:_MOST], by_meaning=vector is not None)
