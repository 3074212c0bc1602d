"""A finished run to evaluate, and judges that know something."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from clioscope.testing import ChatRequest

_FRAME = re.compile(r"<data-[0-9a-f]+>\n(.*?)\n</data-", re.DOTALL)
_WORD = re.compile(r"[a-z]{3,}")


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    """A copy of a finished run on 600 conversations of 60 users, on six topics."""
    return Path(shutil.copytree(made, tmp_path / "run"))


def framed(request: ChatRequest) -> Any:
    """What a request holds between its tags."""
    return json.loads(_FRAME.findall(request.user)[0])


def words(*texts: str) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text.lower())}


def knowing(request: ChatRequest) -> str:
    """A judge that goes by the words that a text shares with a cluster's name."""
    data = framed(request)
    told: dict[str, Any]
    if isinstance(data, str):
        told = {"reason": "General.", "score": 5}
    elif "groups" in data:
        shared = {g: _share(data["conversation"], cluster) for g, cluster in data["groups"].items()}
        best = max(shared.values())
        told = {
            "reason": "Shared words.",
            "group": max(shared, key=lambda group: (shared[group], data["groups"][group]["name"])),
            "another": "yes" if list(shared.values()).count(best) > 1 else "no",
        }
    elif "texts" in data:
        shared = {t: _share(text, {**data["group"], "description": ""}) for t, text in data["texts"].items()}
        told = {"text": max(shared, key=lambda text: (shared[text], data["texts"][text]))}
    elif "one" in data:
        told = {"reason": "Names.", "they_are": "same" if data["one"]["name"] == data["other"]["name"] else "different"}
    elif "written_down" in data:
        told = {"faithful": "yes"}
    else:
        told = {"reason": "Words.", "belongs": "yes" if _share(data["conversation"], data["group"]) else "no"}
    return json.dumps(told)


def _share(text: str, cluster: dict[str, str]) -> int:
    return len(words(text) & words(cluster["name"]))
