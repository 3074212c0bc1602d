"""Refusals as sentences: what the API answers where it cannot answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from clioscope.errors import ClioscopeError
from clioscope.explorer.schemas import Problem

_USUAL = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
}

FAILED = "Something went wrong in the server. The terminal that it runs in says what."

DOCUMENTED: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "description": text}
    for code, text in {
        400: "The request contradicts itself, or asks for what cannot be.",
        401: "Nobody is signed in.",
        403: "The role may not do this, or the request comes from another site.",
        404: "There is no such atlas, attribute or page.",
        409: "It cannot be done now: the run has not finished, or its atlas is damaged.",
        413: "The body is too large.",
        422: "A parameter is missing or has a value that it cannot have.",
        429: "Too many requests. Retry-After says how many seconds to wait.",
    }.items()
}
"""What any route under /api may answer instead."""


def refusal(status: int, problem: str, headers: dict[str, str] | None = None) -> Response:
    """``problem`` as a response."""
    said = problem.encode("utf-8", "replace").decode()  # it may name a folder whose name is no text
    return JSONResponse(Problem(problem=said).model_dump(), status, headers)


def answer_with_sentences(app: FastAPI) -> None:
    """Have ``app`` answer every error as a :class:`Problem`."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        said = error.detail if error.detail != HTTPStatus(error.status_code).phrase else ""
        problem = said or _USUAL.get(error.status_code, HTTPStatus(error.status_code).description)
        return refusal(error.status_code, problem, dict(error.headers or {}))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return refusal(422, " ".join(_sentence(found) for found in error.errors()))

    async def impossible(request: Request, error: Exception) -> Response:
        return refusal(409, str(error))

    async def failed(request: Request, error: Exception) -> Response:
        return refusal(500, FAILED)  # it is raised again, and the guard writes it down

    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, failed)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(ClioscopeError, impossible)


def _sentence(error: Any) -> str:
    """One of pydantic's errors, without the value: it may be anything."""
    where = ".".join(str(part) for part in error["loc"] if part not in ("query", "body", "path"))
    reason = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    return f"{where or 'The body'}: {reason[:1].lower()}{reason[1:]}."
