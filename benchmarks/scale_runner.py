"""One run in a process of its own, for scale.py: seconds and peak memory of every stage, as JSON.

``python -m benchmarks.scale_runner SOURCE RUN [BASE]``. With ``BASE``, a folder of ``vectors.npy`` and ``texts.json``,
a text has the vector of the one that it was varied from, moved a little.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.memory import forget_peak, peak_mb, started_mb
from clioscope.config import make_config
from clioscope.models.judges import Calls
from clioscope.pipeline.order import run_pipeline
from clioscope.progress import Silent, Work

_LOOK = 0.5
"""Seconds between two looks at what the run has started."""


class Watch(Silent):
    """Notes the peak of memory in every stage, of the innermost one where stages lie in each other.

    What the run starts is counted with its own peak, as if both were at once.
    """

    def __init__(self) -> None:
        self.peaks: dict[str, float] = {}
        self._under_way = ["between stages"]
        self.by_stage = forget_peak()
        self._started = 0.0
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            self._started = max(self._started, started_mb())
            time.sleep(_LOOK)

    @contextmanager
    def stage(self, name: str, total: float | None, unit: str) -> Iterator[Work]:
        """See :class:`clioscope.progress.Progress`."""
        self.settle()
        self._under_way.append(name)
        try:
            yield self
        finally:
            self.settle()
            self._under_way.pop()

    def settle(self) -> None:
        """What was the peak until now was that of the stage under way."""
        name = self._under_way[-1]
        self.peaks[name] = max(self.peaks.get(name, 0.0), peak_mb() + self._started)
        self._started = 0.0
        forget_peak()


def main(source: str, run: str, base: str | None = None) -> None:
    from benchmarks.varied_vectors import VariedVectors
    from clioscope.embeddings import MiniLMEmbedder

    embedder = MiniLMEmbedder() if base is None else VariedVectors(Path(base))
    watch = Watch()
    begin = time.monotonic()
    run_pipeline(make_config(source=(source,)), Path(run), None, watch, embedder, Calls())
    seconds = time.monotonic() - begin
    watch.settle()
    stages: dict[str, Any] = json.loads((Path(run) / "vault" / "stages.json").read_text(encoding="utf-8"))
    told = {
        "seconds": seconds,
        "stages": {name: row["seconds"] for name, row in stages.items()},
        "peaks": watch.peaks if watch.by_stage else {},
        "peak": max(watch.peaks.values()),
        "computed": embedder.computed if isinstance(embedder, VariedVectors) else None,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
