"""An address may hold a password or a key: it is asked as it is, and shown without them."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from clioscope.errors import ClioscopeError, ConfigError
from clioscope.models.addresses import address_of, secrets_in, shown
from clioscope.models.base import CallError
from clioscope.models.judges import Calls, Judges
from clioscope.models.names import parse_model
from clioscope.models.sdk import call_error
from clioscope.testing import ModelServer
from tests.models.helpers import works

OPENAI = parse_model("openai/double")
SECRETS = ("bob", "hunter2secret", "othersecret99", "third.secret")


def hides_all(*texts: object) -> None:
    for text in map(str, texts):
        assert not [secret for secret in SECRETS if secret in text], text


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("http://bob:hunter2secret@127.0.0.1:9/v1?api_key=othersecret99#third.secret", "http://127.0.0.1:9/v1"),
        ("https://hunter2secret@host/v1", "https://host/v1"),
        ("https://bob:hunter2secret@[::1]:8000/v1/", "https://[::1]:8000/v1/"),
        ("http://bob:@hunter2secret@host/v1", "http://host/v1"),
        ("http://host/v1?mail=bob@hunter2secret.org", "http://host/v1"),
        ("http://localhost:8000/v1", "http://localhost:8000/v1"),
        ("bob:hunter2secret@host/v1", "its address"),
        ("http://bob:hunter2secret/v1", "its address"),
    ],
)
def test_an_address_is_shown_without_user_password_and_query(url: str, seen: str) -> None:
    assert shown(url) == seen


@pytest.mark.parametrize(
    "url",
    [
        "bob:hunter2secret@127.0.0.1:9/v1",
        "http://bob:hunter2secret@127.0.0.1:port/v1",
        "http://bob:hunter2?secret#@host/v1",
        "http:/host/v1?api_key=othersecret99",
    ],
)
@pytest.mark.parametrize("where", ["option", "environment"])
def test_what_is_no_address_is_refused_without_a_password_in_it(
    url: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == "environment":
        monkeypatch.setenv("OPENAI_BASE_URL", url)
    with pytest.raises(ConfigError, match=r"_BASE_URL|--base-url") as raised:
        address_of(OPENAI, url if where == "option" else None)
    hides_all(raised.value)
    assert "is no address" in str(raised.value)


@pytest.mark.parametrize("batch", [False, True])
def test_nothing_that_is_told_of_a_server_that_is_away_holds_what_its_address_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: bool
) -> None:
    monkeypatch.setattr("clioscope.models.asked._FIRST_WORD", 0.2)
    monkeypatch.setattr("clioscope.models.live._NO_SERVER", 1.0)
    told: list[str] = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        url = f"http://bob:hunter2secret@{host}/v1?api_key=othersecret99"
        calls = Calls(base_url=url, batch=batch, patience=2.0, timeout=1.0)
        judges = Judges({"audit": "openai/double"}, calls, tmp_path / "a", tmp_path / "w", told.append)
        with pytest.raises(ClioscopeError) as raised:
            list(judges.judge("audit", works(2)))
        judges.close()
    hides_all(raised.value, repr(calls), *told)
    if not batch:
        assert any(f"http://{host}/v1" in text for text in told)


def test_what_a_server_says_again_of_its_address_is_withheld(tmp_path: Path) -> None:
    def says(_: Any) -> str:
        return "never asked"

    with ModelServer(answer=says, api_key="another") as server:
        url = server.url.replace("http://", "http://bob:hunter2secret@") + "/v1"
        judges = Judges({"audit": "openai/double"}, Calls(base_url=url), tmp_path / "a", tmp_path / "w", print)
        with pytest.raises(ClioscopeError) as raised:
            list(judges.judge("audit", works(2)))
        judges.close()
    hides_all(raised.value)
    said = "no route to http://bob:hunter2secret@proxy:80/, key othersecret99"
    error = call_error(ValueError(said), secrets_in("http://host/v1?api_key=othersecret99"))
    assert isinstance(error, CallError)
    hides_all(error.message)
    assert "@proxy:80/" in error.message
