"""The formats, in the order in which they are tried: the ones with the most particular columns first."""

from __future__ import annotations

from clioscope.sources.base import Format, Record
from clioscope.sources.formats.chatgpt import ChatGPT
from clioscope.sources.formats.claude import Claude
from clioscope.sources.formats.hh_rlhf import HHRLHF
from clioscope.sources.formats.lmsys import LMSYS
from clioscope.sources.formats.messages import Messages
from clioscope.sources.formats.openai_chat import OpenAIChat
from clioscope.sources.formats.sharegpt import ShareGPT
from clioscope.sources.formats.table import Table
from clioscope.sources.formats.wildchat import WildChat

TABLE = Table()

FORMATS: tuple[Format, ...] = (
    ChatGPT(),
    Claude(),
    ShareGPT(),
    WildChat(),
    LMSYS(),
    HHRLHF(),
    Messages(),
    OpenAIChat(),
    TABLE,
)

EXPORTS = frozenset({ChatGPT.name, Claude.name})
"""What a person downloads as a folder: the files beside the conversations are about the person, not conversations."""

KNOWN = (
    "JSONL or JSON of {id, messages}, OpenAI chat JSONL, Parquet or CSV with a text column, the conversations.json of "
    "Claude and of ChatGPT, ShareGPT, LMSYS-Chat-1M, WildChat, HH-RLHF; plain, .gz, .zst or .zip"
)
"""The formats in words, for messages to the user."""


def detect(record: Record) -> Format | None:
    """The format that ``record`` is written in."""
    return next((format for format in FORMATS if format.detect(record)), None)
