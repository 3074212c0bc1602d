"""Take the pictures of the explorer in docs/images, of a real run: the sample with recorded answers of a model.

``python tools/screenshots.py`` makes the run, serves it, and opens it in Chromium. Look at every picture before it is
committed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.resources import as_file
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Page, sync_playwright

from clioscope.sample import conversations

IMAGES = Path(__file__).parents[1] / "docs" / "images"
WIDE, NARROW, TALL = (1280, 800), (400, 800), (1280, 1180)


class Picture(NamedTuple):
    """A state of the page, and how it is seen."""

    name: str
    state: str
    size: tuple[int, int] = WIDE
    scheme: Literal["light", "dark"] = "light"
    act: Callable[[Page], None] = lambda page: None
    """What is done before it is taken."""


def estimate(page: Page) -> None:
    """Choose a model, and see what the run would cost."""
    page.get_by_label("With a language model").check()
    page.get_by_label("Model", exact=True).fill("openai/gpt-5-nano")
    page.get_by_label("May cost at most").fill("5")
    page.get_by_role("button", name="Estimate").click()
    page.locator(".estimate-table").wait_for(timeout=120_000)


def of_a_run(chosen: str) -> list[Picture]:
    """The pictures; ``chosen`` is the cluster that is selected in them."""
    return [
        Picture("map", f"#/demo/map?cluster={chosen}"),
        Picture("map-dark", f"#/demo/map?cluster={chosen}", scheme="dark"),
        Picture("languages", "#/demo/map?colour=language:&level=0"),
        Picture("compare", "#/demo/compare?compare=month:2026-08..month:2026-06"),
        Picture("privacy", "#/demo/privacy"),
        Picture("review", f"#/demo/review?cluster={chosen}"),
        Picture("start", "#//start?file=conversations.jsonl.gz", TALL, act=estimate),
        Picture("narrow-tree", f"#/demo/tree?cluster={chosen}", NARROW),
        Picture("narrow-details", f"#/demo/details?cluster={chosen}", NARROW),
    ]


def take(link: str, pictures: list[Picture]) -> None:
    """Take ``pictures`` of the server whose login link this is."""
    address = link.partition("/login")[0]
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        context = browser.new_context(reduced_motion="reduce")
        page = context.new_page()
        page.goto(link)
        for picture in pictures:
            width, height = picture.size
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=picture.scheme, reduced_motion="reduce")
            page.goto("about:blank")
            page.goto(f"{address}/{picture.state}")
            page.wait_for_selector("[role=tree], .panes, main")
            picture.act(page)
            page.wait_for_timeout(1500)
            page.screenshot(path=IMAGES / f"{picture.name}.png")
        browser.close()


def main() -> None:
    """Run, serve, and take the pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        runs = Path(temporary) / "runs"
        command = [sys.executable, "-m", "clioscope"]
        if len(sys.argv) > 1:
            shutil.copytree(sys.argv[1], runs / "demo")
        else:
            subprocess.run([*command, "demo", "--recorded", "--run", runs / "demo", "--quiet"], check=True)
        data = Path(temporary) / "data"
        data.mkdir()
        with as_file(conversations()) as sample:
            shutil.copy(sample, data)
        serve = [*command, "serve", str(runs), "--data", str(data), "--port", "0"]
        serving = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
        try:
            assert serving.stdout is not None
            link = serving.stdout.readline().strip()
            take(link, of_a_run("0-1"))
        finally:
            serving.terminate()
            serving.wait()


if __name__ == "__main__":
    main()
