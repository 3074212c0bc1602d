"""The exports of ChatGPT and Claude, with what real ones hold: branches, deletions, uploads, tools, hidden text."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clioscope.errors import SourceError
from clioscope.sources import open_source
from clioscope.sources.formats.tree import longest_path, path_to
from tests.sources.source_files import (
    TALKS,
    as_json,
    chatgpt,
    chatgpt_node,
    claude,
    jsonl,
    read,
    read_bytes,
    talk,
    write,
    zip_of,
)


def said_in(tmp_path: Path, record: dict) -> list[str]:
    back = read_bytes(tmp_path, as_json([record]))
    assert back.set_aside == []
    return back.said[0]


def tree(current: str | None, *nodes: dict) -> dict:
    return {
        "conversation_id": "c",
        "create_time": 1.7e9,
        "mapping": {node["id"]: node for node in nodes},
        "current_node": current,
    }


ROOT = {"id": "client-created-root", "parent": None, "children": ["u"], "message": None}
USER = chatgpt_node("u", "client-created-root", "user", ["first question"])


def test_chatgpt_follows_the_branch_that_ends_at_the_current_node(tmp_path):
    record = tree(
        "b2",
        ROOT,
        USER,
        chatgpt_node("a", "u", "assistant", ["regenerated away"]),
        chatgpt_node("a2", "a", "user", ["a longer"]),
        chatgpt_node("a3", "a2", "assistant", ["branch"]),
        chatgpt_node("b", "u", "assistant", ["kept"]),
        chatgpt_node("b2", "b", "user", ["second question"]),
    )
    assert said_in(tmp_path, record) == ["first question", "kept", "second question"]


@pytest.mark.parametrize("current", [None, "deleted", 7])
def test_chatgpt_takes_the_longest_branch_where_the_current_node_is_gone(tmp_path, current):
    record = tree(
        current,
        ROOT,
        USER,
        chatgpt_node("b", "u", "assistant", ["short"]),
        chatgpt_node("a", "u", "assistant", ["answer"]),
        chatgpt_node("a2", "a", "user", ["more"]),
    )
    assert said_in(tmp_path, record) == ["first question", "answer", "more"]


def test_chatgpt_survives_missing_parents_circles_and_emptied_nodes(tmp_path):
    last = chatgpt_node("z", "gone", "user", ["what is left"])
    assert said_in(tmp_path, tree("z", ROOT, last)) == ["what is left"]
    circle = [chatgpt_node("x", "y", "user", ["round"]), chatgpt_node("y", "x", "assistant", ["and round"])]
    assert sorted(said_in(tmp_path, tree("x", *circle))) == ["and round", "round"]
    record = tree("u", ROOT, USER)
    record["mapping"] |= {"n": None, "m": {"id": "m", "parent": "u"}, "k": {"id": "k", "parent": 5, "message": "?"}}
    assert said_in(tmp_path, record) == ["first question"]


def test_chatgpt_reads_only_what_was_said_between_person_and_assistant(tmp_path):
    hidden = {"metadata": {"is_visually_hidden_from_conversation": True}}
    nodes = [
        ROOT,
        chatgpt_node("s", "client-created-root", "system", ["SECRET system"]),
        chatgpt_node("c", "s", "user", [], "user_editable_context"),
        chatgpt_node("h", "c", "user", ["SECRET hidden"], **hidden),
        chatgpt_node(
            "v",
            "h",
            "user",
            [
                {"content_type": "image_asset_pointer", "asset_pointer": "SECRET pointer"},
                {"content_type": "audio_transcription", "text": "spoken words", "direction": "in"},
                {"content_type": "audio_asset_pointer", "text": "SECRET audio"},
                "typed words",
            ],
            "multimodal_text",
        ),
        chatgpt_node("t", "v", "assistant", ["SECRET"], "thoughts"),
        chatgpt_node("k", "t", "assistant", ["SECRET call"], "code"),
        chatgpt_node("q", "k", "assistant", ["SECRET query"], recipient="browser"),
        chatgpt_node("r", "q", "tool", ["SECRET result"]),
        chatgpt_node("e", "r", "assistant", [""]),
        chatgpt_node("a", "e", "assistant", ["the answer"]),
    ]
    nodes[2]["message"]["content"] |= {"user_profile": "SECRET profile", "user_instructions": "SECRET"}
    assert said_in(tmp_path, tree("a", *nodes)) == ["spoken words\ntyped words", "the answer"]


def turn(id_: str, parent: str | None, sender: str, text: str, **more) -> dict:
    return {"uuid": id_, "parent_message_uuid": parent, "sender": sender, "text": text, "content": [], **more}


def claude_of(*turns: dict, **more) -> dict:
    return {"uuid": "c", "created_at": "2026-01-01T00:00:00Z", "account": {"uuid": "a"}, "chat_messages": turns, **more}


def test_claude_reads_text_and_neither_thinking_nor_tools_nor_attachments(tmp_path):
    content = [
        {"type": "thinking", "thinking": "SECRET", "text": "SECRET"},
        {"type": "text", "text": "one"},
        {"type": "tool_use", "name": "search", "input": {"query": "SECRET"}},
        {"type": "tool_result", "content": [{"type": "text", "text": "SECRET"}]},
        {"type": "a_new_kind", "text": "SECRET"},
        {"type": "text", "text": "two"},
        {"type": "text", "text": None},
    ]
    record = claude_of(
        turn("m1", None, "human", "please read this", attachments=[{"file_name": "", "extracted_content": "SECRET"}]),
        turn("m2", "m1", "assistant", "SECRET joined otherwise", content=content),
        turn("m3", "m2", "human", "", files=[{"file_uuid": "f", "file_name": ""}]),
        turn("m4", "m3", "assistant", "I see a plant"),
    )
    assert said_in(tmp_path, record) == ["please read this", "one\ntwo", "I see a plant"]


def test_claude_takes_the_longest_branch_with_text_or_the_one_that_is_named(tmp_path):
    turns = [
        turn("m1", "00000000-0000-4000-8000-000000000000", "human", "first"),
        turn("m2", "m1", "assistant", "answer"),
        turn("e1", "m2", "human", ""),
        turn("e2", "e1", "assistant", ""),
        turn("e3", "e2", "human", " "),
        turn("m3", "m2", "human", "second"),
        turn("o1", "00000000-0000-4000-8000-000000000000", "human", "another beginning"),
    ]
    assert said_in(tmp_path, claude_of(*turns)) == ["first", "answer", "second"]
    assert said_in(tmp_path, claude_of(*turns, current_leaf_message_uuid="o1")) == ["another beginning"]
    assert said_in(tmp_path, claude_of(*turns, current_leaf_message_uuid="gone")) == ["first", "answer", "second"]


def test_of_two_equally_long_branches_the_later_one_counts(tmp_path):
    turns = [
        turn("m1", "0", "human", "draft"),
        turn("a1", "m1", "assistant", "to the draft"),
        turn("m2", "00000000-0000-4000-8000-000000000000", "human", "edited"),
        turn("a2", "m2", "assistant", "to the edit"),
    ]
    assert said_in(tmp_path, claude_of(*turns)) == ["edited", "to the edit"]


def test_claude_survives_missing_parents_circles_and_older_exports(tmp_path):
    turns = [
        turn("m1", "0", "human", "first"),
        turn("m3", "deleted", "assistant", "third"),
        turn("m4", "m3", "human", "last"),
    ]
    assert said_in(tmp_path, claude_of(*turns)) == ["first", "third", "last"]
    circle = [turn("x", "y", "human", "round"), turn("y", "x", "assistant", "and round")]
    assert sorted(said_in(tmp_path, claude_of(*circle))) == ["and round", "round"]
    older = [{"sender": "human", "text": "no uuids"}, {"sender": "assistant", "text": "at all"}, "noise", None]
    assert said_in(tmp_path, claude_of(*older)) == ["no uuids", "at all"]
    twice = [turn("m", None, "human", "same"), turn("m", None, "assistant", "uuid")]
    assert said_in(tmp_path, claude_of(*twice)) == ["same", "uuid"]


def test_a_conversation_of_5000_messages_with_branches_is_read(tmp_path):
    turns = [turn(f"m{i}", f"m{i - 1}", "human" if i % 2 == 0 else "assistant", f"text {i}") for i in range(5000)]
    turns += [turn(f"b{i}", f"m{i}", "human", f"branch {i}") for i in range(0, 5000, 7)]
    assert len(said_in(tmp_path, claude_of(*turns))) >= 5000


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.one_of(st.none(), st.sampled_from("abcdefghz")), min_size=1),
    st.data(),
)
def test_any_graph_has_a_path_without_repeats(parents, data):
    worth = {node: data.draw(st.integers(0, 1)) for node in parents}
    for path in (longest_path(parents, worth), path_to(data.draw(st.sampled_from("abcz")), parents)):
        assert len(path) == len(set(path))
        assert all(parents[child] == parent for parent, child in pairwise(path))
    is_tree = all(len(path_to(node, parents)) == len(set(path_to(node, parents))) for node in parents) and not any(
        parents.get(path_to(node, parents)[0]) in path_to(node, parents) for node in parents
    )
    if is_tree:
        best = max(sum(worth[step] for step in path_to(node, parents)) for node in parents)
        assert sum(worth[step] for step in longest_path(parents, worth)) == best


FOLDER = {
    "conversations.json": as_json([claude(0, TALKS[0]), claude(1, TALKS[1])]),
    "users.json": as_json([{"uuid": "u", "full_name": "A. Person", "email_address": "a@example.org"}]),
    "memories.json": as_json([{"conversations_memory": "The person likes tea.", "account_uuid": "u"}]),
    "projects/p.json": as_json({"uuid": "p", "name": "n", "prompt_template": "be kind", "docs": [{"content": "text"}]}),
    "feedback.json": as_json([{"id": "f", "content": "a thumbs up"}]),
    ".hidden.json": as_json([talk("hidden")]),
    "image.png": b"\x89PNG\r\n\x1a\n\0\0\0",
}


@pytest.mark.parametrize("packed", [False, True])
def test_beside_an_export_everything_else_is_set_aside_with_a_reason(tmp_path, packed):
    if packed:
        path = write(tmp_path / "export.zip", zip_of({f"data-2026/{name}": data for name, data in FOLDER.items()}))
    else:
        path = tmp_path / "data-2026"
        for name, data in FOLDER.items():
            write(path / name, data)
    back = read(open_source(path))
    assert back.ids == ["c0", "c1"]
    reasons = {item.file.rpartition("data-2026/")[2]: item.reason for item in back.set_aside}
    assert reasons == {
        "users.json": "no conversations in it",
        "memories.json": "memories about a person, which are not conversations, are never read",
        "projects/p.json": "beside an export, and not conversations",
        "feedback.json": "beside an export, and not conversations",
        "image.png": "not text",
    }
    assert all(item.whole_file for item in back.set_aside)


def test_memories_alone_are_refused_as_personal(tmp_path):
    path = write(tmp_path / "conversations.json", FOLDER["memories.json"])
    with pytest.raises(SourceError, match="memories about a person, which are not conversations, are never read"):
        open_source(path)


def test_a_chatgpt_export_in_several_files_is_one_source(tmp_path):
    for part in range(3):
        write(tmp_path / f"conversations-{part:03d}.json", json.dumps([chatgpt(part, TALKS[part])]))
    assert read(open_source(tmp_path)).ids == ["c0", "c1", "c2"]


def test_sharegpt_knows_all_who_speak_there(tmp_path):
    turns = [{"from": who, "value": who} for who in ("system", "human", "gpt", "user", "chatgpt", "bard", "tool_x")]
    back = read_bytes(tmp_path, jsonl([{"id": "a_0", "conversations": turns}, {"id": "a_1", "conversations": turns}]))
    roles = [message.role for message in back.conversations[0].messages]
    assert roles == ["system", "user", "assistant", "user", "assistant", "assistant", "tool"]
    assert back.ids == ["a_0", "a_1"]


def test_openai_reads_text_parts_and_neither_images_nor_calls(tmp_path):
    turns = [
        {"role": "developer", "content": "be brief"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "what is"},
                {"type": "image_url", "image_url": {"url": "SECRET"}},
                {"type": "text", "text": "this?"},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "SECRET"}}],
        },
        {"role": "tool", "tool_call_id": "1", "content": "a result"},
        {"role": "assistant", "content": "a plant", "refusal": None},
    ]
    back = read_bytes(tmp_path, jsonl([{"messages": turns, "tools": [{"x": 1}]}]))
    assert [(message.role, message.content) for message in back.conversations[0].messages] == [
        ("system", "be brief"),
        ("user", "what is\nthis?"),
        ("tool", "a result"),
        ("assistant", "a plant"),
    ]


def test_the_first_release_of_wildchat_is_known_too(tmp_path):
    turns = [{"role": "user", "content": "hi", "toxic": False}, {"role": "assistant", "content": "ho", "toxic": False}]
    source = open_source(write(tmp_path / "x", as_json({"conversation_id": "w", "conversation": turns})))
    assert source.files[0].format == "WildChat"
    assert read(source).ids == ["w"]


def test_wildchat_takes_the_user_from_a_turn_where_the_record_has_none(tmp_path):
    turns = [{"role": "user", "content": "hi", "hashed_ip": "ip9", "turn_identifier": 1}]
    back = read_bytes(tmp_path, as_json({"conversation_hash": "w", "conversation": turns}))
    assert back.conversations[0].user == "ip9"


def test_red_team_attempts_are_an_array_of_transcripts_whatever_the_name(tmp_path):
    record = {"transcript": "\n\nHuman: hello\n\nAssistant: hi\n\nHuman: bye", "rating": 2.0, "red_team_member_id": 33}
    back = read_bytes(tmp_path, as_json([record]), name="red_team_attempts.jsonl")
    assert back.said == [["hello", "hi", "bye"]]
    assert back.conversations[0].user == "33"
