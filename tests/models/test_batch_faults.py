"""Answers in bulk where something is wrong: budgets, other runs, refused batches, lost files, broken streams."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clioscope.errors import ClioscopeError, ConfigError, OverBudgetError, RunError
from clioscope.models import shards, store
from clioscope.models.base import ModelError, Request
from clioscope.models.folder import outcome_of
from clioscope.models.judge import Work
from clioscope.models.judges import Calls, Judges
from clioscope.models.ledger import Line, WaveLedger
from clioscope.models.names import parse_model
from clioscope.models.provider_batches import BatchSettings, ProviderBatches
from clioscope.models.sdk_models import batch_service
from clioscope.models.waves import AwaitingAnswers
from clioscope.prompting import Unanswered
from clioscope.prompting.asking import Question, ask
from clioscope.testing import Faults, ModelServer
from tests.judged.helpers import answers_file, result_line
from tests.models.helpers import PROMPTS, Scored, work, works
from tests.models.test_waves import PROVIDERS, filed, requests_in, said, waiting, write_answers

PRICE = '[[price]]\nmatch = ["openai/double"]\nprompt = 10.0\ncompletion = 10.0\n'


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-double")
    monkeypatch.setattr("clioscope.models.provider_batches._FIRST_WAIT", 0.01)


def batched(
    folder: Path, server: ModelServer, model: str = "openai/double", note: Any = lambda _: None, **options: Any
) -> Judges:
    url = server.url + ("/v1" if model.startswith("openai") else "")
    calls = Calls(**{"base_url": url, "batch": True, "poll": 0.05, "timeout": 60, "patience": 5.0, **options})
    return Judges({"audit": model}, calls, folder / "a.sqlite", folder / "w.sqlite", note)


def judged(judges: Judges, count: int, start: int = 0) -> list[Any]:
    try:
        return list(judges.judge("audit", works(count, start)))
    finally:
        judges.close()


def submitted(server: ModelServer) -> int:
    return len(server._app._batches._batches)


def answered(requests: Iterable[dict[str, Any]]) -> list[str]:
    return [result_line(request, said(request)) for request in requests]


# The budget


def test_what_an_open_batch_may_cost_is_not_spent_again_by_a_run_that_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text(PRICE)

    def interrupted(*_: Any) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(ProviderBatches, "wait", interrupted)
    with ModelServer(batch_seconds=60.0) as server:
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                judged(batched(tmp_path, server, prices=prices, max_cost=0.1), 300)
            assert submitted(server) == 1


def test_a_run_whose_budget_is_in_open_batches_waits_for_them_and_asks_what_is_then_left(tmp_path: Path) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text(PRICE)
    with ModelServer(batch_seconds=0.2) as server:
        judges = batched(tmp_path, server, prices=prices, max_cost=0.1)
        with pytest.raises(OverBudgetError, match="spent so far"):
            list(judges.judge("audit", works(300)))
        # What was reserved was more than it cost, so that further batches fitted in.
        assert 1 < submitted(server) < 12
        assert 0.08 < judges.prices.cost(judges.spent()).dollars <= 0.1
        judges.close()


# Folders


def test_a_folder_that_holds_another_run_is_refused_and_nothing_in_it_is_touched(tmp_path: Path) -> None:
    runs = [tmp_path / name for name in ("one", "two")]
    for run in runs:
        run.mkdir()

    def opened(run: Path) -> Judges:
        models = {"audit": f"file:{tmp_path / 'requests'}#m"}
        return Judges(models, Calls(), run / "a.sqlite", run / "w.sqlite", lambda _: None)

    with pytest.raises(AwaitingAnswers):
        judged(opened(runs[0]), 3)
    before = requests_in(tmp_path)
    with pytest.raises(ConfigError, match=r"of another run.*Name another folder, or empty this one"):
        opened(runs[1])
    (tmp_path / "requests" / ".clioscope-run").unlink()
    with pytest.raises(ConfigError, match="of another run"):
        opened(runs[1])
    assert requests_in(tmp_path) == before
    for path in (tmp_path / "requests").glob("*.jsonl"):
        path.unlink()
    with pytest.raises(AwaitingAnswers):
        judged(opened(runs[1]), 3, 100)


def test_a_folder_that_this_run_filled_before_there_were_marks_goes_on_working(tmp_path: Path) -> None:
    waiting(tmp_path, 5)
    (tmp_path / "requests" / ".clioscope-run").unlink()
    write_answers(tmp_path, answered(requests_in(tmp_path)))
    assert len(judged(filed(tmp_path), 5)) == 5
    assert (tmp_path / "requests" / ".clioscope-run").exists()


def test_two_folders_of_one_model_are_kept_apart_and_both_read(tmp_path: Path) -> None:
    def opened() -> Judges:
        models = {"audit": f"file:{tmp_path / 'requests'}#m", "extract": f"file:{tmp_path / 'small'}#m"}
        return Judges(models, Calls(), tmp_path / "a.sqlite", tmp_path / "w.sqlite", lambda _: None)

    def extracting() -> Iterator[Work[Scored | Unanswered]]:
        question = Question("extract", "audit", 200, 0.0)
        return (ask(PROMPTS, question, Scored, text=f"text {i}", kind="a line") for i in range(3))

    judges = opened()
    with pytest.raises(AwaitingAnswers, match=r"small.wave-0001\.requests\.jsonl"):
        list(judges.judge("extract", extracting))
    with pytest.raises(AwaitingAnswers, match=r"requests.wave-0002\.requests\.jsonl"):
        list(judges.judge("audit", works(2)))
    judges.close()
    for path in (tmp_path / "small" / "wave-0001.requests.jsonl", tmp_path / "requests" / "wave-0002.requests.jsonl"):
        requests = [json.loads(line) for line in path.read_text().splitlines()]
        answers_file(path).write_text("\n".join(answered(requests)))
    judges = opened()
    assert len(list(judges.judge("extract", extracting))) == 3
    assert len(list(judges.judge("audit", works(2)))) == 2
    judges.close()


def test_an_error_of_an_earlier_wave_does_not_answer_a_later_one(tmp_path: Path) -> None:
    waiting(tmp_path, 4)
    first = requests_in(tmp_path)
    failed = {"custom_id": first[3]["custom_id"], "response": {"status_code": 500, "body": {"error": {}}}}
    write_answers(tmp_path, [*answered(first[:3]), json.dumps(failed)])
    for _ in range(3):
        assert waiting(tmp_path, 4).startswith("1 requests wait")
    write_answers(tmp_path, answered(requests_in(tmp_path, 2)), 2)
    assert all(isinstance(result, Scored) for result in judged(filed(tmp_path), 4))


@pytest.mark.parametrize("name", ["wave-0001.answers.jsonl", "from-elsewhere.jsonl"])
def test_an_answer_that_was_forgotten_is_asked_again_and_its_old_line_does_not_answer_again(
    tmp_path: Path, name: str
) -> None:
    waiting(tmp_path, 1)
    (request,) = requests_in(tmp_path)
    (tmp_path / "requests" / name).write_text(result_line(request, said(request)))
    judges = filed(tmp_path)
    (old,) = judges.judge("audit", works(1))
    judges.forget("audit", work("question number 0 about bread"), lambda _: True)
    judges.close()
    assert isinstance(old, Scored)
    assert waiting(tmp_path, 1).startswith("1 requests wait")
    better = json.dumps({"reason": "better", "score": 1, "colour": "green"})
    write_answers(tmp_path, [result_line(request, better)], 2)
    (new,) = judged(filed(tmp_path), 1)
    assert new == Scored(reason="better", score=1, colour="green")


def test_a_request_that_was_given_up_is_asked_again_once_it_is_forgotten(tmp_path: Path) -> None:
    waiting(tmp_path, 1)
    (request,) = requests_in(tmp_path)
    body = {"error": {"code": "content_filter", "message": "stopped"}}
    write_answers(
        tmp_path,
        [json.dumps({"custom_id": request["custom_id"], "response": {"status_code": 400, "body": body}})],
    )
    judges = filed(tmp_path)
    (given_up,) = judges.judge("audit", works(1))
    assert isinstance(given_up, Unanswered)
    judges.forget("audit", work("question number 0 about bread"), lambda _: True)
    judges.close()
    assert waiting(tmp_path, 1).startswith("1 requests wait")


def test_requests_whose_file_is_lost_are_written_again_as_they_were(tmp_path: Path) -> None:
    waiting(tmp_path, 5)
    before = requests_in(tmp_path)
    path = tmp_path / "requests" / "wave-0001.requests.jsonl"
    path.unlink()
    waiting(tmp_path, 5)
    assert requests_in(tmp_path) == before
    write_answers(tmp_path, answered(before))
    path.unlink()
    assert len(judged(filed(tmp_path), 5)) == 5


def test_requests_can_be_read_by_their_owner_alone_whatever_the_folder_allows(tmp_path: Path) -> None:
    (tmp_path / "requests").mkdir(mode=0o755)
    waiting(tmp_path, 2)
    assert (tmp_path / "requests" / "wave-0001.requests.jsonl").stat().st_mode & 0o077 == 0


ODD: dict[str, Callable[[dict[str, Any]], object]] = {
    "content is an object": lambda r: r["body"]["choices"][0]["message"].update(content={"score": 1}),
    "status is a word": lambda r: r.update(status_code="ok"),
    "the error is text": lambda r: r.update(status_code=500, body={"error": "nope"}),
    "no choices": lambda r: r["body"].update(choices=None),
    "more tokens than there are": lambda r: r["body"]["usage"].update(prompt_tokens=5 * 10**18),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_result_line_is_an_outcome_like_any(tmp_path: Path, odd: str) -> None:
    waiting(tmp_path, 2)
    rows = [json.loads(line) for line in answered(requests_in(tmp_path))]
    for row in rows:
        ODD[odd](row["response"])
    write_answers(tmp_path, [json.dumps(row) for row in rows])
    judges = filed(tmp_path)
    if odd == "more tokens than there are":
        assert len(list(judges.judge("audit", works(2)))) == 2
        assert judges.spent()[0].prompt_tokens == 0
    else:
        with pytest.raises(AwaitingAnswers, match="2 requests wait"):
            list(judges.judge("audit", works(2)))
    judges.close()


def test_the_words_of_an_error_in_bulk_hold_no_key() -> None:
    body = {"error": {"message": "Incorrect API key provided: sk-live-1234567890 " + "x" * 400, "code": "invalid"}}
    outcome = outcome_of({"custom_id": "x", "response": {"status_code": 400, "body": body}})
    assert isinstance(outcome, Exception)
    assert "sk-live" not in str(outcome)
    assert len(str(outcome)) <= 240


# What is stored


class _FullOnce:
    """A database whose disk is full for the first answers, and then is not."""

    def __init__(self, database: Any) -> None:
        self._database, self._calls = database, 0

    def executemany(self, *values: Any) -> Any:
        self._calls += 1
        if self._calls <= 2:
            raise sqlite3.OperationalError("database or disk is full")
        return self._database.executemany(*values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


def test_no_answer_of_a_shard_is_lost_that_could_not_be_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_MOST_AT_ONCE", 2)
    waiting(tmp_path, 20)
    write_answers(tmp_path, answered(requests_in(tmp_path)))
    judges = filed(tmp_path)
    judges._store._writing = _FullOnce(judges._store._writing)
    with pytest.raises(RunError, match="Make room on the disk"):
        judged(judges, 20)
    assert len(judged(filed(tmp_path), 20)) == 20
    assert len(list((tmp_path / "requests").glob("*.requests.jsonl"))) == 1


def test_a_damaged_ledger_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "w.sqlite").write_bytes(b"no database" * 500)
    with pytest.raises(RunError, match=r"w\.sqlite cannot be read or written"):
        filed(tmp_path)


def test_failures_of_a_shard_are_recorded_together(tmp_path: Path) -> None:
    ledger = WaveLedger(tmp_path / "w.sqlite")
    lines = [Line(bytes([i]) * 32, "audit", "") for i in range(3)]
    ledger.intend("wave-0001", "m", lines, 1.5)
    assert ledger.reserved() == 1.5
    error = outcome_of({"custom_id": "x", "response": None})
    assert isinstance(error, Exception)
    ledger.collected("wave-0001", {lines[0].key: error})
    assert [len(ledger.past(line.key)) for line in lines] == [1, 0, 0]
    assert not any(ledger.is_open(line.key) for line in lines)
    assert ledger.reserved() == 0.0
    ledger.forget(lines[0].key)
    assert ledger.past(lines[0].key) == []
    ledger.close()


# Providers


def test_a_batch_for_which_there_is_no_room_waits_and_condemns_no_request(tmp_path: Path) -> None:
    told: list[str] = []
    with ModelServer(faults=Faults(batches_failed=3)) as server:
        results = judged(batched(tmp_path, server, note=told.append), 5)
        assert all(isinstance(result, Scored) for result in results)
        assert submitted(server) == 4
    assert sum("token_limit_exceeded" in text for text in told) == 1


def test_a_shard_waits_for_room_until_another_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "MOST_LINES", 5)
    with ModelServer(faults=Faults(batches_failed=2), batch_seconds=0.5) as server:
        results = judged(batched(tmp_path, server), 15)
        assert all(isinstance(result, Scored) for result in results)
        # Two of three were refused, and each of them was sent once more.
        assert submitted(server) == 5
        assert server.stats().calls == 15


def test_a_batch_that_alone_is_more_than_fits_is_asked_in_halves(tmp_path: Path) -> None:
    with ModelServer(faults=Faults(batches_failed=1)) as server:
        results = judged(batched(tmp_path, server), 210)
        assert all(isinstance(result, Scored) for result in results)
        assert [len(batch.lines) for batch in server._app._batches._batches.values()] == [210, 105, 105]


def test_a_batch_that_is_refused_for_another_reason_stops_the_run_and_can_be_sent_again(tmp_path: Path) -> None:
    with ModelServer(faults=Faults(batches_failed=1, batch_failure="billing_hard_limit_reached")) as server:
        with pytest.raises(ModelError, match=r"wave-0001 as a whole \(billing_hard_limit_reached"):
            judged(batched(tmp_path, server), 5)
        assert all(isinstance(result, Scored) for result in judged(batched(tmp_path, server), 5))


@pytest.mark.parametrize("model", PROVIDERS)
@pytest.mark.parametrize("fault", ["creates_refused", "creates_unheard"])
def test_a_create_that_fails_takes_no_other_batch_for_its_own_and_is_made_once(
    tmp_path: Path, model: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "MOST_LINES", 5)
    with ModelServer() as server:
        assert len(judged(batched(tmp_path, server, model), 5)) == 5
        # The batch that is there already is as large and as young.
        server._app._batches._left[fault] = 1
        told: list[str] = []
        assert len(judged(batched(tmp_path, server, model, told.append), 5, 100)) == 5
        assert not any("have no answer" in text for text in told)
        assert submitted(server) == 2
        assert server.stats().calls == 10


@pytest.mark.parametrize("model", PROVIDERS)
def test_results_that_break_off_are_read_again(tmp_path: Path, model: str) -> None:
    with ModelServer(faults=Faults(results_cut=2)) as server:
        results = judged(batched(tmp_path, server, model), 50)
        assert all(isinstance(result, Scored) for result in results)
        assert server.stats().calls == 50


@pytest.mark.parametrize("model", PROVIDERS)
def test_a_batch_that_is_gone_at_the_provider_is_asked_again(tmp_path: Path, model: str) -> None:
    with ModelServer(batch_seconds=0.3) as server:
        told: list[str] = []

        def forget(text: str) -> None:
            told.append(text)
            if "0 of 5" in text and len(told) == 2:
                server._app._batches._batches.clear()

        results = judged(batched(tmp_path, server, model, forget), 5)
        assert all(isinstance(result, Scored) for result in results)
        assert any("wave-0001 is gone at the provider" in text for text in told)


@pytest.mark.parametrize("model", PROVIDERS)
def test_a_network_that_is_away_when_a_run_looks_for_its_batch_is_a_sentence(
    tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clioscope.models.anthropic_batches import AnthropicBatches
    from clioscope.models.openai_batches import OpenAIBatches

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with ModelServer() as server, monkeypatch.context() as patched:
        for service in (OpenAIBatches, AnthropicBatches):
            patched.setattr(service, "_create", interrupted)
        with pytest.raises(KeyboardInterrupt):
            judged(batched(tmp_path, server, model), 3)
    with pytest.raises(ModelError, match=r"cannot be reached.*run the same command again"):
        judged(batched(tmp_path, server, model, patience=0.1), 3)


@pytest.mark.parametrize("model", PROVIDERS)
def test_a_provider_that_fails_longer_than_six_times_is_borne_with_for_the_patience(tmp_path: Path, model: str) -> None:
    with ModelServer(faults=Faults(creates_refused=8)) as server:
        assert len(judged(batched(tmp_path, server, model, patience=30.0), 3)) == 3


def test_a_wave_that_is_interrupted_while_it_is_written_is_not_submitted(tmp_path: Path) -> None:
    def interrupted() -> Iterator[Work[Scored | Unanswered]]:
        yield from works(50)()
        raise KeyboardInterrupt

    with ModelServer() as server:
        judges = batched(tmp_path, server)
        with pytest.raises(KeyboardInterrupt):
            list(judges.judge("audit", interrupted))
        judges.close()
        assert submitted(server) == 0
        assert not list(tmp_path.rglob("*.partial"))
        assert len(judged(batched(tmp_path, server), 50)) == 50


def test_progress_is_told_once_for_each_shard_and_not_at_each_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "MOST_LINES", 5)
    told: list[str] = []
    with ModelServer(batch_seconds=0.5) as server:
        judged(batched(tmp_path, server, note=told.append), 10)
    assert sorted(text for text in told if "are answered" in text) == [
        "wave-0001: 0 of 5 requests are answered.",
        "wave-0002: 0 of 5 requests are answered.",
    ]


@pytest.mark.parametrize("model", ["ollama/x", "openrouter/x", "gemini/x", "azure/x", "bedrock/x"])
def test_batches_are_refused_where_they_are_not_known_to_be_had(tmp_path: Path, model: str) -> None:
    with pytest.raises(ClioscopeError, match=r"takes no batches here; openai and anthropic do\. Leave out --batch\."):
        Judges({"audit": model}, Calls(batch=True), tmp_path / "a", tmp_path / "w", print)


@pytest.fixture
def own_process() -> Iterator[str]:
    command = [sys.executable, "-m", "clioscope.testing", "--batch-seconds", "60", "--tokens-per-minute", "1e9"]
    with subprocess.Popen([*command, "--retry-after", "2"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.mark.parametrize("model", PROVIDERS)
def test_handing_over_a_large_shard_takes_little_memory(tmp_path: Path, own_process: str, model: str) -> None:
    url = own_process + ("/v1" if model.startswith("openai") else "")
    service = batch_service(parse_model(model), url, 60, BatchSettings(tmp_path, "run", 1, lambda _: None))
    with service.path("wave-0001").open("wb") as file:
        for i in range(2_000):
            request = Request("extract", "s", f"word{i} " * 1_500, {"type": "object"}, 300, 0.0)
            file.write(service.line(i.to_bytes(32), request) + b"\n")
    size = service.path("wave-0001").stat().st_size
    assert size > 20_000_000
    tracemalloc.start()
    try:
        assert service._create("wave-0001")
        assert tracemalloc.get_traced_memory()[1] < size / 4
    finally:
        tracemalloc.stop()
        service.close()
