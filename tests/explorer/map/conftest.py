"""The map by itself, in a browser: built from ``web/harness`` and served with the explorer's own policy."""

from __future__ import annotations

import functools
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.explorer.browser import SOFTWARE_WEBGL, WEB, chromium
from tests.explorer.needed import skip_outside_ci

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

Open = Callable[..., Page]


class _Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page that holds nothing but the map is served."""
    vite = WEB / "node_modules" / ".bin" / "vite"
    if not vite.exists():
        skip_outside_ci("What builds the map is not installed: npm ci --prefix web")
    folder = tmp_path_factory.mktemp("map")
    command = [str(vite), "build", "--config", "harness/vite.config.ts", "--outDir", str(folder), "--emptyOutDir"]
    built = subprocess.run(command, cwd=WEB, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/map.html"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def with_webgl() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_map(address: str, with_webgl: Browser) -> Iterator[Open]:
    """Open the map with a query, in a context of one's own; afterwards nothing may have been logged as an error."""
    contexts = []
    problems: list[str] = []

    def opened(query: str = "", browser: Browser = with_webgl, software_webgl: bool = True, **context: Any) -> Page:
        made = browser.new_context(**({"viewport": {"width": 1000, "height": 700}} | context))
        contexts.append(made)
        page = made.new_page()
        if software_webgl:
            page.add_init_script(SOFTWARE_WEBGL)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.goto(address + query)
        page.wait_for_selector(".map-canvas")
        page.wait_for_selector(".map-label")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []
