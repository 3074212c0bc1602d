"""The explorer's web application: its routes, behind the guard."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from clioscope.explorer.catalogue import Catalogue
from clioscope.explorer.doorman import known
from clioscope.explorer.embedder import LazyEmbedder
from clioscope.explorer.guard import Guard
from clioscope.explorer.inside import Inside
from clioscope.explorer.problems import answer_with_sentences
from clioscope.explorer.routes import ROUTERS
from clioscope.explorer.routes.asking import Explorer, Permission
from clioscope.explorer.settings import Settings
from clioscope.version import __version__

_ANSWERS_AT_ONCE = 8
_SECONDS_TO_END = 10.0


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # Answers are built in memory: few at once, or many large ones would not fit.
    anyio.to_thread.current_default_thread_limiter().total_tokens = _ANSWERS_AT_ONCE
    catalogue = app.state.explorer.catalogue
    warming = threading.Thread(target=catalogue.warm, name="opening the newest atlas", daemon=True)
    warming.start()
    yield
    # What reads the atlas must not be cut off by the end of the process: that ends it with an abort.
    await anyio.to_thread.run_sync(warming.join, _SECONDS_TO_END)
    app.state.explorer.close()


def make_app(settings: Settings) -> FastAPI:
    """The application that a server with ``settings`` runs."""
    app = FastAPI(
        title="Clioscope explorer",
        description="What the page asks for, and what programs may ask for: released figures alone.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.explorer = Explorer(settings, Inside(settings), Catalogue(settings.root), LazyEmbedder())
    for router in ROUTERS:
        app.include_router(router)
    _check()
    answer_with_sentences(app)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=4)
    # FastAPI's documented way of extending the description is to put another method in the place of this one.
    app.openapi = lambda: described(app, settings)  # type: ignore[method-assign]
    return app


def make_guarded(settings: Settings) -> ASGIApp:
    """:func:`make_app` behind the guard, which even an error inside has to pass: what a server serves."""
    return guarded(make_app(settings))


def guarded(app: FastAPI) -> ASGIApp:
    """An application of :func:`make_app` behind the guard."""
    inside = app.state.explorer.inside
    return Guard(app, inside.settings, lambda headers: known(inside, headers))


def permission_of(route: APIRoute) -> Permission | None:
    """What ``route`` asks of who calls it."""
    found = (dependency.call for dependency in route.dependant.dependencies)
    return next((call for call in found if isinstance(call, Permission)), None)


def api_routes() -> list[APIRoute]:
    """The routes under ``/api``. Routers do not hold other routers here, so that these are all."""
    routes = [route for router in ROUTERS for route in router.routes]
    strange = [route for route in routes if not isinstance(route, APIRoute)]
    if strange:
        raise AssertionError(f"{strange[0]} is no plain route")
    return [route for route in routes if isinstance(route, APIRoute) and route.path.startswith("/api")]


def described(app: FastAPI, settings: Settings) -> dict[str, Any]:
    """The OpenAPI description, with the cookie or the token that every call under ``/api`` needs."""
    if app.openapi_schema is None:
        schema = FastAPI.openapi(app)
        schemes = schema.setdefault("components", {}).setdefault("securitySchemes", {})
        schemes["session"] = {"type": "apiKey", "in": "cookie", "name": "clioscope"}
        schemes["token"] = {"type": "http", "scheme": "bearer"}
        schema["security"] = [{"session": []}, {"token": []}]
    found: dict[str, Any] = app.openapi_schema or {}
    return found


def _check() -> None:
    """Refuse to build an application with a route that anybody may call."""
    for route in api_routes():
        permission = permission_of(route)
        if permission is None:
            raise AssertionError(f"{route.path} names no action of the access table")
        if permission.on == "the run" and not {"id", "run"} & set(route.param_convertors):
            raise AssertionError(f"{route.path} names no run, and does not say on what its action is")
