"""Who gets in, and who may do what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import httpx2 as httpx
import pytest

from clioscope.explorer.access import NOT_BY_TOKEN, ROLES, TABLE, Grants, LoginLinks, Person, Role, Sessions, may
from clioscope.explorer.app import api_routes, make_app, permission_of
from clioscope.explorer.routes.asking import Permission
from clioscope.explorer.settings import Settings
from clioscope.explorer.store import open_store
from clioscope.explorer.teams.tokens import Tokens
from tests.explorer.conftest import Serve
from tests.explorer.serving import NO_TLS, Served, served

admin: Role = "admin"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_login_link_works_once_and_its_cookie_is_for_the_page_alone(explorer: Served) -> None:
    token = explorer.settings.links.new()
    first = httpx.get(f"{explorer.address}/login", params={"token": token})
    assert (first.status_code, first.headers["location"]) == (303, "/")
    cookie = first.headers["set-cookie"]
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    second = httpx.get(f"{explorer.address}/login", params={"token": token})
    assert second.status_code == 403
    assert "set-cookie" not in second.headers
    assert "prints another" in second.text


@pytest.mark.parametrize("token", ["", "wrong", "x" * 200, "\u20ac", "%00"])
def test_a_made_up_link_lets_nobody_in(token: str, explorer: Served) -> None:
    answer = httpx.get(f"{explorer.address}/login", params={"token": token})
    assert answer.status_code in (403, 422)
    assert "set-cookie" not in answer.headers


def test_a_link_that_is_too_old_lets_nobody_in(serve: Serve) -> None:
    clock = Clock()
    server = serve(links=LoginLinks(600, clock))
    token = server.settings.links.new()
    clock.now = 601
    assert httpx.get(f"{server.address}/login", params={"token": token}).status_code == 403


def test_a_link_that_is_opened_again_in_the_same_browser_leads_to_the_page(explorer: Served) -> None:
    token = explorer.settings.links.new()
    with explorer.client(None) as browser:
        assert browser.get("/login", params={"token": token}).status_code == 303
        assert browser.get("/login", params={"token": token}).headers["location"] == "/"


def test_a_session_ends_when_it_is_left_and_when_it_is_not_used(serve: Serve) -> None:
    clock = Clock()
    server = serve(sessions=Sessions(3600, clock))
    with server.client() as browser:
        clock.now = 3599
        assert browser.get("/api/session").status_code == 200
        clock.now = 2 * 3599  # it was used in between
        assert browser.get("/api/session").status_code == 200
        clock.now = 4 * 3600
        assert browser.get("/api/session").status_code == 401
    with server.client() as browser:
        cookies = dict(browser.cookies)
        assert browser.post("/api/session/end").status_code == 200
        assert httpx.get(f"{server.address}/api/session", cookies=cookies).status_code == 401


def test_tokens_are_kept_as_hashes_alone() -> None:
    links, sessions = LoginLinks(), Sessions()
    tokens = [links.new(), sessions.begin(Person.with_role("a", "viewer"))]
    kept = repr((vars(links), vars(sessions)))
    assert not any(token in kept for token in tokens)


def test_many_links_and_sessions_do_not_grow_without_end() -> None:
    links, sessions = LoginLinks(), Sessions()
    for _ in range(2000):
        links.new()
        sessions.begin(Person.with_role("a", "viewer"))
    assert len(links._ends) <= 100
    assert len(sessions._found) <= 1000


def routes() -> list[tuple[str, str]]:
    return sorted((method, route.path) for route in api_routes() for method in route.methods or ())


def test_every_route_of_the_api_names_its_action_and_none_is_left_out() -> None:
    app = make_app(Settings(Path()))
    documented = {(method.upper(), path) for path, found in app.openapi()["paths"].items() for method in found}
    assert documented == set(routes())
    assert len(documented) >= 10
    assert all(permission_of(route) is not None for route in api_routes())


def test_the_table_knows_every_role_and_no_other() -> None:
    assert {role for roles in TABLE.values() for role in roles} == set(ROLES)
    assert all("admin" in roles for roles in TABLE.values())


def action_of(method: str, path: str) -> Permission:
    (route,) = [found for found in api_routes() if found.path == path and method in (found.methods or ())]
    permission = permission_of(route)
    assert permission is not None
    return permission


def address_of(path: str, run: str = "names") -> str:
    return re.sub(r"\{[a-z_]+\}", run, path)


@pytest.mark.parametrize(("method", "path"), routes(), ids=lambda value: value)
def test_every_route_lets_in_whom_the_table_names_and_nobody_else(method: str, path: str, explorer: Served) -> None:
    permission = action_of(method, path)
    with explorer.client(None) as nobody:
        refused = nobody.request(method, address_of(path))
        assert refused.status_code == 401
        assert "login link" in refused.json()["problem"]
        made_up = {"Authorization": f"Bearer clioscope_{'x' * 43}"}
        assert nobody.request(method, address_of(path), headers=made_up).status_code == 401
    for role in ROLES:
        with explorer.client(role) as client:
            status = client.request(method, address_of(path)).status_code
        assert (status == 403) is not may(role, permission.action), role
        assert status != 401, role
        assert status < 500, role


@pytest.fixture(scope="module")
def teams(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Tokens]]:
    """A server whose store a test may write to."""
    store = open_store(tmp_path_factory.mktemp("teams") / "store.sqlite")
    free = {"requests_per_second": 1e6, "burst": 10**6, "token_requests_per_second": 1e6, "token_burst": 10**6}
    with served(Settings(runs, store=store.where, **free)) as found:  # type: ignore[arg-type]
        yield found, Tokens(store)
    store.close()


@cache
def token_of(tokens: Tokens, role: Role, runs: tuple[str, ...] | None) -> str:
    return tokens.make(Person.with_role("owner", "admin"), "a test", role, list(runs) if runs else None, 1).secret


@pytest.mark.parametrize(("method", "path"), routes(), ids=lambda value: value)
def test_every_route_takes_a_token_for_what_its_role_may_and_for_nothing_else(
    method: str, path: str, teams: tuple[Served, Tokens]
) -> None:
    server, tokens = teams
    permission = action_of(method, path)
    for role in ROLES:
        secret = token_of(tokens, role, None)
        # It counts alone: neither the cookie of somebody else nor what other sites send with it matters.
        headers = {
            "Authorization": f"Bearer {secret}",
            "Origin": "https://evil.example",
            "Sec-Fetch-Site": "cross-site",
        }
        with server.client("admin", **headers) as client:
            status = client.request(method, address_of(path)).status_code
        lets = may(role, permission.action) and permission.action not in NOT_BY_TOKEN
        assert (status == 403) is not lets, (role, status)
        assert status != 401, role


@pytest.mark.parametrize("by_token", [False, True], ids=["session", "token"])
@pytest.mark.parametrize(("method", "path"), routes(), ids=lambda value: value)
def test_every_route_keeps_to_the_roles_of_its_run(
    method: str, path: str, by_token: bool, teams: tuple[Served, Tokens]
) -> None:
    """Somebody may do one thing on ``names``, all on ``facets``, look at the rest, and knows nothing of ``hostile``."""
    server, tokens = teams
    permission = action_of(method, path)
    is_of_atlas, is_of_run = "{id}" in path, "{run}" in path
    for role in ROLES:
        of_runs = (("hostile", frozenset[Role]()), ("names", frozenset({role})), ("facets", frozenset({admin})))
        person = Person("somebody", Grants(frozenset(), of_runs))
        headers = {}
        if by_token:
            headers = {"Authorization": f"Bearer {token_of(tokens, role, ('names', 'facets'))}"}
        with server.client(None if by_token else person, **headers) as client:
            asked = {run: client.request(method, address_of(path, run)) for run in ("names", "hostile", "nowhere")}
        status = {run: answer.status_code for run, answer in asked.items()}
        if by_token and permission.action in NOT_BY_TOKEN:
            assert set(status.values()) == {403}
        elif permission.on == "the server":
            assert set(status.values()) == {403}  # it is of no run, and they have no role but on runs
        elif is_of_atlas or is_of_run:
            assert asked["hostile"].text == asked["nowhere"].text.replace("nowhere", "hostile"), role
            lets = may(role, permission.action)
            somewhere = lets or not by_token  # an admin of facets
            assert status["hostile"] == status["nowhere"] == (404 if somewhere else 403), role
            if is_of_atlas:
                assert (status["names"] == 403) is not lets, role
                assert lets or status["names"] == 403
        else:
            assert permission.on == "any run"
            assert status["names"] != 401


def test_lists_leave_out_what_one_may_not_look_at(teams: tuple[Served, Tokens]) -> None:
    server, _ = teams
    person = Person(
        "somebody", Grants(frozenset({"viewer"}), (("hostile", frozenset()), ("n*", frozenset({"analyst"}))))
    )
    with server.client() as everybody, server.client(person) as client:
        all_runs, seen = ({entry["run"] for entry in one.get("/api/atlases").json()} for one in (everybody, client))
        told = client.get("/api/session").json()
    assert all_runs - seen == {"hostile"}
    assert {entry["run"]: entry["role"] for entry in told["runs"] if entry["run"] in ("names", "facets")} == {
        "names": "analyst",
        "facets": "viewer",
    }
    assert "hostile" not in {entry["run"] for entry in told["runs"]}


def test_the_page_is_told_the_table_that_decides(client: httpx.Client) -> None:
    told = client.get("/api/access").json()
    assert {one["role"]: set(one["may"]) for one in told["roles"]} == {
        role: {action for action in TABLE if may(role, action)} for role in ROLES
    }
    assert set(told["not_by_token"]) == NOT_BY_TOKEN
    assert (told["provider"], told["usual_days"], told["most_days"]) == (None, 30, 365)


def test_tokens_are_made_seen_and_revoked_by_routes(teams: tuple[Served, Tokens]) -> None:
    server, _ = teams
    ana, ben = Person.with_role("ana", "analyst"), Person.with_role("ben", "viewer")
    with server.client(ana) as hers, server.client(ben) as his, server.client() as admin:
        asked = {"label": "nightly export", "role": "analyst", "runs": ["names"]}
        assert his.post("/api/tokens", json=asked).status_code == 403
        assert "no role analyst" in his.post("/api/tokens", json=asked).json()["problem"]
        assert hers.post("/api/tokens", json=asked | {"role": "auditor"}).status_code == 403
        assert hers.post("/api/tokens", json=asked | {"days": 366}).status_code == 422
        made = hers.post("/api/tokens", json=asked).json()
        assert made["secret"].startswith("clioscope_")
        headers = {"Authorization": f"Bearer {made['secret']}"}
        with httpx.Client(base_url=server.address, headers=headers, verify=NO_TLS) as program:
            assert program.get("/api/atlases/names/export?what=map").status_code == 200
            assert program.get("/api/atlases/facets").status_code == 404
            assert program.get("/api/session").json()["by"] == "token"
            assert program.post("/api/tokens", json=asked).status_code == 403
            (listed,) = hers.get("/api/tokens").json()["tokens"]
            assert listed["used"] is not None
            assert "secret" not in listed
            assert his.get("/api/tokens").json()["tokens"] == []
            assert his.get("/api/tokens?everybody=true").status_code == 403
            assert listed["id"] in {token["id"] for token in admin.get("/api/tokens?everybody=true").json()["tokens"]}
            assert his.post(f"/api/tokens/{listed['id']}/revoke").status_code == 404
            assert hers.post(f"/api/tokens/{listed['id']}/revoke").json()["tokens"][0]["revoked"]
            refused = program.get("/api/session")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        log = admin.get("/api/audit-log").json()["lines"]
        assert [line["action"] for line in log if line["detail"].get("token") == listed["id"]] == [
            "token revoked",
            "token first used",
            "token made",
        ]
        (exported,) = [line for line in log if (line["action"], line["about"]) == ("export", "names")]
        assert exported["person"] == f"ana (token {listed['id']})"


def test_each_token_has_a_limit_of_its_own(runs: Path, tmp_path: Path) -> None:
    settings = Settings(runs, store=str(tmp_path / "s.sqlite"), token_requests_per_second=0.01, token_burst=3)
    store = open_store(str(settings.store))
    secrets = [Tokens(store).make(Person.with_role("o", "admin"), "x", "viewer", None, 1).secret for _ in range(2)]
    store.close()
    with served(settings) as server:
        for secret in secrets:
            headers = {"Authorization": f"Bearer {secret}"}
            found = [httpx.get(f"{server.address}/api/session", headers=headers).status_code for _ in range(5)]
            assert found == [200] * 3 + [429] * 2


def test_who_asks_is_told_what_they_may_do(explorer: Served) -> None:
    for role in ROLES:
        with explorer.client(role) as client:
            told = client.get("/api/session").json()
        assert told["role"] == role
        assert set(told["may"]) == {action for action in TABLE if may(role, action)}
