"""Groups by a model, also where it gives no usable answer: nothing is put where nobody said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.embeddings import MiniLMEmbedder
from clioscope.hierarchy.judged import Described, JudgedArranger
from clioscope.models.base import Answer, Request
from clioscope.models.judge import Work
from clioscope.prompting import Prompts

CLUSTERS = [
    Described("Bake sourdough bread", "Users baked bread."),
    Described("Knead bread dough", "Users kneaded dough."),
    Described("Fix Python errors", "Users debugged Python programs."),
    Described("Write Python loops", "Users wrote Python programs."),
]
PROPOSED = json.dumps({"names": ["Python programming", "Baking bread"]})
SIZES = np.array([40, 30, 20, 10], dtype=np.int64)


def arranged(said: Callable[[Request], str]) -> Any:
    """What comes of the four clusters, where the model answers so, each question alone and in order."""

    def asking(begin: Callable[[], Iterable[Work[Any]]]) -> Iterator[Any]:
        for work in begin():
            outcome: Answer | None = None
            try:
                while True:
                    request = work.send(outcome) if outcome is not None else next(work)
                    outcome = Answer(said(request), "stop")
            except StopIteration as stop:
                yield stop.value

    embedder = MiniLMEmbedder()

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        return embedder.embed(texts)

    return JudgedArranger(Prompts(b"s" * 32), embed, 0).level(CLUSTERS, SIZES, 2, True, asking)


def names(request: Request) -> bool:
    return "names" in request.schema["properties"]


def test_a_cluster_that_the_model_does_not_place_goes_to_the_nearest_group() -> None:
    found = arranged(lambda request: PROPOSED if names(request) else "somewhere")
    placed = [found.names[parent] for parent in found.parents.tolist()]
    assert placed == ["Baking bread", "Baking bread", "Python programming", "Python programming"]
    assert found.fell_back == 4


def test_a_group_that_was_not_offered_is_no_answer() -> None:
    def said(request: Request) -> str:
        if names(request):
            return PROPOSED
        return '{"reason": "because", "group": "g9"}'

    assert arranged(said).fell_back == 4


def test_without_any_answer_groups_are_called_after_their_largest_clusters() -> None:
    found = arranged(lambda _: "none")
    assert sorted(found.names) == ["Bake sourdough bread", "Fix Python errors"]
    assert [found.names[parent] for parent in found.parents.tolist()] == [found.names[found.parents[0]]] * 2 + [
        found.names[found.parents[2]]
    ] * 2
    assert found.fell_back == 5
