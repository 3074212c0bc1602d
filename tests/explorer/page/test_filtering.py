"""One value or two at once: every figure is of them, and says so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Route, expect

from tests.explorer.page.conftest import Open, state
from tests.explorer.serving import Served

BOTH = "filter=language:es,model:medium"


def cell(server: Served, cluster: str, counted: str = "conversations", **query: object) -> int:
    """The released figure of one cell."""
    with server.client("viewer") as client:
        answer = client.get("/api/atlases/small/cells", params=query).json()
    rows = zip(answer["cluster"], answer[counted], strict=True)
    (found,) = [count for place, count in rows if answer["clusters"][place] == cluster]
    assert isinstance(found, int)
    return found


def test_two_values_at_once_narrow_all_figures(open_page: Open, looked_at: Served) -> None:
    page = open_page("#/small/table?cluster=1-0&level=1")
    page.get_by_label("Filter: attribute").select_option("language")
    page.get_by_label("Filter: value").select_option("es")
    page.get_by_label("and: attribute").select_option("model")
    page.get_by_label("and: value").select_option("medium")
    assert BOTH in state(page)
    both = {"attribute": "language", "value": "es", "by": "model", "by_value": "medium"}
    whole, people = (cell(looked_at, "all", counted, level=-1, **both) for counted in ("conversations", "users"))
    expect(page.locator(".status-bar .figure")).to_have_text(
        f"{whole:,} conversations of {people:,} people, Language: Spanish and Model: medium"
    )
    own = cell(looked_at, "1-0", level=1, **both)
    expect(page.locator(".details .numbers dd").first).to_have_text(f"{own:,}")
    assert page.get_by_label("and: attribute").locator("option").all_inner_texts() == [
        *["nothing else", "Concern", "Model", "Turns", "Month"]
    ]
    page.get_by_label("Filter: attribute").select_option("")
    expect(page.locator(".status-bar .figure")).not_to_contain_text("Spanish")
    assert "filter=model:medium" in state(page)


def test_under_two_each_is_told_beside_its_others_and_nothing_further_is(open_page: Open, looked_at: Served) -> None:
    page = open_page(f"#/small/table?cluster=1-0&level=1&{BOTH}")
    details = page.locator(".details")
    expect(details).to_contain_text("Figures are of Language: Spanish and Model: medium.")
    language = details.locator(".details-section", has=page.get_by_role("heading", name="Language", exact=True))
    expect(language).to_contain_text("Of all under Model: medium, not of Spanish alone.")
    part = cell(looked_at, "1-0", level=1, attribute="model", value="medium", by="language", by_value="es")
    base = cell(looked_at, "1-0", level=1, attribute="model", value="medium")
    expect(language.get_by_role("listitem").filter(has_text="Spanish")).to_contain_text(f"{part / base:.1%}")
    expect(details.get_by_role("heading", name="Concern", exact=True)).to_have_count(0)
    expect(details.get_by_role("heading", name="Over time")).to_have_count(0)
    expect(details).to_contain_text("At most two attributes are counted together")
    expect(page.get_by_role("columnheader", name="Growth")).to_have_count(0)


def test_the_name_of_a_bar_narrows_further(open_page: Open) -> None:
    page = open_page("#/small/map?cluster=1-0&filter=language:es")
    bars = page.locator(".details").get_by_role("list", name="Model")
    bars.get_by_role("link", name="medium").click()
    assert BOTH in state(page)
    expect(page.locator(".status-bar .figure")).to_contain_text("Language: Spanish and Model: medium")
    page.locator(".details").get_by_role("list", name="Language").get_by_role("link", name="English").click()
    assert "filter=language:en,model:medium" in state(page)
    page.go_back()
    assert BOTH in state(page)


def test_ticks_and_all_others_are_of_what_the_filter_leaves(open_page: Open, looked_at: Served) -> None:
    page = open_page("#/small/compare?cluster=1-0&level=1&filter=language:es&compare=model:medium..")
    tick = page.locator(".details").get_by_role("list", name="Model").get_by_role("listitem").filter(has_text="medium")
    part = cell(looked_at, "all", level=-1, attribute="language", value="es", by="model", by_value="medium")
    whole = cell(looked_at, "all", level=-1, attribute="language", value="es")
    track = tick.locator(".bar-track")
    expect(track).to_be_visible()
    fill, at = (track.locator(f".bar-{part}").bounding_box() for part in ("fill", "tick"))
    assert fill is not None
    assert at is not None
    own = cell(looked_at, "1-0", level=1, attribute="language", value="es", by="model", by_value="medium")
    base = cell(looked_at, "1-0", level=1, attribute="language", value="es")
    assert abs((at["x"] - fill["x"]) / fill["width"] - (part / whole) / (own / base)) < 0.05
    row = page.get_by_role("table", name="medium beside all others").get_by_role("row").nth(1)
    expect(row.locator(".compare-ratio .figure")).to_contain_text("×")
    page.evaluate("location.hash = location.hash.replace('model:medium..', 'language:en..')")
    expect(page.locator(".compare-note")).to_contain_text("A filter of language does not narrow its own side.")
    expect(page.locator(".compare-ratio .figure").first).to_contain_text("×")


def test_colours_of_a_third_attribute_say_why_there_are_none(open_page: Open) -> None:
    page = open_page(f"#/small/map?{BOTH}&colour=turns:")
    expect(page.locator(".legend .note").first).to_have_text(
        "The atlas counts by at most two attributes at once, and the filter holds two. Take one of them out of it."
    )
    page.get_by_label("Colour by").select_option(label="Language: most frequent")
    expect(page.locator(".legend")).not_to_contain_text("at most two")


def test_colours_say_what_they_are_beside_and_why_there_is_no_growth(open_page: Open) -> None:
    page = open_page("#/small/map?filter=language:es&colour=model:medium")
    title = page.locator(".legend-title")
    expect(title).to_have_text("Model: medium, beside everything under Language: Spanish")
    page.evaluate("location.hash = location.hash.replace('filter=language:es', 'filter=model:large')")
    expect(title).to_have_text("Model: medium, beside all conversations")
    page.get_by_label("Colour by").select_option(label="Growth")
    notes = page.locator(".legend .note")
    expect(notes.get_by_text("Faint")).to_be_visible()
    page.evaluate("location.hash = location.hash.replace('filter=model:large', 'filter=month:2026-06')")
    expect(notes.first).to_have_text("The filter holds one month alone: that has neither growth nor a mean.")
    page.evaluate("location.hash = location.hash.replace('filter=month:2026-06', 'filter=language:es,model:medium')")
    expect(notes.first).to_contain_text("at most two attributes at once")


def test_an_empty_column_says_why_and_of_what(open_page: Open) -> None:
    page = open_page("#/apart/table?filter=language:es&level=1")
    expect(page.locator(".status-bar .figure")).to_contain_text("Language: Spanish")
    expect(page.locator(".why-nothing")).to_contain_text("Growth: These two attributes are never counted together")
    page = open_page("#/apart/table?filter=language:es,model:medium&cluster=1-0")
    expect(page.locator(".details")).to_contain_text("At most two attributes are counted together")


def test_columns_wait_for_the_figures_of_a_filter(open_page: Open) -> None:
    page = open_page("#/small/table?level=1&filter=month:2026-06")
    growth = page.get_by_role("columnheader", name="Growth")
    expect(page.locator("[data-row]").first).to_be_visible()
    held: list[Route] = []
    page.route(re.compile(r"/(levels|filtered)\?"), lambda route: held.append(route))
    page.get_by_label("Filter: attribute").select_option("language")
    page.wait_for_timeout(400)
    assert held
    expect(growth).to_have_count(0)
    for route in held:
        route.continue_()
    expect(growth).to_be_visible()


def test_what_could_not_be_had_is_forgotten_with_what_it_was_for(open_page: Open) -> None:
    page = open_page("#/small/table?level=1", refusals=True)
    page.route(re.compile(r"/(levels|filtered)\?.*language"), lambda route: route.abort())
    page.get_by_label("Filter: attribute").select_option("language")
    expect(page.locator(".missed")).to_contain_text("The server cannot be reached")
    page.unroute_all()
    page.get_by_label("and: attribute").select_option("model")
    expect(page.locator(".status-bar .figure")).to_contain_text("Language: English and Model: ")
    expect(page.locator(".missed")).not_to_contain_text("cannot be reached")


def test_values_that_are_never_counted_together_say_so(open_page: Open, made_runs: Path) -> None:
    privacy = made_runs / "apart" / "atlas" / "privacy.json"
    told: dict[str, Any] = json.loads(privacy.read_text())
    assert ["language", "month"] in told["pairs_not_released"]
    page = open_page("#/apart/table?filter=language:es,month:2026-06")
    expect(page.locator(".status-bar")).to_contain_text("Not released, Language: Spanish and Month: Jun 2026")
    expect(page.locator(".status-bar")).to_contain_text("These two attributes are never counted together")


def test_files_are_of_both(open_page: Open) -> None:
    page = open_page(f"#/small/table?level=1&{BOTH}")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as taken:
        page.get_by_label("Cells of the filter as csv").click()
    text = taken.value.path().read_text(encoding="utf-8")
    assert "level,cluster_id,language,model,conversations,users" in text
    assert {tuple(line.split(",")[2:4]) for line in text.splitlines() if line.startswith("1,")} == {("es", "medium")}
    with page.expect_download() as taken:
        page.get_by_label("Clusters of this level as CSV").click()
    assert BOTH in taken.value.path().read_text(encoding="utf-8")


def test_files_say_what_each_of_their_figures_is_of(open_page: Open) -> None:
    page = open_page("#/small/compare?level=1&cluster=1-0&filter=language:es&compare=language:es..model:medium")
    expect(page.locator(".compare-ratio").first).to_be_visible()
    page.get_by_role("button", name="Export").click()

    def rows(title: str) -> list[dict[str, Any]]:
        with page.expect_download() as taken:
            page.get_by_label(f"{title} as JSON").click()
        found: list[dict[str, Any]] = json.loads(taken.value.path().read_text(encoding="utf-8"))["rows"]
        return found

    under = {row["attribute"]: row["under"] for row in rows("Selected cluster")}
    assert under.pop("language") is None
    assert set(under.values()) == {"Language: Spanish"}
    sides = rows("Comparison")[0]
    assert (sides["first"], sides["second"]) == ("Language: Spanish", "Model: medium, under Language: Spanish")
