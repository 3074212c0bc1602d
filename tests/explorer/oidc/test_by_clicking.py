"""Somebody signs in by clicking, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.explorer.browser import chromium
from tests.explorer.oidc.provider import TestProvider
from tests.explorer.serving import Served


@pytest.mark.browser
def test_somebody_follows_a_link_signs_in_and_is_where_the_link_led(oidc: TestProvider, explorer: Served) -> None:
    oidc.person("ana", "all")
    with chromium() as browser, browser.new_context() as context:
        context.route("**/fonts.googleapis.com/**", lambda route: route.abort())  # which the provider's page asks for
        page = context.new_page()
        page.goto(f"{explorer.address}/#/names")
        page.get_by_role("link", name="Sign in with the tests' provider").click()
        page.get_by_placeholder("Enter any login").fill("ana")
        page.get_by_placeholder("and password").fill("anything")
        page.get_by_role("button", name="Sign-in").click()
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("tree")).to_be_visible(timeout=30_000)
        assert page.url == f"{explorer.address}/#/names"
        (cookie,) = [one for one in context.cookies() if one["name"] == explorer.settings.cookie]
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/")
        assert explorer.settings.cookie not in str(page.evaluate("document.cookie"))
        # Signing out ends it here, and leads to the provider that asks whether it is to end there too.
        expect(page.get_by_role("link", name="ana@example.org")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Yes, sign me out").click()
        expect(page.get_by_role("link", name="Sign in with the tests' provider")).to_be_visible()
        assert page.url.startswith(f"{explorer.address}/login")
