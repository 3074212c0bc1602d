"""Kura's own naming of clusters that are given; see quality_names_model.py.

``python kura_names_runner.py TEXTS.json LABELS.json ANSWERS.jsonl OUT.jsonl``: writes each request that Kura makes of a
model, and the name that came of it where ANSWERS holds an answer to it. Kura is given the texts as its summaries.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from asyncio import Semaphore
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from instructor import Mode
from instructor.templating import handle_templating
from kura.cluster import DEFAULT_CLUSTER_PROMPT, ClusterDescriptionModel, get_contrastive_examples
from kura.types.cluster import GeneratedCluster
from kura.types.summarisation import ConversationSummary


class Recorder:
    """In the place of the client: keeps what is asked, and answers what was answered."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.chat = SimpleNamespace(completions=self)
        self.requests: list[dict[str, Any]] = []
        self._answers = answers

    async def create(
        self, *, messages: list[dict[str, str]], response_model: type[GeneratedCluster], context: Any, **_: Any
    ) -> GeneratedCluster:
        """As instructor's client does it."""
        shown = handle_templating({"messages": messages}, mode=Mode.TOOLS, context=context)["messages"]
        text = shown[0]["content"]
        key = hashlib.sha256(text.encode()).hexdigest()
        self.requests.append({"custom_id": key, "schema": response_model.model_json_schema(), "prompt": text})
        if key in self._answers:
            return GeneratedCluster.model_validate_json(self._answers[key])
        return GeneratedCluster(name="", summary="", slug="")


async def main() -> None:
    texts, labels, answers, out = map(Path, sys.argv[1:])
    said = json.loads(texts.read_text(encoding="utf-8"))
    clusters = np.array(json.loads(labels.read_text(encoding="utf-8")))
    rows = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    recorder = Recorder({row["custom_id"]: row["text"] for row in rows})
    groups = {
        int(cluster): [
            ConversationSummary(chat_id=str(i), summary=said[i], metadata={})
            for i in np.flatnonzero(clusters == cluster)
        ]
        for cluster in np.unique(clusters)
    }
    model, found = ClusterDescriptionModel(), []
    np.random.seed(0)  # what its contrasting examples are drawn from
    for cluster, members in groups.items():
        others: Any = get_contrastive_examples(cluster, groups)
        client: Any = recorder
        named = await model.generate_cluster_description(members, others, Semaphore(1), client, DEFAULT_CLUSTER_PROMPT)
        found.append({**recorder.requests[-1], "cluster": cluster, "name": named.name})
    out.write_text("".join(json.dumps(row) + "\n" for row in found), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
