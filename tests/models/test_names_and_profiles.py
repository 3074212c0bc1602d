"""Which model is meant by a name, where it is reached, and what it takes."""

from __future__ import annotations

import sys
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from clioscope.config import Judgement
from clioscope.errors import ConfigError
from clioscope.models.base import ModelError
from clioscope.models.judges import Calls, Judges
from clioscope.models.names import PROVIDERS, ModelName, parse_model
from clioscope.models.profiles import SHIPPED, ModelProfile
from clioscope.models.provider_batches import BatchSettings
from clioscope.models.sdk_models import AnthropicModel, OpenAIModel, batch_service, connect
from clioscope.models.waves import AwaitingAnswers
from clioscope.testing import ModelServer
from tests.models.helpers import Scored, works

KEYED = {name: provider.key for name, provider in PROVIDERS.items() if provider.key}
LOCAL = {"file", "ollama", "vllm", "lmstudio", "llamacpp"}


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROVIDERS:
        monkeypatch.delenv(f"{name.upper()}_BASE_URL", raising=False)
    for variable in (*KEYED.values(), "AZURE_OPENAI_ENDPOINT"):
        monkeypatch.delenv(str(variable), raising=False)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("model", ["small", "org/model", "ft:small:us/x#2", "qwen3:8b-q4_K_M"])
def test_a_name_is_a_provider_and_all_that_follows_the_first_slash(provider: str, model: str) -> None:
    name = parse_model(f"{provider}/{model}")
    assert name == ModelName(provider, model)
    assert str(name) == f"{provider}/{model}"
    assert name.local == (provider in LOCAL)


@pytest.mark.parametrize(
    ("text", "folder", "model"),
    [
        ("file:requests", "requests", "model"),
        ("file:requests#", "requests", "model"),
        ("file:/data/my requests#Qwen/Qwen3-8B", "/data/my requests", "Qwen/Qwen3-8B"),
        ("file:a#b#c", "a", "b#c"),
    ],
)
def test_a_folder_of_requests_may_name_the_model_that_will_answer(text: str, folder: str, model: str) -> None:
    assert parse_model(text) == ModelName("file", model, folder)
    assert str(parse_model(text)) == f"file/{model}"
    assert parse_model(text).local


@pytest.mark.parametrize("text", ["", "/", "openai", "openai/", "/small", "nobody/small", "OpenAI/small", "file/small"])
def test_a_name_without_a_known_provider_or_a_model_is_a_sentence_that_says_how_to_write_it(text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_model(text)
    said = str(raised.value)
    assert said.startswith(f"--model {text}: write PROVIDER/MODEL")
    assert all(provider in said for provider in PROVIDERS)
    assert "--base-url" in said


@pytest.mark.parametrize("text", ["file:", "file:#small"])
def test_a_folder_that_is_not_named_is_a_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match="file:FOLDER needs a folder, such as"):
        parse_model(text)


def test_two_folders_that_the_same_model_answers_are_kept_apart(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    models: dict[Judgement, str] = {"audit": f"file:{first}#m", "name": f"file:{second}#m"}
    judges = Judges(models, Calls(), tmp_path / "answers", tmp_path / "waves", lambda _: None)
    with pytest.raises(AwaitingAnswers) as raised:
        list(judges.judge("audit", works(1)))
    judges.close()
    assert (first / "wave-0001.requests.jsonl").exists()
    assert f"in {first / 'wave-0001.requests.jsonl'}" in str(raised.value)


def address(model: OpenAIModel | AnthropicModel) -> str:
    return model.address.rstrip("/")


@pytest.mark.parametrize("provider", sorted(set(PROVIDERS) - {"azure", "bedrock", "vertex"}))
def test_a_provider_is_reached_at_its_own_address_or_where_the_user_says(
    monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    known = PROVIDERS[provider]
    if known.key:
        monkeypatch.setenv(known.key, "sk-double")
    own = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}.get(provider)
    name = parse_model(f"{provider}/small")
    model = connect(name, None, 1.0)
    assert address(model) == (known.base_url or own or "").rstrip("/")
    assert isinstance(model, AnthropicModel if known.wire == "anthropic" else OpenAIModel)
    assert model._open_client().max_retries == 0
    monkeypatch.setenv(f"{provider.upper()}_BASE_URL", "http://from.environment/v1")
    assert address(connect(name, None, 1.0)) == "http://from.environment/v1"
    assert address(connect(name, "http://from.option/v1", 1.0)) == "http://from.option/v1"


@pytest.mark.parametrize(("provider", "variable"), KEYED.items())
def test_a_key_that_is_missing_is_a_sentence_unless_another_address_is_given(provider: str, variable: str) -> None:
    name = parse_model(f"{provider}/small")
    with pytest.raises(ConfigError, match=rf"^{provider}/small needs a key: set {variable} in the environment"):
        connect(name, None, 1.0)
    assert connect(name, "http://localhost:1/v1", 1.0).name == f"{provider}/small"


def test_an_address_from_the_environment_needs_no_key_either(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with ModelServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        for batch in (False, True):
            folder = tmp_path / str(batch)
            folder.mkdir()
            calls = Calls(batch=batch, poll=0.05)
            judges = Judges({"audit": "openai/x"}, calls, folder / "a.sqlite", folder / "w.sqlite", lambda _: None)
            assert all(isinstance(result, Scored) for result in judges.judge("audit", works(2)))
            judges.close()


def test_azure_needs_to_know_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "0123456789abcdef")
    with pytest.raises(ConfigError, match="needs AZURE_OPENAI_ENDPOINT in the environment, or --base-url"):
        connect(parse_model("azure/small"), None, 1.0)
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://mine.openai.azure.com")
    assert address(connect(parse_model("azure/small"), None, 1.0)).startswith("https://mine.openai.azure.com")


@pytest.fixture
def bedrock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_BEARER_TOKEN_BEDROCK"):
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.usefixtures("bedrock")
@pytest.mark.parametrize("missing", ["boto3", "botocore", "botocore.auth"])
def test_bedrock_without_what_signs_its_calls_is_refused_before_any_call(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for module in [name for name in sys.modules if name.startswith(missing)]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, missing, None)  # type: ignore[arg-type]  # None: not there
    with pytest.raises(ConfigError, match=r"^bedrock/ needs more: pip install 'clioscope\[bedrock\]'"):
        connect(parse_model("bedrock/small"), None, 1.0)


def test_vertex_without_what_finds_its_credentials_is_refused_before_any_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUD_ML_REGION", "global")
    monkeypatch.setitem(sys.modules, "google.auth", None)  # type: ignore[arg-type]  # None: not there
    with pytest.raises(ConfigError, match=r"^vertex/ needs more: pip install 'clioscope\[vertex\]'"):
        connect(parse_model("vertex/small"), None, 1.0)


@pytest.mark.usefixtures("bedrock")
@pytest.mark.parametrize("said_by", ["option", "environment"])
def test_bedrock_is_asked_where_the_user_says_and_with_a_key_of_its_own_needs_no_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said_by: str
) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "abcdefghijkl")
    monkeypatch.setitem(sys.modules, "boto3", None)  # type: ignore[arg-type]  # None: not there
    with ModelServer(api_key="abcdefghijkl", models=["anthropic.small-v1:0"]) as server:
        monkeypatch.setenv("BEDROCK_BASE_URL", server.url)
        calls = Calls(base_url=server.url if said_by == "option" else None, timeout=60.0, patience=5.0)
        model: dict[Judgement, str] = {"audit": "bedrock/anthropic.small-v1:0"}
        judges = Judges(model, calls, tmp_path / "answers", tmp_path / "waves", lambda _: None)
        assert all(isinstance(result, Scored) for result in judges.judge("audit", works(3)))
        judges.close()
        assert server.stats().answered == 3


@pytest.mark.usefixtures("bedrock")
def test_vertex_is_asked_where_the_user_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUD_ML_REGION", "global")
    monkeypatch.setattr("clioscope.models.sdk_models._NEEDED", {"vertex": ()})
    assert address(connect(parse_model("vertex/small"), "http://from.option/v1", 1.0)) == "http://from.option/v1"


@pytest.mark.usefixtures("bedrock")
def test_credentials_that_are_not_there_end_the_run_at_the_first_call_and_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was sent, and no waiting helps."""

    def none_there(**_: object) -> None:
        raise RuntimeError("Could not resolve AWS credentials from session")

    monkeypatch.setattr("clioscope.models.sdk_models._NEEDED", {"bedrock": ()})
    monkeypatch.setattr("anthropic.lib.bedrock._client.get_auth_headers", none_there)
    model: dict[Judgement, str] = {"audit": "bedrock/small"}
    judges = Judges(model, Calls(patience=60.0), tmp_path / "answers", tmp_path / "waves", lambda _: None)
    with pytest.raises(ModelError, match="bedrock/small cannot be used: Could not resolve AWS credentials"):
        list(judges.judge("audit", works(3)))
    judges.close()


@pytest.mark.parametrize("provider", ["azure", "bedrock", "vertex"])
def test_batches_where_there_are_none_are_refused(tmp_path: Path, provider: str) -> None:
    settings = BatchSettings(tmp_path, "mark", 1.0, print)
    with pytest.raises(ConfigError, match=f"{provider} takes no batches here. Leave out --batch."):
        batch_service(parse_model(f"{provider}/small"), None, 1.0, settings)


OPENAI = {"max_tokens": "max_completion_tokens"}
REASONS = {**OPENAI, "temperature": False}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("anthropic/claude-haiku-4-5", {}),
        ("openrouter/openai/gpt-5", {}),
        ("ollama/llama3.2", {}),
        ("openai/gpt-4o-mini", OPENAI),
        ("azure/my-deployment", OPENAI),
        ("openai/gpt-5-nano", {**REASONS, "thinking_tokens": 1024, "extra": {"reasoning_effort": "minimal"}}),
        ("azure/gpt-5-mini", {**REASONS, "thinking_tokens": 1024, "extra": {"reasoning_effort": "minimal"}}),
        ("openai/gpt-5.4-mini", {**REASONS, "thinking_tokens": 1024, "extra": {"reasoning_effort": "none"}}),
        ("openai/o4-mini", {**REASONS, "thinking_tokens": 4096, "extra": {"reasoning_effort": "low"}}),
        ("openai/omni-moderation", OPENAI),
        ("gemini/gemini-2.0-flash", {}),
        ("gemini/gemini-2.5-flash-lite", {"extra": {"reasoning_effort": "none"}}),
        ("gemini/gemini-2.5-pro", {"thinking_tokens": 4096, "extra": {"reasoning_effort": "low"}}),
        ("gemini/gemini-3.1-pro-preview", {"thinking_tokens": 4096, "extra": {"reasoning_effort": "low"}}),
        ("vllm/Qwen/Qwen3-8B", {"extra": {"chat_template_kwargs": {"enable_thinking": False}}}),
        ("file/Qwen/Qwen3-8B", {"extra": {"chat_template_kwargs": {"enable_thinking": False}}}),
        ("vllm/Qwen/Qwen2.5-7B", {}),
    ],
)
def test_a_model_is_sent_what_it_takes(name: str, expected: dict[str, Any]) -> None:
    assert SHIPPED.of(name) == ModelProfile(**expected)


@pytest.mark.parametrize("table", ["profile", "price"])
def test_every_row_of_the_tables_is_about_a_provider_that_there_is(table: str) -> None:
    text = files("clioscope.models").joinpath(f"{table}s.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)[table]
    patterns = [pattern for row in rows for pattern in row["match"]]
    assert patterns
    assert {pattern.partition("/")[0] for pattern in patterns} <= {*PROVIDERS, "file"}
    if table == "profile":
        assert all(ModelProfile(**{key: row[key] for key in row if key != "match"}) for row in rows)
