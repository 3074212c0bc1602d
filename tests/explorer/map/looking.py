"""What the map shows, as a test sees it."""

from __future__ import annotations

import base64
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

from tests.explorer.browser import wait_until

STAGE = '[role="application"]'


class View(NamedTuple):
    x: float
    y: float
    zoom: float


def selections(page: Page) -> list[str | None]:
    """Ids that the map asked to select, in turn."""
    found: list[str | None] = page.evaluate("harness.told.selected")
    return found


def view(page: Page) -> View | None:
    """The view at which the map last came to rest."""
    last = page.evaluate("harness.told.views.at(-1) ?? null")
    return last and View(**last)


def rest(page: Page) -> View:
    """Wait until the map has come to rest once more than was seen, and stays there; say where."""
    wait_until(page, "harness.told.views.length > (harness.told.seen ?? 0)")
    found = None
    while found is None or found != view(page):
        found = view(page)
        page.wait_for_timeout(300)
    page.evaluate("harness.told.seen = harness.told.views.length")
    return found


def names(page: Page) -> list[str]:
    """Names that are written."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('.map-label:not(.is-leaving)')].map(label => label.innerText)"
    )
    return found


def dot_of(page: Page, cluster: str) -> tuple[float, float]:
    """A point of the screen, on a dot of a base cluster that no name covers, at the first view."""
    found = page.evaluate("cluster => harness.dotOf(cluster)", cluster)
    return found["x"], found["y"]


def picture(page: Page) -> NDArray[np.uint8]:
    """uint8 [height, width, 3]: what is on the screen, without names and controls."""
    hide = "document.querySelectorAll('.map-labels, .map-legend, .map-controls').forEach(e => e.style.display = 'none')"
    page.evaluate(hide)
    page.wait_for_timeout(100)
    shot = page.screenshot()
    page.evaluate(hide.replace("'none'", "''"))
    encoded = base64.b64encode(shot).decode()
    width, height, flat = page.evaluate(
        """async data => {
          const image = new Image();
          image.src = "data:image/png;base64," + data;
          await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height);
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const { data: pixels } = context.getImageData(0, 0, image.width, image.height);
          let text = "";
          for (let i = 0; i < pixels.length; i += 8192) text += String.fromCharCode(...pixels.subarray(i, i + 8192));
          return [image.width, image.height, btoa(text)];
        }""",
        encoded,
    )
    return np.frombuffer(base64.b64decode(flat), np.uint8).reshape(height, width, 4)[:, :, :3]
