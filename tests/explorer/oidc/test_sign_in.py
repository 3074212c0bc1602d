"""People sign in at a real provider, and what their groups give them is what they may do."""

from __future__ import annotations

import json
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest

from clioscope.explorer.store import open_store
from tests.explorer.oidc.conftest import HTTPS, Team
from tests.explorer.oidc.provider import SECRET, TestProvider, Visitor, free_ports, provider
from tests.explorer.serving import NO_TLS, SECONDS, Served, process


def lines(server: Served, action: str) -> list[dict[str, object]]:
    """What the audit log tells of an action, the oldest first."""
    store = open_store(str(server.settings.store))
    try:
        found = [line for line in reversed(store.audit_log.last(1_000)) if line.action == action]
        return [{"person": line.person, "role": line.role, **json.loads(line.detail)} for line in found]
    finally:
        store.close()


def test_somebody_signs_in_and_has_the_roles_of_their_groups(
    oidc: TestProvider, explorer: Served, visitor: Visitor
) -> None:
    assert visitor.get("/api/session").status_code == 401
    assert visitor.get("/api/session").headers["sign-in"] == "/login"
    answer = visitor.sign_in(oidc.person("ana", "analysts", "auditors", "unknown"), "/?any=state#/atlas/names")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?any=state#/atlas/names")
    told = visitor.get("/api/session").json()
    assert (told["user"], told["role"], told["by"]) == ("ana@example.org", "analyst, auditor", "sign-in")
    assert {"edit", "read_audit_log", "make_tokens"} <= set(told["may"])
    assert "administer" not in told["may"]
    (line,) = lines(explorer, "sign-in")
    assert (line["person"], line["role"], line["subject"]) == ("ana@example.org", "analyst, auditor", "ana")


def test_what_is_asked_of_the_provider_is_the_code_flow_with_pkce_state_and_nonce(visitor: Visitor) -> None:
    asked = {name: value[0] for name, value in parse_qs(urlsplit(visitor.begin()).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len(asked["code_challenge"]) == len(asked["state"]) == len(asked["nonce"]) == 43
    assert asked["redirect_uri"] == f"{visitor.address}/login/callback"
    assert "client_secret" not in asked


def test_a_public_client_needs_no_secret(oidc: TestProvider, team: Team) -> None:
    visitor = Visitor(team(client="public").address)
    assert visitor.sign_in(oidc.person("ana", "all")).status_code == 303
    assert visitor.get("/api/session").json()["role"] == "viewer"


def test_groups_may_be_at_the_userinfo_endpoint_alone(ports: list[int], team: Team) -> None:
    with provider([f"http://127.0.0.1:{ports[0]}"], only_userinfo=True) as other:
        visitor = Visitor(team(issuer=other.issuer).address)
        assert visitor.sign_in(other.person("eve", "admins")).status_code == 303
        assert visitor.get("/api/session").json()["role"] == "admin"


@pytest.mark.parametrize("verified", [True, False])
def test_an_address_is_a_group_once_it_is_verified(verified: bool, oidc: TestProvider, team: Team) -> None:
    server = team(
        change=lambda text: text.replace('name = "the', 'groups_claim = "email"\nname = "the').replace(
            'all = "viewer"', '"ana@example.org" = "admin"'
        )
    )
    visitor = Visitor(server.address)
    visitor.sign_in(oidc.person("ana", email_verified=verified))
    assert visitor.get("/api/session").json().get("role") == ("admin" if verified else "")


def test_who_has_no_role_is_told_so_and_not_signed_in(oidc: TestProvider, team: Team) -> None:
    server = team(change=lambda text: text.replace('default = "viewer"', 'groups = { others = "viewer" }'))
    visitor = Visitor(server.address)
    answer = visitor.sign_in(oidc.person("nobody", "strangers"))
    assert answer.status_code == 403
    assert "signed in as nobody@example.org, but nobody gave you a role" in answer.text
    assert visitor.get("/api/session").status_code == 401
    assert "no role" in str(lines(server, "failed sign-in")[0]["why"])


def test_runs_that_one_may_not_view_are_as_if_they_did_not_exist(oidc: TestProvider, visitor: Visitor) -> None:
    visitor.sign_in(oidc.person("ana", "analysts"))
    shown = {entry["run"] for entry in visitor.get("/api/atlases").json()}
    assert {"names", "half", "users-unknown"} <= shown
    assert "hostile" not in shown
    roles = {run["run"]: run["role"] for run in visitor.get("/api/session").json()["runs"]}
    assert (roles["names"], roles["users-unknown"]) == ("analyst", "viewer")
    assert "hostile" not in roles
    parts = ["", "/clusters", "/map", "/privacy", "/search?q=a", "/edits", "/review", "/conversations"]
    parts += ["/cells?level=0&attribute=turns", "/export?what=map", "/edits/undo", "/conversations"]
    for part in parts:
        method = "POST" if part == "/edits/undo" else "GET"
        hidden, missing = (
            visitor.client.request(method, f"{visitor.address}/api/atlases/{id}{part}", json={"version": 0})
            for id in ("hostile", "nowhere")
        )
        assert (hidden.status_code, hidden.text) == (missing.status_code, missing.text) == (404, missing.text), part
        assert visitor.client.request(method, f"{visitor.address}/api/atlases/names{part}").status_code != 404
    # On a run where one is a viewer alone, one does what viewers do.
    assert visitor.get("/api/atlases/users-unknown/clusters").status_code == 200
    assert visitor.get("/api/atlases/users-unknown/export?what=map").status_code == 403
    edit = {"version": 0, "edit": {"kind": "hide", "cluster": "0-1"}}
    assert visitor.post("/api/atlases/users-unknown/edits", json=edit).status_code == 403
    assert visitor.post("/api/atlases/names/edits", json=edit).status_code == 200


def test_a_role_on_one_run_is_none_on_others(oidc: TestProvider, visitor: Visitor) -> None:
    visitor.sign_in(oidc.person("ben", "hostile-team"))
    told = visitor.get("/api/session").json()
    assert (told["role"], told["may"]) == ("", [])
    assert {entry["run"] for entry in visitor.get("/api/atlases").json()} == {"hostile", "half", "users-unknown"}
    assert visitor.get("/api/atlases/hostile/export?what=map").status_code == 200
    assert visitor.get("/api/atlases/names").status_code == 404
    assert visitor.get("/api/audit-log").status_code == 403


def test_an_auditor_reads_of_runs_that_they_may_look_at_alone(oidc: TestProvider, visitor: Visitor) -> None:
    other = Visitor(visitor.address)
    other.sign_in(oidc.person("ben", "hostile-team"))
    assert other.get("/api/atlases/hostile/export?what=map").status_code == 200
    assert other.post("/api/atlases/hostile/edits/undo", json={"version": 0}).status_code == 400
    edit = {"version": 0, "edit": {"kind": "hide", "cluster": "0-1"}}
    assert other.post("/api/atlases/hostile/edits", json=edit).status_code == 200
    visitor.sign_in(oidc.person("aud", "auditors"))
    told = visitor.get("/api/audit-log").json()["lines"]
    assert {line["action"] for line in told} >= {"sign-in"}
    assert not [line for line in told if "hostile" in line["about"]]


def test_roles_that_changed_are_written_down_at_the_next_sign_in(oidc: TestProvider, explorer: Served) -> None:
    for groups in (["all"], ["all"], ["admins"]):
        Visitor(explorer.address).sign_in(oidc.person("ana", *groups))
    (line,) = lines(explorer, "role change")
    assert line["before"]["everywhere"] == ["viewer"]  # type: ignore[index]
    assert line["now"]["everywhere"] == ["admin"]  # type: ignore[index]


def test_two_people_of_one_name_are_told_apart(oidc: TestProvider, explorer: Served) -> None:
    for sub in ("one", "two"):
        visitor = Visitor(explorer.address)
        oidc.person(sub, "all", email_verified=False, preferred_username="sam")
        visitor.sign_in(sub)
        assert visitor.get("/api/session").json()["user"] == ("sam" if sub == "one" else "sam (two)")
    impostor = Visitor(explorer.address)
    oidc.person("three", "all", email_verified=False, preferred_username="the owner of this machine's session")
    impostor.sign_in("three")
    assert impostor.get("/api/session").json()["user"].endswith("(three)")


def test_signing_out_ends_the_session_here_and_at_the_provider(
    oidc: TestProvider, explorer: Served, visitor: Visitor
) -> None:
    visitor.sign_in(oidc.person("ana", "all"))
    name = explorer.settings.cookie
    cookies = {name: visitor.client.cookies[name]}
    leave = visitor.post("/api/session/end").json()["provider"]
    assert visitor.get("/api/session").status_code == 401
    stolen = httpx.get(f"{visitor.address}/api/session", cookies=cookies)
    assert stolen.status_code == 401
    asked = parse_qs(urlsplit(leave).query)
    assert asked["post_logout_redirect_uri"] == [f"{visitor.address}/login"]
    assert asked["id_token_hint"][0].count(".") == 2
    page = visitor.client.get(leave)
    assert page.status_code == 200
    assert "sign-out from" in page.text
    assert [line["person"] for line in lines(explorer, "sign-out")] == ["ana@example.org"]


def test_behind_a_proxy_the_public_address_decides(oidc: TestProvider, team: Team) -> None:
    server = team(url=HTTPS)
    host = {"Host": "clioscope.example.org"}
    with httpx.Client(base_url=server.address, headers=host, verify=NO_TLS) as client:
        begun = client.get("/login/start")
        (attempt,) = SimpleCookie(begun.headers["set-cookie"]).values()
        assert attempt.key == "__Host-clioscope-sign-in"
        assert attempt["secure"]
        assert attempt["httponly"]
        assert (attempt["path"], attempt["samesite"]) == ("/", "lax")
        back = Visitor(server.address).at_provider(begun.headers["location"], oidc.person("ana", "all"))
        assert back.startswith(f"{HTTPS}/login/callback?")
        cookie = {"Cookie": f"{attempt.key}={attempt.value}"}
        done = client.get(back.removeprefix(HTTPS), headers=cookie)
        found = {
            name: morsel for line in done.headers.get_list("set-cookie") for name, morsel in SimpleCookie(line).items()
        }
        session = found["__Host-clioscope"]
        assert session["secure"]
        assert (session["path"], session["samesite"]) == ("/", "strict")
        assert not session["domain"]
        cookie = {"Cookie": f"__Host-clioscope={session.value}"}
        assert client.get("/api/session", headers=cookie).status_code == 200
        for origin, status in ((HTTPS, 200), (server.address, 403), ("http://clioscope.example.org", 403)):
            assert client.get("/api/session", headers={**cookie, "Origin": origin}).status_code == status
        for name in ("127.0.0.1", "localhost", "evil.example"):
            assert client.get("/api/session", headers={**cookie, "Host": name}).status_code == 403
        # What a proxy may add is not believed.
        lies = {
            "Host": "evil.example",
            "X-Forwarded-Host": "clioscope.example.org",
            "Forwarded": "host=clioscope.example.org",
        }
        assert client.get("/api/session", headers=cookie | lies).status_code == 403


def test_the_command_serves_a_team_at_any_address(runs: Path, tmp_path: Path, team: Team) -> None:
    url = team().address  # writes an access file, too
    (port,) = free_ports(1)
    file, store = tmp_path / "access-1.toml", tmp_path / "other.sqlite"
    command = ("serve", runs, "--access", file, "--host", "0.0.0.0", "--port", str(port), "--store", store)
    with process(*command, folder=tmp_path, environment={"TEAM_SECRET": SECRET}) as server:
        assert server.link == f"{url}/"
        found = httpx.get(f"http://127.0.0.2:{port}/api/session", headers={"Host": "127.0.0.1"}, timeout=SECONDS)
        assert found.status_code == 401
        assert httpx.get(f"http://127.0.0.2:{port}/").status_code == 403
        code, said = server.ended()
    assert code == 0, said
    assert "People sign in with the tests' provider" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ('issuer = "', 'issuer = "http://sso.example.org/'),
            "oidc.issuer: this has to be an address|begin with https://",
        ),
        (('"viewer"', '"king"'), r"roles.groups.all.*'viewer', 'analyst'"),
        (("client_id", "client"), "oidc.client_id: this is missing. .*oidc.client: there is no such setting"),
        (("[oidc]", "[oidc"), "is no TOML: .*line 4"),
        (('"openid", ', ""), 'scopes has to hold "openid"'),
        (("TEAM_SECRET", "NO_SUCH_NAME"), "the environment has no NO_SUCH_NAME"),
        (('names = ["hostile"]', ""), r"runs\[1\].names: this is missing"),
        (('url = "', 'url = "x'), "url: this has to be an address"),
    ],
)
def test_an_error_in_the_access_file_is_told_with_its_place(change: tuple[str, str], said: str, team: Team) -> None:
    with pytest.raises(Exception, match=said) as error:
        team(change=lambda text: text.replace(*change, 1))
    assert "access-1.toml" in str(error.value)
