"""What once went wrong where a model is asked live: each of these stopped a run, or cost more than was said."""

from __future__ import annotations

import asyncio
import math
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from aiohttp import web

import clioscope
from clioscope.cli.option_values import models_of
from clioscope.config import Judgement
from clioscope.errors import ConfigError, OverBudgetError
from clioscope.models import wire_anthropic, wire_openai
from clioscope.models.base import Answer, CallError, Limits, ModelError, Reply, Request
from clioscope.models.budget import Budget
from clioscope.models.judges import Calls, Judges
from clioscope.models.ledger import Line, WaveLedger
from clioscope.models.limits import Limiter
from clioscope.models.live import LiveJudge, Pace
from clioscope.models.meter import Meter
from clioscope.models.prices import Price, PriceTable, read_prices
from clioscope.models.sdk import call_error, retry_after
from clioscope.models.store import AnswerStore
from clioscope.models.tokens import estimate_tokens, request_tokens
from clioscope.models.wire_openai import failure_kind
from clioscope.prompting import Unanswered
from clioscope.testing import Faults, ModelServer
from tests.judged.helpers import judged, source
from tests.models.helpers import Scored, opened, works


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    for provider in ("OPENAI", "GEMINI"):
        monkeypatch.setenv(f"{provider}_API_KEY", "sk-double")


def elsewhere(folder: Path, url: str, models: dict[Judgement, str] | None = None, **calls: Any) -> Judges:
    return Judges(
        models or {"audit": "openai/double"},
        Calls(**{"base_url": url, "timeout": 1.0, **calls}),
        folder / "answers.sqlite",
        folder / "waves.sqlite",
        lambda _: None,
    )


@pytest.mark.parametrize("fault", ["server_error", "reset"])
def test_a_request_that_nothing_answers_is_given_up_where_only_it_is_left(tmp_path: Path, fault: str) -> None:
    with ModelServer(faults=Faults(always={"number 29 ": fault})) as server:
        for _ in range(2):  # the second run has nothing but reused answers beside it
            judges = opened(tmp_path, server, Calls(at_once=5, patience=1.0))
            results = list(judges.judge("audit", works(30)))
            judges.close()
            assert [n for n, result in enumerate(results) if isinstance(result, Unanswered)] == [29]
        assert server.stats().answered == 29


def test_a_model_that_goes_silent_while_much_is_left_still_stops_the_run(tmp_path: Path) -> None:
    with ModelServer(latency=0.01) as server:
        judges = opened(tmp_path, server, Calls(at_once=2, patience=1.0))
        results = judges.judge("audit", works(60))
        next(results)
        server.outage("server_error", 60)
        with pytest.raises(ModelError, match=r"has answered nothing for \d+ seconds?"):
            list(results)
        judges.close()
        assert judges.meter.given_up == 0


def test_requests_that_a_filter_stops_are_asked_again_in_a_run_that_has_answers(tmp_path: Path) -> None:
    source(tmp_path)
    path = tmp_path / "chats.jsonl"
    rows = path.read_text().splitlines()
    path.write_text("\n".join(r.replace('"content": "', '"content": "NO ', 1) if i % 10 == 0 else r
                              for i, r in enumerate(rows)))  # fmt: skip
    options: dict[str, Any] = {"models": {"extract": "openai/double"}, "clusters": 6, "max_failed": 0.5}
    with ModelServer(faults=Faults(always={"NO ": "content_filter"})) as server:
        first = judged(tmp_path, server, **options)
        again = judged(tmp_path, server, retry_failed=True, **options)
    assert sum(first.failures.values()) >= 20
    assert again.failures == first.failures


DRAINED = """
import sys
from pathlib import Path
from clioscope.models.judges import Calls
from tests.models.helpers import opened, works
class Server:
    url = sys.argv[1]
judges = opened(Path(sys.argv[2]), Server, Calls(at_once=8, timeout=5, patience=600))
try:
    list(judges.judge("audit", works(300)))
except KeyboardInterrupt:
    print("interrupted")
finally:
    judges.close()
"""


def test_ctrl_c_in_an_outage_makes_no_new_call_and_ends(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    with ModelServer(latency=0.3) as server:
        command = [sys.executable, "-c", DRAINED, server.url, str(tmp_path)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env={**os.environ})
        while server.stats().answered < 20:
            time.sleep(0.01)
        server.outage("overloaded", 1000)
        time.sleep(0.1)
        calls = server.stats().calls
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=20)
        assert said == "interrupted\n"
        assert server.stats().calls <= calls + 1


def test_a_run_inside_an_event_loop_as_in_a_notebook_gives_its_atlas(tmp_path: Path) -> None:
    async def cell(server: ModelServer) -> int:
        atlas = clioscope.run(
            str(source(tmp_path)),
            tmp_path / "run",
            models={"extract": "openai/double"},
            calls=Calls(base_url=f"{server.url}/v1", timeout=5.0),
        )
        return len(list(atlas.walk()))

    with ModelServer() as server:
        assert asyncio.run(cell(server)) > 0
        assert server.stats().answered > 200


def test_an_error_inside_an_event_loop_is_the_same_sentence(tmp_path: Path) -> None:
    async def cell() -> None:
        clioscope.run(str(tmp_path / "none.jsonl"), tmp_path / "run")

    with pytest.raises(clioscope.ClioscopeError, match=r"none\.jsonl"):
        asyncio.run(cell())


MODEL = "openai/o3"
TABLE = PriceTable([Price(match=(MODEL,), prompt=2.0, completion=8.0)])
REQUEST = Request("audit", "system", "user", {"type": "object"}, 100, 0.0)


def test_what_a_model_may_think_is_reserved() -> None:
    allowed = (100 + 4096) * 8.0 / 1e6
    assert Budget(TABLE, 1.0, []).reserve(REQUEST, MODEL) >= allowed
    with pytest.raises(OverBudgetError):
        Budget(TABLE, allowed * 0.9, []).reserve(REQUEST, MODEL)


def test_the_prompt_of_a_call_that_broke_off_counts_as_spent(tmp_path: Path) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('[[price]]\nmatch = ["openai/double"]\nprompt = 10.0\ncompletion = 10.0\n')
    with ModelServer(faults=Faults(half_body=1.0)) as server:
        judges = opened(tmp_path, server, Calls(max_cost=0.02, prices=prices, patience=60.0, at_once=2))
        with pytest.raises(OverBudgetError):
            list(judges.judge("audit", works(1)))
        judges.close()
        assert server.stats().calls >= 2
    budget = Budget(TABLE, 1.0, [])
    budget.lose(REQUEST, MODEL)
    budget.recount([])
    assert budget._lost == pytest.approx(request_tokens(REQUEST) * 2.0 / 1e6)


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (wire_openai.answer, {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 500}}),
        (wire_anthropic.answer, {"content": None, "usage": {"input_tokens": 9, "output_tokens": 500}}),
    ],
)
def test_what_is_billed_and_no_answer_counts_as_spent_with_what_was_written(
    read: Callable[[Any], Answer], body: dict[str, Any]
) -> None:
    with pytest.raises(CallError) as failed:
        read(body)
    assert (failed.value.paid, failed.value.completion_tokens) == (True, 500)
    for odd in (None, [], {"choices": [], "content": None, "usage": "none"}, {"usage": {"completion_tokens": "many"}}):
        with pytest.raises(CallError) as failed:
            read(odd)
        assert (failed.value.paid, failed.value.completion_tokens) == (True, 0)
    budget = Budget(TABLE, 1.0, [])
    budget.lose(REQUEST, MODEL, 500)
    budget.recount([])
    assert budget._lost > 500 * 8.0 / 1e6


@pytest.mark.parametrize(
    ("text", "fewest"), [("deadbeef01234567" * 100, 700), ("3141592653" * 100, 600), ("}]}]);" * 100, 290)]
)
def test_what_is_no_word_is_about_two_characters_a_token(text: str, fewest: int) -> None:
    assert estimate_tokens(text) >= fewest
    assert estimate_tokens("the quick brown fox " * 100) == 501


def test_a_pause_that_begins_while_a_call_waits_for_the_rate_is_kept() -> None:
    limiter, went, refused = Limiter(50, Limits(requests_per_minute=600), time.monotonic), [], []

    async def call(number: int) -> None:
        await limiter.enter(1)
        if number == 9:
            refused.append(time.monotonic())
            limiter.refused(0.5, refused[0])
        went.append(time.monotonic())
        limiter.leave()

    async def test() -> None:
        await asyncio.gather(*(call(number) for number in range(14)))

    asyncio.run(test())
    assert [t - refused[0] for t in went[10:] if t - refused[0] < 0.5] == []
    assert went[13] - refused[0] >= 0.7, "the rate is kept after the pause"


def test_no_number_of_refusals_is_too_many_and_none_is_without_a_pause() -> None:
    now = [0.0]
    limiter = Limiter(5, Limits(), lambda: now[0])
    for _ in range(1_200):
        now[0] += 100
        limiter.refused(None, now[0])
    assert limiter._waiting_for_pause() == 60
    now[0] += 100
    limiter.refused(0.0, now[0])
    assert limiter._waiting_for_pause() == 0.25


def test_a_limit_that_changes_does_not_fill_the_bucket_again() -> None:
    limiter, passed = Limiter(10, Limits(), lambda: 0.0), 0
    for number in range(50):
        limiter.learn(Limits(requests_per_minute=60 + number % 2))
        passed += limiter._delay(1) == 0
    assert passed == 1


def test_the_limits_that_come_with_a_refusal_are_read() -> None:
    address = httpx2.Request("POST", "http://host/v1")
    response = httpx2.Response(429, request=address, headers={"x-ratelimit-limit-requests": "60"})
    error = call_error(openai.RateLimitError("slow down", response=response, body=None))
    assert error.limits == Limits(60, None)


def test_a_pause_is_read_from_a_date_and_what_is_no_number_is_passed_over() -> None:
    then = datetime.now(UTC) + timedelta(seconds=90)
    found = retry_after({"retry-after": format_datetime(then, usegmt=True)})
    assert found is not None
    assert 80 < found <= 90
    assert [retry_after({"retry-after": said}) for said in ("inf", "nan", "soon")] == [None] * 3


def test_a_pause_longer_than_ones_patience_stops_at_once_and_says_how_long(tmp_path: Path) -> None:
    with ModelServer(faults=Faults(rate_limited=1.0, retry_after=3600)) as server:
        judges = opened(tmp_path, server, Calls(patience=100.0))
        begin = time.monotonic()
        with pytest.raises(ModelError, match="asks to wait for 60 minutes, and --patience is 100 seconds"):
            list(judges.judge("audit", works(5)))
        judges.close()
        assert time.monotonic() - begin < 50, "it does not wait until the patience has run out"


@pytest.mark.parametrize("url", ["localhost:9/v1", "ftp://x/v1", "http://", "http://[bad", "http://a b", "http://a:x"])
def test_an_address_that_is_none_is_a_sentence_at_once(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="is no address: write it in full, such as http://localhost:8000/v1"):
        elsewhere(tmp_path, url)


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (httpx2.UnsupportedProtocol("no"), "fatal"),
        (httpx2.InvalidURL("no"), "fatal"),
        (TypeError("no"), "fatal"),
        (ValueError("no"), "fatal"),
        ("\ud800", "invalid"),
        (httpx2.ConnectError("no"), "connection"),
    ],
)
def test_what_can_never_be_sent_is_told_from_what_may_pass(cause: Any, kind: str) -> None:
    if isinstance(cause, str):
        with pytest.raises(UnicodeError) as raised:
            cause.encode()
        cause = raised.value
    error = call_error(cause)
    assert (error.kind, error.paid) == (kind, False)


def test_a_server_that_is_not_there_is_told_before_patience_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clioscope.models.asked._FIRST_WORD", 0.3)
    notes: list[str] = []
    judges = elsewhere(tmp_path, "http://localhost:9/v1", patience=1.5)
    monkeypatch.setattr(judges._open[0], "_note", notes.append)
    with pytest.raises(ModelError, match="has answered nothing"):
        list(judges.judge("audit", works(2)))
    judges.close()
    assert notes[0] == "Nothing has answered at http://localhost:9/v1/ yet: is the server running?"


def test_calls_that_get_no_answer_in_time_lower_the_concurrency_without_a_pause() -> None:
    limiter = Limiter(50, Limits(), lambda: 1.0)
    for _ in range(100):
        limiter.went_well()
    before = limiter._allowed
    assert limiter.shrink(1.0)
    assert not limiter.shrink(1.0)  # it began before the shrinking
    assert limiter._allowed == pytest.approx(before * 0.7)
    assert limiter._waiting_for_pause() <= 0


def test_a_server_that_is_slow_with_many_at_once_answers_all(tmp_path: Path) -> None:
    """It answers ten calls a second, one at a time, and no call waits longer than a second."""
    one_at_a_time = asyncio.Lock()

    async def chat(request: web.Request) -> web.Response:
        body = await request.json()
        async with one_at_a_time:
            if request.transport is None or request.transport.is_closing():
                return web.Response(status=499)
            await asyncio.sleep(0.1)
        from clioscope.testing.brain import answer
        from clioscope.testing.wires import OpenAIWire

        asked = OpenAIWire.request(body)
        return web.json_response(OpenAIWire.response(asked, answer(asked), None, 1, 1))

    with serving(chat) as url:
        judges = elsewhere(tmp_path, url, patience=30.0)
        results = list(judges.judge("audit", works(45)))
        judges.close()
    assert all(isinstance(result, Scored) for result in results)
    assert judges.meter.failures["timeout"] > 0


def test_the_timeout_is_for_the_whole_answer_and_not_for_each_of_its_bytes(tmp_path: Path) -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b" ")
            await asyncio.sleep(0.1)
        return response

    with serving(trickle) as url:
        judges = elsewhere(tmp_path, url, timeout=0.5, patience=1.0)
        with pytest.raises(ModelError, match="timeout: no complete answer in time"):
            list(judges.judge("audit", works(1)))
        judges.close()


class serving:  # noqa: N801 - reads as a verb
    """A server of one's own, in a thread."""

    def __init__(self, chat: Any) -> None:
        import threading

        self._loop, self._chat = asyncio.new_event_loop(), chat
        self._ready, self._url = threading.Event(), ""
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        self._ready.wait()
        return self._url

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._chat)
        runner = web.AppRunner(app, shutdown_timeout=0.0)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
        self._url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()


def test_without_batch_a_run_whose_requests_are_with_the_provider_is_refused(tmp_path: Path) -> None:
    ledger = WaveLedger(tmp_path / "waves.sqlite")
    ledger.intend("wave-0001", "openai/double", [Line(bytes(32), "audit", "")])
    ledger.close()
    with pytest.raises(ConfigError, match=r"wave-0001 \(1 requests\) is with the provider: add --batch"):
        elsewhere(tmp_path, "http://localhost:9/v1")
    elsewhere(tmp_path, "http://localhost:9/v1", {"audit": "openai/another"}).close()


KINDS = [
    (403, "403", "Your chosen model requires moderation and your input was flagged", "filtered"),
    (400, "invalid_request_error", "Your credit balance is too low to access the API.", "fatal"),
    (400, "billing_hard_limit_reached", "Billing hard limit has been reached", "fatal"),
    (429, "billing_not_active", "Your account is not active", "fatal"),
    (429, "rate_limit_exceeded", "Request too large for gpt-4o: Limit 30000, Requested 41000", "too long"),
    (429, "rate_limit_exceeded", "Limit 30,000, Used 25,000, Requested 8,000. See /account/billing", "rate limit"),
    (429, "", "Request too large for this tier", "too long"),
]


@pytest.mark.parametrize(("status", "code", "message", "kind"), KINDS)
def test_what_a_provider_says_makes_a_kind_of_failure(status: int, code: str, message: str, kind: str) -> None:
    assert failure_kind(status, code, message) == kind


def test_one_address_for_models_of_several_providers_is_refused(tmp_path: Path) -> None:
    models: dict[Judgement, str] = {"audit": "gemini/gemini-2.5-pro", "name": "openai/gpt-5"}
    with pytest.raises(ConfigError, match="--base-url is one address, and the models are of gemini and openai"):
        elsewhere(tmp_path, "http://localhost:9/v1", models)
    elsewhere(tmp_path, "http://localhost:9/v1", {**models, "audit": f"file:{tmp_path}#m"}).close()


def test_options_of_the_rate_are_told_to_be_idle_where_all_is_in_bulk(tmp_path: Path) -> None:
    notes: list[str] = []
    calls = Calls(at_once=5, requests_per_minute=60)
    Judges({"audit": f"file:{tmp_path}#m"}, calls, tmp_path / "a", tmp_path / "w", notes.append).close()
    assert notes == ["--at-once, --rpm: without effect, since all that is asked is handed over in bulk."]


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["extrct=openai/gpt-5"], "no judgement is called extrct; there are extract, name, arrange, audit"),
        (["openai/a", "openai/b"], "--model openai/a and --model openai/b are both for every judgement"),
    ],
)
def test_a_model_for_what_is_not_there_or_two_for_all_are_refused(texts: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        models_of(texts)


def test_prices_in_a_table_of_another_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[[prices]]\nmatch = ["openai/x"]\nprompt = 1\ncompletion = 1\n')
    with pytest.raises(ConfigError, match=r"mine\.toml: prices is not known\. A row is \[\[price\]\]"):
        read_prices(path)


class Pressing:
    """A model during whose answers Ctrl-C is pressed at the worst moment: while the loop is about to stop."""

    name, address = "openai/double", "nowhere"

    def __init__(self) -> None:
        self.answered: list[str] = []

    async def answer(self, request: Request) -> Reply:
        main = next(task for task in asyncio.all_tasks() if getattr(task.get_coro(), "__name__", "") == "next")
        number = len(self.answered)
        self.answered.append(request.user)
        while number == 5:
            await asyncio.sleep(0)
            if main.done():
                os.kill(os.getpid(), signal.SIGINT)
                break
        return Reply(Answer('{"reason": "none", "score": 1, "colour": "red"}', "stop"))

    async def close(self) -> None:
        """There is nothing to close."""


def test_ctrl_c_while_results_are_handed_out_loses_no_answer(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "answers.sqlite")
    model = Pressing()
    judge = LiveJudge({"audit": model}, store, Budget(TABLE, None, []), Pace(at_once=6), Meter(), lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        list(judge.judge(works(20)))
    judge.close()
    assert sum(row.calls for row in store.spent()) == len(model.answered) >= 6
    store.close()


def test_where_nobody_is_there_the_run_stops_in_seconds_and_names_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clioscope.models.live._NO_SERVER", 1.0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        judges = elsewhere(tmp_path, url, patience=600.0)
        with pytest.raises(ModelError, match=rf"Nothing answers at {url}.*server running"):
            list(judges.judge("audit", works(3)))
        judges.close()


def test_calls_under_way_are_waited_for_before_a_limit_on_the_cost_stops_the_run(tmp_path: Path) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('[[price]]\nmatch = ["openai/double"]\nprompt = 0.0\ncompletion = 1000.0\n')
    with ModelServer(latency=0.05) as server:
        # An answer may cost 0.2 dollars and costs about 0.012.
        judges = opened(tmp_path, server, Calls(max_cost=0.6, prices=prices, at_once=20))
        with pytest.raises(OverBudgetError, match=r"the next call may cost up to \$0\.2"):
            list(judges.judge("audit", works(100)))
        judges.close()
        stats = server.stats()
        spent = stats.completion_tokens * 1000.0 / 1e6
        assert 0.4 < spent < 0.6
        assert stats.most_at_once <= 3


def two_models(folder: Path, server: ModelServer, second: str, told: list[str], **calls: Any) -> Judges:
    """Auditing is asked at the double, and naming at another address."""
    models: dict[Judgement, str] = {"audit": "openai/double", "name": "vllm/other"}
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        patched.setenv("VLLM_BASE_URL", second)
        settled = Calls(**{"timeout": 1.0, **calls})
        return Judges(models, settled, folder / "both.sqlite", folder / "waves.sqlite", told.append)


def named(count: int) -> Any:
    from clioscope.prompting.asking import Question, ask
    from tests.models.helpers import PROMPTS

    question = Question("name", "audit", 200, 0.0)
    return lambda: (ask(PROMPTS, question, Scored, text=f"text {i}", kind="a line") for i in range(count))


def test_a_second_model_that_is_not_there_is_told_and_ends_the_run_though_the_first_has_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clioscope.models.asked._FIRST_WORD", 0.3)
    monkeypatch.setattr("clioscope.models.live._NO_SERVER", 1.5)
    told: list[str] = []
    with ModelServer() as server:
        judges = two_models(tmp_path, server, "http://localhost:9/v1", told, patience=600.0)
        assert len(list(judges.judge("audit", works(5)))) == 5
        with pytest.raises(ModelError, match=r"Nothing answers at http://localhost:9/v1/ .*What is answered is kept"):
            list(judges.judge("name", named(3)))
        judges.close()
    assert told[0] == "Nothing has answered at http://localhost:9/v1/ yet: is the server running?"


def test_a_model_that_answered_and_now_fails_is_told_with_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clioscope.models.asked._NEXT_WORD", 1.0)
    told: list[str] = []
    with ModelServer() as server:
        judges = elsewhere(tmp_path, f"{server.url}/v1", patience=600.0)
        monkeypatch.setattr(judges._open[0], "_note", told.append)
        assert len(list(judges.judge("audit", works(5)))) == 5
        server.outage("overloaded", 3.0)
        begin = time.monotonic()
        assert len(list(judges.judge("audit", works(5, 100)))) == 5
        took = time.monotonic() - begin
        judges.close()
    assert len(told) == 1
    said = re.search(r"openai/double has answered nothing for (\d+) seconds? \(last: HTTP 529, overloaded\)", told[0])
    assert said
    assert 1 <= int(said[1]) <= math.ceil(took), "it says how long it has been, on a machine of any speed"
    assert "10 minutes in all (--patience)" in told[0]


def test_a_model_that_is_slow_is_not_told_of_as_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clioscope.models.asked._NEXT_WORD", 0.2)
    told: list[str] = []
    with ModelServer(latency=0.7) as server:
        judges = elsewhere(tmp_path, f"{server.url}/v1", at_once=1, timeout=5.0)
        monkeypatch.setattr(judges._open[0], "_note", told.append)
        assert len(list(judges.judge("audit", works(4)))) == 4
        judges.close()
    assert told == []
