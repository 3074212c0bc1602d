"""What every request has to pass, and what every response says."""

from __future__ import annotations

import socket
import time

import pytest

from clioscope.explorer.rate import Rates
from tests.explorer.conftest import Serve
from tests.explorer.serving import SECONDS, Served

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
REFUSED_HOSTS = [
    "evil.example",
    "127.0.0.1.evil.example",
    "evil.example:8420",
    "localhost.evil.example",
    "user@127.0.0.1",
    "127.0.0.1@evil.example",
    "127.0.0.1/evil",
    "127.0.0.1:port",
    "0.0.0.0",
    "[::2]",
    "",
]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "localhost", "LOCALHOST:8420", "[::1]", "[::1]:8420"])
def test_the_names_of_this_machine_are_answered_to_at_any_port(host: str, explorer: Served) -> None:
    with explorer.client(Host=host) as client:  # a tunnel may listen at another port
        assert client.get("/api/session").status_code == 200


@pytest.mark.parametrize("host", REFUSED_HOSTS)
@pytest.mark.parametrize("path", ["/api/session", "/", "/login?token=x"])
def test_any_other_host_name_is_refused(host: str, path: str, explorer: Served) -> None:
    with explorer.client(Host=host) as client:
        answer = client.get(path)
    assert answer.status_code == 403
    assert "host name" in answer.json()["problem"]


def test_two_host_names_are_refused(explorer: Served) -> None:
    assert _raw(explorer, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n").split()[1] in (
        "400",
        "403",
    )


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/api/session", "/api/atlases", "/api/atlases/names/export?what=map"])
def test_another_site_gets_nothing_of_the_api(site: str, path: str, explorer: Served) -> None:
    with explorer.client(**{"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}) as client:
        answer = client.get(path)
    assert answer.status_code == 403
    assert "another site" in answer.json()["problem"]


def test_another_site_may_link_to_the_page_and_not_load_it(explorer: Served) -> None:
    with explorer.client(**{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}) as client:
        assert client.get("/").status_code in (200, 503)
    for mode in ("no-cors", "cors"):
        with explorer.client(**{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode}) as client:
            assert client.get("/").status_code == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost"])
def test_another_origin_changes_nothing(origin: str, explorer: Served) -> None:
    with explorer.client(Origin=origin) as client:
        assert client.post("/api/session/end").status_code == 403
        assert client.get("/api/session").status_code == 403
    with explorer.client(Origin=explorer.address) as client:
        assert client.post("/api/session/end").status_code == 200


def test_an_address_bar_reads_and_changes_nothing(explorer: Served) -> None:
    with explorer.client(**{"Sec-Fetch-Site": "none"}) as client:
        assert client.get("/api/session").status_code == 200
        assert client.post("/api/session/end").status_code == 403


def test_no_other_site_is_allowed_in_by_cors(explorer: Served) -> None:
    with explorer.client(**{"Access-Control-Request-Method": "GET"}) as client:
        answer = client.request("OPTIONS", "/api/session", headers={"Origin": explorer.address})
        assert answer.status_code == 405
        answers = [answer, client.get("/api/session")]
    assert not any(name.startswith("access-control") for answer in answers for name in answer.headers)


@pytest.mark.parametrize(
    "path", ["/", "/any/state?of=page", "/login?token=no", "/api/session", "/api/atlases/none", "/api/nowhere"]
)
@pytest.mark.parametrize("role", ["admin", None])
def test_every_response_has_the_headers(path: str, role: str | None, explorer: Served) -> None:
    with explorer.client("admin" if role else None) as client:
        headers = client.get(path).headers
    assert headers["content-security-policy"] == CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers
    if path.startswith("/api"):
        assert headers["cache-control"] == "no-store"


def test_large_bodies_are_refused_whether_their_length_is_told_or_not(explorer: Served) -> None:
    most = explorer.settings.body_bytes
    with explorer.client() as client:
        told = client.post("/api/session/end", content=b"x" * (most + 1))
        assert told.status_code == 413
        assert "too large" in told.json()["problem"]
    for length in ("-1", "1e9", "9" * 400):
        line = _raw(explorer, f"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n")
        assert line.split()[1] in ("400", "413")


def test_whoever_asks_too_fast_is_told_how_long_to_wait(serve: Serve) -> None:
    server = serve(requests_per_second=0.01, burst=5)
    with server.client() as client, server.client() as other:
        answers = [client.get("/api/session") for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        assert int(answers[-1].headers["retry-after"]) > 50
        assert "wait" in answers[-1].json()["problem"]
        assert other.get("/api/session").status_code == 200  # the limit is a session's


def test_made_up_cookies_share_one_limit(serve: Serve) -> None:
    server = serve(requests_per_second=0.01, burst=5)
    with server.client(None) as client:
        found = [client.get("/", headers={"Cookie": f"clioscope={n}"}).status_code for n in range(8)]
    assert found[-3:] == [429] * 3


def test_the_limit_fills_up_again() -> None:
    clock = iter([0.0] * 3 + [1.0] * 2)
    rates = Rates(1, 2, lambda: next(clock))
    assert [rates.wait("a") for _ in range(5)] == [0, 0, 1, 0, 1]


def test_an_error_inside_is_a_sentence_and_tells_nothing(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    server = serve()
    object.__setattr__(server.settings, "static", None)  # nothing foresees this
    with server.client() as client:
        answer = client.get("/")
    assert answer.status_code == 500
    assert answer.json() == {"problem": "Something went wrong in the server. The terminal that it runs in says what."}
    assert answer.headers["content-security-policy"] == CSP
    end = time.monotonic() + SECONDS
    while "GET / failed" not in caplog.text and time.monotonic() < end:  # it is written once the answer is sent
        time.sleep(0.02)
    assert "GET / failed" in caplog.text


def test_there_is_no_web_socket(explorer: Served) -> None:
    asked = (
        "GET /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    assert _raw(explorer, asked).split()[1] == "401"


def _raw(server: Served, request: str) -> str:
    """The first line of what the server answers to ``request``."""
    port = int(server.address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request.encode())
        return connection.recv(65_536).decode("utf-8", "replace").split("\r\n")[0]
