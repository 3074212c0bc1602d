"""The browser that pages are tested in: the system's Chromium, without a window."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.explorer.needed import skip_outside_ci

WEB = Path(__file__).parents[2] / "web"


def axe_core() -> str:
    """The script that finds what keeps people out of a page."""
    script = WEB / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        skip_outside_ci("axe-core is not installed: npm ci --prefix web")
    return script.read_text("utf-8")


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """Chromium, started with these arguments."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        skip_outside_ci("There is no Chromium on this machine: install it, or say in CHROMIUM where it is.")
    browser = _playwright().chromium.launch(executable_path=executable, args=list(arguments))
    yield browser
    browser.close()


def wait_until(page: Page, expression: str, seconds: float = 20) -> None:
    """Wait until an expression is true. Playwright's own way of waiting needs ``eval``, which pages forbid."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"still not so after {seconds} seconds: {expression}"
        page.wait_for_timeout(30)


SOFTWARE_WEBGL = """
  const context = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, options) {
    return context.call(this, kind, kind === 'webgl2' ? { ...options, failIfMajorPerformanceCaveat: false } : options);
  };
  const parameter = WebGL2RenderingContext.prototype.getParameter;
  WebGL2RenderingContext.prototype.getParameter = function (name) {
    return name === 0x9246 ? 'a GPU' : parameter.call(this, name);
  };
"""
"""For ``add_init_script``: WebGL 2 that the processor does passes for a GPU's, which the map asks for."""


@functools.cache
def _playwright() -> Playwright:
    """One for all tests of a process: a second one cannot be started beside it."""
    started = sync_playwright().start()
    atexit.register(started.stop)
    return started
