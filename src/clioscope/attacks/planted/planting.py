"""A copy of a run with something planted in it, released with one protection after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas import Atlas
from clioscope.attacks.planted.base import Setup
from clioscope.clustering import choose_k
from clioscope.config import Config, make_config
from clioscope.conversation import Conversation
from clioscope.models.judges import Calls
from clioscope.pipeline.order import run_pipeline
from clioscope.progress import Silent
from clioscope.vault import RunFolder, categories_of, in_order, items_of, user_codes
from clioscope.vault.files import read_array

Labels = NDArray[np.int32]


class Planting:
    """One copy. It is read once; each further release makes only what depends on the protection.

    Parameters
    ----------
    setup
        What is attacked.
    name
        Of the copy's folder in ``setup.work``.
    conversations
        The honest ones with what is planted among them.
    groups
        How many groups are planted. So many clusters are added to those that the honest ones would have, so that a
        group gets no harder to keep apart by there being others.
    """

    def __init__(self, setup: Setup, name: str, conversations: Sequence[Conversation], groups: int) -> None:
        self._setup = setup
        self._folder = setup.work / name
        self._conversations = conversations
        self.config = config_of_copy(setup, groups)
        self._is_read = False

    def release(self, **changes: Any) -> Atlas:
        """Release the copy, with another configuration where ``changes`` says so."""
        config = changed(self.config, **changes)
        again, self._is_read = self._is_read, True
        done = run_pipeline(
            config,
            self._folder,
            None if again else self._conversations,
            Silent(),
            self._setup.embedder,
            self._setup.calls or Calls(),
            from_vault=again,
        )
        return done.atlas

    def release_as_run(self) -> Atlas:
        """Release the copy as the run is released: with noise where the run has it."""
        config = self._setup.config
        if config.epsilon is None:
            return self.release()
        noise = {name: getattr(config, name) for name in _OF_NOISE}
        return self.release(clusters=config.clusters, hierarchy=config.hierarchy, **noise)

    def clustered(self) -> Clustered:
        """The vault of the last release."""
        return Clustered(RunFolder.existing(self._folder), self.config.cluster_by[0])


@dataclass(frozen=True)
class Clustered:
    """What the vault of a finished run knows of each item that was clustered, in one order.

    Parameters
    ----------
    run
        The run.
    facet
        The one that was clustered.
    """

    run: RunFolder
    facet: str

    @cached_property
    def levels(self) -> list[Labels]:
        """int32 [m] a level, base first: the cluster of each item."""
        folder = self.run.hierarchy(self.facet, main=True).assignments
        return [read_array(path) for path in in_order(folder.glob("level_*.npy"))]

    @cached_property
    def centroids(self) -> NDArray[np.float32]:
        """float32 [k, d] of the base clusters."""
        return read_array(self.run.hierarchy(self.facet, main=True).assignments / "tree_centroids.npy")

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """int64 [m]: the conversation of each item."""
        return np.concatenate([items.rows for items in items_of(self.run.facets, self.facet)])

    @cached_property
    def texts(self) -> list[str]:
        """The text of each item, as it was clustered and named from."""
        return [text for items in items_of(self.run.facets, self.facet) for text in items.texts]

    @cached_property
    def ids(self) -> list[str]:
        """The conversation's id of each item."""
        ids = [id for table in self.run.conversations.read(["id"]) for id in table["id"].to_pylist()]
        return [ids[row] for row in self.rows.tolist()]

    @cached_property
    def users(self) -> Labels | None:
        """int32 [m], -1 where unknown; ``None`` where all are."""
        users = user_codes(self.run.conversations)
        return None if users is None else users[self.rows]

    @cached_property
    def languages(self) -> list[str]:
        """The language of each item's conversation."""
        for name, codes, values in categories_of(self.run.facets):
            if name == "language":
                return [values[code] for code in codes[self.rows].tolist()]
        return ["und"] * len(self.rows)


def config_of_copy(setup: Setup, groups: int = 0) -> Config:
    """How a copy is analysed: as the run was, without its source, and without models where none may be called."""
    config = setup.config
    thresholds = config.thresholds
    smallest = max(thresholds.conversations, thresholds.cluster_conversations // 2)
    asked = config.hierarchy[0] if config.hierarchy else config.clusters
    asked = None if asked is None else max(1, round(asked * setup.share))
    k = choose_k(len(setup.conversations), smallest, clusters=asked, cluster_size=config.cluster_size).k
    gone: dict[str, Any] = {
        "source": (),
        "fields": {},
        "since": None,
        "until": None,
        "last": None,
        "sample": None,
        "hierarchy": None,
        "cluster_size": None,
        "clusters": k + groups,
        "summary_prompt": None,
        "keep": "all",
        "expire_raw": None,
        "expire_facets": None,
        **dict.fromkeys([*_OF_NOISE, "budget_epsilon"]),
    }
    models = {} if setup.calls is None else dict(config.models)
    if "extract" not in models:
        gone |= {"questions": (), "areas": (), "cluster_by": ("request",)}
    if "name" not in models:
        gone |= {"names_from": "facets", "areas": ()}
    gone["models"] = models
    return changed(config, **gone)


_OF_NOISE = ("epsilon", "delta", "contributions")
"""Fields that a release with noise has. Its budget is the copy's own."""


def changed(config: Config, **changes: Any) -> Config:
    """``config`` with some fields changed, and checked again."""
    return make_config(**(config.model_dump() | changes))
