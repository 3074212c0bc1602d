"""Runs with a model behind the double."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clioscope.api import run_with
from clioscope.config import make_config
from clioscope.models.judges import Calls
from clioscope.pipeline.done import Done
from clioscope.testing import ChatRequest, ModelServer
from tests.conftest import conversations, write_jsonl

MODELS = dict.fromkeys(("extract", "name", "arrange", "audit"), "openai/double")


def source(folder: Path, n: int = 240, users: int | None = 60) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "chats.jsonl"
    return path if path.exists() else write_jsonl(path, conversations(n, users))


def judged(
    folder: Path, server: ModelServer | None, *, calls: dict[str, Any] | None = None, n: int = 240, **options: Any
) -> Done:
    """Run on made-up conversations; the model answers every judgement unless ``models`` says less."""
    url = f"{server.url}/v1" if server is not None else None
    values = {"models": MODELS, "audit_sample": 10, **options}
    retry = bool(values.pop("retry_failed", False))
    config = make_config(source=(str(source(folder, n)),), **values)
    settled = Calls(**{"base_url": url, "timeout": 60.0, "patience": 30.0, **(calls or {})})
    return run_with(config, folder / "run", calls=settled, retry_failed=retry)


def clusters(done: Done, level: int | None = None) -> list[Any]:
    found = list(done.atlas.walk())
    return found if level is None else [cluster for cluster in found if cluster.level == level]


def answers_file(requests: Path) -> Path:
    return requests.with_name(requests.name.replace(".requests.", ".answers."))


def result_line(request: dict[str, Any], text: str) -> str:
    body = {
        "model": "elsewhere",
        "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3},
    }
    response = {"status_code": 200, "request_id": "r", "body": body}
    return json.dumps({"id": "b", "custom_id": request["custom_id"], "response": response, "error": None})


def kind(request: ChatRequest) -> str:
    """Which prompt a request was made from."""
    begins = {
        "You read one": "extract",
        "You name groups": "name",
        "You give names": "words",
        "You mend": "reword",
        "You build": "propose",
        "You edit": "merge",
        "You sort": "assign",
        "You name a group": "parent",
    }
    protects = "rewrite" if "says too much" in request.system else "audit"
    return next((name for begin, name in begins.items() if request.system.startswith(begin)), protects)
