"""What people do who want in and have no right to: each attack, against the real provider."""

from __future__ import annotations

import base64
import hmac
import json
import time
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
from joserfc.jwk import RSAKey

from clioscope.explorer.teams.attempts import Attempt, own_path
from tests.explorer.oidc.conftest import Team
from tests.explorer.oidc.provider import CLIENT, SECRET, TestProvider, Visitor
from tests.explorer.oidc.test_sign_in import lines
from tests.explorer.serving import Served


def changed(address: str, **values: str | None) -> str:
    """``address`` with other values in its query."""
    split = urlsplit(address)
    asked = {name: value[0] for name, value in parse_qs(split.query).items()} | values
    return urlunsplit(split._replace(query=urlencode({name: value for name, value in asked.items() if value})))


def is_refused(visitor: Visitor, address: str, said: str) -> None:
    """Check that what the provider is said to have answered lets nobody in."""
    answer = visitor.client.get(address)
    assert answer.status_code == 403, answer.headers
    assert said in answer.text
    assert not [line for line in answer.headers.get_list("set-cookie") if "sign-in" not in line.partition("=")[0]]
    assert visitor.get("/api/session").status_code == 401


@pytest.mark.parametrize("state", ["x" * 43, "", None, "\u20ac" * 40])
def test_a_wrong_state_is_refused(state: str | None, oidc: TestProvider, explorer: Served, visitor: Visitor) -> None:
    back = visitor.at_provider(visitor.begin(), oidc.person("ana", "all"))
    is_refused(visitor, changed(back, state=state), "not asked for in this browser")
    assert [line["why"] for line in lines(explorer, "failed sign-in")] == ["state"]


def test_nobody_is_signed_in_as_somebody_else_by_a_link(oidc: TestProvider, visitor: Visitor) -> None:
    """Login CSRF: the attacker's own answer of the provider, opened in somebody else's browser."""
    attacker = Visitor(visitor.address)
    link = attacker.at_provider(attacker.begin(), oidc.person("mallory", "all"))
    is_refused(visitor, link, "not asked for in this browser")
    visitor.begin()  # somebody who is about to sign in is no better prey
    is_refused(visitor, link, "not asked for in this browser")
    # Another site cannot even begin a sign-in: its link leads to a page that asks first.
    page = visitor.get("/login/start", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
    assert page.status_code == 200
    assert "set-cookie" not in page.headers


def test_a_code_works_once(oidc: TestProvider, explorer: Served, visitor: Visitor) -> None:
    address = visitor.begin()
    attempt = dict(visitor.client.cookies)
    back = visitor.at_provider(address, oidc.person("ana", "all"))
    assert visitor.client.get(back).status_code == 303
    other = Visitor(visitor.address)
    is_refused(other, back, "not asked for in this browser")
    other.client.cookies.update(attempt)  # as if the thief had the cookie as well
    is_refused(other, back, "refused")
    assert "invalid_grant" in str(lines(explorer, "failed sign-in")[-1]["why"])


def test_a_code_is_of_no_use_without_the_verifier_of_who_asked(oidc: TestProvider, visitor: Visitor) -> None:
    """A code that somebody read on the way, sent in by their own browser in their own attempt."""
    stolen = parse_qs(urlsplit(visitor.at_provider(visitor.begin(), oidc.person("ana", "all"))).query)["code"][0]
    thief = Visitor(visitor.address)
    own = thief.at_provider(thief.begin(), oidc.person("mallory", "all"))
    is_refused(thief, changed(own, code=stolen), "refused")


def test_an_answer_of_another_issuer_is_refused(oidc: TestProvider, visitor: Visitor) -> None:
    for issuer in ("https://evil.example", None):
        back = visitor.at_provider(visitor.begin(), oidc.person("ana", "all"))
        assert parse_qs(urlsplit(back).query)["iss"] == [oidc.issuer]
        is_refused(visitor, changed(back, iss=issuer), "another sign-in service")


def test_what_the_provider_refuses_is_told(oidc: TestProvider, explorer: Served, visitor: Visitor) -> None:
    back = visitor.at_provider(visitor.begin(), oidc.person("ana", "all"))
    is_refused(visitor, changed(back, code=None, error="access_denied"), "did not let you in")
    assert lines(explorer, "failed sign-in")[0]["why"] == "provider: access_denied"


STRANGER = RSAKey.generate_key(2048, {"kid": "one"})
FORGERIES = {
    "for another audience": {"aud": "another"},
    "for another audience, and issued to us": {"aud": "another", "azp": CLIENT},
    "for several, and issued to another": {"aud": [CLIENT, "another"], "azp": "another"},
    "for several, and not said to whom": {"aud": [CLIENT, "another"]},
    "of another issuer": {"iss": "https://evil.example"},
    "too old": {"iat": int(time.time()) - 9_000, "exp": int(time.time()) - 300},
    "without an end": {"exp": None},
    "of another attempt": {"nonce": "x" * 43},
    "without a nonce": {"nonce": None},
    "of nobody": {"sub": None},
    "from the future": {"nbf": int(time.time()) + 9_000},
    "signed by a stranger": {"key": STRANGER},
}


@pytest.mark.parametrize("how", FORGERIES)
def test_an_id_token_is_refused_that_is(how: str, oidc: TestProvider, explorer: Served, visitor: Visitor) -> None:
    address = visitor.begin()
    told = {"nonce": parse_qs(urlsplit(address).query)["nonce"][0], **FORGERIES[how]}
    back = visitor.at_provider(address, oidc.person("ana", "all"))
    # Forged claims are of the wrong type too, which is what is tried.
    oidc.tell("answer", {"id_token": oidc.forge(**told)})  # type: ignore[arg-type]
    is_refused(visitor, back, "could not be believed")
    assert str(lines(explorer, "failed sign-in")[0]["why"]).startswith("id token:")


def test_the_same_forgery_with_nothing_wrong_would_be_taken(oidc: TestProvider, visitor: Visitor) -> None:
    """The test of the tests: what is refused above is refused for what is wrong with it."""
    address = visitor.begin()
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    back = visitor.at_provider(address, oidc.person("ana", "all"))
    oidc.tell("answer", {"id_token": oidc.forge(nonce=nonce)})
    assert visitor.client.get(back).status_code == 303


@pytest.mark.parametrize("algorithm", ["none", "HS256 with the secret", "HS256 with the public key"])
def test_an_id_token_that_anybody_could_sign_is_refused(algorithm: str, oidc: TestProvider, visitor: Visitor) -> None:
    address = visitor.begin()
    now = int(time.time())
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    claims = {"iss": oidc.issuer, "aud": CLIENT, "sub": "ana", "nonce": nonce, "iat": now, "exp": now + 60}
    back = visitor.at_provider(address, oidc.person("ana", "all"))
    key = {"none": b"", "HS256 with the secret": SECRET.encode()}.get(algorithm, oidc.keys[0].as_pem(private=False))
    header = {"alg": algorithm.partition(" ")[0], "kid": "one"}
    signed = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    token = f"{signed}.{_base64(hmac.digest(key, signed.encode(), 'sha256')) if key else ''}"
    oidc.tell("answer", {"id_token": token})
    is_refused(visitor, back, "could not be believed")


def test_a_provider_may_change_its_keys(oidc: TestProvider, visitor: Visitor) -> None:
    login = oidc.person("ana", "all")
    try:
        for number in (0, 1, 0):
            oidc.tell("keys", {"number": number})
            assert Visitor(visitor.address).sign_in(login).status_code == 303
        # A key that is published no longer lets nobody in.
        address = visitor.begin()
        nonce = parse_qs(urlsplit(address).query)["nonce"][0]
        back = visitor.at_provider(address, login)
        oidc.tell("answer", {"id_token": oidc.forge(oidc.keys[1], nonce=nonce)})
        is_refused(visitor, back, "could not be believed")
    finally:
        oidc.tell("keys", {"number": 0})


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/x\r\nSet-Cookie: a=b",
    "/login/start",
    "/api/session",
    "",
    "/" + "x" * 3_000,
    "/\u2044evil.example",
]


@pytest.mark.parametrize("next", ELSEWHERE)
def test_whoever_has_signed_in_is_sent_nowhere_else(next: str, oidc: TestProvider, visitor: Visitor) -> None:
    assert own_path(next) == "/"
    if next in ELSEWHERE[:4]:
        assert visitor.sign_in(oidc.person("ana", "all"), next).headers["location"] == "/"
        cookie = Attempt("s" * 43, "n", "v", next, int(time.time()) + 60).as_cookie()  # somebody writes it anew
        found = Attempt.of_cookie(cookie, "s" * 43)
        assert found is not None
        assert found.next == "/"


def test_a_session_that_somebody_planted_is_not_the_one_that_begins(
    oidc: TestProvider, explorer: Served, visitor: Visitor
) -> None:
    """Session fixation: the attacker knows the cookie that the browser had before."""
    name = explorer.settings.cookie
    attacker = Visitor(explorer.address)
    attacker.sign_in(oidc.person("mallory", "all"))
    planted = attacker.client.cookies[name]
    visitor.client.cookies.set(name, planted, domain="127.0.0.1", path="/")
    visitor.sign_in(oidc.person("ana", "admins"))
    assert visitor.client.cookies[name] != planted
    assert visitor.get("/api/session").json()["user"] == "ana@example.org"
    assert attacker.get("/api/session").status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "e30", "W10", "bnVsbA", "eyJzdGF0ZSI6MX0", "\u20ac", "x" * 9_000])
def test_a_made_up_attempt_is_no_attempt(cookie: str) -> None:
    assert Attempt.of_cookie(cookie, "x" * 43) is None


def test_an_attempt_ends() -> None:
    old = Attempt("s" * 43, "n", "v", "/", int(time.time()) - 1)
    assert Attempt.of_cookie(old.as_cookie(), old.state) is None


def test_a_provider_that_is_not_the_one_that_was_named_is_not_believed(oidc: TestProvider, team: Team) -> None:
    server = team(issuer=f"{oidc.issuer.replace('127.0.0.1', 'localhost')}")
    answer = Visitor(server.address).get("/login/start")
    assert answer.status_code == 403
    assert "cannot be used now" in answer.text
    assert "discovery document is of" in str(lines(server, "failed sign-in")[0]["why"])


def test_a_provider_that_does_not_answer_is_told(team: Team) -> None:
    server = team(issuer="http://127.0.0.1:9")
    assert "cannot be used now" in Visitor(server.address).get("/login/start").text


def test_a_login_link_lets_nobody_into_a_teams_explorer(explorer: Served, visitor: Visitor) -> None:
    answer = visitor.get("/login", params={"token": explorer.settings.links.new()})
    assert answer.status_code == 200
    assert "Sign in with the tests&#x27; provider" in answer.text
    assert "set-cookie" not in answer.headers


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
