"""What a judge is asked, one question at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import StringConstraints, create_model

from clioscope.atlas import Cluster
from clioscope.models.judge import Work
from clioscope.prompting import AnswerModel, Prompts, Unanswered, ask
from clioscope.prompting.asking import Question

PROMPTS = ("belongs", "choose", "pick", "distinct", "faithful", "category", "audit", "repair")

_Reason = Annotated[str, StringConstraints(max_length=400)]
_TOKENS, _SHORT = 160, 60
_NONE = "none"


class _Belongs(AnswerModel):
    reason: _Reason
    belongs: Literal["yes", "no"]


class _YesFirst(_Belongs):
    pass


class _NoFirst(_Belongs):
    belongs: Literal["no", "yes"]


class _Distinct(AnswerModel):
    reason: _Reason
    they_are: Literal["different", "overlapping", "same"]


class _Faithful(AnswerModel):  # closed, since a reason could quote the conversation
    faithful: Literal["yes", "no"]


class _Chosen(AnswerModel):
    reason: _Reason
    group: str
    another: Literal["yes", "no"]


class _Placed(AnswerModel):
    reason: _Reason
    group: str


class _Picked(AnswerModel):
    text: str


class Choice(NamedTuple):
    """``cluster``: the id of the one that fits best. ``alone``: whether no other fits about as well."""

    cluster: str
    alone: bool


Key = tuple[str | int, ...]
"""What tells a question from the others of one evaluation."""

Begin = Callable[[], Work[Any]]
Answers = Mapping[Key, Any]
"""What came of each question; ``None`` where there was no usable answer."""


class JudgeOf:
    """Makes the questions. Each gives what the judge said, or ``None`` where there is no usable answer."""

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts

    def belongs(self, facet: str, cluster: Cluster, *, yes_first: bool = True) -> Work[bool | None]:
        """Whether a conversation belongs in a cluster. ``yes_first``: the order in which the answers are named."""
        choices = ["yes", "no"] if yes_first else ["no", "yes"]
        model: type[_Belongs] = _YesFirst if yes_first else _NoFirst
        question = Question("audit", "belongs", _TOKENS, 0.0)
        answer = yield from ask(
            self._prompts, question, model, facet=facet, cluster=_described(cluster), choices=choices
        )
        return None if isinstance(answer, Unanswered) else answer.belongs == "yes"

    def choose(self, facet: str, clusters: Sequence[Cluster]) -> Work[Choice | None]:
        """Which of ``clusters``, in this order, fits best."""
        listed = {f"g{number}": _described(cluster) for number, cluster in enumerate(clusters, 1)}
        question = Question("audit", "choose", _TOKENS, 0.0)
        answer = yield from ask(self._prompts, question, _chosen(len(clusters)), facet=facet, clusters=listed)
        if isinstance(answer, Unanswered):
            return None
        return Choice(clusters[int(answer.group[1:]) - 1].id, answer.another == "no")

    def pick(self, cluster: Cluster, texts: Sequence[str]) -> Work[int | None]:
        """Which of ``texts`` is from the cluster, going by its name alone: its place, from 0."""
        listed = {f"t{number}": text for number, text in enumerate(texts, 1)}
        question = Question("audit", "pick", _SHORT, 0.0)
        answer = yield from ask(
            self._prompts, question, _picked(len(texts)), cluster={"name": cluster.name}, texts=listed
        )
        return None if isinstance(answer, Unanswered) else int(answer.text[1:]) - 1

    def distinct(self, one: Cluster, other: Cluster) -> Work[str | None]:
        """``different``, ``overlapping`` or ``same``."""
        question = Question("audit", "distinct", _TOKENS, 0.0)
        answer = yield from ask(self._prompts, question, _Distinct, one=_described(one), other=_described(other))
        return None if isinstance(answer, Unanswered) else answer.they_are

    def category(self, cluster: Cluster, categories: Mapping[str, Mapping[str, str]]) -> Work[str | None]:
        """Which of ``categories``, a name and a description by key, a cluster is about: its key; ``None`` for none."""
        keys = list(categories)
        listed = {f"g{number}": dict(categories[key]) for number, key in enumerate(keys, 1)}
        question = Question("audit", "category", _TOKENS, 0.0)
        answer = yield from ask(
            self._prompts, question, _placed(len(keys)), cluster=_described(cluster), categories=listed
        )
        return None if isinstance(answer, Unanswered) or answer.group == _NONE else keys[int(answer.group[1:]) - 1]

    def faithful(self, conversation: Sequence[Mapping[str, str]], facet: str, kind: str) -> Work[bool | None]:
        """Whether a facet text is true of its conversation."""
        question = Question("audit", "faithful", _SHORT, 0.0)
        answer = yield from ask(
            self._prompts, question, _Faithful, conversation=list(conversation), facet=facet, kind=kind
        )
        return None if isinstance(answer, Unanswered) else answer.faithful == "yes"


def _described(cluster: Cluster) -> dict[str, str]:
    return {"name": cluster.name, "description": cluster.description}


@cache
def _chosen(groups: int) -> type[_Chosen]:
    group: Any = Literal[tuple(f"g{number}" for number in range(1, groups + 1))]
    fields: Any = {"reason": (_Reason, ...), "group": (group, ...), "another": (Literal["yes", "no"], ...)}
    return create_model("Chosen", __base__=_Chosen, **fields)


@cache
def _placed(groups: int) -> type[_Placed]:
    group: Any = Literal[(*(f"g{number}" for number in range(1, groups + 1)), _NONE)]
    return create_model("Placed", __base__=_Placed, reason=(_Reason, ...), group=(group, ...))


@cache
def _picked(texts: int) -> type[_Picked]:
    text: Any = Literal[tuple(f"t{number}" for number in range(1, texts + 1))]
    return create_model("Picked", __base__=_Picked, text=(text, ...))
