"""The routes of the API, one small file a subject, and the page's."""

from clioscope.explorer.routes import (
    access,
    atlases,
    audit_log,
    cells,
    conversations,
    edits,
    export,
    login,
    map,
    page,
    people,
    privacy,
    review,
    runs,
    search,
    session,
    tokens,
)

ROUTERS = (
    login.router,
    session.router,
    atlases.router,
    cells.router,
    map.router,
    search.router,
    privacy.router,
    export.router,
    edits.router,
    review.router,
    runs.router,
    conversations.router,
    audit_log.router,
    access.router,
    tokens.router,
    people.router,
    page.router,  # last: it answers every address that is left
)
