"""Samples of real formats and real data, where they lie beside the clone."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from clioscope.sources import open_source
from tests.sources.source_files import read

SHARED = Path(__file__).parents[2].parent / "shared"
FIXTURES, DATA = SHARED / "fixtures", SHARED / "data"

QUESTION, ANSWER = "How do I keep basil alive indoors?", "Give it six hours of light and water it from below."
MORE, LAST = "And in winter?", "Use a grow lamp and keep it off cold sills."


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the shared fixtures are not beside the clone")
@pytest.mark.parametrize(
    ("name", "format", "said"),
    [
        ("chatgpt_conversations.json", "ChatGPT export", [[QUESTION, ANSWER, MORE, LAST]]),
        ("claude_conversations.json", "Claude export", [[QUESTION, ANSWER, MORE, LAST]]),
        ("hh_rlhf.jsonl", "HH-RLHF", [[QUESTION, ANSWER]]),
        ("kura.jsonl", "messages", [[QUESTION, ANSWER]]),
        ("lmsys_chat_1m.jsonl", "LMSYS-Chat", [[QUESTION, ANSWER]]),
        ("openai_chat.jsonl", "OpenAI chat", [["Be brief", QUESTION, ANSWER], [MORE, "...", LAST]]),
        (
            "sharegpt.json",
            "ShareGPT",
            [[QUESTION, ANSWER], ["(a later slice of the same thread begins with the model)", MORE, LAST]],
        ),
        ("wildchat_1m.jsonl", "WildChat", [[QUESTION, ANSWER]]),
    ],
)
def test_a_sample_of_each_format_is_read(name, format, said):
    source = open_source(FIXTURES / name)
    assert source.files[0].format == format
    back = read(source)
    assert back.said == said
    assert back.reasons == (["nothing was said by the user"] if name.startswith("claude") else [])


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the shared fixtures are not beside the clone")
def test_a_folder_of_many_formats_is_read(tmp_path):
    back = read(open_source(FIXTURES))
    # Claude's and ChatGPT's export are in one folder here, so what is none of the known formats is set aside.
    assert len(back.conversations) == 10
    assert {item.reason for item in back.set_aside if item.whole_file} == {"no conversations in it"}


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not beside the clone")
@pytest.mark.parametrize("path", sorted(DATA.glob("*.gz")), ids=lambda path: path.stem)
def test_every_real_conversation_is_read_or_set_aside(path):
    with gzip.open(path) as file:
        lines = sum(1 for line in file if line.strip())
    back = read(open_source(path))
    assert len(back.conversations) + len(back.set_aside) == lines
    assert len(back.set_aside) <= 0.01 * lines
