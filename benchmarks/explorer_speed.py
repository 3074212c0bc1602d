"""How fast the explorer is on a large atlas: 1,000,000 conversations, 2,000 base clusters, 5 attributes and all pairs.

Run with ``python -m benchmarks.explorer_speed``. The atlas is made up. The server is ``clioscope serve`` in a process
of its own, the browser a headless Chromium of 1440 x 900 on the same machine without a GPU, and with nothing in its
cache: as it is, where the page finds that the processor plays the GPU and takes the canvas; made to take that for a
GPU; and without any API for one. Times begin with the navigation: first paint is the first contentful
paint; the tree is there with its first row; the map is interactive once all dots are drawn and a turn of the wheel has
been drawn too. A filter is answered once every figure of it has arrived and the map is drawn again.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
from playwright.sync_api import Browser, Page

from benchmarks.memory import peak_mb
from benchmarks.results import add_save, publish
from clioscope.explorer.report import write_report
from clioscope.explorer.settings import STATIC
from tests.explorer.browser import SOFTWARE_WEBGL, chromium
from tests.explorer.made_atlas import ATTRIBUTES, Plan, make_atlas
from tests.explorer.serving import Process, process

LOADS = 7
SECONDS_BETWEEN = 0.025
"""Between requests: a session may ask fifty times a second."""

PENDING = """
  const asked = window.fetch.bind(window);
  window.pending_ = 0;
  window.fetch = async (...given) => {
    window.pending_ += 1;
    const over = () => { window.pending_ -= 1; };
    const answer = await asked(...given).catch((error) => { over(); throw error; });
    answer.clone().arrayBuffer().then(over, over);
    return answer;
  };
"""
"""How many requests are under way: each until all of its answer is there, and not its headers alone."""

DRAWN = """
  const frame = () => new Promise(requestAnimationFrame);
  // Reading a pixel back waits until everything is drawn.
  const drawn = async () => {
    await frame(); await frame();
    const canvas = document.querySelector('.map-canvas');
    const gl = canvas.dataset.drawnBy === 'webgl2' && canvas.getContext('webgl2');
    if (gl) gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  };
"""

OPENED = f"""async () => {{
  {DRAWN}
  while (!document.querySelector('[role=treeitem]')) await frame();
  const tree = performance.now();
  while (!document.querySelector('.map-canvas') || !document.querySelector('.map-label')) await frame();
  await drawn();
  const canvas = document.querySelector('.map-canvas');
  const at = {{ bubbles: true, cancelable: true, clientX: 700, clientY: 400, deltaY: -100 }};
  canvas.dispatchEvent(new WheelEvent('wheel', at));
  await drawn();
  const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime;
  return [paint, tree, performance.now()];
}}"""

FILTER = f"""async filter => {{
  {DRAWN}
  const said = () => document.querySelector('.status-bar .figure').textContent.replace(/,? *[A-Z].*/, '');
  const before = said(), begin = performance.now();
  location.hash = location.hash.replace(/[?].*/, '') + '?filter=' + filter;
  while (said() === before || window.pending_) await frame();
  await drawn();
  return performance.now() - begin;
}}"""


@contextmanager
def signed_in(browser: Browser, state: Any, *, forced: bool) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, storage_state=state)
    page = context.new_page()
    page.add_init_script(PENDING)
    if forced:
        page.add_init_script(SOFTWARE_WEBGL)
    yield page
    context.close()


def in_the_browser(
    server: Process, label: str, state: Any, arguments: tuple[str, ...] = (), *, forced: bool = False
) -> list[str]:
    opened: list[list[float]] = []
    filtered: list[float] = []
    filters = [f"{name}:{value}" for name, values in ATTRIBUTES.items() for value in values]
    with chromium(*arguments) as browser:
        for _ in range(LOADS):
            with signed_in(browser, state, forced=forced) as page:
                page.goto(f"{server.address}/#/large/map")
                opened.append(page.evaluate(OPENED))
                page.wait_for_timeout(1000)
                filtered += [page.evaluate(FILTER, one) for one in filters]  # each once: the page remembers answers
    paint, tree, ready = (statistics.median(times) / 1000 for times in zip(*opened, strict=True))
    p50, p95 = statistics.median(filtered), statistics.quantiles(filtered, n=20)[-1]
    return [label, f"{paint:.2f} s", f"{tree:.2f} s", f"{ready:.2f} s", f"{p50:.0f} ms", f"{p95:.0f} ms"]


def of_the_server(client: httpx.Client) -> list[list[str]]:
    """Every filter with every second attribute on every level, and searches, one after the other."""
    asked: dict[str, list[str]] = {
        "all of a filter": [],
        "levels of a filter": [],
        "levels of a filter by a second attribute": [],
        "cells of a filter": [],
        "cells of a filter by a second attribute": [],
        "search": [],
    }
    for name, values in ATTRIBUTES.items():
        for value in values:
            at = f"/api/atlases/large/levels?attribute={name}&value={value}"
            asked["levels of a filter"].append(at)
            asked["all of a filter"].append(at.replace("/levels?", "/filtered?"))
            others = [other for other in ATTRIBUTES if other != name]
            asked["levels of a filter by a second attribute"] += [f"{at}&by={other}" for other in others]
    for level, (name, values) in itertools.product((0, 1, 2), ATTRIBUTES.items()):
        at = f"/api/atlases/large/cells?level={level}&attribute={name}"
        for value in values:
            asked["cells of a filter"].append(f"{at}&value={value}")
            others = [other for other in ATTRIBUTES if other != name]
            asked["cells of a filter by a second attribute"] += [f"{at}&value={value}&by={other}" for other in others]
    words = (
        "python scripts",
        "write a letter",
        "taxes",
        "something that nobody asked about",
        "meal plans for children",
    )
    asked["search"] = [f"/api/atlases/large/search?q={word}" for word in words * 10]
    rows = []
    for what, addresses in asked.items():
        times = []
        for address in addresses:
            begin = time.perf_counter()
            client.get(address).raise_for_status()
            times.append(1000 * (time.perf_counter() - begin))
            time.sleep(SECONDS_BETWEEN)
        p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        rows.append([what, f"{len(times):,}", f"{p50:.0f} ms", f"{p95:.0f} ms"])
    return rows


def sizes(run: Path, folder: Path) -> list[str]:
    """What is sent and written, a sentence each."""
    told = []
    for name in ("app.js", "style.css"):
        told.append(f"{name}, gzip: {len(gzip.compress((STATIC / name).read_bytes(), 9)) / 1000:.1f} kB.")
    atlas = sum(file.stat().st_size for file in (run / "atlas").iterdir())
    told.append(f"The atlas on the disk: {atlas / 1e6:.1f} MB.")
    begin = time.perf_counter()
    written = write_report(run, folder / "report.html")
    without = " (the finest pairs left out)" if written.shortened else ""
    seconds = time.perf_counter() - begin
    return [*told, f"The report in one file{without}: {written.size / 1e6:.2f} MB, in {seconds:.1f} s."]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_save(parser)
    save = parser.parse_args().save
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        run = make_atlas(folder / "runs" / "large", Plan(conversations=1_000_000, levels=(2000, 60, 8)))
        with process("serve", folder / "runs", "--port", "0", folder=folder) as server, server.signed_in() as client:
            cookies: Any = [{"name": c.name, "value": c.value, "url": server.address} for c in client.cookies.jar]
            with chromium() as browser:
                context = browser.new_context()
                context.add_cookies(cookies)
                state: Any = context.storage_state()
            heads = ("drawn by", "first paint", "tree", "map interactive", "filter: median", "95th percentile")
            drawn = [
                in_the_browser(server, "what the page chooses (2-D canvas)", state),
                in_the_browser(server, "WebGL 2 in software, forced", state, forced=True),
                in_the_browser(server, "2-D canvas (`--disable-3d-apis`)", state, ("--disable-3d-apis",)),
            ]
            asked = of_the_server(client)
            peak = f"Peak memory of the server: {peak_mb(server.process.pid):.0f} MB."
        notes = [peak, *sizes(run, folder)]
    publish("explorer-browser", heads, drawn, save)
    publish(
        "explorer-server", ["asked of the server", "requests", "median", "95th percentile"], asked, save, notes=notes
    )


if __name__ == "__main__":
    main()
