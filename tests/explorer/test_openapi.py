"""The description of the API is what the API does, and what the page's types are made from."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from clioscope.explorer.access import Person
from clioscope.explorer.settings import Settings
from tests.conftest import ROOT
from tests.explorer.serving import Served, served


@functools.cache
def described(run: int = 0) -> str:
    """What the tool prints."""
    done = subprocess.run([sys.executable, "tools/openapi.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


SCHEMA = schemathesis.openapi.from_path(ROOT / "web" / "openapi.json")
OWNER = Person.with_role("somebody", "admin")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_the_description_that_the_page_is_made_from_is_the_present_one() -> None:
    said = "python tools/openapi.py > web/openapi.json, and npm --prefix web run types"
    assert (ROOT / "web" / "openapi.json").read_text("utf-8") == described(), said


def test_equal_code_gives_an_equal_description() -> None:
    assert described(0) == described(1)


def test_every_operation_has_a_name_of_its_own_a_sentence_and_its_refusals() -> None:
    operations = [found for path in SCHEMA.raw_schema["paths"].values() for found in path.values()]
    assert len({found["operationId"] for found in operations}) == len(operations)
    for found in operations:
        assert found["description"].endswith(".")
        for code in ("401", "403", "422", "429"):
            content: Any = found["responses"][code]["content"]["application/json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_the_documentation_lists_every_address() -> None:
    text = (ROOT / "docs" / "explorer.md").read_text("utf-8").partition("## The API")[2]
    listed = {address.partition("?")[0] for address in re.findall(r"`(/[^`]*)`", text)}
    names = {"{id}": "ID", "{run}": "NAME", "{cluster}": "CLUSTER", "{token}": "TOKEN", "{session}": "SESSION"}
    for path in SCHEMA.raw_schema["paths"]:
        address = path.removeprefix("/api")
        for placeholder, name in names.items():
            address = address.replace(placeholder, name)
        assert address in listed


@pytest.fixture(scope="module")
def alone(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of its own: what is sent may edit, sign out and use up sessions."""
    store = str(tmp_path_factory.mktemp("alone") / "store.sqlite")
    data = tmp_path_factory.mktemp("data")
    (data / "chats.jsonl").write_text('{"messages": [{"role": "user", "content": "Hello"}]}\n')
    with served(Settings(runs, store=store, data=data, requests_per_second=1e6, burst=1_000_000)) as found:
        yield found


@pytest.mark.filterwarnings("ignore")
@SCHEMA.parametrize()
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_is_answered_as_described(case: schemathesis.Case, alone: Served) -> None:
    if "id" in case.path_parameters:  # a made-up one is always refused, and shows little
        ids = ["names", "hostile", "users-unknown", "half", "nothing"]
        case.path_parameters["id"] = ids[len(str(case.query)) % len(ids)]
    if "path" in (case.query or {}) and len(str(case.query)) % 2:  # likewise a file
        case.query["path"] = "chats.jsonl"
    cookies = {alone.settings.cookie: alone.settings.sessions.begin(OWNER)}  # it may have signed out
    response = case.call(base_url=alone.address, cookies=cookies)
    case.validate_response(response, checks=CHECKS)
