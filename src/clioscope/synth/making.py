"""Making conversations up, into a folder: the conversations, and what is true of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import orjson

from clioscope.conversation import Conversation
from clioscope.errors import ClioscopeError, ConfigError
from clioscope.models.judge import Work
from clioscope.models.judges import Calls, Judges
from clioscope.models.usage import Usage, usage_of
from clioscope.progress import Progress, Silent
from clioscope.prompting import Prompts, Unanswered
from clioscope.synth.by_model import write_by_model
from clioscope.synth.outlines import Outline, Outlines
from clioscope.synth.recipe import Recipe
from clioscope.synth.truth import header, true_of, write_line
from clioscope.synth.writing import Planted, planted, write

CONVERSATIONS, TRUTH = "conversations.jsonl", "truth.jsonl"
_PARTS = ".part"
_MOST_UNWRITTEN = 0.05
STAGE = "Writing"


@dataclass(frozen=True)
class Writer:
    """A model that writes, in the place of the grammar.

    Parameters
    ----------
    model
        As on the command line, such as ``openai/gpt-5-nano``.
    """

    model: str
    calls: Calls = field(default_factory=Calls)


@dataclass(frozen=True)
class Made:
    """What was made.

    Parameters
    ----------
    written, users, personal
        Conversations, people in them, and conversations in which somebody gives away who they are.
    unwritten
        Conversations that the model gave no usable answer for. They are in neither file.
    """

    folder: Path
    written: int
    users: int
    personal: int
    unwritten: int = 0
    usage: Usage | None = None

    @property
    def conversations(self) -> Path:
        """The file for ``clioscope run``."""
        return self.folder / CONVERSATIONS

    @property
    def truth(self) -> Path:
        """The file for ``clioscope evaluate --truth``."""
        return self.folder / TRUTH


def make(folder: Path, recipe: Recipe, writer: Writer | None = None, progress: Progress | None = None) -> Made:
    """Make conversations up, always the same ones for a recipe (and answers), and write both files.

    Raises
    ------
    ConfigError
        The folder holds something else.
    ClioscopeError
        The model does not answer, or too often with nothing that can be used. What it answered is kept in the folder.
    """
    progress = progress or Silent()
    folder.mkdir(parents=True, exist_ok=True)
    if others := sorted(path.name for path in folder.iterdir() if not _is_ours(path)):
        raise ConfigError(f"{folder} holds other files, such as {others[0]}. Give a folder that is new or empty.")
    outlines = Outlines(recipe)
    with ExitStack() as stack:
        judges = None if writer is None else stack.enter_context(closing(_judges(folder, writer, progress)))
        files = [stack.enter_context((folder / f"{name}{_PARTS}").open("w", encoding="utf-8")) for name in _FILES]
        write_line(files[1], header(outlines))
        made = _Making(files[0], files[1])
        work = stack.enter_context(progress.stage(STAGE, recipe.conversations, "conversations"))
        for outline, given, found in _written(outlines, recipe, judges):
            made.add(outline, given, found)
            work.advance(1)
        usage = None if judges is None else usage_of(judges)
    if made.unwritten > _MOST_UNWRITTEN * recipe.conversations:
        for name in _FILES:
            (folder / f"{name}{_PARTS}").unlink()
        raise ClioscopeError(
            f"The model gave no usable answer for {made.unwritten:,} of {recipe.conversations:,} conversations (last: "
            f"{made.reason}), so that nothing was made. Another model may do better."
        )
    for name in _FILES:
        (folder / f"{name}{_PARTS}").replace(folder / name)
    return Made(folder, made.written, len(made.users), made.personal, made.unwritten, usage)


_FILES = (CONVERSATIONS, TRUTH)
_KEPT = ("answers.sqlite", "waves.sqlite", "prices.toml", "batches")


def _is_ours(path: Path) -> bool:
    name = path.name.removesuffix(_PARTS)
    return name in _FILES or any(name.startswith(kept) for kept in _KEPT)


class _Making:
    def __init__(self, conversations: TextIO, truth: TextIO) -> None:
        self._conversations, self._truth = conversations, truth
        self.written = self.personal = self.unwritten = 0
        self.users: set[str] = set()
        self.reason = ""

    def add(self, outline: Outline, given: Planted, found: Conversation | Unanswered) -> None:
        if isinstance(found, Unanswered):
            self.unwritten, self.reason = self.unwritten + 1, found.reason
            return
        self._conversations.write(_record(found) + "\n")
        said = " ".join(message.content for message in found.messages)
        given = [(kind, words) for kind, words in given if words in said]  # a model may leave some out
        write_line(self._truth, true_of(outline, found.id, given))
        self.written += 1
        self.personal += bool(given)
        self.users.add(outline.user)


def _record(conversation: Conversation) -> str:
    assert conversation.time is not None
    return orjson.dumps(
        {
            "id": conversation.id,
            "user_id": conversation.user,
            "created_at": conversation.time.isoformat(),
            "messages": [{"role": message.role, "content": message.content} for message in conversation.messages],
        }
    ).decode()


def _written(
    outlines: Outlines, recipe: Recipe, judges: Judges | None
) -> Iterator[tuple[Outline, Planted, Conversation | Unanswered]]:
    if judges is None:
        for outline in outlines:
            sentences, given = planted(outline)
            yield outline, given, write(outline, sentences)
        return
    prompts = Prompts(hashlib.sha256(f"synth {recipe.seed}".encode()).digest())

    def works() -> Iterator[Work[Conversation | Unanswered]]:
        return (write_by_model(prompts, outline, planted(outline)[0]) for outline in outlines)

    for outline, found in zip(outlines, judges.judge("extract", works, STAGE), strict=True):
        yield outline, planted(outline)[1], found


def _judges(folder: Path, writer: Writer, progress: Progress) -> Judges:
    answers, waves = folder / "answers.sqlite", folder / "waves.sqlite"
    return Judges({"extract": writer.model}, writer.calls, answers, waves, progress.note)
