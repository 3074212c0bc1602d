"""Every main flow, by keys alone, on a narrow screen, without motion and without a GPU, on a server and in a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import clioscope
from clioscope import Message
from clioscope.explorer.report import write_report
from clioscope.explorer.settings import Settings
from tests.conftest import conversations
from tests.explorer.made_atlas import Plan, make_atlas
from tests.explorer.page.conftest import NARROW, WIDE, sign_in, watch
from tests.explorer.page.flows import LOOKING, WORKING, Flow, Hands
from tests.explorer.serving import Served, served

MEDIA: dict[str, dict[str, Any]] = {
    "keys": {"viewport": WIDE},
    "narrow": {"viewport": NARROW},
    "still, without a GPU": {"viewport": WIDE, "reduced_motion": "reduce"},
    "narrow, still, without a GPU": {"viewport": NARROW, "reduced_motion": "reduce"},
}
NOT_YET_BY_KEYS = {name: LOOKING[name] for name in ("details", "filters", "comparison", "privacy")} | {
    name: WORKING[name] for name in ("reveal", "taking along", "log", "runs")
}
SEATS = {
    ("server", "keys"): NOT_YET_BY_KEYS,  # the others have tests of their own
    ("server", "narrow"): LOOKING | WORKING,
    ("server", "still, without a GPU"): LOOKING | WORKING,
    ("report", "keys"): LOOKING,
    ("report", "narrow, still, without a GPU"): LOOKING,
}

WATCH_ANIMATIONS = """
  window.moved_ = new Set();
  const look = () => {
    for (const one of document.getAnimations()) {
      if (one.effect.getComputedTiming().duration > 1) window.moved_.add(one.effect.target.outerHTML.slice(0, 80));
    }
    requestAnimationFrame(look);
  };
  look();
"""


@pytest.fixture(scope="module")
def own_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs that these flows change."""
    folder = tmp_path_factory.mktemp("flows") / "runs"
    make_atlas(folder / "small", Plan())
    said = [
        replace(one, messages=(Message("user", f"{one.messages[0].content} ana@example.org"), one.messages[1]))
        for one in conversations(260)
    ]
    clioscope.run(said, folder / "open", drill_down=True, clusters=3)
    return folder


@pytest.fixture(scope="module")
def own_server(own_runs: Path, data: Path) -> Iterator[Served]:
    with served(Settings(own_runs, data=data, requests_per_second=1e6, burst=1_000_000)) as found:
        yield found


@pytest.fixture(scope="module")
def own_report(own_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_report(own_runs / "small", tmp_path_factory.mktemp("flows-report") / "small.html").page.as_uri()


class Seat:
    """A page of one medium, on which one flow follows the other."""

    def __init__(self, page: Page, root: str, medium: str) -> None:
        self.page, self.root, self.medium = page, root, medium
        self.hands = Hands(page, keys="keys" in medium, narrow="narrow" in medium)

    def check(self) -> None:
        """What the medium has to hold after a flow."""
        assert self.page.evaluate("document.documentElement.scrollWidth") == MEDIA[self.medium]["viewport"]["width"]
        if "still" in self.medium:
            assert self.page.evaluate("[...window.moved_]") == []
        if "GPU" in self.medium:
            assert self.page.evaluate("document.createElement('canvas').getContext('webgl2')") is None


@pytest.fixture(scope="module")
def seat(request: pytest.FixtureRequest, browser: Browser, without_gpu: Browser) -> Iterator[Seat]:
    place, medium = request.param
    problems: list[str] = []
    own = without_gpu if "GPU" in medium else browser
    with own.new_context(**MEDIA[medium], offline=place == "report") as context:
        page = context.new_page()
        watch(page, problems)
        page.add_init_script(WATCH_ANIMATIONS)
        if place == "server":
            server: Served = request.getfixturevalue("own_server")
            sign_in(context, server)
            yield Seat(page, f"{server.address}/", medium)
        else:
            yield Seat(page, request.getfixturevalue("own_report"), medium)
    assert problems == []


@pytest.mark.parametrize(
    ("seat", "flow"),
    [
        pytest.param(seat, flow, id=", ".join((*seat, name)))
        for seat, flows in SEATS.items()
        for name, flow in flows.items()
    ],
    indirect=["seat"],
)
def test_every_flow_can_be_gone_through(seat: Seat, flow: Flow) -> None:
    seat.page.goto(seat.root + flow.address)
    seat.page.wait_for_selector(".panes, h1")
    flow.go(seat.hands)
    seat.check()
