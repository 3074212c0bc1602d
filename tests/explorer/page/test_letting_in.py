"""What lets people and programs in: signing out, API tokens, and for those who administer everybody's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from clioscope.explorer.inside import Inside
from clioscope.explorer.settings import settings_for_team
from clioscope.explorer.teams.access_file import Access
from clioscope.explorer.teams.people import SignedIn, subject_of
from tests.explorer.made_atlas import HOSTILE_TEXTS
from tests.explorer.oidc.provider import free_ports
from tests.explorer.page.conftest import NARROW, WIDE, Open, state, watch
from tests.explorer.page.test_for_everyone import SCHEMES, in_all_guises, violations
from tests.explorer.serving import Served, served

ISSUER = "https://127.0.0.1:1"  # where nobody is: who signs out is led to the explorer's own page

REVOKE = (("Revoke: ", False), ("Revoke", True))  # the button, and the one that does it


class Team:
    """A server that people sign in to, and people who have."""

    def __init__(self, server: Served, inside: Inside) -> None:
        self.server, self.inside = server, inside

    def session(self, name: str, *groups: str) -> str:
        """Sign somebody in: their cookie."""
        assert self.inside.team is not None
        return self.inside.team.sessions.begin(SignedIn(subject_of(ISSUER, name), name, frozenset(groups)), "")

    def asked(self, session: str) -> int:
        """How a request of that session is answered."""
        cookies = {self.server.settings.cookie: session}
        return httpx.get(f"{self.server.address}/api/session", cookies=cookies).status_code

    @contextmanager
    def page(self, browser: Browser, session: str, address: str) -> Iterator[Page]:
        problems: list[str] = []
        with browser.new_context(viewport=WIDE) as context:
            cookie = {"name": self.server.settings.cookie, "value": session, "url": self.server.address}
            context.add_cookies([cookie])  # type: ignore[list-item]
            page = context.new_page()
            watch(page, problems, refusals=True)
            page.goto(f"{self.server.address}/{address}")
            yield page
        assert problems == []


@pytest.fixture
def team(made_runs: Path, tmp_path: Path) -> Iterator[Team]:
    (port,) = free_ports(1)
    given = {
        "url": f"http://127.0.0.1:{port}",
        "oidc": {"issuer": ISSUER, "client_id": "clioscope", "name": "Example sign-on"},
        "roles": {"groups": {"all": "viewer", "admins": "admin"}},
        "runs": [{"names": ["small"], "groups": {"all": "analyst", "admins": "admin"}}],
        "tokens": {"most_days": 90},
    }
    access = Access.model_validate(given)
    settings = settings_for_team(made_runs, access, store=str(tmp_path / "store.sqlite"))
    inside = Inside(settings)
    with served(settings, port) as server:
        yield Team(server, inside)
    inside.close()


def test_a_token_is_made_shown_once_and_revoked_by_keys_alone_and_signing_out_ends_it_all(
    open_work: Open, worked_on: Served, axe: str
) -> None:
    page = open_work("#//access", refusals=True)
    page.get_by_role("button", name="New token").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.press("Enter")  # without a name
    expect(page.get_by_text("Say what it is for.")).to_be_visible()
    page.keyboard.type(HOSTILE_TEXTS[0][:90])
    page.get_by_role("combobox", name="Role").select_option("analyst")
    expect(page.get_by_role("combobox", name="Role")).to_have_accessible_description(
        re.compile("export, edit clusters")
    )
    page.get_by_role("textbox", name="Runs").fill("sm*, queue")
    page.keyboard.press("Enter")
    secret = page.locator(".secret").inner_text()
    assert secret.startswith("clioscope_")
    expect(page.get_by_role("button", name="Copy")).to_be_focused()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("Enter")
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    with httpx.Client(base_url=worked_on.address, headers={"Authorization": f"Bearer {secret}"}) as program:
        assert {one["run"] for one in program.get("/api/atlases").json()} == {"small", "queue"}
        page.get_by_role("button", name="Done").press("Enter")
        expect(page.locator(".secret")).to_have_count(0)
        row = page.locator(".access-table").first.locator("tbody tr").first
        expect(row).to_contain_text("analyst on sm*, queue")
        revoke, surely = (row.get_by_role("button", name=name, exact=exact) for name, exact in REVOKE)
        revoke.press("Enter")
        expect(surely).to_be_focused()
        page.keyboard.press("Escape")
        expect(revoke).to_be_focused()
        page.keyboard.press("Enter")
        expect(surely).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".access-done")).to_contain_text("lets nobody in any more")
        assert program.get("/api/atlases").status_code == 401
    page.evaluate("location.hash = '#/small/map'")
    page.wait_for_selector(".panes")
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_text("The session has ended: the terminal prints another link")).to_be_visible()
    assert in_all_guises(page, axe, 0) == {}
    assert page.locator(".panes").count() == 0
    assert page.evaluate("fetch('/api/session').then((answer) => answer.status)") == 401
    page.go_back()
    expect(page.get_by_role("heading", name="Signed out")).to_be_visible()


def test_who_administers_ends_sessions_and_tokens_and_everybody_can_read_it(
    team: Team, browser: Browser, axe: str
) -> None:
    assert team.inside.team is not None
    hostile = HOSTILE_TEXTS[0][:60]
    hers, his = [team.session("ana@example.org", "all") for _ in range(2)], team.session(hostile, "all")
    ana = team.inside.team.sessions.find(hers[0])
    assert ana is not None
    team.inside.tokens.make(ana, hostile, "viewer", None, 30)
    with team.page(browser, team.session("root@example.org", "admins"), "#//access") as page:
        expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
        found: dict[str, object] = {}
        page.get_by_role("button", name="New token").click()
        page.get_by_role("button", name="End everything: ana").click()
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                if here := violations(page, axe):
                    found[f"{size['width']}, {scheme}"] = here
            assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        assert found == {}
        assert page.evaluate("document.querySelectorAll('#app :is(img, iframe, script, b, style)').length") == 0
        page.get_by_role("group", name="End everything: ana").get_by_role("button", name="End everything").click()
        done = page.locator(".access-done")
        expect(done).to_have_text("Of ana@example.org ended: 2 sessions and 1 token.")
        assert [team.asked(one) for one in (*hers, his)] == [401, 401, 200]
        theirs = page.get_by_role("button", name=re.compile("^End: (?!root)"))
        expect(theirs).to_have_count(1)
        theirs.click()
        page.get_by_role("button", name="End", exact=True).click()
        expect(done).to_have_text(re.compile("^A session of"))
        assert team.asked(his) == 401
    again = team.session("ana@example.org", "all")
    with team.page(browser, again, "#/small/map") as page:
        page.get_by_role("link", name="ana@example.org").click()
        assert state(page) == "#//access"
        expect(page.get_by_role("main")).to_contain_text("with the role viewer; analyst on small.")
        expect(page.get_by_role("heading", level=2)).to_have_text(["Your API tokens"])
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        page.get_by_role("button", name="Signed in as ana@example.org").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("link", name="Sign in with Example sign-on")).to_be_visible()
        assert in_all_guises(page, axe, 0) == {}
        assert team.asked(again) == 401


def test_views_that_are_out_of_sight_show_that_there_are_more(open_work: Open) -> None:
    page = open_work("#/small/tree", viewport=NARROW)
    views = page.get_by_role("navigation", name="Views")
    expect(views).to_have_attribute("data-more", "end")
    page.get_by_role("link", name="Privacy", exact=True).click()
    expect(views).to_have_attribute("data-more", "start")
    expect(page.get_by_role("link", name="Privacy", exact=True)).to_be_in_viewport(ratio=1)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    expect(views).to_have_attribute("data-more", "")
