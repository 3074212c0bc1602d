"""Conversations to test with: small made-up sets, and real ones where they lie beside the clone."""

from __future__ import annotations

import atexit
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # workers run side by side, and must not fight for processors
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a shell; processes of tests inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)

from clioscope import Conversation, Message
from tests import vectors
from tests.processes import Servers

if vectors.FOLDER not in os.environ:  # in the process that starts the workers
    os.environ[vectors.FOLDER] = tempfile.mkdtemp(prefix="clioscope-vectors-")
    atexit.register(shutil.rmtree, os.environ[vectors.FOLDER], ignore_errors=True)
vectors.remember()

ROOT = Path(__file__).parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait for servers and processes."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


TOPICS = {
    "bread": ["my sourdough bread will not rise", "bread dough too sticky to knead", "when to bake sourdough bread"],
    "python": ["python list index out of range error", "python script has a key error", "fix a python loop"],
    "travel": ["plan a week in portugal by train", "cheap train tickets across portugal", "pack for a week by train"],
    "resume": ["improve my resume for a nursing job", "cover letter for a nursing job", "a gap in my resume"],
    "garden": ["yellow leaves on my tomato plants", "when to water tomato plants", "slugs eat my tomato plants"],
    "money": ["make a monthly budget for rent", "how to save money on rent", "split rent in a monthly budget"],
}  # fmt: skip
PADDING = ["please help", "thanks", "any idea", "it is for tomorrow", "i tried twice", "step by step", "in short"]


def conversations(n: int, users: int | None = 60, seed: int = 0) -> list[Conversation]:
    """``n`` conversations on six topics over three months, of ``users`` users (``None``: unknown)."""
    rng = random.Random(seed)
    found = []
    for number in range(n):
        topic = rng.choice(list(TOPICS))
        text = f"{rng.choice(TOPICS[topic])} {rng.choice(PADDING)}, {rng.choice(PADDING)}"
        found.append(
            Conversation(
                id=f"c{number}",
                messages=(Message("user", text), Message("assistant", "Here is what I would try first.")),
                user=None if users is None else f"user-{rng.randrange(users)}",
                time=datetime(2026, 6, 1, tzinfo=UTC) + timedelta(hours=rng.randrange(24 * 90)),
                metadata={"plan": rng.choice(["free", "team"]), "topic": topic, "account": f"acc-{rng.random()}"},
            )
        )
    return found


def as_records(items: Iterable[Conversation]) -> list[dict[str, Any]]:
    return [
        {
            "id": c.id,
            "user_id": c.user,
            "created_at": c.time.isoformat() if c.time else None,
            "messages": [{"role": m.role, "content": m.content} for m in c.messages],
            **c.metadata,
        }
        for c in items
    ]


def write_jsonl(path: Path, items: Iterable[Conversation]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in as_records(items)), encoding="utf-8")
    return path


Cli = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with Servers() as found:
        yield found


@pytest.fixture
def cli(tmp_path: Path, servers: Servers) -> Cli:
    """Run the command in ``tmp_path``: a real process."""

    def run(
        *arguments: str | Path, code: int | None = 0, input: bytes | None = None
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "COLUMNS": "120", "PYTHONWARNINGS": "error"}
        found = servers.run(list(map(str, arguments)), tmp_path, environment, given=input)
        assert "Traceback" not in found.stderr, found.stderr
        assert code is None or found.returncode == code, found.stderr
        return found

    return run


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one finished run on 600 conversations of 60 users. Must not be changed."""
    import clioscope

    folder = tmp_path_factory.mktemp("made") / "run"
    clioscope.run(conversations(600), folder, facets=("plan",))
    return folder


def shared(name: str) -> Path:
    """The file of real conversations called ``name``; the test is skipped where it is not beside the clone."""
    path = SHARED_DATA / name
    if not path.exists():
        pytest.skip(f"real conversations ({name}) are not beside this clone")
    return path


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file under ``folder``."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def contains(folder: Path, secrets: Sequence[str]) -> list[str]:
    """Those of ``secrets`` that occur in any file under ``folder``: as text, or in a table's cells."""
    import pyarrow.parquet as pq

    everything = b"\n".join(bytes_of(folder).values()).decode("utf-8", "replace").casefold()
    for path in folder.rglob("*.parquet"):
        everything += json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str).casefold()
    return [secret for secret in secrets if secret.casefold() in everything]
