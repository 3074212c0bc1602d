"""The explorer's page in a real browser, over a real server."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

import clioscope
from clioscope import Message
from clioscope.explorer.access import Person, Role
from clioscope.explorer.settings import Settings
from clioscope.sample import conversations as sample
from tests.conftest import conversations
from tests.explorer.atlases import recorded, rewrite
from tests.explorer.browser import axe_core, chromium
from tests.explorer.conftest import AUDIT
from tests.explorer.made_atlas import ATTRIBUTES, HOSTILE_TEXTS, Plan, make_atlas
from tests.explorer.serving import Served, served

WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 400, "height": 800}
VIEWS = ("tree", "map", "table", "details", "compare", "privacy")

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def made_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs to look at. Must not be changed."""
    folder = tmp_path_factory.mktemp("looked-at") / "runs"
    make_atlas(folder / "small", Plan())
    make_atlas(folder / "many", Plan(conversations=200_000, levels=(2000, 60, 8), pairs_from_level=1))
    apart = {name: ATTRIBUTES[name] for name in ("language", "model", "month")}
    make_atlas(folder / "apart", Plan(attributes=apart, apart=(("language", "month"),)))
    hostile = {**ATTRIBUTES, "custom <b>": HOSTILE_TEXTS[:8]}
    make_atlas(folder / "hostile", Plan(hostile=True, attributes=hostile))
    rewrite(recorded("names", folder / "names" / "atlas"), "clusters", _scored)
    (folder / "small" / "audits" / "2026-09-01T100000").mkdir(parents=True)
    (folder / "small" / "audits" / "2026-09-01T100000" / "audit.json").write_text(json.dumps(_leaky()))
    return folder


def _leaky() -> dict[str, Any]:
    """An audit, of another release, in which one attack held and one leaked."""
    (held,) = AUDIT["findings"]
    leaked = {**held, "attack": "subtraction", "verdict": "leaked", "sentence": "Three cells came out."}
    return {**AUDIT, "run": "small", "verdict": "leaked", "findings": [held, leaked]}


def _scored(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Clusters with the scores of an auditor who left some out, and gave no 2."""
    return [row | {"audit_score": score} for row, score in zip(rows, itertools.cycle([5, 4, None, 5, 3, 1]))]


@pytest.fixture(scope="session")
def looked_at(made_runs: Path) -> Iterator[Served]:
    with served(Settings(made_runs, requests_per_second=1e6, burst=1_000_000)) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def without_gpu() -> Iterator[Browser]:
    with chromium("--disable-3d-apis", "--disable-gpu") as found:
        yield found


@pytest.fixture(scope="session")
def axe() -> str:
    return axe_core()


def sign_in(context: BrowserContext, server: Served, role: Role = "admin") -> None:
    session = server.settings.sessions.begin(Person.with_role(f"a {role}", role))
    context.add_cookies([{"name": server.settings.cookie, "value": session, "url": server.address}])


@contextmanager
def opening(server: Served, browser: Browser) -> Iterator[Open]:
    """Open the page at a state, signed in, in a context of one's own; afterwards nothing may have gone wrong in it."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opened(
        state: str = "#/", browser: Browser = browser, role: Role = "admin", refusals: bool = False, **context: Any
    ) -> Page:
        made = browser.new_context(**({"viewport": WIDE} | context))
        contexts.append(made)
        sign_in(made, server, role)
        page = made.new_page()
        watch(page, problems, refusals=refusals)
        page.goto(f"{server.address}/{state}")
        page.wait_for_selector(".panes, h1, .warning")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def open_page(looked_at: Served, browser: Browser) -> Iterator[Open]:
    """The page over runs that are looked at alone."""
    with opening(looked_at, browser) as opened:
        yield opened


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of conversations: some of the shipped sample, and a file whose name wants to do harm."""
    folder = tmp_path_factory.mktemp("conversations")
    lines = gzip.decompress(sample().read_bytes()).splitlines(keepends=True)
    (folder / "2026").mkdir()
    for name, count in (("chats.jsonl", 300), ("2026/october.jsonl", 1200), ("<img src=x onerror=alert(1)>.jsonl", 1)):
        (folder / name).write_bytes(b"".join(lines[:count]))
    return folder


@pytest.fixture(scope="session")
def worked_on(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Served]:
    """A server over runs that people work on, one of which allows a look at conversations."""
    folder = tmp_path_factory.mktemp("worked-on") / "runs"
    for seed, name in enumerate(("small", "queue", "hostile")):
        make_atlas(folder / name, Plan(6_000, (14, 4), hostile=name == "hostile", seed=seed))
    said = [
        replace(one, messages=(Message("user", f"{one.messages[0].content} ana@example.org {harm}"), one.messages[1]))
        for one, harm in zip(conversations(260), itertools.cycle(HOSTILE_TEXTS[:8]), strict=False)
    ]
    clioscope.run(said, folder / "open", drill_down=True, clusters=3)
    with served(Settings(folder, data=data, requests_per_second=1e6, burst=1_000_000)) as found:
        yield found


@pytest.fixture
def open_work(worked_on: Served, browser: Browser) -> Iterator[Open]:
    """The page over runs that people work on."""
    with opening(worked_on, browser) as opened:
        yield opened


def watch(page: Page, problems: list[str], *, refusals: bool = False) -> None:
    """Note what goes wrong in ``page``: errors, refused scripts and styles, and windows that nobody asked for.

    ``refusals``: the server may refuse something, which browsers write down as an error.
    """

    def note(said: ConsoleMessage) -> None:
        if said.type == "error" and not (refusals and said.text.startswith("Failed to load resource")):
            problems.append(said.text)

    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", note)
    page.on("dialog", lambda dialog: problems.append(f"a dialog: {dialog.message}"))


def state(page: Page) -> str:
    """The state in the address."""
    return page.evaluate("location.hash")
