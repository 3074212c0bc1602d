"""Names and descriptions that a language model writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from pydantic import StringConstraints

from clioscope.models.judge import Work
from clioscope.prompting import AnswerModel, Prompts, Unanswered, ask
from clioscope.prompting.asking import Question
from clioscope.prompting.schema import Name

MEMBERS, OTHERS = 50, 50
"""Members and nearest non-members that a cluster is named from, as in Clio (arXiv 2412.13678, appendix G)."""

_LONGEST_MEMBER = 320
_MOST_CHILDREN, _MOST_OTHERS = 60, 40


class Titled(NamedTuple):
    """A cluster's name and description."""

    name: str
    description: str


class Child(NamedTuple):
    """A cluster, as the group above it sees it. ``share``: of the group's conversations, 0 to 1."""

    title: Titled
    share: float


class Title(AnswerModel):  # noqa: D101 - its docstring would be part of the schema, and so of every request
    description: Annotated[str, StringConstraints(min_length=10, max_length=600)]
    name: Name


class Again(Title):  # noqa: D101 - its docstring would be part of the schema, as that of Title
    description: Annotated[str, StringConstraints(max_length=600)]  # there was none to write again


class JudgedNamer:
    """Asks a model what sets a cluster apart, and what its children have in common.

    Parameters
    ----------
    prompts
        Of the run.
    """

    PROMPTS = ("name", "parent", "repair")
    _NAME = Question("name", "name", 400, 0.5)
    _PARENT = Question("name", "parent", 400, 0.5)

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts

    def name(self, members: Sequence[str], others: Sequence[str]) -> Work[Titled | Unanswered]:
        """Name a base cluster from facet texts of some members, and of the nearest that are not in it."""
        title = yield from ask(
            self._prompts, self._NAME, Title, members=_cut(members[:MEMBERS]), others=_cut(others[:OTHERS])
        )
        return titled(title)

    def name_parent(self, children: Sequence[Child], others: Sequence[str]) -> Work[Titled | Unanswered]:
        """Name a group from the clusters in it, the largest first, and from the names of the groups beside it."""
        listed = [
            {"name": c.title.name, "description": c.title.description, "share": f"{c.share:.0%}"}
            for c in children[:_MOST_CHILDREN]
        ]
        title = yield from ask(self._prompts, self._PARENT, Title, clusters=listed, others=list(others[:_MOST_OTHERS]))
        return titled(title)


def titled(title: Title | Unanswered) -> Titled | Unanswered:
    """The answer as the stages keep it."""
    return title if isinstance(title, Unanswered) else Titled(title.name, title.description)


def _cut(texts: Sequence[str]) -> list[str]:
    return [text if len(text) <= _LONGEST_MEMBER else f"{text[: _LONGEST_MEMBER - 4]} ..." for text in texts]
