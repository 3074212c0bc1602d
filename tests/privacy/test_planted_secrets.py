"""Two hundred secrets in single users' conversations: none comes out anywhere."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

import clioscope
from clioscope import Conversation, Message
from tests.conftest import Cli, contains, conversations, write_jsonl

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


def test_no_secret_is_in_the_atlas_or_in_any_output(hidden: list[str], tmp_path: Path, cli: Cli) -> None:
    source = write_jsonl(tmp_path / "conversations.jsonl", planted(conversations(900), hidden))
    outputs = [cli("run", source, "--run", "r", "--facet", "plan")]
    top = clioscope.Atlas.open(tmp_path / "r").top()[0]
    outputs += [
        cli("tree", "r", "--descriptions"),
        cli("tree", "r", "--json"),
        cli("show", "r", top.id),
        cli("show", "r", top.id, "--json"),
        cli("search", "r", "sourdough bread"),
        cli("search", "r", NAMES[0]),
        cli("info", "r"),
        cli("info", "r", "--json"),
        cli("export", "r", "-o", "exports"),
    ]
    said = "\n".join(done.stdout + done.stderr for done in outputs).casefold()
    assert [secret for secret in hidden if secret.casefold() in said] == []
    assert contains(tmp_path / "r" / "atlas", hidden) == []
    assert contains(tmp_path / "exports", hidden) == []


def test_the_check_finds_what_is_there(hidden: list[str], tmp_path: Path) -> None:
    clioscope.run(planted(conversations(300), hidden), tmp_path / "r", min_users=1, min_conversations=1, clusters=3)
    assert len(contains(tmp_path / "r" / "vault", hidden)) > 100, "the vault holds them, and the check sees them"


def test_parts_of_names_do_not_come_out_either(hidden: list[str], tmp_path: Path) -> None:
    atlas = clioscope.run(planted(conversations(900), hidden), tmp_path / "r")
    words = {word for text in (*NAMES, *PLACES) for word in text.casefold().split()}
    shown = {w for c in atlas.walk() for t in (c.name, *c.terms) for w in t.casefold().replace("/", " ").split()}
    assert shown & words == set()


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
