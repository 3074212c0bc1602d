"""The embedded default: all-MiniLM-L6-v2, carried in the wheel, on onnxruntime.

References
----------
Reimers and Gurevych (2019), "Sentence-BERT", arXiv 1908.10084. Weights: sentence-transformers/all-MiniLM-L6-v2
(Apache-2.0), int8 storage, float32 arithmetic; see ``minilm/README.md`` for hashes and how they were checked.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.resources import as_file, files

import numpy as np
from tokenizers import Tokenizer

from clioscope.embeddings.base import Vectors
from clioscope.memory import return_freed

MAX_TOKENS = 256
"""Where the model card says that texts are cut."""

_TOKENS_A_BATCH = 1024
"""A batch holds at most this many tokens, padding included. Larger ones do not fit the caches and are slower."""

_CHARACTERS = 8 * MAX_TOKENS
"""More text than this cannot matter: it is cut before tokenizing, so that a huge message costs nothing."""


class MiniLMEmbedder:
    """all-MiniLM-L6-v2 without torch and without a network. English-centred.

    Parameters
    ----------
    threads
        onnxruntime's threads within one operation; all processors this process may use when ``None``.
    """

    name = "all-MiniLM-L6-v2.int8/2"
    dimension = 384

    def __init__(self, threads: int | None = None) -> None:
        import onnxruntime  # loading it starts a thread, which what only reads an atlas does without

        folder = files("clioscope.embeddings").joinpath("minilm")
        with as_file(folder.joinpath("tokenizer.json")) as path:
            self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        # Threads that wait by spinning take the processor from whatever else runs: another run, a browser, a test.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.intra_op_num_threads = threads or _processors()
        # Its own pool of memory is faster than malloc and scatters less; a plan for each shape of a batch costs more.
        options.enable_cpu_mem_arena = True
        options.enable_mem_pattern = False
        self._last = onnxruntime.RunOptions()
        self._last.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        with as_file(folder.joinpath("all-MiniLM-L6-v2.int8.onnx")) as path:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return_freed()  # an eighth or more of what it took to load the model

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See :class:`~clioscope.embeddings.base.Embedder`. Texts past 256 tokens are cut there."""
        encodings = self._tokenizer.encode_batch([text[:_CHARACTERS] for text in texts])
        ids = [encoding.ids for encoding in encodings]
        vectors = np.empty((len(ids), self.dimension), dtype=np.float32)
        batches = _batches_by_length([len(row) for row in ids])
        for number, batch in enumerate(batches, 1):
            width = max(len(ids[i]) for i in batch)
            input_ids = np.zeros((len(batch), width), dtype=np.int64)
            mask = np.zeros((len(batch), width), dtype=np.int64)
            for row, i in enumerate(batch):
                input_ids[row, : len(ids[i])] = ids[i]
                mask[row, : len(ids[i])] = 1
            inputs = {"input_ids": input_ids, "attention_mask": mask}
            # The pool is as large as what needed most, and is given back with the last batch.
            (vectors[batch],) = self._session.run(["emb"], inputs, self._last if number == len(batches) else None)
        return vectors


def _processors() -> int:
    """How many processors this process may use; macOS cannot tell that, and tells how many there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _batches_by_length(lengths: Sequence[int]) -> list[list[int]]:
    """Indices grouped so that texts of like length share a batch, which wastes little on padding."""
    batches: list[list[int]] = []
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: (lengths[i], i)):
        if batch and (len(batch) + 1) * lengths[i] > _TOKENS_A_BATCH:
            batches.append(batch)
            batch = []
        batch.append(i)
    if batch:
        batches.append(batch)
    return batches
