"""Start here: from a file to an atlas, in the browser alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from clioscope.explorer.settings import Settings
from tests.explorer.page.conftest import Open, opening, state
from tests.explorer.page.test_by_keys import tab_to
from tests.explorer.page.test_for_everyone import in_all_guises
from tests.explorer.serving import served

SECONDS = 60_000


@pytest.fixture
def open_empty(tmp_path: Path, data: Path, browser: Browser) -> Iterator[Open]:
    """The page over a folder in which there is no run yet."""
    (tmp_path / "runs").mkdir()
    with served(Settings(tmp_path / "runs", data=data)) as server, opening(server, browser) as opened:
        yield opened


def test_an_empty_folder_leads_to_the_first_atlas(open_empty: Open, axe: str) -> None:
    page = open_empty()
    expect(page.get_by_role("heading", name="Start here")).to_be_visible()
    expect(page.get_by_role("button", name="Start the run")).to_be_disabled()
    page.get_by_role("button", name="2026 folder").click()
    expect(page.get_by_role("button", name="All of this folder")).to_be_visible()
    page.get_by_role("button", name=re.compile("october.jsonl")).click()
    expect(page.get_by_label("Name of the run")).to_have_value("october")
    assert "file=2026%2Foctober%2Ejsonl" in state(page)
    page.get_by_role("button", name="Estimate").click()
    expect(page.locator(".estimate")).to_contain_text("1,200 conversations, no cost", timeout=SECONDS)
    expect(page.locator(".estimate")).to_contain_text("No model is asked")
    assert in_all_guises(page, axe, 0) == {}
    page.get_by_label("With a language model").check()
    expect(page.get_by_role("button", name="Start the run")).to_be_disabled()
    page.get_by_label("Model", exact=True).fill("openai/gpt-5-nano")
    expect(page.locator(".estimate")).to_contain_text("The options were changed since")
    page.get_by_label("May cost at most").fill("a lot")
    expect(page.get_by_label("May cost at most")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Without a model").check()
    page.get_by_text("More options").click()
    page.get_by_label("Conversations in a base cluster").fill("100")

    page.get_by_role("button", name="Start the run").click()
    run = page.get_by_role("article", name="october")
    expect(run.locator(".status")).to_have_text("running")
    assert state(page) == "#/?run=october"
    expect(run.locator(".stage").first).to_be_visible(timeout=SECONDS)
    assert in_all_guises(page, axe, 0) == {}
    expect(run.locator(".status")).to_have_text("running")
    run.get_by_role("button", name="Stop").click()
    expect(run.locator(".status")).to_have_text("stopped", timeout=SECONDS)
    expect(run).to_contain_text("resume it to go on")
    run.get_by_role("button", name="Resume").click()
    expect(run.locator(".status")).to_have_text("finished", timeout=SECONDS)
    expect(run).to_contain_text("resumed once")
    expect(run.locator(".stage.done", has_text="Releasing")).to_be_visible()
    expect(run).to_contain_text("10 people, 15 conversations")
    run.get_by_role("link", name="Open").click()
    expect(page.get_by_role("tree")).to_be_visible()
    assert state(page) == "#/october/map"


def test_a_run_is_started_and_stopped_by_keys_alone(open_empty: Open) -> None:
    page = open_empty("#//start")
    page.get_by_role("button", name=re.compile("chats.jsonl")).wait_for()
    tab_to(page, ".file")
    while "chats" not in page.evaluate("document.activeElement.textContent"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("chats.jsonl"), pressed=True)).to_be_focused()
    tab_to(page, ".options input")
    page.keyboard.press("Control+A")
    page.keyboard.type("by-keys")
    page.keyboard.press("Enter")
    run = page.get_by_role("article", name="by-keys")
    expect(run.locator(".status")).to_have_text("running")
    tab_to(page, ".run-actions button")
    page.keyboard.press("Enter")
    expect(run.locator(".status")).to_have_text(re.compile("stopped|finished"), timeout=SECONDS)


def test_what_cannot_be_started_says_why(open_work: Open) -> None:
    page = open_work("#//start", refusals=True)
    page.get_by_role("button", name=re.compile("onerror")).click()
    expect(page.get_by_label("Name of the run")).to_have_value("img-src-x-onerror-alert-1")
    page.get_by_label("Name of the run").fill("small")
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_role("alert").last).to_contain_text("There is a folder small already")


def test_without_a_folder_of_data_it_says_how_to_start_the_server(open_page: Open) -> None:
    page = open_page()
    expect(page.get_by_role("heading", name="How to start one from here")).to_be_visible()
    expect(page.locator(".how-to")).to_contain_text("clioscope serve runs --data /srv/conversations")
    expect(page.get_by_role("link", name="Audit log")).to_be_visible()


def test_what_a_link_chooses_is_seen_and_it_cannot_lower_what_protects_people(open_work: Open) -> None:
    asked = {"profile": "personal", "minUsers": "1", "minConversations": "1", "drillDown": True, "sample": "7"}
    page = open_work(f"#//start?file=chats.jsonl&options={quote(json.dumps(asked))}")
    expect(page.get_by_label("Conversations, at random")).to_be_visible()
    expect(page.get_by_label("Conversations, at random")).to_have_value("7")
    expect(page.get_by_label("People behind every figure")).to_have_value("")
    expect(page.get_by_label("Conversations behind every figure")).to_have_value("")
    expect(page.get_by_label("Let investigators look")).not_to_be_checked()
    expect(page.get_by_label("Privacy profile")).to_have_value("default")
    expect(page.locator(".chosen li")).to_have_text(["Conversations, at random: 7"])
    page.get_by_label("People behind every figure").fill("12")
    page.get_by_label("Let investigators look").check()
    page.get_by_label("Conversations, at random").fill("")
    expect(page.get_by_label("People behind every figure")).to_have_value("12")
    said = page.locator(".chosen")
    expect(said).to_contain_text("People behind every figure, at least: 12")
    expect(said).to_contain_text("Let investigators look at single conversations")
    expect(said).not_to_contain_text("at random")
    assert "options" not in state(page)
