"""Responses that break off."""

from __future__ import annotations

from aiohttp import web


async def half(request: web.Request, payload: bytes) -> web.StreamResponse:
    """Headers and half of the body, then the connection closes."""
    response = web.StreamResponse(headers={"content-type": "application/json", "content-length": str(len(payload))})
    await response.prepare(request)
    await response.write(payload[: len(payload) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
