"""What a run tells its owner beside the atlas: what failed in part, what was cut and what was joined."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from clioscope.cli.summary import summary, summary_lines
from clioscope.errors import ClioscopeError
from clioscope.pipeline.done import Done
from clioscope.pipeline.tree import _Builder
from clioscope.testing import ChatRequest, Faults, ModelServer
from clioscope.testing.brain import answer
from tests.conftest import Cli, conversations, write_jsonl
from tests.judged.helpers import judged, kind

CONCERN = "How concerning"
ASKED = {"extract": "openai/double"}


def told(done: Done) -> str:
    return "\n".join(line for line in summary_lines(done) if isinstance(line, str))


def listed(done: Done) -> list[dict[str, str]]:
    return [json.loads(line) for line in (done.folder / "vault" / "failures.jsonl").read_text().splitlines()]


def concerns(done: Done) -> list[str]:
    column = "category:concern"
    found: list[str] = pq.read_table(done.folder / "vault" / "facets" / "part-00000.parquet")[column].to_pylist()
    return found


@pytest.mark.parametrize("fault", ["refusal", "content_filter"])
def test_a_facet_that_fails_alone_is_listed_counted_limited_and_asked_again(
    tmp_path: Path, cli: Cli, fault: str
) -> None:
    options: dict[str, Any] = {"n": 60, "models": ASKED, "packed": False, "clusters": 3}
    with ModelServer(faults=Faults(always={CONCERN: fault})) as server:
        with pytest.raises(ClioscopeError, match=r"no usable answer to the facet concern for 4 of 60 conversations"):
            judged(tmp_path, server, **options)
        assert {row["facet"] for row in listed_in(tmp_path / "run")} == {"concern"}
        done = judged(tmp_path, server, **options, max_failed=1.0)
    assert done.failures == {}
    ((reason, number),) = done.unanswered["concern"].items()
    assert number == 60
    assert set(concerns(done)) == {"(not classified)"}
    assert [(row["facet"], row["reason"]) for row in listed(done)] == [("concern", reason)] * 60
    said = "Without a usable answer to the facet concern, and counted as (not classified): 60 conversations (60 x "
    assert said in told(done)
    assert "--retry-failed asks again for them." in told(done)
    assert said in cli("info", done.folder).stdout
    assert summary(done)["unanswered"] == done.unanswered
    with ModelServer() as server:
        again = judged(tmp_path, server, **options, retry_failed=True)
        assert 50 < server.stats().calls <= 60, "what is answered stays answered"
    assert again.unanswered == {}
    assert "(not classified)" not in concerns(again)
    assert listed(again) == []


def listed_in(run: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (run / "vault" / "failures.jsonl").read_text().splitlines()]


def test_how_many_conversations_were_cut_is_told(tmp_path: Path, cli: Cli) -> None:
    long = [
        c if number % 3 else type(c)(c.id, (*c.messages, c.messages[0].__class__("user", "and so on " * 300)), c.user)
        for number, c in enumerate(conversations(60))
    ]
    write_jsonl(tmp_path / "chats.jsonl", long)
    with ModelServer() as server:
        done = judged(tmp_path, server, models=ASKED, clusters=3, conversation_tokens=300)
    said = "20 of 60 conversations were longer than 300 tokens: their middles were left out"
    assert said in told(done)
    assert said in cli("info", done.folder).stdout
    with ModelServer() as server:
        assert "longer than" not in told(judged(tmp_path, server, models=ASKED, clusters=3))


def of_one_name(request: ChatRequest) -> str:
    if kind(request) != "name":
        return answer(request)
    return json.dumps({**json.loads(answer(request)), "name": "Household questions", "description": "People ask."})


def test_clusters_of_one_name_and_one_place_are_joined_and_told(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {"models": {"name": "openai/double"}, "cluster_size": 8, "profile": "personal"}
    with ModelServer(answer=of_one_name) as server:
        done = judged(tmp_path / "joined", server, **options)
        monkeypatch.setattr(_Builder, "join_duplicates", lambda self: None)
        apart = judged(tmp_path / "apart", server, **options)
    assert done.joined > 0
    assert apart.joined == 0
    assert done.atlas.about["levels"][0] == apart.atlas.about["levels"][0] - done.joined
    assert sum(c.conversations for c in done.atlas.level(0)) == 240
    said = f"{done.joined} clusters had nearly the name and the place of another, and joined it."
    assert said.replace("1 clusters", "1 cluster") in told(done)
    assert said.replace("1 clusters", "1 cluster") in cli("info", done.folder).stdout
    assert "joined it" not in told(apart)
