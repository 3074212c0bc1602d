"""``clioscope run --model ...`` as a user meets it: real processes, against the test double's real server."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import tomli_w

from clioscope.api import run_with
from clioscope.config import make_config
from clioscope.models.judges import Calls
from clioscope.prompting import PROMPTS
from clioscope.prompting.prompts import shipped
from clioscope.testing import Faults, ModelServer
from clioscope.testing.brain import answer
from clioscope.testing.wires import OpenAIWire
from tests.conftest import Cli, bytes_of, conversations, write_jsonl
from tests.judged.helpers import answers_file, result_line

KEY = "sk-very-secret-key-of-mine"
SMALL = ["--clusters", "3", "--audit-sample", "0"]
PRICES = '[[price]]\nmatch = ["openai/double"]\nprompt = 10.0\ncompletion = 10.0\n'
BAD_BREAD = "sourdough bread will not rise"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "chats.jsonl", conversations(60))


class Finished(NamedTuple):
    run: Path
    told: str
    models: dict[str, str]
    """Which model was asked, by the fields of its answer."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A run to its end, with one model for names and another for all else."""
    folder = tmp_path_factory.mktemp("finished")
    write_jsonl(folder / "chats.jsonl", conversations(60))
    command = [
        sys.executable,
        "-m",
        "clioscope",
        "run",
        "chats.jsonl",
        "--run",
        "r",
        *SMALL,
        "--model",
        "openai/double",
    ]
    with ModelServer(api_key=KEY) as server:
        command += ["--model", "name=openai/another", "--base-url", f"{server.url}/v1"]
        environment = {**os.environ, "OPENAI_API_KEY": KEY, "COLUMNS": "120"}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
        asked = {" ".join(fields(body)): body["model"] for body in server.requests()}
    return Finished(folder / "r", done.stdout + done.stderr, asked)


def test_info_tells_what_models_were_asked_and_what_it_cost(finished: Finished, cli: Cli) -> None:
    told = cli("info", finished.run).stdout
    assert re.search(r"Asking +openai/double +\d+ +[\d,]+ +[\d,]+ +unknown", told)
    used = json.loads(cli("info", finished.run, "--json").stdout)["run"]["used"]
    assert {row["judgement"]: row["model"] for row in used}["name"] == "openai/another"


def test_what_was_used_lies_beside_the_estimate_row_by_row(finished: Finished, cli: Cli) -> None:
    told = " ".join(finished.told.split())
    used = json.loads(cli("info", finished.run, "--json").stdout)["run"]["used"]
    models = ["--model", "openai/double", "--model", "name=openai/another"]
    options = [finished.run.parent / "chats.jsonl", "--run", finished.run, *SMALL, *models, "--estimate"]
    estimated = json.loads(cli("run", *options, "--json").stdout)["stages"]
    which = [(row["name"], row["judgement"], row["model"]) for row in estimated]
    real = [(row["name"], row["judgement"], row["model"]) for row in used]
    assert real == [row for row in which if row in real]
    # What the model wrote again had nothing new in it, so that nobody audited that.
    assert set(which) - set(real) == {("Auditing again", "audit", "openai/double")}
    assert all(row.keys() == estimated[0].keys() for row in used)
    for row in used:
        assert f"{row['name']} {row['model']} {row['calls']:,} {row['prompt_tokens']:,}" in told
    assert f"all {sum(row['calls'] for row in used):,} " in told


def fields(body: dict[str, Any]) -> list[str]:
    return list(body["response_format"]["json_schema"]["schema"]["properties"])


def test_a_run_with_models_prints_the_hierarchy_and_what_they_were_asked(finished: Finished, cli: Cli) -> None:
    tree = cli("tree", finished.run).stdout
    assert finished.told.startswith(tree)
    # The double's names hold words that too few share, also when written again: shared terms stand in for them.
    assert "Discuss" in tree
    # Two names, which are the same, so that how to write them again is asked once.
    rows = re.findall(r"^ *(\w[\w ]*?)  +(openai/\w+) +(\d+) ", finished.told, re.MULTILINE)
    assert [(name, int(calls)) for name, model, calls in rows if model == "openai/another"] == [
        ("Naming", 2),
        ("Writing again", 1),
    ]
    assert "2 names and 2 descriptions gave way to terms that people share" in finished.told
    assert "Every term of a name stands on at least 10 users" in finished.told


def test_a_judgement_has_the_model_that_was_named_for_it(finished: Finished) -> None:
    assert {model for asked, model in finished.models.items() if asked == "description name"} == {"another"}
    assert {model for asked, model in finished.models.items() if asked != "description name"} == {"double"}


def test_the_key_is_neither_printed_nor_in_any_file_or_cell_of_the_run(finished: Finished) -> None:
    assert KEY not in finished.told
    for name, content in bytes_of(finished.run).items():
        assert KEY.encode() not in content, name
    with closing(sqlite3.connect(finished.run / "vault" / "answers.sqlite")) as database:
        cells = [cell for row in database.execute("SELECT * FROM answers") for cell in row]
    assert len(cells) > 500
    assert not [cell for cell in cells if KEY in str(cell)]


@pytest.mark.parametrize(("model", "told"), [
    ("nobody/m", "write PROVIDER/MODEL, such as openai/gpt-5-nano. Providers: openai, azure, anthropic"),
    ("audit=openai/double", "add --model name=PROVIDER/MODEL"),
    ("file:", "needs a folder, such as --model file:requests"),
    ("openai/m", "openai/m needs a key: set OPENAI_API_KEY in the environment"),
    ("anthropic/m", "anthropic/m needs a key: set ANTHROPIC_API_KEY in the environment"),
])  # fmt: skip
def test_a_model_that_cannot_be_used_is_told_in_a_sentence(
    chats: Path, cli: Cli, model: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    done = cli("run", chats, "--model", model, code=1)
    assert done.stderr.startswith("Error: ")
    assert told in " ".join(done.stderr.split())


def test_a_wrong_key_is_told_at_once_and_not_shown(chats: Path, tmp_path: Path, cli: Cli) -> None:
    with ModelServer(api_key="another") as server:
        done = cli("run", chats, "--run", "r", "--model", "openai/double", "--base-url", f"{server.url}/v1", code=1)
    assert "openai/double cannot be used: HTTP 401" in done.stderr
    assert KEY not in done.stdout + done.stderr
    assert not [name for name, content in bytes_of(tmp_path / "r").items() if KEY.encode() in content]


@pytest.fixture(scope="module")
def unreachable(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a run says on standard error whose model's server is not there."""
    folder = tmp_path_factory.mktemp("unreachable")
    write_jsonl(folder / "chats.jsonl", conversations(60))
    command = [sys.executable, "-m", "clioscope", "run", "chats.jsonl", "--model", "openai/double", "--patience", "1"]
    done = subprocess.run([*command, "--base-url", "http://127.0.0.1:9/v1"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 1
    return done.stderr


def test_a_server_that_is_not_there_is_told_in_a_sentence_within_the_patience(unreachable: str) -> None:
    assert "Traceback" not in unreachable
    assert "openai/double has answered nothing" in unreachable
    assert "(last: connection: All connection attempts failed)" in unreachable
    assert "run the same command again to go on" in unreachable
    waited = re.search(r"openai/double has answered nothing for (\d+) seconds? ", unreachable)
    assert waited
    assert 1 <= int(waited[1]) < 10, "it gives up when its patience ends, which is a second"


def test_a_short_patience_is_not_told_as_no_time_at_all(unreachable: str) -> None:
    assert "for 0 minutes" not in unreachable


def test_prompts_and_prices_are_printed_as_files_to_change(cli: Cli) -> None:
    listed = cli("prompts").stdout
    assert all(name in listed for name in PROMPTS)
    assert cli("prompts", "audit").stdout == shipped("audit")
    assert {"match", "prompt", "completion"} <= set(tomllib.loads(cli("prices").stdout)["price"][0])


def test_a_prompt_of_ones_own_and_a_call_for_each_facet_are_used(chats: Path, tmp_path: Path, cli: Cli) -> None:
    own = shipped("extract").replace("{% block system %}", "{% block system %}\nA prompt of my own.", 1)
    (tmp_path / "mine.jinja").write_text(own, encoding="utf-8")
    with ModelServer() as server:
        options = ["--model", "extract=openai/double", "--base-url", f"{server.url}/v1", "--clusters", "3"]
        cli("run", chats, "--run", "r", *options, "--one-call-a-facet", "--prompt", "extract=mine.jinja", "-q")
        asked = server.requests()
        assert server.stats().calls == 4 * len({c.messages[0].content for c in conversations(60)})
    assert {tuple(fields(body)) for body in asked} == {("request",), ("task",), ("language",), ("concern",)}
    assert all("A prompt of my own." in body["messages"][0]["content"] for body in asked)
    assert (tmp_path / "r" / "prompts" / "extract.jinja").read_text(encoding="utf-8") == own


def test_a_prompt_is_found_from_where_its_configuration_is(chats: Path, tmp_path: Path, cli: Cli) -> None:
    own = shipped("extract").replace("{% block system %}", "{% block system %}\nA prompt of my own.", 1)
    settings = tmp_path / "settings"
    (settings / "prompts").mkdir(parents=True)
    (settings / "prompts" / "mine.jinja").write_text(own, encoding="utf-8")
    table = {"models": {"extract": "openai/double"}, "clusters": 3, "prompts": {"extract": "prompts/mine.jinja"}}
    (settings / "mine.toml").write_text(tomli_w.dumps({"config": table}))
    with ModelServer() as server:
        options = ["--base-url", f"{server.url}/v1", "-q"]
        cli("run", chats, "--run", "runs/one", "--config", "settings/mine.toml", *options)
        cli("run", "--run", "runs/two", "--config", "runs/one/run.toml", *options)
        given = "extract=settings/prompts/mine.jinja"
        cli("run", chats, "--run", "runs/three", "--prompt", given, "--config", "settings/mine.toml", *options)
        asked = server.requests()
    assert all("A prompt of my own." in body["messages"][0]["content"] for body in asked)
    written = [tomllib.loads((tmp_path / "runs" / run / "run.toml").read_text()) for run in ("one", "two", "three")]
    absolute = {"extract": str(settings / "prompts" / "mine.jinja")}
    assert [run["config"]["prompts"] for run in written] == [absolute] * 3


@pytest.mark.parametrize(("option", "text", "told"), [
    ("name=mine", "{% block system %}x{% endblock %}", "has no {% block user %}."),
    ("name=mine", "{% block system %}x{% endbloc", "is not a valid Jinja template"),
    ("name=nothing", "", "cannot be read from nothing"),
    ("nothing=mine", "", "There is no prompt 'nothing' to override. There are: extract"),
    ("extract=mine", "{% block system %}{{ more }}{% endblock %}{% block user %}{% endblock %}", "'more' is undefined"),
])  # fmt: skip
def test_a_broken_prompt_is_told_in_a_sentence_and_asks_nothing(
    chats: Path, tmp_path: Path, cli: Cli, option: str, text: str, told: str
) -> None:
    (tmp_path / "mine").write_text(text)
    with ModelServer() as server:
        options = ["--model", "openai/double", "--base-url", f"{server.url}/v1", "--prompt", option]
        assert told in " ".join(cli("run", chats, *options, code=1).stderr.split())
        assert server.stats().calls == 0


def test_a_limit_on_the_cost_stops_cleanly_and_a_higher_one_goes_on(chats: Path, tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "prices.toml").write_text(PRICES)
    with ModelServer(latency=0.005) as server:
        options = ["--model", "openai/double", "--base-url", f"{server.url}/v1", "--run", "r", *SMALL]
        options += ["--prices", "prices.toml"]
        stopped = cli("run", chats, *options, "--at-once", "4", "--max-cost", "0.2", code=1).stderr
        assert re.search(r"Stopped: The cost could pass --max-cost 0\.2: \$0\.[01]\d{3} spent so far", stopped)
        assert "Error" not in stopped
        assert "run the same command with a higher --max-cost to go on" in stopped
        assert 0 < server.stats().answered < 40
        assert (server.stats().prompt_tokens + server.stats().completion_tokens) * 10 / 1e6 <= 0.2
        told = cli("info", "r").stdout
        assert "has not finished" in told
        assert "The cost could pass --max-cost 0.2" in told
        assert re.search(r"Asking +openai/double +\d+ +[\d,]+ +[\d,]+ +0\.[01]\d{3}", told)
        done = json.loads(cli("run", chats, *options, "--max-cost", "20", "--json").stdout)
        assert "--max-cost" not in cli("info", "r").stdout
        assert server.stats().repeated == 0
        tokens = server.stats().prompt_tokens + server.stats().completion_tokens
    paid = pytest.approx(tokens * 10 / 1e6)
    assert sum(used["dollars"] for used in done["usage"]["by_stage"]) == paid
    used = json.loads(cli("info", "r", "--json").stdout)["run"]["used"]
    assert sum(stage["dollars"] for stage in used) == paid, "what it cost does not change with who asks"


def test_info_tells_which_answers_had_to_be_asked_again(chats: Path, cli: Cli) -> None:
    with ModelServer(faults=Faults(bad_json=0.2)) as server:
        options = ["--model", "extract=openai/double", "--base-url", f"{server.url}/v1", "--run", "r", *SMALL]
        told = cli("run", chats, *options, "--max-failed", "0.5").stderr
    said = re.search(r"Asked again, since the answer did not fit: \d+ not JSON\.", told)
    assert said
    assert said[0] in cli("info", "r").stdout


def test_too_many_conversations_without_an_answer_stop_the_run_and_can_be_asked_again(
    chats: Path, tmp_path: Path, cli: Cli
) -> None:
    def options(server: ModelServer) -> list[str]:
        return ["--model", "extract=openai/double", "--base-url", f"{server.url}/v1", "--run", "r", "--clusters", "3"]

    with ModelServer(faults=Faults(always={BAD_BREAD: "content_filter"})) as server:
        stopped = cli("run", chats, *options(server), "--max-failed", "0.01", code=1).stderr
        assert "more than the 1.0% that --max-failed allows" in stopped
        assert "1: filtered (HTTP 400, content_filter): HTTP 400: The prompt was stopped by the" in stopped
        assert BAD_BREAD not in stopped
        (failed,) = map(json.loads, (tmp_path / "r/vault/failures.jsonl").read_text().splitlines())
        assert "r/vault/failures.jsonl" in stopped
        assert failed["id"] in {c.id for c in conversations(60) if BAD_BREAD in c.messages[0].content}
        assert failed["reason"] == "filtered (HTTP 400, content_filter)"
        assert "stopped by the content filter" in failed["detail"]
        allowed = cli("run", chats, *options(server), "--max-failed", "0.5").stderr
        assert "Without a usable answer of the model, and in no count: 3 conversations (3 x filtered" in allowed
        assert "--retry-failed asks again for them." in allowed
    with ModelServer() as server:
        again = cli("run", chats, *options(server), "--max-failed", "0.5", "--retry-failed").stderr
        assert "Without a usable answer" not in again
        assert server.stats().calls == 3


def test_conversations_whose_answers_did_not_fit_are_asked_again_on_request(chats: Path, tmp_path: Path) -> None:
    models = {"extract": "openai/double"}
    config = make_config(source=(str(chats),), models=models, clusters=3, max_failed=0.5)
    with ModelServer(faults=Faults(always={BAD_BREAD: "bad_json"})) as server:
        assert run_with(config, tmp_path / "r", calls=Calls(base_url=f"{server.url}/v1")).failures
    with ModelServer() as server:
        again = run_with(config, tmp_path / "r", calls=Calls(base_url=f"{server.url}/v1"), retry_failed=True)
        assert not again.failures


def waves(folder: Path) -> Iterator[Path]:
    """Files of requests that have no answers yet."""
    yield from (path for path in sorted(folder.glob("*.requests.jsonl")) if not answers_file(path).exists())


def answer_all(folder: Path) -> int:
    """What somebody elsewhere does with the files; how many requests were answered."""
    count = 0
    for path in waves(folder):
        requests = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        lines = [result_line(request, answer(OpenAIWire.request(request["body"]))) for request in requests]
        answers_file(path).write_text("\n".join(reversed(lines)), encoding="utf-8")
        count += len(lines)
    return count


def test_requests_in_files_answered_elsewhere_lead_to_the_atlas_that_a_live_model_gives(
    chats: Path, tmp_path: Path, cli: Cli, finished: Finished
) -> None:
    command = ["run", chats, "--run", "r", *SMALL, "--model", "file:requests#elsewhere"]
    waited = answered = 0
    while (done := cli(*command, code=None)).returncode == 3:
        (path,) = waves(tmp_path / "requests")
        told = " ".join(done.stderr.split())
        assert f"requests wait for answers in requests/{path.name}." in told
        assert f"vllm run-batch -i requests/{path.name} -o requests/{answers_file(path).name} --model elsewhere" in told
        assert "Then run the same command again: it goes on from there." in told
        assert done.stdout == ""
        waited += 1
        answered += answer_all(tmp_path / "requests")
        assert waited < 10
    assert done.returncode == 0
    assert waited >= 3
    assert done.stdout == cli("tree", finished.run).stdout
    ours, live = bytes_of(tmp_path / "r" / "atlas"), bytes_of(finished.run / "atlas")
    assert {name for name in live if ours[name] != live[name]} <= {"atlas.json", "privacy.json"}
    assert sum(map(int, re.findall(r"[a-z] +file/elsewhere +(\d+) ", done.stderr))) == answered
    unknown = "file/elsewhere is a name that was given to files. Who or what answered in them is not known here."
    assert unknown in done.stderr
    assert unknown in cli("info", "r").stdout


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that was there before, with the requests of a run."""
    folder = tmp_path_factory.mktemp("handed")
    write_jsonl(folder / "chats.jsonl", conversations(60))
    (folder / "requests").mkdir(mode=0o755)
    assert hand_over(folder).returncode == 3
    return folder


def hand_over(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "clioscope", "run", "chats.jsonl", *SMALL, "--model", "file:requests"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_requests_in_files_can_be_read_by_their_owner_alone(handed: Path) -> None:
    (path,) = (handed / "requests").glob("*.jsonl")
    assert path.stat().st_mode & 0o077 == 0


def test_requests_that_were_deleted_are_written_again(handed: Path) -> None:
    for path in (handed / "requests").glob("*.jsonl"):
        path.unlink()
    assert hand_over(handed).returncode == 3
    assert list((handed / "requests").glob("*.jsonl"))


def test_the_small_recorded_demo_needs_no_key_and_says_what_it_used(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    done = cli("demo", "--recorded", "--small", "--run", "here")
    assert done.stdout.startswith("150 conversations of 125 users\n")
    assert "do not fit" not in done.stderr
    assert re.search(r"Asking +file/large-language-model +150 ", done.stderr)
    assert "Recorded: Claude (by Anthropic, November 2026) wrote all 197 answers once" in done.stderr
    assert "--small is for recorded answers: add --recorded." in cli("demo", "--small", code=1).stderr
