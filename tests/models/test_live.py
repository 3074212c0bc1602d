"""Calls that go wrong in every way: nothing lost, nothing wrong kept, nothing paid twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clioscope.errors import ClioscopeError
from clioscope.models.base import ModelError
from clioscope.models.judge import Work
from clioscope.models.judges import Calls
from clioscope.prompting import Unanswered
from clioscope.testing import FAULTS, Faults, ModelServer, ServerLimits
from tests.models.helpers import Scored, opened, works

OF_THE_CALL = ("rate_limited", "rate_limited_silently", "overloaded", "server_error", "reset", "half_body")
FATAL = {"unauthorized": 401, "forbidden": 403, "not_found": 404}
OF_THE_TEXT = ("bad_json", "schema_broken", "refusal", "empty", "truncated", "wrong_choice", "far_too_long")
REASONS = {
    "bad_json": "not JSON",
    "schema_broken": "schema",
    "refusal": "refused",
    "empty": "empty",
    "truncated": "truncated",
    "wrong_choice": "schema",
    "far_too_long": "schema",
}


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-double")


def test_the_matrix_has_every_fault() -> None:
    assert {*OF_THE_CALL, *FATAL, *OF_THE_TEXT, "timeout", "content_filter"} == set(FAULTS)


@pytest.mark.parametrize("model", ["openai/double", "anthropic/double"])
@pytest.mark.parametrize("fault", OF_THE_CALL)
def test_a_call_that_fails_is_made_again_until_it_is_answered(tmp_path: Path, fault: str, model: str) -> None:
    with ModelServer(faults=Faults(**{fault: 0.1}), seed=3) as server:
        judges = opened(tmp_path, server, model=model)
        results = list(judges.judge("audit", works(60)))
        judges.close()
        assert all(isinstance(result, Scored) for result in results)
        assert server.stats().by_fault[fault] > 0
        assert server.stats().answered == 60
        assert server.stats().repeated == 0


def test_a_call_that_is_never_answered_is_made_again(tmp_path: Path) -> None:
    with ModelServer(faults=Faults(timeout=0.1), seed=1) as server:
        judges = opened(tmp_path, server, Calls(timeout=0.3))
        assert all(isinstance(result, Scored) for result in judges.judge("audit", works(40)))
        judges.close()
        assert server.stats().by_fault["timeout"] > 0


@pytest.mark.parametrize("model", ["openai/double", "anthropic/double"])
@pytest.mark.parametrize("fault", OF_THE_TEXT)
def test_a_wrong_answer_is_asked_for_once_more_and_told_apart(tmp_path: Path, fault: str, model: str) -> None:
    with ModelServer(faults=Faults(**{fault: 0.1}), seed=2) as server:
        judges = opened(tmp_path, server, model=model)
        results = list(judges.judge("audit", works(60)))
        wrong = server.stats().by_fault[fault]
        failed = [result for result in results if isinstance(result, Unanswered)]
        repairs = judges.repairs()
        judges.close()
        assert wrong > 0
        assert set(repairs) == {REASONS[fault]}
        assert server.stats().answered == 60 + repairs[REASONS[fault]]
        assert all(result.reason == REASONS[fault] for result in failed)
        assert len(failed) == wrong - repairs[REASONS[fault]]


@pytest.mark.parametrize("fault", OF_THE_TEXT)
def test_a_model_that_always_answers_wrong_is_asked_twice_and_no_more(tmp_path: Path, fault: str) -> None:
    with ModelServer(faults=Faults(**{fault: 1.0})) as server:
        judges = opened(tmp_path, server)
        results = list(judges.judge("audit", works(10)))
        judges.close()
        assert [type(result) for result in results] == [Unanswered] * 10
        assert server.stats().calls == 20


@pytest.mark.parametrize("fault", [*OF_THE_CALL, "timeout"])
def test_an_outage_of_all_calls_is_waited_out_and_nothing_is_given_up(tmp_path: Path, fault: str) -> None:
    with ModelServer(latency=0.01) as server:
        judges = opened(tmp_path, server, Calls(timeout=0.2, patience=30, at_once=20))
        server.outage(fault, 1.5)
        results = list(judges.judge("audit", works(60)))
        judges.close()
        assert all(isinstance(result, Scored) for result in results)
        assert judges.meter.given_up == 0
        assert judges.meter.failures.total() > 0


def test_a_model_that_answers_nothing_at_all_stops_the_run_with_a_sentence(tmp_path: Path) -> None:
    with ModelServer(faults=Faults(server_error=1.0)) as server:
        judges = opened(tmp_path, server, Calls(patience=1.0))
        with pytest.raises(ModelError, match=r"has answered nothing for .*run the same command again"):
            list(judges.judge("audit", works(5)))
        judges.close()


def test_a_request_that_a_filter_stops_fails_alone(tmp_path: Path) -> None:
    with ModelServer(faults=Faults(always={"question number 7 ": "content_filter"})) as server:
        judges = opened(tmp_path, server)
        results = list(judges.judge("audit", works(12)))
        judges.close()
        failed = [number for number, result in enumerate(results) if isinstance(result, Unanswered)]
        assert failed == [7]
        assert isinstance(results[7], Unanswered)
        assert results[7].reason.startswith("filtered")


def test_a_request_that_breaks_the_server_every_time_is_given_up_while_others_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clioscope.models.live._LONGEST_WAIT", 0.1)
    with ModelServer(latency=0.02, faults=Faults(always={"question number 3 ": "server_error"})) as server:
        judges = opened(tmp_path, server, Calls(at_once=2))
        results = list(judges.judge("audit", works(160)))
        judges.close()
        assert [n for n, result in enumerate(results) if isinstance(result, Unanswered)] == [3]


def test_a_model_that_refuses_every_request_stops_the_run_early(tmp_path: Path) -> None:
    with ModelServer(faults=Faults(content_filter=1.0)) as server:
        judges = opened(tmp_path, server)
        with pytest.raises(ModelError, match="refused each of the first 20 requests"):
            list(judges.judge("audit", works(500)))
        judges.close()
        assert server.stats().calls <= 80


def test_a_wrong_key_stops_the_run_and_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-verysecretverysecret")
    with ModelServer(api_key="another") as server:
        judges = opened(tmp_path, server)
        with pytest.raises(ModelError, match="cannot be used: HTTP 401") as raised:
            list(judges.judge("audit", works(5)))
        judges.close()
        assert "verysecret" not in str(raised.value)
        assert server.stats().calls <= 5
    assert b"verysecret" not in (tmp_path / "answers.sqlite").read_bytes()


@pytest.mark.parametrize("model", ["openai/double", "anthropic/double"])
@pytest.mark.parametrize(("fault", "status"), FATAL.items())
def test_a_key_or_a_model_that_is_refused_in_the_middle_stops_the_run_and_loses_no_answer(
    tmp_path: Path, fault: str, status: int, model: str
) -> None:
    with ModelServer(faults=Faults(always={"question number 30 ": fault})) as server:
        judges = opened(tmp_path, server, Calls(at_once=1), model=model)
        with pytest.raises(ModelError, match=f"{model} cannot be used: HTTP {status}"):
            list(judges.judge("audit", works(60)))
        judges.close()
        answered = server.stats().answered
        assert 0 < answered < 60
    with ModelServer() as server:
        judges = opened(tmp_path, server, model=model)
        assert all(isinstance(result, Scored) for result in judges.judge("audit", works(60)))
        judges.close()
        assert server.stats().answered == 60 - answered


def test_a_model_that_does_not_exist_stops_the_run(tmp_path: Path) -> None:
    with ModelServer(models=["another"]) as server:
        judges = opened(tmp_path, server)
        with pytest.raises(ModelError, match="openai/double cannot be used: HTTP 404"):
            list(judges.judge("audit", works(5)))
        judges.close()


def test_no_key_is_a_sentence_that_names_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from clioscope.models.judges import Judges

    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(ClioscopeError, match="set OPENAI_API_KEY in the environment"):
        Judges({"audit": "openai/gpt-5"}, Calls(), tmp_path / "a", tmp_path / "w", print)


def test_results_come_in_order_whatever_the_order_of_the_answers(tmp_path: Path) -> None:
    with ModelServer(latency=0.001, jitter=0.05) as server:
        judges = opened(tmp_path, server)
        first = list(judges.judge("audit", works(80)))
        judges.close()
        assert server.stats().most_at_once > 4
    with ModelServer() as server:
        (tmp_path / "second").mkdir()
        judges = opened(tmp_path / "second", server, Calls(at_once=1))
        assert list(judges.judge("audit", works(80))) == first
        judges.close()


def test_an_answer_is_paid_once(tmp_path: Path) -> None:
    with ModelServer() as server:
        for _ in range(2):
            judges = opened(tmp_path, server)
            results = list(judges.judge("audit", works(30)))
            judges.close()
        assert len(results) == 30
        assert server.stats().calls == 30
        assert judges.meter.reused == 30


def test_equal_requests_under_way_together_are_paid_once(tmp_path: Path) -> None:
    with ModelServer(latency=0.1) as server:
        judges = opened(tmp_path, server)
        results = list(judges.judge("audit", lambda: (w for _ in range(10) for w in works(1)())))
        judges.close()
        assert len(set(results)) == 1
        assert server.stats().calls == 1


def test_a_known_limit_is_kept_and_wastes_next_to_nothing(tmp_path: Path) -> None:
    limits = ServerLimits(requests_per_second=100, advertise=False)
    with ModelServer(latency=0.05, limits=limits) as server:
        judges = opened(tmp_path, server, Calls(requests_per_minute=5400))
        results = list(judges.judge("audit", works(300)))
        judges.close()
        assert all(isinstance(result, Scored) for result in results)
        assert server.stats().by_status[429] <= 15  # none as a rule; forty where no limit is told


@pytest.mark.parametrize("advertise", [True, False])
def test_under_a_limit_that_nobody_told_few_calls_are_wasted_and_none_is_given_up(
    tmp_path: Path, advertise: bool
) -> None:
    limits = ServerLimits(requests_per_second=100, advertise=advertise, retry_after=0.1 if advertise else None)
    with ModelServer(latency=0.1, limits=limits) as server:
        judges = opened(tmp_path, server)
        results = list(judges.judge("audit", works(600)))
        judges.close()
        assert all(isinstance(result, Scored) for result in results)
        assert server.stats().by_status[429] <= 60


def test_no_more_calls_are_under_way_than_was_asked_for(tmp_path: Path) -> None:
    with ModelServer(latency=0.02) as server:
        judges = opened(tmp_path, server, Calls(at_once=7))
        list(judges.judge("audit", works(100)))
        judges.close()
        assert server.stats().most_at_once == 7


def test_works_are_begun_no_further_ahead_than_is_needed(tmp_path: Path) -> None:
    begun = 0

    def counted() -> Iterator[Work[Scored | Unanswered]]:
        nonlocal begun
        for one in works(5_000)():
            begun += 1
            yield one

    with ModelServer(latency=0.01) as server:
        judges = opened(tmp_path, server, Calls(at_once=5))
        results = judges.judge("audit", counted)
        for _ in range(10):
            next(results)
        assert begun <= 400
        results.close()
        judges.close()


def test_leaving_early_waits_for_the_calls_under_way_and_stores_their_answers(tmp_path: Path) -> None:
    with ModelServer(latency=0.3) as server:
        judges = opened(tmp_path, server, Calls(at_once=8))
        results = judges.judge("audit", works(100))
        next(results)
        results.close()
        judges.close()
        stored = server.stats().answered
        again = opened(tmp_path, server)
        list(again.judge("audit", works(100)))
        again.close()
        assert 8 <= stored < 100
        assert server.stats().repeated == 0
        assert server.stats().answered == 100


def test_the_budget_stops_cleanly_and_a_higher_one_goes_on(tmp_path: Path) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('[[price]]\nmatch = ["openai/double"]\nprompt = 10.0\ncompletion = 10.0\n')
    with ModelServer(latency=0.01) as server:
        poor = opened(tmp_path, server, Calls(max_cost=0.2, prices=prices))
        with pytest.raises(ClioscopeError, match=r"The cost could pass --max-cost 0.2.*higher --max-cost"):
            list(poor.judge("audit", works(100)))
        cost = poor.prices.cost(poor.spent()).dollars
        poor.close()
        assert 0.1 < cost <= 0.2
        rich = opened(tmp_path, server, Calls(max_cost=10, prices=prices))
        assert len(list(rich.judge("audit", works(100)))) == 100
        rich.close()
        assert server.stats().answered == 100


def test_a_budget_without_a_price_is_refused_with_what_to_write(tmp_path: Path) -> None:
    with ModelServer() as server, pytest.raises(ClioscopeError, match=r'match = \["openai/double"\]'):
        opened(tmp_path, server, Calls(max_cost=1))


def test_what_a_model_does_not_take_is_left_out_from_then_on(tmp_path: Path) -> None:
    from clioscope.models.base import CallError
    from clioscope.models.fitting import adapted
    from clioscope.models.profiles import ModelProfile

    profile = ModelProfile(extra={"reasoning_effort": "none"})
    no_temperature = adapted(profile, CallError("invalid", "Unsupported value: 'temperature' does not support 0.2"))
    assert no_temperature is not None
    assert not no_temperature.temperature
    no_effort = adapted(profile, CallError("invalid", "Unrecognized request argument: reasoning_effort"))
    assert no_effort is not None
    assert not no_effort.extra
    plain = adapted(profile, CallError("invalid", "response_format json_schema is not supported"))
    assert plain is not None
    assert plain.structured == "json_object"
    plainer = adapted(plain, CallError("invalid", "response_format json_object is not supported"))
    assert plainer is not None
    assert plainer.structured == "none"
    assert adapted(profile, CallError("invalid", "something else")) is None
    assert adapted(profile, CallError("rate limit", "temperature")) is None


def test_waiting_for_the_calls_under_way_ends_when_the_server_goes_away(tmp_path: Path) -> None:
    server = ModelServer(latency=0.2)
    with server:
        judges = opened(tmp_path, server, Calls(at_once=4, patience=1.0, timeout=1.0))
        results = judges.judge("audit", works(50))
        next(results)
        threading.Timer(0.3, lambda: None).start()
    begin = time.monotonic()
    with pytest.raises(ModelError):
        list(results)
    judges.close()
    assert time.monotonic() - begin < 15
