"""What identifies is taken out before a model reads a conversation, and out of all that is kept of the answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clioscope import Conversation, Message
from clioscope.api import run_with
from clioscope.config import make_config
from clioscope.models.addresses import answers_here
from clioscope.models.judges import Calls
from clioscope.models.names import parse_model
from clioscope.pipeline.done import Done
from clioscope.testing import Faults, ModelServer
from tests.conftest import Cli, contains, conversations, write_jsonl
from tests.judged.helpers import MODELS, kind

SECRETS = ["ana.kovacs@mail.example.org", "+44 20 7946 0958", "4111 1111 1111 1111", "sk-proj-abcdEFGH1234567890abcdEF"]
KINDS = {"EMAIL": 60, "PHONE": 60, "CARD": 60, "SECRET": 60}
WORDS = ["kovacs@mail", "7946 0958", "1111 1111", "abcdefgh1234567890"]
"""Parts of them, which nothing else holds."""


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double-secret-key")


def planted(items: Sequence[Conversation]) -> list[Conversation]:
    """Every fourth conversation says all of :data:`SECRETS`."""
    said = "Write to {}, call {}, pay with {}, use {}".format(*SECRETS)
    return [
        replace(item, messages=(Message("user", f"{said}. {item.messages[0].content}"), *item.messages[1:]))
        if number % 4 == 0
        else item
        for number, item in enumerate(items)
    ]


def run(folder: Path, server: ModelServer | None, **options: Any) -> Done:
    source = folder / "chats.jsonl"
    if not source.exists():
        write_jsonl(source, planted(conversations(240)))
    values = {"models": MODELS, "audit_sample": 10, "clusters": 6, **options}
    calls = Calls(base_url=f"{server.url}/v1" if server else None, timeout=60.0, patience=30.0)
    retry = bool(values.pop("retry_failed", False))
    return run_with(make_config(source=(str(source),), **values), folder / "run", calls=calls, retry_failed=retry)


def seen(server: ModelServer) -> list[str]:
    """Which of :data:`WORDS` any request held."""
    said = json.dumps(server.requests(), ensure_ascii=False).casefold()
    return [word for word in WORDS if word in said]


def test_no_secret_reaches_the_model_the_facets_or_the_atlas(tmp_path: Path) -> None:
    with ModelServer() as server:
        done = run(tmp_path, server, redact="always")
        assert seen(server) == []
        assert "[EMAIL]" in json.dumps(server.requests())
    assert contains(done.folder / "vault" / "facets", WORDS) == []
    assert contains(done.folder / "atlas", WORDS) == []
    assert done.redacted["conversations"] == KINDS
    assert contains(done.folder / "vault" / "conversations", WORDS) == WORDS, (
        "the vault has them, and the check sees them"
    )


def test_a_model_on_this_machine_reads_all_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    def echo(request: Any) -> str:
        from clioscope.testing.brain import answer

        said = json.loads(answer(request))
        if kind(request) == "extract" and "kovacs@mail" in request.user:
            said["request"] = f"write to {SECRETS[0]} about {SECRETS[2]}"
        return json.dumps(said)

    with ModelServer(answer=echo) as server:
        done = run(tmp_path, server)
        extracts = [r for r in server.requests() if "You read one" in json.dumps(r)]
        others = [r for r in server.requests() if "You read one" not in json.dumps(r)]
    assert all(word in json.dumps(extracts).casefold() for word in WORDS)
    assert not any(word in json.dumps(others).casefold() for word in WORDS)
    assert contains(done.folder / "vault" / "facets", WORDS) == []
    assert contains(done.folder / "atlas", WORDS) == []
    assert done.redacted == {"conversations": {}, "texts": {"CARD": 60, "EMAIL": 60}}


def test_files_for_others_to_answer_hold_none(tmp_path: Path) -> None:
    from clioscope.models.waves import AwaitingAnswers

    with pytest.raises(AwaitingAnswers):
        run(tmp_path, None, models=dict.fromkeys(MODELS, f"file:{tmp_path / 'asked'}"))
    assert any((tmp_path / "asked").iterdir())
    assert contains(tmp_path / "asked", WORDS) == []


def test_without_a_model_names_and_vectors_are_of_redacted_texts(tmp_path: Path) -> None:
    done = run(tmp_path, None, models={}, min_users=1, min_conversations=1)
    assert contains(done.folder / "vault" / "facets", WORDS) == []
    assert done.redacted == {"conversations": KINDS, "texts": {}}


def test_never_leaves_all_as_it_was(tmp_path: Path) -> None:
    with ModelServer() as server:
        done = run(tmp_path, server, redact="never")
        assert seen(server) == WORDS
    assert done.redacted == {"conversations": {}, "texts": {}}


def test_a_change_of_what_is_redacted_asks_again_and_the_same_asks_nothing(tmp_path: Path) -> None:
    with ModelServer() as server:
        run(tmp_path, server, redact="always")
        calls = server.stats().calls
        assert "Asking" in run(tmp_path, server, redact="always").reused
        assert server.stats().calls == calls
        done = run(tmp_path, server, redact="always", redact_patterns={"bread": "sourdough"})
    assert "Asking" not in done.reused
    assert done.redacted["conversations"]["BREAD"] > 20
    assert contains(done.folder / "vault" / "facets", ["sourdough"]) == []


def test_what_failed_is_asked_again_where_texts_are_redacted(tmp_path: Path) -> None:
    with ModelServer(faults=Faults(refusal=0.3)) as server:
        failed = sum(run(tmp_path, server, redact="always", max_failed=0.9).failures.values())
    assert failed > 0
    with ModelServer() as server:
        done = run(tmp_path, server, redact="always", max_failed=0.9, retry_failed=True)
        assert server.stats().calls > 0
        assert seen(server) == []
    assert done.failures == {}


@pytest.mark.slow
def test_the_end_of_a_run_and_info_say_how_much_was_redacted(tmp_path: Path, cli: Cli) -> None:
    write_jsonl(tmp_path / "chats.jsonl", planted(conversations(240)))
    done = cli("run", "chats.jsonl", "--run", "r", "--redact-pattern", "TEAM=nursing|portugal")
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Redacted ")]
    assert "60 EMAIL" in line
    assert "TEAM" in line
    told = cli("info", "r").stdout
    assert "60 CARD" in told
    assert json.loads(cli("run", "chats.jsonl", "--run", "r", "--redact", "never", "--json").stdout)["redacted"] == {
        "conversations": {},
        "texts": {},
    }


@pytest.mark.parametrize(
    ("option", "says"),
    [("TEAM", "write it as name=value"), ("TEAM=(", "is no regular expression"), ("TEAM=(a+)+", "without a limit")],
)
def test_a_bad_pattern_is_refused_before_anything_is_made(option: str, says: str, tmp_path: Path, cli: Cli) -> None:
    write_jsonl(tmp_path / "chats.jsonl", conversations(60))
    done = cli("run", "chats.jsonl", "--run", "r", "--redact-pattern", option, code=None)
    assert done.returncode not in (0, 3)
    assert says in " ".join(done.stderr.split())
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("model", "base_url", "here"),
    [
        ("openai/m", None, False),
        ("openai/m", "http://localhost:9/v1", True),
        ("openai/m", "http://127.0.0.2:9/v1", True),
        ("openai/m", "http://[::1]:9/v1", True),
        ("openai/m", "http://10.0.0.5:9/v1", False),
        ("openai/m", "http://localhost.example.org/v1", False),
        ("ollama/m", None, True),
        ("vllm/m", None, True),
        ("lmstudio/m", None, True),
        ("llamacpp/m", None, True),
        ("ollama/m", "http://gpu.example.org/v1", False),
        ("anthropic/m", None, False),
        ("bedrock/m", None, False),
        ("file:here", None, False),
        ("file:here", "http://localhost:9", False),
    ],
)
def test_a_model_is_on_this_machine_where_its_address_is(
    model: str, base_url: str | None, here: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert answers_here(parse_model(model), base_url) is here


def test_an_address_in_the_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_BASE_URL", "http://gpu.example.org/v1")
    assert not answers_here(parse_model("ollama/m"), None)
