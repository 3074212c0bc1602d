"""Sessions of people who signed in at a provider, and API tokens, in both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from clioscope.explorer.access import NOT_BY_TOKEN, ROLES, TABLE, Grants, Person, may
from clioscope.explorer.store import Store, open_store
from clioscope.explorer.store.audit_log import verify
from clioscope.explorer.store.tables import api_tokens, people, sessions
from clioscope.explorer.teams.sessions import StoredSessions, open_sessions, revoke_session, revoke_sessions_of
from clioscope.explorer.teams.times import written
from clioscope.explorer.teams.tokens import PREFIX, Tokens
from clioscope.explorer.teams.within import is_within
from tests.explorer.teams_access import ACCESS, signed_in

ANA, BEN = signed_in("ana", "staff"), signed_in("ben", "all")
BY = Person.with_role("somebody", "admin")


class Clock:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(where: str) -> Iterator[Store]:
    found = open_store(where)
    yield found
    found.close()


def actions(store: Store) -> list[str]:
    return [line.action for line in reversed(store.audit_log.last(100))]


def test_a_session_is_kept_when_the_server_is_started_again_and_shared_by_others(where: str) -> None:
    first, second = open_store(where), open_store(where)
    token = StoredSessions(first, ACCESS).begin(ANA, "an id token")
    assert StoredSessions(second, ACCESS).find(token) == Person(
        "ana@example.org", ACCESS.grants(ANA.groups), subject=ANA.subject
    )
    (one,) = open_sessions(second, timedelta(hours=12), written(datetime.now(UTC)))
    assert revoke_session(second, one.id, "somebody")
    assert StoredSessions(first, ACCESS).find(token) is None  # at the next request
    assert not revoke_session(second, one.id, "somebody")
    for store in (first, second):
        store.close()


def test_a_session_ends_when_it_is_not_used_and_at_last_in_any_case(store: Store, clock: Clock) -> None:
    held = StoredSessions(store, ACCESS, clock)
    token = held.begin(ANA, "")
    for _ in range(15):
        clock.wait(hours=11)
        assert held.find(token) is not None  # it was used in between
    clock.wait(hours=3, minutes=1)  # seven days
    assert held.find(token) is None
    token = held.begin(ANA, "")
    clock.wait(hours=12)
    assert held.find(token) is None
    held.begin(ANA, "")  # sweeps what has ended
    with store.reading() as connection:
        assert len(connection.execute(select(sessions)).all()) == 1


def test_nothing_that_lets_somebody_in_is_in_the_store(store: Store) -> None:
    held, tokens = StoredSessions(store, ACCESS), Tokens(store, ACCESS)
    session = held.begin(ANA, "eyJ.an id token.x")
    person = held.find(session)
    assert person is not None
    secret = tokens.make(person, "export", "viewer", None, 30).secret
    assert tokens.find(secret) is not None
    with store.reading() as connection:
        kept = repr([connection.execute(select(table)).all() for table in (sessions, people, api_tokens)])
        kept += repr(store.audit_log.last(100))
    for hidden in (session, secret, secret.removeprefix(PREFIX), "eyJ.an id token.x"):
        assert hidden not in kept
    assert held.end(session) == "eyJ.an id token.x"  # sealed with what the browser alone has


def test_all_sessions_of_a_person_end_at_once_and_others_do_not(store: Store) -> None:
    held = StoredSessions(store, ACCESS)
    hers, his = [held.begin(ANA, "") for _ in range(3)], held.begin(BEN, "")
    assert revoke_sessions_of(store, "ana@example.org", "somebody") == 3
    assert [held.find(token) for token in hers] == [None] * 3
    assert held.find(his) is not None
    assert actions(store) == ["sign-in"] * 4 + ["session revoked"] * 3
    assert verify(store).broken is None


def test_people_who_sign_in_at_once_are_all_let_in(store: Store) -> None:
    held, found = StoredSessions(store, ACCESS), []
    threads = [threading.Thread(target=lambda: found.append(held.begin(ANA, ""))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(held.find(token) for token in found)
    assert len(found) == 6


def test_what_the_access_file_says_now_is_what_a_session_may_do(store: Store) -> None:
    token = StoredSessions(store, ACCESS).begin(ANA, "")
    stricter = ACCESS.model_copy(update={"roles": ACCESS.roles.model_copy(update={"groups": {"staff": "viewer"}})})
    found = StoredSessions(store, stricter).find(token)
    assert found is not None
    assert found.role_on() == "viewer"


def test_a_token_works_until_it_ends_or_is_revoked(store: Store, clock: Clock) -> None:
    tokens = Tokens(store, clock=clock)
    made = [tokens.make(BY, f"number {n}", "viewer", None, 30) for n in range(2)]
    clock.wait(days=29, hours=23)
    assert tokens.find(made[0].secret) is not None
    assert tokens.revoke(made[0].token.id, BY, own=True)
    assert tokens.find(made[0].secret) is None
    assert not tokens.revoke(made[0].token.id, BY, own=True)
    clock.wait(hours=1)
    assert tokens.find(made[1].secret) is None
    assert actions(store) == ["token made", "token made", "token first used", "token revoked"]
    listed = {token.label: token for token in tokens.list()}
    assert listed["number 0"].used is not None
    assert listed["number 0"].revoked is not None
    assert listed["number 1"].used is None


@pytest.mark.parametrize(
    "secret", ["", "clioscope_", "clioscope_" + "x" * 43, "x" * 53, "clioscope_\u20ac", "x" * 9_999]
)
def test_a_made_up_token_lets_nobody_in(secret: str, store: Store) -> None:
    assert Tokens(store).find(secret) is None


def test_a_token_may_do_no_more_than_its_owner_may_now(store: Store) -> None:
    held, tokens = StoredSessions(store, ACCESS), Tokens(store, ACCESS)
    person = held.find(held.begin(ANA, ""))
    assert person is not None
    secret = tokens.make(person, "export", "analyst", ["names", "hostile"], 30).secret
    found = tokens.find(secret)
    assert found is not None
    assert found.user.startswith("ana@example.org (token ")
    assert found.may("export", "names")
    assert not found.may("export", "facets")  # which the token is not for
    assert not found.may("view", "hostile")  # which its owner may not look at
    assert not found.may("export")
    held.begin(signed_in("ana", "all"), "")  # she is a viewer since
    later = tokens.find(secret)
    assert later is not None
    assert later.may("view", "names")
    assert not later.may("export", "names")
    assert tokens.revoke_all_of("ana@example.org", BY) == 1
    assert tokens.find(secret) is None


def test_nobody_revokes_the_token_of_somebody_else_as_their_own(store: Store) -> None:
    made = Tokens(store).make(BY, "one", "viewer", None, 1)
    assert not Tokens(store).revoke(made.token.id, Person.with_role("another", "viewer"), own=True)
    assert Tokens(store).list(Person.with_role("another", "viewer")) == []


def test_the_first_use_is_told_once_however_many_servers_see_it(where: str) -> None:
    stores = [open_store(where) for _ in range(4)]
    secret = Tokens(stores[0]).make(BY, "one", "viewer", None, 1).secret
    threads = [threading.Thread(target=Tokens(store).find, args=[secret]) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert actions(stores[0]) == ["token made", "token first used"]
    for store in stores:
        store.close()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("own", ROLES)
def test_a_token_is_within_its_owners_role_exactly_if_that_may_all_that_it_may(own: str, role: str) -> None:
    person = Person.with_role("ana", own)  # type: ignore[arg-type]
    rights = {a: {action for action in TABLE if may(a, action)} for a in ROLES}  # type: ignore[arg-type]
    assert is_within(person, role, None) is (rights[role] <= rights[own])  # type: ignore[index, arg-type]


def test_of_several_patterns_the_first_that_fits_decides_alone() -> None:
    grants = Grants(frozenset({"admin"}), (("a-*", frozenset()), ("a-b", frozenset({"viewer"}))))
    person = Person("ana", grants)
    assert not person.may("view", "a-b")
    assert person.may("administer")
    assert person.may_somewhere("view")
    assert not Person("ana", grants, Grants(frozenset({"admin"}))).may_somewhere("administer")
    assert {"reveal", "make_tokens", "administer"} == NOT_BY_TOKEN
    assert json.dumps(person.actions_on("a-b")) == "[]"
