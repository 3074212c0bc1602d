"""Two hundred secrets in single users' conversations: none comes out anywhere."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

import clioscope
from clioscope import Conversation, Message
from tests.conftest import Cli, contains, conversations, write_jsonl
from tests.processes import Servers

NAMES = [
    "Ulrike Baumgartnerova",
    "Tadhg Okonkwo",
    "Priyasha Venkataswamy",
    "Jean-Luc Quatremain",
    "Ximena Arrizabalaga",
]
PLACES = ["Llanfairpwll", "Xochimilco", "Szczebrzeszyn", "Oulujoki", "Kyzylorda"]
EVENTS = ["purple tortoise parade", "the zeppelin inheritance", "left-handed oboe repair", "glass eel smuggling ring"]


def secrets(seed: int = 3) -> list[str]:
    """Names, numbers, keys and rare phrases: 50 of each."""
    rng = random.Random(seed)

    def digits(count: int) -> str:
        return "".join(rng.choice("0123456789") for _ in range(count))

    def letters(count: int) -> str:
        return "".join(rng.choice("bcdfghjklmnpqrstvwxz") for _ in range(count))

    names = [f"{rng.choice(NAMES)} {letters(6)}" for _ in range(50)]
    numbers = [f"{digits(4)}-{digits(4)}-{digits(4)}-{digits(4)}" for _ in range(50)]
    keys = [f"sk-{letters(4)}{digits(4)}{letters(12)}" for _ in range(50)]
    phrases = [f"{rng.choice(EVENTS)} in {rng.choice(PLACES)} {letters(5)}" for _ in range(50)]
    return names + numbers + keys + phrases


def planted(items: list[Conversation], hidden: list[str]) -> list[Conversation]:
    """Each secret in the conversations of one user alone: in the words, or in a column that nobody asked for.

    A third of them is said again and again by that user.
    """
    found = list(items)
    for number, secret in enumerate(hidden):
        user = f"user-{number % 50}"
        own = [i for i, c in enumerate(found) if c.user == user]
        for i in own[: 5 if number % 3 == 0 else 1]:
            conversation = found[i]
            text = f"{conversation.messages[0].content}. {secret}. please remember {secret}"
            found[i] = replace(
                conversation,
                messages=(Message("user", text), *conversation.messages[1:]),
                metadata={**conversation.metadata, "note": secret},
            )
    return found


@pytest.fixture(scope="module")
def hidden() -> list[str]:
    found = secrets()
    assert len(set(found)) == 200
    return found


class Finished(NamedTuple):
    """A run on conversations with secrets, and what it said."""

    run: Path
    said: str


@pytest.fixture(scope="module")
def finished(hidden: list[str], tmp_path_factory: pytest.TempPathFactory, servers: Servers) -> Finished:
    folder = tmp_path_factory.mktemp("planted")
    write_jsonl(folder / "conversations.jsonl", planted(conversations(900), hidden))
    done = servers.run(["run", "conversations.jsonl", "--run", "r", "--facet", "plan"], folder, os.environ)
    assert done.returncode == 0, done.stderr
    return Finished(folder / "r", done.stdout + done.stderr)


@pytest.mark.slow
def test_no_secret_is_in_the_atlas_or_in_any_output(
    hidden: list[str], finished: Finished, tmp_path: Path, cli: Cli
) -> None:
    run = finished.run
    top = clioscope.Atlas.open(run).top()[0]
    outputs = [
        cli("tree", run, "--descriptions"),
        cli("tree", run, "--json"),
        cli("show", run, top.id),
        cli("show", run, top.id, "--json"),
        cli("search", run, "sourdough bread"),
        cli("search", run, NAMES[0]),
        cli("info", run),
        cli("info", run, "--json"),
        cli("export", run, "-o", "exports"),
    ]
    said = "\n".join([finished.said, *(done.stdout + done.stderr for done in outputs)]).casefold()
    assert [secret for secret in hidden if secret.casefold() in said] == []
    assert contains(run / "atlas", hidden) == []
    assert contains(tmp_path / "exports", hidden) == []


def test_the_check_finds_what_is_there(hidden: list[str], tmp_path: Path) -> None:
    clioscope.run(planted(conversations(300), hidden), tmp_path / "r", min_users=1, min_conversations=1, clusters=3)
    assert len(contains(tmp_path / "r" / "vault", hidden)) > 100, "the vault holds them, and the check sees them"


@pytest.mark.slow
def test_parts_of_names_do_not_come_out_either(finished: Finished) -> None:
    atlas = clioscope.Atlas.open(finished.run)
    words = {word for text in (*NAMES, *PLACES) for word in text.casefold().split()}
    shown = {w for c in atlas.walk() for t in (c.name, *c.terms) for w in t.casefold().replace("/", " ").split()}
    assert shown & words == set()


@pytest.mark.slow
def test_real_conversations_with_planted_secrets(hidden: list[str], tmp_path: Path) -> None:
    import gzip
    import json

    from tests.conftest import shared

    with gzip.open(shared("hh_harmless.jsonl.gz"), "rt", encoding="utf-8", newline="\n") as file:
        rows = [json.loads(line) for line in file][:1_000]
    real = [
        Conversation(
            row["id"], tuple(Message(m["role"], m["content"]) for m in row["messages"]), user=f"user-{i % 150}"
        )
        for i, row in enumerate(rows)
    ]
    clioscope.run(planted(real, hidden), tmp_path / "r")
    assert contains(tmp_path / "r" / "atlas", hidden) == []
