"""Writing a conversation by the grammar of its language."""

from __future__ import annotations

import string
from collections.abc import Sequence

import numpy as np

from clioscope.conversation import Conversation, Message
from clioscope.synth.grammar import filled, language
from clioscope.synth.outlines import Outline

_MOST_LATER = 3
"""Times that somebody goes on after the first answer, at most."""

Planted = list[tuple[str, str]]
"""What somebody gave away: of which kind, and the words."""


def write(outline: Outline, personal: Sequence[str] = ()) -> Conversation:
    """The conversation.

    Parameters
    ----------
    personal
        Sentences that give away who somebody is; they stand behind the first thing said.
    """
    rng = np.random.default_rng([outline.words, 0])
    grammar, key = language(outline.language), outline.topic.key
    # A group writes the same with other words around it: its task and its detail are one for all.
    shared = rng if outline.group is None else np.random.default_rng([outline.group, 1])
    task, detail = _one(grammar.tasks[key], shared), _one(grammar.details[key], shared)
    frames = grammar.frames
    if outline.group is not None or rng.random() < 0.5:
        first = filled(_one(frames["detailed"], shared if outline.group is not None else rng), task=task, detail=detail)
    else:
        first = filled(_one(frames["first"], rng), task=task)
    messages = [
        Message("user", " ".join([first, *personal])),
        Message("assistant", filled(_one(frames["answer"], rng), task=task)),
    ]
    for _ in range(int(rng.integers(_MOST_LATER + 1))):
        later = filled(_one(frames["later"], rng), detail=_one(grammar.details[key], rng))
        messages += [Message("user", later), Message("assistant", filled(_one(frames["again"], rng)))]
    return Conversation(f"synth-{outline.number}", tuple(messages), outline.user, outline.time)


def planted(outline: Outline) -> tuple[list[str], Planted]:
    """The sentences in which somebody gives away who they are, and what these give away."""
    if outline.person is None:
        return [], []
    rng = np.random.default_rng([outline.words, 2])
    frame = _one(language(outline.language).frames["personal"], rng)
    named = [name for _, name, _, _ in string.Formatter().parse(frame) if name]
    given = outline.person._asdict()
    return [filled(frame, **given)], [(kind, given[kind]) for kind in dict.fromkeys(named)]


def _one(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]
