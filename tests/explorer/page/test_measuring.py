"""What the benchmark of the page counts as over is over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from benchmarks.explorer_speed import PENDING
from tests.explorer.browser import wait_until

BODY = b'{"figures": 1}'


@pytest.fixture
def slow() -> Iterator[tuple[str, threading.Event]]:
    """A server that sends headers at once, and what they are of once the event is set."""
    go_on = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(BODY) if self.path == "/slow" else 0))
            self.end_headers()
            if self.path == "/slow":
                self.wfile.flush()
                go_on.wait(20)
                self.wfile.write(BODY)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", go_on
    go_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_request_is_over_with_its_answer_and_not_with_its_headers(
    browser: Browser, slow: tuple[str, threading.Event]
) -> None:
    address, go_on = slow
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script(PENDING)
        page.goto(address)
        page.evaluate(
            "fetch('/slow').then(async answer => { window.headers_ = true; window.got_ = await answer.json(); })"
            " && null"
        )
        wait_until(page, "window.headers_ === true")
        page.wait_for_timeout(100)
        assert page.evaluate("window.pending_") == 1
        go_on.set()
        wait_until(page, "window.got_?.figures === 1")
        wait_until(page, "window.pending_ === 0")
        page.evaluate("fetch('http://127.0.0.1:1/').catch(() => { window.failed_ = true; }) && null")
        wait_until(page, "window.failed_ === true")
        assert page.evaluate("window.pending_") == 0
