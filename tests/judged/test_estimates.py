"""What a run will cost, told before anything is spent; and how near that is to what it then takes."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from importlib.resources import as_file
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from clioscope.api import estimate_with, run_with
from clioscope.config import Config, make_config
from clioscope.errors import ClioscopeError
from clioscope.models.judges import Calls
from clioscope.models.usage import Stage
from clioscope.progress import Silent, Work
from clioscope.sample import conversations as sample
from clioscope.sample.recording import Recorded, recording
from clioscope.testing import ChatRequest, ModelServer
from clioscope.testing.brain import answer
from tests.conftest import Cli, bytes_of, conversations, write_jsonl
from tests.judged.helpers import MODELS

CALLS_WITHIN, PROMPT_WITHIN = 0.20, 0.25
WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven", "inlet", "jetty", "knoll", "larch")
FRAME = re.compile(r"<data-[0-9a-f]+>\n(.*?)\n</data-", re.DOTALL)
PRICES = '[[price]]\nmatch = ["openai/double"]\nprompt = 10.0\ncompletion = 20.0\n'
WISHES = {"name": "wishes", "kind": "list", "question": "What does the person wish for?", "most": 3}
AREAS = (
    {"name": "Home", "description": "Cooking, plants and everyday life"},
    {"name": "Work", "description": "Software, letters and jobs"},
)
EVERYTHING_COUNTS = {"min_users": 1, "min_conversations": 1}


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "chats.jsonl", conversations(100))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every 36th conversation of the shipped sample: long ones and short ones, in several languages."""
    path = tmp_path_factory.mktemp("written") / "sample.jsonl"
    path.write_bytes(b"\n".join(gzip.decompress(sample().read_bytes()).splitlines()[::36]) + b"\n")
    return path


def distinct(request: ChatRequest) -> str:
    """The double's answer with words of its own for each request, as a real model's differ; an auditor is content."""
    said: dict[str, Any] = json.loads(answer(request))
    if set(said) == {"reason", "score"}:
        return json.dumps({"reason": "It is general, and many people could want it.", "score": 5})
    data = "".join(FRAME.findall(request.user))
    for name, value in said.items():
        digest = hashlib.blake2b(f"{name} {data}".encode(), digest_size=3).digest()
        own = " ".join(WORDS[byte % len(WORDS)] for byte in digest)
        if name in ("request", "task", "name", "description"):
            said[name] = f"{value} {own}"
        elif isinstance(value, list):
            said[name] = [f"{text} {own}" for text in value]
    return json.dumps(said)


def summed(stages: list[Stage]) -> tuple[int, int]:
    return sum(stage.calls for stage in stages), sum(stage.prompt_tokens for stage in stages)


def test_an_estimate_asks_nothing_needs_no_key_and_prints_every_stage(
    source: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with ModelServer() as server:
        options = ["--model", "openai/double", "--base-url", f"{server.url}/v1", "--clusters", "14", "--estimate"]
        told = cli("run", source, *options).stdout
        assert server.stats().calls == 0
    heading, *rows, for_all, many, prices = told.splitlines()
    assert heading.split() == ["model", "calls", "prompt", "tokens", "answer", "tokens", "US$"]
    assert [row.split(" openai")[0].strip() for row in rows] == [
        "Asking", "Auditing texts", "Naming", "Arranging", "Naming groups",
        "Auditing", "Writing again", "Auditing again",
    ]  # fmt: skip
    assert many == "For 100 conversations. Estimated; nothing was sent."
    for column, figure in enumerate(for_all.split()[1:-1], -4):
        assert int(figure.replace(",", "")) == sum(int(row.split()[column].replace(",", "")) for row in rows)
    assert all(row.endswith(" unknown ") for row in rows)
    assert prices == "Where the price is unknown, write it into a file for --prices: `clioscope prices` shows how."
    assert [path.name for path in tmp_path.iterdir()] == ["chats.jsonl"]


def test_an_estimate_as_json_is_priced_by_its_tokens_and_a_batch_costs_half(
    source: Path, tmp_path: Path, cli: Cli
) -> None:
    (tmp_path / "prices.toml").write_text(PRICES)
    options = ["--model", "openai/double", "--prices", "prices.toml", "--estimate", "--json", "--batch", "--run", "run"]
    batched = json.loads(cli("run", source, *options).stdout)
    assert batched["conversations"] == 100
    live = estimate_with(
        make_config(source=(str(source),), models=MODELS),
        tmp_path / "run",
        calls=Calls(prices=tmp_path / "prices.toml"),
    )
    for half, stage in zip(batched["stages"], live.stages, strict=True):
        price = (stage.prompt_tokens * 10 + stage.completion_tokens * 20) / 1e6
        assert stage.dollars == pytest.approx(price, rel=0.01)
        assert half == {**stage._asdict(), "dollars": pytest.approx(price / 2, rel=0.01)}


def test_an_estimate_of_a_run_without_a_model_is_refused_in_a_sentence(source: Path, cli: Cli) -> None:
    told = cli("run", source, "--estimate", code=1).stderr
    assert "--estimate is about what models cost: name one with --model" in told


@pytest.mark.parametrize("kept", [True, False], ids=["of what was read", "of another part of it"])
def test_an_estimate_leaves_a_finished_run_byte_for_byte_as_it_was(source: Path, tmp_path: Path, kept: bool) -> None:
    run_with(make_config(source=(str(source),), clusters=4), tmp_path / "run")
    before = bytes_of(tmp_path / "run")
    part = {} if kept else {"sample": 40}
    found = estimate_with(make_config(source=(str(source),), models=MODELS, **part), tmp_path / "run")
    assert found.conversations == (100 if kept else 40)
    assert bytes_of(tmp_path / "run") == before


def test_an_estimate_makes_no_folder(source: Path, tmp_path: Path, cli: Cli) -> None:
    before = bytes_of(tmp_path)
    cli("run", source, "--model", "openai/double", "--estimate")
    cli("run", "-", "--model", "openai/double", "--estimate", input=source.read_bytes())
    assert bytes_of(tmp_path) == before
    assert not (tmp_path / "runs").exists()


def test_an_estimate_uses_what_a_run_has_read_of_the_same_source(source: Path, tmp_path: Path) -> None:
    class Told(Silent):
        def __init__(self) -> None:
            self.stages: list[str] = []

        @contextlib.contextmanager
        def stage(self, name: str, total: float | None, unit: str) -> Iterator[Work]:
            self.stages.append(name)
            yield self

    config = make_config(source=(str(source),), models=MODELS)
    anew, from_the_run = Told(), Told()
    first = estimate_with(config, tmp_path / "run", progress=anew)
    run_with(make_config(source=(str(source),), clusters=4), tmp_path / "run")
    assert estimate_with(config, tmp_path / "run", progress=from_the_run) == first
    assert (anew.stages, from_the_run.stages) == (["Reading"], [])


def test_an_estimate_of_many_conversations_measures_some_from_all_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_jsonl(tmp_path / "chats.jsonl", conversations(500))
    config = make_config(source=(str(path),), models=MODELS)
    exact = estimate_with(config, tmp_path / "run").stages[0]
    monkeypatch.setattr("clioscope.pipeline.estimating._LOOKED_AT", 20)
    some = estimate_with(config, tmp_path / "run").stages[0]
    run_with(make_config(source=(str(path),)), tmp_path / "run")
    of_the_run = estimate_with(config, tmp_path / "run").stages[0]
    for near in (some, of_the_run):
        assert near.calls == exact.calls
        assert near.prompt_tokens == pytest.approx(exact.prompt_tokens, rel=0.02)


def test_an_estimate_of_broken_records_is_refused_with_their_places(source: Path, tmp_path: Path) -> None:
    with source.open("a") as file:
        file.write("{broken\n" * 10)
    with pytest.raises(ClioscopeError, match=r"(?s)10 of 110 records .*chats.jsonl:101: .*Mend them, or allow more"):
        estimate_with(make_config(source=(str(source),), models=MODELS), tmp_path / "run")


def test_an_estimate_with_a_limit_on_what_has_no_price_is_refused_before_reading(tmp_path: Path, cli: Cli) -> None:
    told = cli("run", "nowhere", "--model", "openai/double", "--estimate", "--max-cost", "1", code=1).stderr
    assert "the price of openai/double is not known" in told


CASES = {
    "as it comes": {},
    "a call a facet": {"packed": False},
    "two levels": {"clusters": 10, "top_clusters": 3, **EVERYTHING_COUNTS},
    "areas": {"areas": AREAS, "clusters": 8, **EVERYTHING_COUNTS},
    "two hierarchies, one over a list": {"questions": (WISHES,), "cluster_by": ("wishes", "task")},
}


class Taken(NamedTuple):
    calls: int
    prompt: int


def tokens(requests: Iterable[dict[str, Any]]) -> int:
    """About what providers count of these: both messages and the schema, four characters a token."""
    counted = ("messages", "response_format")
    return sum(len(json.dumps(request[part], ensure_ascii=False)) for request in requests for part in counted) // 4


def taken(config: Config, folder: Path, asked: str = "") -> Taken:
    """What a run really takes, of the calls whose answers begin with the field ``asked``."""
    with ModelServer(answer=distinct) as server:
        run_with(config, folder, calls=Calls(base_url=f"{server.url}/v1"))
        requests = server.requests()
        assert len(requests) == server.stats().answered
    schemas = [list(request["response_format"]["json_schema"]["schema"]["properties"]) for request in requests]
    of = [request for request, schema in zip(requests, schemas, strict=True) if not asked or schema[0] == asked]
    return Taken(len(of), tokens(of))


@pytest.mark.parametrize("case", CASES)
def test_an_estimate_is_near_what_the_run_then_takes(written: Path, tmp_path: Path, case: str) -> None:
    config = make_config(source=(str(written),), models=MODELS, **CASES[case])
    calls, prompt = summed(estimate_with(config, tmp_path / "run").stages)
    took = taken(config, tmp_path / "run")
    assert calls == pytest.approx(took.calls, rel=CALLS_WITHIN)
    assert prompt == pytest.approx(took.prompt, rel=PROMPT_WITHIN)


def test_an_estimate_of_naming_knows_that_small_clusters_have_few_members(written: Path, tmp_path: Path) -> None:
    # In one's own export no cluster is too small, or too much one user's, to be kept.
    own = {"clusters": 40, "audit_sample": 0, "profile": "personal"}
    config = make_config(source=(str(written),), models=MODELS, **own)
    naming = [s for s in estimate_with(config, tmp_path / "run").stages if s.judgement == "name"]
    took = taken(config, tmp_path / "run", "description")
    assert summed(naming)[0] == pytest.approx(took.calls, rel=CALLS_WITHIN)
    assert summed(naming)[1] == pytest.approx(took.prompt, rel=0.5)


@pytest.mark.parametrize("name", ["facets", "names"])
def test_an_estimate_is_near_what_a_real_model_was_asked(tmp_path: Path, name: Recorded) -> None:
    found = recording(name, str(tmp_path / "nowhere"))
    with as_file(sample()) as path:
        stages = estimate_with(make_config(source=(str(path),), **found.options), tmp_path / "run").stages
    calls, prompt = summed(stages)
    assert calls == pytest.approx(len(found.requests), rel=CALLS_WITHIN)
    assert prompt == pytest.approx(tokens(r["body"] for r in found.requests), rel=PROMPT_WITHIN)


def test_an_estimate_leaves_the_finished_run_of_another_source_as_it_is(source: Path, tmp_path: Path) -> None:
    run_with(make_config(source=(str(source),)), tmp_path / "run")
    read = tmp_path / "run" / "vault" / "conversations"
    before = bytes_of(read)
    other = write_jsonl(tmp_path / "other.jsonl", conversations(100, seed=9))
    with contextlib.suppress(ClioscopeError):
        estimate_with(make_config(source=(str(other),), models=MODELS), tmp_path / "run")
    assert bytes_of(read) == before


def test_an_estimate_refuses_a_facet_that_there_is_not(source: Path, tmp_path: Path) -> None:
    with pytest.raises(ClioscopeError, match="no text or list facet of that name"):
        estimate_with(make_config(source=(str(source),), models=MODELS, cluster_by=("nothing",)), tmp_path / "run")
