"""What cannot be run is refused before anything is done: what was there stays as it was, and nothing new is left."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clioscope.prompting.prompts import shipped
from clioscope.testing import ModelServer
from tests.conftest import Cli, bytes_of, conversations, write_jsonl
from tests.judged.helpers import judged

UNPRICED = '[[price]]\nmatch = ["openai/another"]\nprompt = 1.0\ncompletion = 1.0\n'
BAD_PROMPT = "{% block system %}{{ more }}{% endblock %}{% block user %}{% endblock %}"
OWN = '[[facet]]\nname = "problem"\nkind = "text"\nquestion = "What went wrong?"\n'
SMALL = ["--clusters", "3"]

REFUSED = [
    (["--profile", "public", "--min-users", "5"], "--profile public promises at least 25 users of every figure"),
    (["--profile", "strict", "--min-conversations", "39"], "--min-conversations 39 is less. Leave it out"),
    (
        ["--facets", "nowhere.toml"],
        "--facets nowhere.toml cannot be read: there is no such file. Give the path of a TOML file",
    ),
    (["--summary-prompt", "nowhere.txt"], "--summary-prompt nowhere.txt cannot be read: there is no such file."),
    (["--model", "openai/m", "--prompt", "name=nowhere"], "The prompt name cannot be read from nowhere"),
    (["--model", "openai/m", "--prompt", "extract=bad.jinja"], "'more' is undefined"),
    (["--model", "openai/m", "--prompt", "name=bad.jinja"], "'more' is undefined"),
    (
        ["--model", "openai/m", "--prompt", "extract=without.jinja"],
        "The prompt extract (without.jinja) does not show conversation, so that the model would answer without it:",
    ),
    (
        ["--model", "openai/m", "--prompt", "extract=unframed.jinja"],
        "The prompt extract (unframed.jinja) shows conversation outside a frame, where what somebody wrote there could",
    ),
    (["--model", "openai/m", "--prompt", "assign=without.jinja"], "(without.jinja) does not show cluster, so that"),
    (["--model", "openai/m", "--prompt", "parent=bad.jinja"], "'more' is undefined"),
    (["--model", "openai/m", "--prompt", "audit=bad.jinja"], "'more' is undefined"),
    (["--model", "anthropic/m"], "anthropic/m needs a key: set ANTHROPIC_API_KEY in the environment"),
    (["--model", "openrouter/m", "--batch"], "--batch: openrouter takes no batches here"),
    (["--model", "openai/m", "--base-url", "nowhere"], "--base-url nowhere is no address"),
    (["--model", "openai/m", "--max-cost", "1"], "--max-cost: the price of openai/m is not known. Write into a file"),
    (
        ["--model", "openai/m", "--max-cost", "1", "--prices", "prices.toml"],
        "openai/m is not known. Add to prices.toml a [[price]] table",
    ),
    (["--model", "openai/m", "--prices", "nowhere.toml"], "--prices nowhere.toml cannot be read as TOML"),
    (["--cluster-by", "task"], "--cluster-by task: a model is asked for this facet, and none is named for it."),
    (["--cluster-by", "task"], "Add --model extract=PROVIDER/MODEL; without a model there is only: request."),
    (["--cluster-by", "nothing"], "there is no text or list facet of that name. There are: request. With --model"),
    (["--cluster-by", "nothing"], "With --model extract=PROVIDER/MODEL there are: request, task."),
    (["--model", "openai/m", "--cluster-by", "nothing"], "of that name. There are: request, task. Facets of your own"),
    (["--facets", "own.toml"], "facets of your own (problem) are asked by a model: add --model extract="),
    (["--since", "yesterday"], "'yesterday' is not a date or a time"),
    (["--last", "a while"], "'a while' is not a length of time"),
    (["--field", "id=nowhere"], "--field id=nowhere: there is no such column"),
]


def files(folder: Path) -> Path:
    (folder / "bad.jinja").write_text(BAD_PROMPT)
    (folder / "without.jinja").write_text("{% block system %}{% endblock %}{% block user %}Answer.{% endblock %}")
    (folder / "unframed.jinja").write_text(
        shipped("extract").replace("{{ conversation | framed }}", "{{ conversation }}")
    )
    (folder / "prices.toml").write_text(UNPRICED)
    (folder / "own.toml").write_text(OWN)
    return write_jsonl(folder / "chats.jsonl", conversations(60))


@pytest.fixture(scope="module")
def run_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a source and a finished run on it, in ``r``."""
    folder = tmp_path_factory.mktemp("before")
    command = [sys.executable, "-m", "clioscope", "run", str(files(folder)), "--run", "r", *SMALL, "--quiet"]
    subprocess.run(command, cwd=folder, check=True)
    return folder


@pytest.mark.parametrize(("options", "told"), REFUSED)
def test_what_is_refused_leaves_a_finished_run_as_it_was_and_makes_no_new_one(
    options: list[str], told: str, run_before: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double")
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-double")
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    before, source = bytes_of(run_before / "r"), run_before / "chats.jsonl"
    for name in ("bad.jinja", "without.jinja", "unframed.jinja", "prices.toml", "own.toml"):
        shutil.copy(run_before / name, tmp_path)
    refused = cli("run", source, "--run", run_before / "r", *SMALL, *options, code=1)
    assert told in " ".join(refused.stderr.split())
    assert bytes_of(run_before / "r") == before
    cli("run", source, "--run", "new", *SMALL, *options, code=1)
    assert not (tmp_path / "new").exists()


def test_a_source_that_is_not_there_makes_no_folder(tmp_path: Path, cli: Cli) -> None:
    assert "nowhere.jsonl does not exist" in cli("run", "nowhere.jsonl", code=1).stderr
    assert not (tmp_path / "runs").exists()


def test_a_pipe_without_conversations_makes_no_folder(tmp_path: Path, cli: Cli) -> None:
    assert "Nothing to read." in cli("run", "-", "--run", "new", code=1, input=b"a,b\n1,2\n").stderr
    assert not (tmp_path / "new").exists()


def test_a_pipe_is_read(tmp_path: Path, cli: Cli) -> None:
    data = files(tmp_path).read_bytes()
    assert "60 conversations" in cli("run", "-", *SMALL, "--run", "new", input=data).stdout
    assert not (tmp_path / "new" / "vault" / "stdin").exists()


def test_a_folder_of_requests_of_another_run_is_refused_without_a_trace(tmp_path: Path, cli: Cli) -> None:
    source = files(tmp_path)
    options = [*SMALL, "--model", "file:requests"]
    cli("run", source, "--run", "one", *options, code=3)
    assert "another run" in cli("run", source, "--run", "two", *options, code=1).stderr
    assert not (tmp_path / "two").exists()


def test_another_hierarchy_over_the_same_answers_is_not_told_as_asking_again(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double")
    with ModelServer() as server:
        judged(tmp_path, server, n=60, clusters=3, audit_sample=0)
        asked = server.stats().calls
        assert asked
        options = ["--model", "openai/double", "--base-url", f"{server.url}/v1", *SMALL, "--audit-sample", "0"]
        told = cli("run", "chats.jsonl", "--run", "run", *options, "--cluster-by", "task").stderr
    assert "Asking again" not in told
    assert "The answers are gone through again, because of a change: the facets." in told
    assert "Asking: all answers were there from before, so that nothing was asked." in told


def test_a_model_that_is_asked_anew_is_not_told_as_reused(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double")
    with ModelServer() as server:
        judged(tmp_path, server, n=60, clusters=3, audit_sample=0)
        options = ["--model", "openai/another", "--base-url", f"{server.url}/v1", *SMALL, "--audit-sample", "0"]
        told = cli("run", "chats.jsonl", "--run", "run", *options).stderr
    assert "because of a change: the model." in told
    assert "nothing was asked" not in told


def test_a_summary_prompt_that_nobody_is_asked_says_so(tmp_path: Path, cli: Cli) -> None:
    source = files(tmp_path)
    (tmp_path / "t.txt").write_text("What is it about? {{ topic }}")
    told = cli("run", source, *SMALL, "--field", "user=user_id", "--summary-prompt", "t.txt").stderr
    assert "nobody is asked what it says" in told
    assert "add --model extract=PROVIDER/MODEL" in told


def test_the_recorded_demo_says_nothing_of_requests_that_nobody_has_to_answer(cli: Cli) -> None:
    told = cli("demo", "--recorded", "--small", "--run", "here").stderr
    assert "handed over" not in told
    assert "Asking: done in" in told


def test_the_help_tells_what_holds_where_an_option_is_left_out(cli: Cli) -> None:
    told = " ".join(cli("run", "--help").stdout.replace("│", " ").split())
    for said in (
        "at random. Default: all.",
        "behind any figure. Default: the profile's.",
        "not for publishing. Default: default.",
        "than this. Default: no limit.",
        "Default: the provider's own address.",
        "Requests a minute at most. Default: what the provider tells.",
    ):
        assert said in told, said
