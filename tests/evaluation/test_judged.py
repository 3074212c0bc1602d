"""What a judge is asked, what becomes of its answers, and what it costs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import clioscope
from clioscope import ConfigError, Evaluation, Judging
from clioscope.errors import OverBudgetError
from clioscope.evaluation import geometry
from clioscope.evaluation.evaluating import estimated
from clioscope.evaluation.judged.cases import MOST_SHOWN
from clioscope.evaluation.measure import Measure
from clioscope.models.erasing import answers_about
from clioscope.models.judges import Calls
from clioscope.models.waves import AwaitingAnswers
from clioscope.testing import ChatRequest, Faults, ModelServer
from clioscope.vault import RunFolder, user_hash
from clioscope.vault.master_key import new_key
from tests.conftest import Cli, contains, conversations
from tests.evaluation.conftest import framed, knowing
from tests.judged.helpers import answers_file, judged, result_line

SAMPLE = 60
RATES = ("fit", "best fit", "exclusive fit", "uniqueness", "name faithfulness", "privacy of texts")


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "double")
    # What needs no judge has tests of its own, and takes most of the time.
    monkeypatch.setattr(geometry, "measures", lambda *_: iter(()))


def asked(run: Path, server: ModelServer, *, sample: int = SAMPLE, seed: int = 0, **more: Any) -> Evaluation:
    calls = Calls(base_url=f"{server.url}/v1", timeout=60.0, patience=30.0, **more.pop("calls", {}))
    return clioscope.evaluate(run, judging=Judging("openai/double", calls, sample, **more), seed=seed)


def by_name(found: Evaluation) -> dict[str, Measure]:
    return {measure.name: measure for measure in found.measures}


def first(measure: Measure) -> float:
    assert measure.lines[0].value is not None, measure.sentence
    return measure.lines[0].value


def differently(change: Callable[[dict[str, Any], Any], dict[str, Any]]) -> Callable[[ChatRequest], str]:
    """The judge that knows, with its answers changed."""

    def answer(request: ChatRequest) -> str:
        return json.dumps(change(json.loads(knowing(request)), framed(request)))

    return answer


def test_a_judge_that_knows_finds_clusters_of_known_topics_good(run: Path) -> None:
    with ModelServer(answer=knowing) as server:
        found = by_name(asked(run, server))
    assert first(found["fit"]) > 0.9
    assert first(found["best fit"]) > 0.6
    assert first(found["name faithfulness"]) > 0.6
    assert first(found["uniqueness"]) == first(found["privacy of texts"]) == 1
    assert first(found["judge's agreement"]) > 0.95
    assert found["area fit"].standing == found["facet faithfulness"].standing == "not measured"
    for name in RATES:
        for line in found[name].lines:
            assert line.low is not None
            assert line.high is not None
            assert line.value is not None
            assert line.low <= line.value <= line.high
    chances = {name: found[name].lines[0].chance for name in ("best fit", "name faithfulness")}
    shown = re.search(r"(?:all |from )(\d+)", found["best fit"].notes[0])
    assert shown
    assert chances == {"best fit": pytest.approx(1 / int(shown[1])), "name faithfulness": 0.25}


@pytest.mark.parametrize(("facets_pass", "rate"), [(True, 0), (False, 1)])
def test_what_readers_see_decides_about_privacy_where_facet_texts_are_peoples_own_words(
    run: Path, facets_pass: bool, rate: int
) -> None:
    def strict(request: ChatRequest) -> str:
        if not isinstance(framed(request), str):
            return knowing(request)
        is_facet = "the beginning of what a person wrote" in request.system
        return json.dumps({"reason": "Whatever.", "score": 5 if is_facet is facets_pass else 1})

    with ModelServer(answer=strict) as server:
        measure = by_name(asked(run, server))["privacy of texts"]
    values = {line.what: line.value for line in measure.lines}
    assert values == {"names and descriptions": rate, "facet texts": 1 - rate}
    assert first(measure) == rate
    assert measure.standing == ("good" if rate else "weak")
    assert "stay in the vault" in measure.notes[1]
    assert "extract" not in measure.advice


def test_a_judge_that_guesses_finds_what_guessing_gives_and_contradicts_itself(run: Path) -> None:
    with ModelServer() as server:
        found = by_name(asked(run, server, sample=200))
    assert first(found["name faithfulness"]) < 0.5
    assert found["judge's agreement"].standing == "weak"
    assert "contradicts itself" in found["judge's agreement"].advice


def test_where_no_cluster_fits_alone_exclusive_fit_is_nothing_and_best_fit_is_not(run: Path) -> None:
    vague = differently(lambda answer, _: {**answer, "another": "yes"} if "another" in answer else answer)
    with ModelServer(answer=vague) as server:
        found = by_name(asked(run, server))
    assert first(found["exclusive fit"]) == 0
    assert first(found["best fit"]) > 0.6


def test_pairs_that_are_the_same_are_listed_by_what_is_published(run: Path) -> None:
    same = differently(lambda answer, _: {**answer, "they_are": "same"} if "they_are" in answer else answer)
    with ModelServer(answer=same) as server:
        measure = by_name(asked(run, server))["uniqueness"]
    assert first(measure) == 0
    assert measure.listed is not None
    names = {cluster.id: cluster.name for cluster in clioscope.Atlas.open(run).walk()}
    assert all(names[row[0]] == row[1] and names[row[2]] == row[3] for row in measure.listed.rows)


def test_answers_are_paid_once_and_a_larger_sample_asks_what_is_new(run: Path) -> None:
    with ModelServer(answer=knowing) as server:
        one = asked(run, server)
        paid = server.stats().calls
        two = asked(run, server)
        assert server.stats().calls == paid
        assert one.measures == two.measures
        asked(run, server, seed=1)
        assert server.stats().calls > paid
    assert one.usage is not None
    assert {stage.name for stage in one.usage.used} == {"Evaluating"}


def test_the_estimate_is_what_is_then_asked(run: Path) -> None:
    with ModelServer(answer=knowing) as server:
        judging = Judging("openai/double", Calls(base_url=f"{server.url}/v1"), SAMPLE)
        told = estimated(run, judging)
        assert server.stats().calls == 0
        asked(run, server)
        assert server.stats().calls <= told.calls <= 1.1 * server.stats().calls


def test_every_conversation_is_asked_about_alone_and_in_two_orders(run: Path) -> None:
    with ModelServer(answer=knowing) as server:
        asked(run, server)
        bodies = server.requests()
    users = [body["messages"][-1]["content"] for body in bodies]
    frames = [json.loads(re.findall(r"<data-[0-9a-f]+>\n(.*?)\n</data-", text, re.DOTALL)[0]) for text in users]
    chosen: dict[str, list[list[str]]] = {}
    for frame in frames:
        if isinstance(frame, dict) and "groups" in frame:
            order = [group["name"] for group in frame["groups"].values()]
            assert len(order) <= MOST_SHOWN
            chosen.setdefault(frame["conversation"], []).append(order)
    twice = [orders for orders in chosen.values() if len(orders) == 2]
    assert twice
    assert all(sorted(one) == sorted(two) for one, two in twice)
    assert sum(one != two for one, two in twice) > 0.8 * len(twice)


def test_answers_without_use_are_counted_and_left_out(run: Path) -> None:
    with ModelServer(answer=knowing, faults=Faults(bad_json=0.3)) as server:
        found = by_name(asked(run, server, sample=120))
    assert any("had no usable answer" in note for note in found["fit"].notes)
    assert first(found["fit"]) > 0.9


def test_what_may_be_spent_is_heeded(run: Path, tmp_path: Path) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('[[price]]\nmatch = ["openai/double"]\nprompt = 1000.0\ncompletion = 1000.0\n')
    with ModelServer(answer=knowing) as server, pytest.raises(OverBudgetError, match="--max-cost 1"):
        asked(run, server, calls={"max_cost": 1.0, "prices": prices})


def test_where_somebody_is_forgotten_what_was_asked_about_them_goes(run: Path, cli: Cli) -> None:
    folder = RunFolder.existing(run)
    with ModelServer(answer=knowing) as server:
        asked(run, server)
    owners = [user_hash(folder.secret(), f"user-{number}") for number in (3, 4)]
    assert all(answers_about(folder.answers, owner) >= 4 for owner in owners)
    cli("forget", run, "--user", "user-3")
    assert answers_about(folder.answers, owners[0]) == 0
    assert answers_about(folder.answers, owners[1]) >= 4


def test_an_encrypted_run_is_evaluated_and_its_answers_stay_encrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIOSCOPE_KEY", new_key())
    clioscope.run(conversations(300), tmp_path / "run", encrypt=True)
    with ModelServer(answer=knowing) as server:
        found = by_name(asked(tmp_path / "run", server))
    assert first(found["fit"]) > 0.9
    assert b"Shared words" not in (tmp_path / "run" / "vault" / "answers.sqlite").read_bytes()


def test_a_sample_of_too_few_people_is_refused_before_anything_is_asked(run: Path) -> None:
    with ModelServer(answer=knowing) as server:
        with pytest.raises(ConfigError, match="--sample 9: every figure needs 15 conversations of 10 users"):
            asked(run, server, sample=9)
        assert server.stats().calls == 0


def human_file(run: Path, tmp_path: Path, says: Callable[[int], str], n: int = 60) -> Path:
    folder = RunFolder.existing(run)
    ids = [i for table in folder.conversations.read(["id"]) for i in table["id"].to_pylist()]
    path = tmp_path / "people.csv"
    path.write_text("id,belongs\n" + "".join(f"{ids[i]},{says(i)}\n" for i in range(n)), encoding="utf-8")
    return path


def test_a_judge_that_says_what_people_say_agrees_with_them(run: Path, tmp_path: Path) -> None:
    def half(request: ChatRequest) -> str:
        answer, data = json.loads(knowing(request)), framed(request)
        if "belongs" in answer:
            answer["belongs"] = "yes" if "bread" in data["conversation"] else "no"
        return json.dumps(answer)

    said = {c.id: "bread" in c.messages[0].content for c in conversations(600)}
    agree = human_file(run, tmp_path, lambda i: "yes" if said[f"c{i}"] else "No")
    with ModelServer(answer=half) as server:
        measure = by_name(asked(run, server, human=agree))["human agreement"]
        assert first(measure) == 1
        differ = human_file(run, tmp_path, lambda i: "no" if said[f"c{i}"] else "yes")
        measure = by_name(asked(run, server, human=differ))["human agreement"]
        assert first(measure) < 0
        assert measure.lines[1].value == 0


def test_people_may_judge_clusters_too(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    named = [c for c in clioscope.Atlas.open(run).level(0) if "Unnamed" not in c.name]
    path.write_text("".join(f"{cluster.id};yes\n" for cluster in named).replace(";", ","))
    with ModelServer(answer=knowing) as server:
        measure = by_name(asked(run, server, human=path))["human agreement"]
    assert [line.what for line in measure.lines] == ["clusters, kappa", "clusters, raw agreement"]
    assert measure.lines[1].of == f"{len(named)} clusters"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,belongs\nnobody-knows,yes\n", r"line 2: the run has no conversation"),
        ("c1,yes\nc2,perhaps\n", r"line 2: write an id, a comma, and yes or no"),
        ("id,belongs\n", r"holds no answers"),
    ],
)
def test_a_file_of_people_that_cannot_be_read_is_refused_before_anything_is_asked(
    run: Path, tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text)
    with ModelServer(answer=knowing) as server:
        with pytest.raises(ConfigError, match=told):
            asked(run, server, human=path)
        assert server.stats().calls == 0


def test_facets_by_a_model_are_compared_with_conversations_that_are_redacted_as_for_extraction(tmp_path: Path) -> None:
    said = [
        replace(
            c, messages=(replace(c.messages[0], content=f"{c.messages[0].content} jo{i}@example.org"), c.messages[1])
        )
        for i, c in enumerate(conversations(240))
    ]
    with ModelServer() as server:
        calls = Calls(base_url=f"{server.url}/v1")
        options = {"models": dict.fromkeys(("extract", "name"), "openai/double"), "redact": "always"}
        clioscope.run(said, tmp_path / "run", calls=calls, **options)
    no = differently(lambda answer, _: {"faithful": "no"} if "faithful" in answer else answer)
    with ModelServer(answer=no) as server:
        found = asked(tmp_path / "run", server)
        frames = [body["messages"][-1]["content"] for body in server.requests()]
    assert first(by_name(found)["facet faithfulness"]) == 0
    compared = [frame for frame in frames if "written_down" in frame]
    assert 0.9 * SAMPLE < len(compared) <= SAMPLE  # equal questions are asked once
    assert not any("@example.org" in frame for frame in frames)
    raw = [c.messages[1].content for c in said[:1]]
    assert not any(raw[0] in frame for frame in frames if "written_down" not in frame)
    assert "also worked on this run" in found.notes[-1]


def test_without_conversations_facets_are_not_compared_and_all_else_is(tmp_path: Path) -> None:
    with ModelServer() as server:
        done = judged(tmp_path, server, keep="facets")
    with ModelServer(answer=knowing) as server:
        found = by_name(asked(done.folder, server))
    assert "no longer holds the conversations" in found["facet faithfulness"].sentence
    assert found["best fit"].standing != "not measured"


def test_answers_may_come_through_files_in_one_wave(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "asked"
    judging = Judging(f"file:{folder}", sample=SAMPLE)
    with pytest.raises(AwaitingAnswers):
        clioscope.evaluate(run, judging=judging)
    (requests,) = folder.glob("*.requests.jsonl")
    rows = [json.loads(line) for line in requests.read_text().splitlines()]
    lines = []
    for row in rows:
        system, user = (message["content"] for message in row["body"]["messages"])
        lines.append(result_line(row, knowing(ChatRequest("m", system, user, None))))
    answers_file(requests).write_text("\n".join(lines) + "\n")
    with ModelServer(answer=knowing) as server:
        live = asked(run, server)
    through = clioscope.evaluate(run, judging=judging)
    assert [m.lines for m in through.measures] == [m.lines for m in live.measures]


def test_with_areas_conversations_are_asked_whether_they_are_in_the_right_one(tmp_path: Path) -> None:
    areas = [
        {"name": "Work", "description": "Programs, jobs and money."},
        {"name": "Home", "description": "Bread, gardens and travel."},
    ]
    with ModelServer() as server:
        done = judged(tmp_path, server, areas=areas)
    with ModelServer(answer=knowing) as server:
        found = by_name(asked(done.folder, server))
        bodies = json.dumps(server.requests())
    assert found["area fit"].lines[0].of.startswith("about")
    assert "Programs, jobs and money." in bodies
    assert "Bread, gardens and travel." in bodies
    assert not contains(done.folder / "atlas", ["Shared words."])
