"""How fast the map is on a machine without a GPU: 1,000,000 conversations, 2,000 clusters, about 19,000 bins.

Run with ``python -m benchmarks.map_speed``. The page is ``web/harness``, in headless Chromium, 1200 x 800, its GPU's
API done in software, or none at all. Ready: from when the atlas is in memory to the first picture with all dots.
"""

from __future__ import annotations

import argparse
import functools
import statistics
import subprocess
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from benchmarks.results import add_save, publish
from tests.explorer.browser import SOFTWARE_WEBGL, chromium

WEB = Path(__file__).parents[1] / "web"
ROUNDS = 5

WATCH = """
  const asked = window.requestAnimationFrame.bind(window);
  window.frames_ = [];
  const tick = () => { window.frames_.push(performance.now()); asked(tick); };
  asked(tick);
"""

# Reading a pixel back waits until everything is drawn.
READY = """async () => {
  while (!document.querySelector('.map-canvas')) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  const canvas = document.querySelector('.map-canvas');
  const gl = canvas.dataset.drawnBy === 'webgl2' && canvas.getContext('webgl2');
  if (gl) gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  return performance.now() - performance.getEntriesByName('given')[0].startTime;
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def _zoom(page: Page) -> None:
    for step in range(20):
        page.mouse.wheel(0, -100 if step < 10 else 100)
        page.wait_for_timeout(100)


def _drag(page: Page) -> None:
    page.mouse.down()
    for step in range(60):
        page.mouse.move(400 + 4 * step, 300 + 2 * step)
        page.wait_for_timeout(25)
    page.mouse.up()


def _frames(page: Page, act: Any) -> list[float]:
    """Milliseconds from frame to frame while something is done."""
    begin = page.evaluate("performance.now()")
    act(page)
    end = page.evaluate("performance.now()")
    frames = [at for at in page.evaluate("window.frames_") if begin < at < end]
    return [later - earlier for earlier, later in pairwise(frames)]


def _measure(address: str, label: str, arguments: list[str], ratio: int) -> list[str]:
    ready, zooming, dragging = [], [], []
    with chromium(*arguments) as browser:
        for _ in range(ROUNDS):
            context = browser.new_context(viewport={"width": 1200, "height": 800}, device_scale_factor=ratio)
            page = context.new_page()
            page.add_init_script(WATCH)
            page.add_init_script(SOFTWARE_WEBGL)
            page.goto(address)
            ready.append(page.evaluate(READY))
            page.mouse.move(400, 300)
            page.wait_for_timeout(500)
            zooming += _frames(page, _zoom)
            page.wait_for_timeout(500)
            dragging += _frames(page, _drag)
            context.close()
    moving = [
        f"{1000 / statistics.mean(times):.0f}, {statistics.quantiles(times, n=20)[-1]:.0f} ms"
        for times in (zooming, dragging)
    ]
    return [label, f"{statistics.median(ready) / 1000:.2f} s", *moving]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_save(parser)
    save = parser.parse_args().save
    with tempfile.TemporaryDirectory() as folder:
        vite = ["npx", "vite", "build", "--config", "harness/vite.config.ts", "--outDir", folder, "--emptyOutDir"]
        subprocess.run(vite, cwd=WEB, check=True, capture_output=True)
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/map.html?atlas=big"
        rows = [
            _measure(address, "WebGL 2 in software", [], 1),
            _measure(address, "2-D canvas (`--disable-3d-apis`)", ["--disable-3d-apis"], 1),
            _measure(address, "WebGL 2 in software, 2 pixels for each of CSS", [], 2),
            _measure(address, "2-D canvas, 2 pixels for each of CSS", ["--disable-3d-apis"], 2),
        ]
        server.shutdown()
    publish("map", ["drawn by", "ready", "zooming: frames a second, 95th percentile", "dragging"], rows, save)


if __name__ == "__main__":
    main()
