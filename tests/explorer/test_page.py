"""The page's files, and the page at every address that is a state of it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clioscope.explorer.settings import STATIC, Settings
from tests.explorer.conftest import Serve
from tests.explorer.serving import Served, served


@pytest.fixture(scope="module")
def built(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with a small build of a page."""
    folder = tmp_path_factory.mktemp("built")
    static = folder / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<!doctype html><title>page</title>")
    (static / "app.js").write_text("/* " + "x" * 2000 + " */")
    (static / "assets" / "map-Ab12_xY9.js").write_text("export {}")
    (static / "secret.key").write_text("secret")
    (folder / "outside.js").write_text("outside")
    (static / "link.js").symlink_to(folder / "outside.js")
    with served(Settings(runs, static=static)) as found:
        yield found


def test_the_script_of_the_page_is_small_and_what_it_loads_is_there() -> None:
    script = (STATIC / "app.js").read_text("utf-8")
    assert len(gzip.compress(script.encode(), 9)) < 60_000
    loaded = set(re.findall(r"import\([`'\"]\./([^`'\"]+)", script))
    assert loaded == {"work.js", "exports.js", "pictures.js"}
    assert all((STATIC / name).is_file() for name in loaded)


def test_the_script_of_reports_loads_nothing() -> None:
    assert not re.search(r"\bimport\b *[({`'\"*]", (STATIC / "report.js").read_text("utf-8"))


@pytest.mark.parametrize("path", ["/", "/index.html", "/atlas/names", "/atlas/names/cluster/0-1?by=month", "/v1.2"])
def test_every_state_has_an_address(path: str, built: Served) -> None:
    with built.client(None) as client:  # the page holds nothing, so that nobody has to be signed in
        answer = client.get(path)
    assert (answer.status_code, answer.text) == (200, "<!doctype html><title>page</title>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_files_whose_names_hold_a_hash_are_kept_and_others_asked_for_again(built: Served) -> None:
    with built.client(None) as client:
        assert "immutable" in client.get("/assets/map-Ab12_xY9.js").headers["cache-control"]
        first = client.get("/app.js")
        assert first.headers["cache-control"] == "no-cache"
        assert first.headers["content-type"] == "text/javascript; charset=utf-8"
        assert first.headers["content-encoding"] == "gzip"
        again = client.get("/app.js", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        (built.settings.static / "app.js").write_text("changed")
        changed = client.get("/app.js", headers={"If-None-Match": first.headers["etag"]})
        assert (changed.status_code, changed.text) == (200, "changed")
        assert client.head("/app.js").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/missing.js",
        "/assets/missing-Ab12_xY9.css",
        "/../outside.js",
        "/%2e%2e/outside.js",
        "/..%2foutside.js",
        "/assets/..%5c..%5coutside.js",
        "/link.js",
        "//etc/passwd.txt",
        "/etc%00.js",
    ],
)
def test_nothing_outside_the_build_is_sent(path: str, built: Served) -> None:
    with built.client(None) as client:
        answer = client.get(built.address + path)
    assert answer.status_code == 404
    assert "outside" not in answer.text


def test_files_of_kinds_that_no_page_has_are_not_sent(built: Served) -> None:
    with built.client(None) as client:
        assert "secret" not in client.get("/secret.key").text


def test_a_missing_build_is_told_in_a_sentence(serve: Serve, tmp_path: Path) -> None:
    with serve(static=tmp_path / "nothing").client(None) as client:
        answer = client.get("/")
    assert answer.status_code == 503
    assert "npm --prefix web run build" in re.sub(r"<[^>]*>", "", answer.text)


def test_the_api_is_no_state_of_the_page(built: Served) -> None:
    with built.client() as client:
        for path in ("/api", "/api/", "/api/none"):
            assert client.get(path).status_code == 404
            assert client.get(path).json()["problem"]
