"""The page: its build's files, and its first one at every other address, so that every state has a link."""

from __future__ import annotations

import hashlib
import re
from html import escape
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

from clioscope.explorer.routes.asking import explorer

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""What the build may hold. The system's own list differs from machine to machine."""
_HASHED = re.compile(r"-[A-Za-z0-9_]{8,}\.[a-z0-9]+$")
"""A name that a hash of what is in the file is part of. Others may change, and are asked for each time."""
_NO_PAGE = (
    "The explorer's page is not in this installation. Build it with `npm --prefix web ci` and "
    "`npm --prefix web run build`, or install Clioscope from a wheel, which holds it."
)

router = APIRouter()


@router.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
def page(path: str, request: Request) -> Response:
    """A file of the build, or the page."""
    static = explorer(request).settings.static
    if path == "api" or path.startswith("api/"):
        raise HTTPException(404)
    file = _inside(static, path)
    if file is not None and file.suffix in _TYPES:
        return _sent(request, file, forever=_HASHED.search(path) is not None)
    if Path(path).suffix in _TYPES:  # no state of the page ends like a file
        raise HTTPException(404)
    index = static / "index.html"
    return _sent(request, index, forever=False) if index.is_file() else said(_NO_PAGE, 503)


def said(sentence: str, status: int, link: tuple[str, str] | None = None) -> Response:
    """A page of one sentence, and a link (its address and its text) where there is something to do."""
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Clioscope</title>'
    more = f'<p><a href="{escape(link[0])}">{escape(link[1])}</a></p>' if link else ""
    style = '<link rel="stylesheet" href="/style.css">'
    main = f'<main class="prose-page"><h1>Clioscope</h1><p>{escape(sentence)}</p>{more}</main>'
    body = f'<!doctype html><html lang="en">{head}{style}{main}'
    return Response(body, status, {"cache-control": "no-store"}, "text/html; charset=utf-8")


def _inside(static: Path, path: str) -> Path | None:
    """The file of the build at ``path``."""
    if "\0" in path or "\\" in path:
        return None
    file = (static / path).resolve()
    return file if file.is_relative_to(static.resolve()) and file.is_file() else None


def _sent(request: Request, file: Path, *, forever: bool) -> Response:
    """``file``, or that it has not changed."""
    content = file.read_bytes()
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "public, max-age=31536000, immutable" if forever else "no-cache"}
    if tag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(None, 304, headers)
    return Response(content, 200, headers, _TYPES[file.suffix])
