"""Recorded answers of a language model to runs over the sample, so that a run with a model can be seen without one."""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal, NamedTuple

Recorded = Literal["names", "facets"]

MODEL = "large-language-model"
"""What the recorded requests call the model that answered."""


class Recording(NamedTuple):
    """One recorded run.

    Parameters
    ----------
    options
        The fields of the configuration that the run was made with, beside the source.
    secret
        Of the run: the same secret makes the same requests.
    answers
        Result lines in OpenAI's batch format.
    atlas
        What the recorded run released.
    answered_by
        Who answered, in a sentence or two.
    """

    options: dict[str, Any]
    secret: bytes
    answers: bytes
    requests: list[dict[str, Any]]
    atlas: Traversable
    answered_by: str


_AS_WRITTEN = {"redact": "never"}
"""Nobody said any of the sample, and the models that were recorded read it as it was written."""

_OPTIONS: dict[Recorded, dict[str, Any]] = {
    "names": {"clusters": 24, "audit_sample": 0, **_AS_WRITTEN},
    "facets": {"sample": 150, "cluster_size": 30, "top_clusters": 2, "audit_sample": 10, **_AS_WRITTEN},
}
_ANSWERED_BY: dict[Recorded, str] = {
    "names": "Claude (by Anthropic, November 2026) wrote all 178 answers once, seeing the requests alone.",
    "facets": "Claude (by Anthropic, November 2026) wrote all 197 answers once: the facets seeing the requests alone, "
    "the other 47 knowing this project and how words are counted.",
}
_JUDGEMENTS: dict[Recorded, tuple[str, ...]] = {
    "names": ("name", "arrange", "audit"),
    "facets": ("extract", "name", "arrange", "audit"),
}


def recording(name: Recorded, folder: str) -> Recording:
    """The recording ``name``, for a run that writes what it would still ask into ``folder``."""
    home = files("clioscope.sample").joinpath("recorded", name)
    models = dict.fromkeys(_JUDGEMENTS[name], f"file:{folder}#{MODEL}")
    requests = gzip.decompress(home.joinpath("requests.jsonl.gz").read_bytes()).splitlines()
    return Recording(
        {**_OPTIONS[name], "models": models},
        bytes.fromhex(home.joinpath("secret").read_text(encoding="ascii")),
        gzip.decompress(home.joinpath("answers.jsonl.gz").read_bytes()),
        [json.loads(line) for line in requests],
        home.joinpath("atlas"),
        f"Recorded: {_ANSWERED_BY[name]} No model was asked now.",
    )
