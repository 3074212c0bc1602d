"""One run of Kura 0.5.4, as its README shows it; ``against_kura.py`` starts it with the interpreter of Kura's own
environment (``pip install kura==0.5.4 onnxruntime tokenizers``). Knows nothing of Clioscope.

The stages, models, prompts, cache and checkpoints are Kura's own. What differs from its README:

- The client. Kura makes one for each stage and never closes it; it then waits for ever, in the stage after, for sockets
  that the event loop no longer watches. ``--client shared`` gives all stages the same one, embeddings included;
  ``--client stage`` leaves it as installed.
- The form of an answer. Kura asks by tool calls, the double answers by JSON schema: instructor's own mode for that.
- The double makes its answers of what it finds in a frame ``<data-...>``. So Kura's tags around the data are renamed,
  and the parents among which a cluster's is chosen stand in the schema too, since the double reads no lists.
- The embeddings. ``openai`` is the README's own: the double gives them at once and for nothing. ``minilm`` is the
  model file that Clioscope carries, behind Kura's interface for such things.

``--plain`` leaves out the README's console and its cache of summaries; the checkpoints stay. Without a console Kura
gathers the calls of a stage, and the first that fails ends the run; with one, summaries that fail are left out.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import json
import os
import re
from pathlib import Path
from typing import Any, Literal

import numpy as np

MODEL = "openai/gpt-4o-mini"
"""Kura's default. The double goes by any name."""

_TAGS = re.compile("<(/?)(messages|positive_examples|cluster_list|specific_cluster|clusters)>")
"""Kura's tags around what a prompt is about."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="a conversation a line, as JSON")
    parser.add_argument("folder", type=Path, help="for checkpoints, cache and result.json")
    parser.add_argument("--url", required=True, help="where the double answers")
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--client", choices=["shared", "stage"], default="shared")
    parser.add_argument("--embeddings", choices=["openai", "minilm"], default="openai")
    parser.add_argument("--minilm", type=Path, help="the folder of the model file")
    parser.add_argument("--plain", action="store_true", help="without console and cache")
    given = parser.parse_args()
    # Kura makes clients even while it is imported, and these read their settings here.
    os.environ.update({"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": f"{given.url}/v1"})
    # K-means and the contrastive examples draw from this: runs shall differ by their scene, not by chance.
    np.random.seed(0)
    make_answerable(share=given.client == "shared")
    try:
        result = asyncio.run(run(given))
    except Exception as error:
        result = {"error": first_line(error)}
    (given.folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


async def run(given: argparse.Namespace) -> dict[str, Any]:
    """The README's pipeline. Says how many clusters it made, and how many conversations are in them."""
    from kura.cache import DiskCacheStrategy
    from kura.checkpoints import JSONLCheckpointManager
    from kura.cluster import ClusterDescriptionModel, generate_base_clusters_from_conversation_summaries
    from kura.dimensionality import HDBUMAP, reduce_dimensionality_from_clusters
    from kura.meta_cluster import MetaClusterModel, reduce_clusters_from_base_clusters
    from kura.summarisation import SummaryModel, summarise_conversations
    from rich.console import Console

    calls: dict[str, Any] = {
        "max_concurrent_requests": given.at_once,
        "console": None if given.plain else Console(),
    }
    cache = None if given.plain else DiskCacheStrategy(cache_dir=str(given.folder / "summaries"))
    embedding = embedding_model(given)
    embeds = {} if embedding is None else {"embedding_model": embedding}
    checkpoints = JSONLCheckpointManager(str(given.folder / "checkpoints"), enabled=True)
    summaries = await summarise_conversations(
        conversations(given.source), model=SummaryModel(cache=cache, **calls), checkpoint_manager=checkpoints
    )
    # The README says model= here, which Kura takes and ignores: the parameter is called clustering_model.
    clusters = await generate_base_clusters_from_conversation_summaries(
        summaries,
        **embeds,
        clustering_model=ClusterDescriptionModel(**calls),
        checkpoint_manager=checkpoints,
    )
    reduced = await reduce_clusters_from_base_clusters(
        clusters, model=MetaClusterModel(**embeds, **calls), checkpoint_manager=checkpoints
    )
    projected = await reduce_dimensionality_from_clusters(
        reduced, model=HDBUMAP(**embeds), checkpoint_manager=checkpoints
    )
    kept = {chat_id for cluster in projected if cluster.parent_id is None for chat_id in cluster.chat_ids}
    return {"clusters": len(projected), "conversations": len(kept)}


def conversations(source: Path) -> list[Any]:
    """The conversations as Kura has them. It wants a time of every message: that of the conversation."""
    from kura.types import Conversation

    found = []
    with source.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            messages = [{**message, "created_at": row["created_at"]} for message in row["messages"]]
            found.append(Conversation(chat_id=row["id"], created_at=row["created_at"], messages=messages, metadata={}))
    return found


def make_answerable(*, share: bool) -> None:
    """Have ``instructor.from_provider``, from which Kura has its clients, give those that the double can answer."""
    import instructor

    original = instructor.from_provider

    def from_provider(model: str, **options: Any) -> Any:
        return framed(original(model, mode=instructor.Mode.JSON_SCHEMA, **options))

    # The patch against hanging: one client for all, which nothing cleans up while another one's sockets are in use.
    instructor.from_provider = functools.cache(from_provider) if share else from_provider


def framed(client: Any) -> Any:
    """The client, with Kura's tags renamed in what it asks, and the choices put into the schema."""
    create = client.create

    async def ask(*, messages: list[dict[str, str]], response_model: Any, **options: Any) -> Any:
        choices = (options.get("context") or {}).get("candidate_clusters")
        if choices:
            response_model = one_of(response_model, tuple(choices))
        return await create(messages=[frame(row) for row in messages], response_model=response_model, **options)

    client.create = ask
    return client


def frame(message: dict[str, str]) -> dict[str, str]:
    """The message with its data in frames, and then as the user's: the double looks nowhere else."""
    text, frames = _TAGS.subn(lambda tag: f"<{tag[1]}data-{tag[2].replace('_', '')}>", message["content"])
    return {"role": "user" if frames else message["role"], "content": text}


@functools.cache
def one_of(model: Any, choices: tuple[str, ...]) -> Any:
    """Kura's own model of the answer, checks and all, with the choices in its schema."""
    from pydantic import create_model

    return create_model(model.__name__, __base__=model, higher_level_cluster=(Literal[choices], ...))


def embedding_model(given: argparse.Namespace) -> Any:
    """What embeds in all stages; ``None``: each stage makes its own, as installed."""
    import instructor
    from kura.base_classes import BaseEmbeddingModel
    from kura.embedding import OpenAIEmbeddingModel

    if given.embeddings == "openai" and given.client == "stage":
        return None
    if given.embeddings == "openai":
        found = OpenAIEmbeddingModel()
        found.client = instructor.from_provider(MODEL, async_client=True).client
        return found

    class SameMiniLM(BaseEmbeddingModel):
        """The file and the settings of Clioscope's embedder."""

        session, tokenizer = open_minilm(given.minilm)

        def slug(self) -> str:
            return "minilm"

        async def embed(self, texts: list[str]) -> list[list[float]]:
            vectors: list[list[float]] = [[]] * len(texts)
            # Few texts of like length at a time: larger batches do not fit the processor's caches.
            order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
            for batch in (order[start : start + 8] for start in range(0, len(order), 8)):
                rows = self.tokenizer.encode_batch([texts[i] for i in batch])
                ids = np.array([row.ids for row in rows], dtype=np.int64)
                mask = np.array([row.attention_mask for row in rows], dtype=np.int64)
                (found,) = self.session.run(["emb"], {"input_ids": ids, "attention_mask": mask})
                for i, vector in zip(batch, found.tolist(), strict=True):
                    vectors[i] = vector
            return vectors

    return SameMiniLM()


def open_minilm(folder: Path) -> tuple[Any, Any]:
    import onnxruntime
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    model = str(folder / "all-MiniLM-L6-v2.int8.onnx")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]), tokenizer


def first_line(error: BaseException) -> str:
    """What the error began with, in one line; those that wrap it only repeat it."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = str(error).strip()
    return f"{type(error).__name__}: {text.splitlines()[0] if text else ''}"


if __name__ == "__main__":
    main()
