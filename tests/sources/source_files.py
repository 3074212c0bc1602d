"""Small files in every format, written for these tests, and ways to pack and read them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import zstandard

from clioscope.conversation import Conversation
from clioscope.sources import SetAside, Source, open_source

Turns = list[tuple[str, str]]

TALKS: list[Turns] = [
    [("user", "How do I get red wine out of wool?"), ("assistant", "Blot it, then cold water and salt.")],
    [("user", "Wie backe ich Brot ohne Hefe?"), ("assistant", "Mit Natron."), ("user", "Und wie viel? 🍞")],
    [("user", 'a line\u2028separator, a \r return,\nand "quotes", commas; {[}'), ("assistant", "\\ \t 好的")],
]
"""What every format writes and must read again."""


def at(minute: int) -> str:
    return f"2026-03-01T10:{minute:02d}:00Z"


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def jsonl(records: list[Any]) -> bytes:
    return b"\n".join(json.dumps(record, ensure_ascii=False).encode() for record in records) + b"\n"


def messages(turns: Turns, role: str = "role", content: str = "content", **names: str) -> list[dict[str, str]]:
    return [{role: names.get(who, who), content: said} for who, said in turns]


def talk(id_: Any, *said: str, **columns: Any) -> dict[str, Any]:
    """A record of the plain format whose user says ``said``."""
    return {"id": id_, "messages": [{"role": "user", "content": text} for text in said or ("hello there",)], **columns}


def claude(number: int, turns: Turns) -> dict[str, Any]:
    ids = ["00000000-0000-4000-8000-000000000000", *(f"m{number}-{i}" for i in range(len(turns)))]
    return {
        "uuid": f"c{number}",
        "name": "a title",
        "created_at": at(number),
        "account": {"uuid": "acc-1"},
        "chat_messages": [
            {
                "uuid": ids[i + 1],
                "parent_message_uuid": ids[i],
                "sender": "human" if who == "user" else who,
                "text": "",
                "content": [{"type": "text", "text": said}],
                "created_at": at(number),
                "attachments": [],
                "files": [],
            }
            for i, (who, said) in enumerate(turns)
        ],
    }


def chatgpt_node(
    id_: str, parent: str | None, who: str, parts: list[Any], kind: str = "text", **message: Any
) -> dict[str, Any]:
    return {
        "id": id_,
        "parent": parent,
        "children": [],
        "message": {
            "id": id_,
            "author": {"role": who, "name": None, "metadata": {}},
            "create_time": 1772359200.5,
            "content": {"content_type": kind, "parts": parts},
            "recipient": "all",
            "metadata": {},
            **message,
        },
    }


def chatgpt(number: int, turns: Turns) -> dict[str, Any]:
    mapping: dict[str, Any] = {"root": {"id": "root", "parent": None, "children": [], "message": None}}
    last = "root"
    for i, (who, said) in enumerate(turns):
        mapping[f"n{i}"] = chatgpt_node(f"n{i}", last, who, [said])
        last = f"n{i}"
    return {
        "title": "a title",
        "create_time": 1772359200.0 + 60 * number,
        "mapping": mapping,
        "current_node": last,
        "conversation_id": f"c{number}",
    }


def wildchat(number: int, turns: Turns) -> dict[str, Any]:
    return {
        "conversation_hash": f"c{number}",
        "model": "m",
        "timestamp": at(number),
        "conversation": [
            {**message, "hashed_ip": "ip1", "country": "Chile", "toxic": False, "turn_identifier": i}
            for i, message in enumerate(messages(turns))
        ],
        "language": "English",
        "detoxify_moderation": [{"toxicity": 0.1}],
        "hashed_ip": "ip1",
        "header": {"user-agent": "x"},
    }


def hh(number: int, turns: Turns) -> dict[str, Any]:
    names = {"user": "Human", "assistant": "Assistant"}
    return {
        "id": f"c{number}",
        "chosen": "".join(f"\n\n{names[who]}: {said}" for who, said in turns),
        "rejected": "\n\nHuman: no\n\nAssistant: no",
    }


class Written(NamedTuple):
    """One format: its name, a talk written in it, and what it keeps of an id, a user and a time."""

    name: str
    record: Callable[[int, Turns], dict[str, Any]]
    has_id: bool = True
    user: str | None = None
    has_time: bool = False


FORMATS = [
    Written(
        "messages",
        lambda n, turns: {"id": f"c{n}", "user_id": "u1", "created_at": at(n), "messages": messages(turns)},
        user="u1",
        has_time=True,
    ),
    Written("OpenAI chat", lambda n, turns: {"messages": messages(turns)}, has_id=False),
    Written(
        "OpenAI chat", lambda n, turns: {"custom_id": f"c{n}", "body": {"model": "m", "messages": messages(turns)}}
    ),
    Written("Claude export", claude, user="acc-1", has_time=True),
    Written("ChatGPT export", chatgpt, has_time=True),
    Written(
        "ShareGPT",
        lambda n, turns: {
            "id": f"c{n}",
            "conversations": messages(turns, "from", "value", user="human", assistant="gpt"),
        },
    ),
    Written("LMSYS-Chat", lambda n, turns: {"conversation_id": f"c{n}", "conversation": messages(turns), "turn": 1}),
    Written("WildChat", wildchat, user="ip1", has_time=True),
    Written("HH-RLHF", hh),
    Written(
        "table",
        lambda n, turns: {"id": f"c{n}", "user": "u1", "time": at(n), "messages": json.dumps(messages(turns))},
        user="u1",
        has_time=True,
    ),
]


def pack(data: bytes, how: str, name: str = "inside.bin") -> bytes:
    """``data`` plain, or packed as gz, zst or zip."""
    if how == "gz":
        return gzip.compress(data)
    if how == "zst":
        return zstandard.ZstdCompressor().compress(data)
    if how == "zip":
        return zip_of({name: data})
    return data


def zip_of(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def write(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


class ReadBack(NamedTuple):
    """What came out of a source."""

    conversations: list[Conversation]
    set_aside: list[SetAside]

    @property
    def said(self) -> list[list[str]]:
        return [[message.content for message in conversation.messages] for conversation in self.conversations]

    @property
    def reasons(self) -> list[str]:
        return [item.reason for item in self.set_aside]

    @property
    def ids(self) -> list[str]:
        return [conversation.id for conversation in self.conversations]


def read(source: Source) -> ReadBack:
    back = ReadBack([], [])
    for item in source.read():
        if isinstance(item, SetAside):
            back.set_aside.append(item)
        else:
            back.conversations.append(item)
    return back


def read_bytes(folder: Path, data: bytes | str, name: str = "data", **options: Any) -> ReadBack:
    """Write ``data`` to a file of ``folder`` and read it."""
    return read(open_source(write(folder / name, data), **options))


def numbered(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield talk(f"c{number}", f"question {number}", time=at(number % 60))
