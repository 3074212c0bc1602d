"""Answers in bulk: files, and both providers' batches; partial, shuffled, failing, orphaned."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from clioscope.errors import ClioscopeError
from clioscope.models import shards
from clioscope.models.base import Answer
from clioscope.models.judges import Calls, Judges
from clioscope.models.ledger import WaveLedger
from clioscope.models.waves import AwaitingAnswers
from clioscope.prompting import Unanswered
from clioscope.testing import Faults, ModelServer
from clioscope.testing.brain import answer
from clioscope.testing.wires import OpenAIWire
from tests.judged.helpers import answers_file, result_line
from tests.models.helpers import Scored, works

PROVIDERS = ["openai/double", "anthropic/double"]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-double")
    monkeypatch.setattr("clioscope.models.provider_batches._FIRST_WAIT", 0.01)


def filed(folder: Path) -> Judges:
    return Judges(
        {"audit": f"file:{folder / 'requests'}#m"}, Calls(), folder / "a.sqlite", folder / "w.sqlite", lambda _: None
    )


def waiting(folder: Path, count: int) -> str:
    judges = filed(folder)
    with pytest.raises(AwaitingAnswers) as raised:
        list(judges.judge("audit", works(count)))
    judges.close()
    return str(raised.value)


def requests_in(folder: Path, wave: int = 1) -> list[dict[str, Any]]:
    path = folder / "requests" / f"wave-{wave:04d}.requests.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def said(request: dict[str, Any]) -> str:
    return answer(OpenAIWire.request(request["body"]))


def write_answers(folder: Path, lines: list[str], wave: int = 1) -> None:
    path = folder / "requests" / f"wave-{wave:04d}.requests.jsonl"
    answers_file(path).write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def test_requests_are_written_in_the_batch_format_and_the_user_is_told_what_to_do(tmp_path: Path) -> None:
    told = waiting(tmp_path, 25)
    assert "25 requests wait for answers" in told
    assert "vllm run-batch -i" in told
    requests = requests_in(tmp_path)
    assert len(requests) == 25
    assert {tuple(sorted(request)) for request in requests} == {("body", "custom_id", "method", "url")}
    assert requests[0]["url"] == "/v1/chat/completions"
    assert requests[0]["body"]["model"] == "m"
    assert requests[0]["body"]["response_format"]["type"] == "json_schema"


def test_asking_again_before_there_are_answers_writes_nothing_new(tmp_path: Path) -> None:
    waiting(tmp_path, 25)
    waiting(tmp_path, 25)
    assert len(list((tmp_path / "requests").glob("*.jsonl"))) == 1


def test_shuffled_answers_end_the_wait(tmp_path: Path) -> None:
    waiting(tmp_path, 25)
    lines = [result_line(request, said(request)) for request in requests_in(tmp_path)]
    random.Random(1).shuffle(lines)
    write_answers(tmp_path, lines)
    judges = filed(tmp_path)
    results = list(judges.judge("audit", works(25)))
    spent = judges.spent()
    judges.close()
    assert all(isinstance(result, Scored) for result in results)
    assert [(row.calls, row.prompt_tokens, row.completion_tokens) for row in spent] == [(25, 175, 75)]


def test_missing_wrong_and_failed_lines_are_asked_again_and_in_the_end_given_up(tmp_path: Path) -> None:
    waiting(tmp_path, 6)
    first = requests_in(tmp_path)
    good = [result_line(request, said(request)) for request in first[:3]]
    failed = json.dumps({"custom_id": first[3]["custom_id"], "response": {"status_code": 500, "body": {"error": {}}}})
    noise = ["", "no JSON", "[]", json.dumps({"custom_id": "somebody else's", "response": None})]
    write_answers(tmp_path, [*noise, *good, failed, result_line(first[4], "no JSON")])
    waiting(tmp_path, 6)
    second = requests_in(tmp_path, 2)
    # The failed and the missing one as they were, and the wrong one with what was wrong about it.
    assert {first[3]["custom_id"], first[5]["custom_id"]} < {request["custom_id"] for request in second}
    assert len(second) == 3
    assert sum("does not fit" in request["body"]["messages"][1]["content"] for request in second) == 1
    for wave in (2, 3):
        write_answers(tmp_path, [], wave)
        if wave == 2:
            waiting(tmp_path, 6)
    judges = filed(tmp_path)
    with pytest.raises(AwaitingAnswers):
        list(judges.judge("audit", works(6)))
    judges.close()
    write_answers(tmp_path, [], 4)
    judges = filed(tmp_path)
    results = list(judges.judge("audit", works(6)))
    judges.close()
    assert [isinstance(result, Unanswered) for result in results] == [False, False, False, True, True, True]
    assert isinstance(results[5], Unanswered)
    assert results[5].detail == "no answer came back"


def test_answers_may_come_in_files_of_any_name_and_a_part_at_a_time(tmp_path: Path) -> None:
    waiting(tmp_path, 10)
    lines = [result_line(request, said(request)) for request in requests_in(tmp_path)]
    (tmp_path / "requests" / "from-elsewhere.jsonl").write_text("\n".join(lines[:4]))
    waiting(tmp_path, 10)
    assert len(list((tmp_path / "requests").glob("*.requests.jsonl"))) == 1
    (tmp_path / "requests" / "the-rest.jsonl").write_text("\n".join(lines[4:]))
    judges = filed(tmp_path)
    assert len(list(judges.judge("audit", works(10)))) == 10
    judges.close()


def test_a_large_wave_is_cut_into_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "MOST_LINES", 10)
    told = waiting(tmp_path, 25)
    assert "and 2 more such files" in told
    assert [len(requests_in(tmp_path, wave)) for wave in (1, 2, 3)] == [10, 10, 5]
    monkeypatch.setattr(shards, "MOST_LINES", 10_000)
    monkeypatch.setattr(shards, "MOST_BYTES", 20_000)
    other = tmp_path / "other"
    other.mkdir()
    waiting(other, 25)
    sizes = [path.stat().st_size for path in (other / "requests").glob("*.jsonl")]
    assert len(sizes) > 1
    assert max(sizes) <= 20_000


@pytest.mark.parametrize("model", PROVIDERS)
def test_a_batch_is_submitted_waited_for_and_counted_at_half_price(tmp_path: Path, model: str) -> None:
    with ModelServer(batch_seconds=0.3) as server:
        judges = batched(tmp_path, server, model)
        results = list(judges.judge("audit", works(40)))
        (spent,) = judges.spent()
        judges.close()
    assert all(isinstance(result, Scored) for result in results)
    assert spent.calls == 40
    assert spent.batched_prompt_tokens == spent.prompt_tokens > 0


def batched(folder: Path, server: ModelServer, model: str, note: Any = lambda _: None) -> Judges:
    url = server.url + ("/v1" if model.startswith("openai") else "")
    calls = Calls(base_url=url, batch=True, poll=0.05, timeout=60)
    return Judges({"audit": model}, calls, folder / "a.sqlite", folder / "w.sqlite", note)


@pytest.mark.parametrize("model", PROVIDERS)
def test_a_batch_with_errors_expired_and_bad_lines_is_completed_by_further_batches(tmp_path: Path, model: str) -> None:
    faults = Faults(batch_line=0.15, batch_expired=0.1, bad_json=0.1)
    with ModelServer(faults=faults, seed=4) as server:
        judges = batched(tmp_path, server, model)
        results = list(judges.judge("audit", works(60)))
        judges.close()
        answered = sum(isinstance(result, Scored) for result in results)
        assert answered >= 55
        assert server.stats().repeated == 0


@pytest.mark.parametrize("model", PROVIDERS)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_around_submitting_neither_loses_nor_repeats_a_batch(
    tmp_path: Path, model: str, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clioscope.models.anthropic_batches import AnthropicBatches
    from clioscope.models.openai_batches import OpenAIBatches

    service = OpenAIBatches if model.startswith("openai") else AnthropicBatches
    create = service._create

    def crashes(self: Any, label: str) -> str:
        if moment == "after":
            create(self, label)
        raise KeyboardInterrupt

    with ModelServer(batch_seconds=0.2) as server:
        with monkeypatch.context() as patched:
            patched.setattr(service, "_create", crashes)
            judges = batched(tmp_path, server, model)
            with pytest.raises(KeyboardInterrupt):
                list(judges.judge("audit", works(30)))
            judges.close()
        again = batched(tmp_path, server, model)
        results = list(again.judge("audit", works(30)))
        again.close()
        assert all(isinstance(result, Scored) for result in results)
        assert server.stats().calls == 30


def test_batches_of_another_run_are_not_taken_for_ones_own(tmp_path: Path) -> None:
    with ModelServer(batch_seconds=0.1) as server:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            judges = batched(tmp_path / name, server, "openai/double")
            assert len(list(judges.judge("audit", works(10)))) == 10
            judges.close()
        assert server.stats().calls == 20


@pytest.mark.parametrize("model", PROVIDERS)
@pytest.mark.parametrize("at_work", [False, True], ids=["ended", "at work"])
def test_runs_that_crashed_while_submitting_alike_requests_each_find_their_own_batch(
    tmp_path: Path, model: str, at_work: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    is_unknown = at_work and model.startswith("anthropic")
    with ModelServer(batch_seconds=600.0 if is_unknown else 0.8 if at_work else 0.0) as server:

        def hear(text: str) -> None:
            told.append(text)
            if "not known whether" in text:  # once it was said, they end
                for batch in server._app._batches._batches.values():
                    batch.ends = 0.0

        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            _crash_after_submitting(tmp_path / name, server, model, monkeypatch)
        for name in ("one", "two"):
            judges = batched(tmp_path / name, server, model, hear)
            assert all(isinstance(result, Scored) for result in judges.judge("audit", works(20)))
            assert [row.calls for row in judges.spent()] == [20]
            judges.close()
        taken = [_batches_of(tmp_path / name) for name in ("one", "two")]
        assert sorted(taken) == [[batch] for batch in sorted(server._app._batches._batches)]
        assert server.stats().calls == 40
    # What is at work at Anthropic says of nothing whose it is.
    unknown = [text for text in told if "not known whether anthropic/double took wave-0001" in text]
    assert bool(unknown) == is_unknown


@pytest.mark.parametrize("model", PROVIDERS)
def test_runs_at_once_that_are_not_told_of_their_batches_each_find_their_own(tmp_path: Path, model: str) -> None:
    def run(name: str) -> int:
        (tmp_path / name).mkdir()
        judges = batched(tmp_path / name, server, model)
        try:
            return sum(isinstance(result, Scored) for result in judges.judge("audit", works(20)))
        finally:
            judges.close()

    with ModelServer(batch_seconds=0.8, faults=Faults(creates_unheard=2)) as server, ThreadPoolExecutor() as pool:
        assert list(pool.map(run, ("one", "two"))) == [20, 20]
        assert sorted(_batches_of(tmp_path / "one") + _batches_of(tmp_path / "two")) == sorted(
            server._app._batches._batches
        )
        assert server.stats().calls == 40


def test_a_batch_of_the_same_size_that_is_anothers_is_left_alone_once_it_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The crash came before the run's own batch was made."""
    with ModelServer(batch_seconds=0.5) as server:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
        _crash_after_submitting(tmp_path / "one", server, "anthropic/double", monkeypatch)
        _crash_after_submitting(tmp_path / "two", server, "anthropic/double", monkeypatch, create=False)
        judges = batched(tmp_path / "two", server, "anthropic/double")
        assert all(isinstance(result, Scored) for result in judges.judge("audit", works(20)))
        judges.close()
        assert _batches_of(tmp_path / "two") == ["msgbatch_2"]


def _crash_after_submitting(
    folder: Path, server: ModelServer, model: str, monkeypatch: pytest.MonkeyPatch, *, create: bool = True
) -> None:
    from clioscope.models.anthropic_batches import AnthropicBatches
    from clioscope.models.openai_batches import OpenAIBatches

    service = OpenAIBatches if model.startswith("openai") else AnthropicBatches
    submit = service._create

    def crashes(self: Any, label: str) -> str:
        if create:
            submit(self, label)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(service, "_create", crashes)
        judges = batched(folder, server, model)
        with pytest.raises(KeyboardInterrupt):
            list(judges.judge("audit", works(20)))
        judges.close()


def _batches_of(folder: Path) -> list[str]:
    ledger = WaveLedger(folder / "w.sqlite")
    try:
        return sorted(ledger.provider_ids())
    finally:
        ledger.close()


def test_an_interrupted_wait_goes_on_where_it_was(tmp_path: Path) -> None:
    with ModelServer(batch_seconds=1.0) as server:
        judges = batched(tmp_path, server, "openai/double", _interrupt_at("0 of 20"))
        with pytest.raises(KeyboardInterrupt):
            list(judges.judge("audit", works(20)))
        judges.close()
        again = batched(tmp_path, server, "openai/double")
        assert len(list(again.judge("audit", works(20)))) == 20
        again.close()
        assert server.stats().calls == 20


def _interrupt_at(text: str) -> Any:
    def note(said: str) -> None:
        if text in said:
            raise KeyboardInterrupt

    return note


def test_a_provider_without_batches_is_a_sentence(tmp_path: Path) -> None:
    calls = Calls(batch=True)
    with pytest.raises(ClioscopeError, match="vertex takes no batches"):
        Judges({"audit": "vertex/m"}, calls, tmp_path / "a", tmp_path / "w", print)


def test_an_answer_that_came_in_bulk_is_an_answer_as_any(tmp_path: Path) -> None:
    from clioscope.models.folder import outcome_of

    row = json.loads(result_line({"custom_id": "x"}, "hello"))
    assert outcome_of(row) == Answer("hello", "stop", 7, 3, "elsewhere")
