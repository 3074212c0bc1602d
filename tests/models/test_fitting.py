"""A model that does not take what is sent is asked otherwise, live, in batches and through files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clioscope.config import ProfileRow, config_toml, make_config, read_config
from clioscope.errors import ConfigError
from clioscope.models.base import CallError
from clioscope.models.fitting import FittedProfile
from clioscope.models.judges import Calls, Judges
from clioscope.models.profiles import ModelProfile, Profiles
from clioscope.prompting import Unanswered
from clioscope.testing import ModelServer
from tests.models.helpers import Scored, works
from tests.models.test_batch_faults import answered
from tests.models.test_waves import PROVIDERS, requests_in, waiting, write_answers

EVERYTHING = ("temperature", "max_tokens", "json_schema", "json_object", "reasoning_effort")
SPARE = ProfileRow(match=("*/double",), temperature=False, structured="none", thinking_tokens=70, extra={"effort": 1})


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-double")


def judges_at(
    folder: Path, server: ModelServer, model: str, *, batch: bool, rows: tuple[ProfileRow, ...] = (), told: Any = None
) -> Judges:
    url = server.url + ("/v1" if model.startswith("openai") else "")
    calls = Calls(base_url=url, batch=batch, poll=0.05, timeout=60.0, patience=5.0)
    note = told.append if told is not None else print
    return Judges({"audit": model}, calls, folder / "a.sqlite", folder / "w.sqlite", note, Profiles(rows))


def outcomes(judges: Judges, count: int = 30) -> list[Any]:
    try:
        return list(judges.judge("audit", works(count)))
    finally:
        judges.close()


@pytest.mark.parametrize("batch", [False, True], ids=["live", "batch"])
@pytest.mark.parametrize("refuses", ["max_completion_tokens", "max_tokens"])
def test_the_limit_is_called_what_the_server_calls_it(tmp_path: Path, refuses: str, batch: bool) -> None:
    (sent,) = {"max_completion_tokens", "max_tokens"} - {refuses}
    row = ProfileRow(match=("openai/double",), max_tokens="max_tokens" if refuses == "max_tokens" else None)
    with ModelServer(refuses=[refuses], answer=json_of_a_score) as server:
        results = outcomes(judges_at(tmp_path, server, "openai/double", batch=batch, rows=(row,)))
        assert all(isinstance(result, Scored) for result in results)
        assert sent in server.requests()[-1]
        assert refuses not in server.requests()[-1]


def test_a_server_that_takes_no_limit_by_either_name_is_not_asked_for_ever(tmp_path: Path) -> None:
    with ModelServer(refuses=["max_tokens", "max_completion_tokens"], answer=json_of_a_score) as server:
        results = outcomes(judges_at(tmp_path, server, "openai/double", batch=False), 3)
        assert all(isinstance(result, Unanswered) for result in results)
        assert server.stats().calls <= 3 * 2 * 3


@pytest.mark.parametrize("batch", [False, True], ids=["live", "batch"])
@pytest.mark.parametrize("model", PROVIDERS)
@pytest.mark.parametrize("refuses", [["temperature"], ["json_schema"], ["temperature", "json_schema", "json_object"]])
def test_what_a_model_refuses_is_left_out_and_everything_is_answered(
    tmp_path: Path, model: str, batch: bool, refuses: list[str]
) -> None:
    told: list[str] = []
    with ModelServer(refuses=refuses, answer=json_of_a_score) as server:
        results = outcomes(judges_at(tmp_path, server, model, batch=batch, told=told))
        assert all(isinstance(result, Scored) for result in results)
        assert server.stats().answered == 30
        last = server.requests()[-1]
    assert not set(refuses) & {*last, (last.get("response_format") or {}).get("type")}
    if batch:
        assert sum("does not take" in text for text in told) == len(set(refuses) - {"json_object"}) + (
            "json_object" in refuses and model.startswith("openai")
        )


def json_of_a_score(_: Any) -> str:
    return json.dumps({"reason": "none", "score": 1, "colour": "red"})


def test_a_server_that_knows_json_and_no_schemas_is_asked_for_json(tmp_path: Path) -> None:
    with ModelServer(refuses=["json_schema"], answer=json_of_a_score) as server:
        outcomes(judges_at(tmp_path, server, "openai/double", batch=True))
        assert server.requests()[-1]["response_format"] == {"type": "json_object"}


def test_a_run_that_stopped_after_a_refusal_goes_on_with_what_it_learnt(tmp_path: Path) -> None:
    told: list[str] = []

    class Left(list[str]):
        def append(self, text: str) -> None:
            told.append(text)
            if "does not take temperature" in text:
                raise KeyboardInterrupt

    with ModelServer(refuses=["temperature"], answer=json_of_a_score) as server:
        with pytest.raises(KeyboardInterrupt):
            outcomes(judges_at(tmp_path, server, "openai/double", batch=True, told=Left()))
        assert all(isinstance(r, Scored) for r in outcomes(judges_at(tmp_path, server, "openai/double", batch=True)))
        assert server.stats().by_fault["refused"] == 30


def test_a_request_that_is_refused_for_what_is_not_sent_is_given_up(tmp_path: Path) -> None:
    with ModelServer(refuses=["messages"]) as server:
        results = outcomes(judges_at(tmp_path, server, "openai/double", batch=True), 3)
        assert not any(isinstance(result, Scored) for result in results)
        assert server.stats().by_fault["refused"] == 3


def test_files_whose_answers_refuse_a_field_are_written_again_without_it(tmp_path: Path) -> None:
    waiting(tmp_path, 2)
    refused = {"status_code": 400, "body": {"error": {"message": "temperature is not supported", "code": "x"}}}
    first = requests_in(tmp_path)
    write_answers(tmp_path, [json.dumps({"custom_id": row["custom_id"], "response": refused}) for row in first])
    waiting(tmp_path, 2)
    again = requests_in(tmp_path, 2)
    assert {row["custom_id"] for row in again} == {row["custom_id"] for row in first}
    assert not any("temperature" in row["body"] for row in again)
    write_answers(tmp_path, answered(again), 2)
    judges = Judges({"audit": f"file:{tmp_path / 'requests'}#m"}, Calls(), tmp_path / "a.sqlite",
                    tmp_path / "w.sqlite", print)  # fmt: skip
    assert all(isinstance(result, Scored) for result in outcomes(judges, 2))


def test_one_message_about_requests_that_were_sent_alike_is_learnt_from_once() -> None:
    fitted = FittedProfile(ModelProfile())
    refused = CallError("invalid", "This response_format type is unavailable now")
    assert fitted.learn([refused]) == [True]
    assert fitted.learn([refused]) == [True]
    assert fitted.now.structured == "json_object"
    assert fitted.learn([refused, refused, refused]) == [True, True, False]
    assert fitted.now.structured == "none"


@pytest.mark.parametrize("batch", [False, True], ids=["live", "batch"])
@pytest.mark.parametrize("model", PROVIDERS)
def test_a_users_own_profile_says_what_is_sent(tmp_path: Path, model: str, batch: bool) -> None:
    with ModelServer(answer=json_of_a_score) as server:
        judges = judges_at(tmp_path, server, model, batch=batch, rows=(SPARE,))
        assert judges._budget.most_answer_tokens(next(next(iter(works(1)()))), model) == 270
        outcomes(judges, 2)
        body = server.requests()[-1]
    assert body["effort"] == 1
    assert 270 in (body.get("max_tokens"), body.get("max_completion_tokens"))
    assert not {"temperature", "response_format", "output_config"} & set(body)


def test_what_a_users_profile_does_not_say_stays_as_it_is_also_in_the_file_of_the_run(tmp_path: Path) -> None:
    config = make_config(model_profiles=[{"match": ["openai/gpt-5-nano"], "thinking_tokens": 9}])
    path = tmp_path / "run.toml"
    path.write_text(config_toml(config))
    assert read_config(path) == config
    profile = Profiles(config.model_profiles).of("openai/gpt-5-nano")
    shipped = Profiles().of("openai/gpt-5-nano")
    assert profile == shipped.model_copy(update={"thinking_tokens": 9})


@pytest.mark.parametrize(
    "row", [{"temperature": False}, {"match": []}, {"match": ["*"], "structured": "xml"}, {"match": ["*"], "heat": 1}]
)
def test_what_is_no_profile_is_refused_in_a_sentence(row: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="model_profiles"):
        make_config(model_profiles=[row])
