"""Base clusters and a hierarchy that are public: they depend on the shipped sample and on nothing that a run reads.

Centroids that were found from the data would tell of the data. These were fitted on the texts of the shipped sample,
which nobody said (``tools/codebook/fit.py``), so that they cost no budget; the price is that they fit other data less
well.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.config import Config
from clioscope.errors import ConfigError
from clioscope.hierarchy import arrange, plan_levels
from clioscope.projection import layout
from clioscope.ward import Labels, ward

EMBEDDER = "all-MiniLM-L6-v2.int8/2"
"""The embedder that made the shipped centroids. They mean nothing to another."""


class Codebook(NamedTuple):
    """Public clusters.

    Parameters
    ----------
    centroids
        float32 [k, d], unit length.
    parents
        int32 a level but the top: each cluster's parent.
    centres
        float32 [clusters, 2] a level: where they lie on the map.
    version
        A hash of all of it.
    """

    centroids: NDArray[np.float32]
    parents: list[Labels]
    centres: list[NDArray[np.float32]]
    version: str

    @property
    def sizes(self) -> list[int]:
        """How many clusters each level has, base first."""
        return [len(level) for level in self.centres]

    def ancestors(self) -> list[Labels]:
        """int32 [k] a level: the cluster of that level that each base cluster is in."""
        found = [np.arange(len(self.centroids), dtype=np.int32)]
        for above in self.parents:
            found.append(above[found[-1]])
        return found

    def middles(self) -> list[NDArray[np.float32]]:
        """float32 [clusters, d] a level: unit vectors in the middle of each cluster's base centroids."""
        found = []
        for size, ancestor in zip(self.sizes, self.ancestors(), strict=True):
            sums = np.zeros((size, self.centroids.shape[1]), dtype=np.float32)
            np.add.at(sums, ancestor, self.centroids)
            found.append(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12))
        return found


def codebook(config: Config, embedder: str) -> Codebook:
    """The clusters and the hierarchy that ``config`` asks for, out of the shipped centroids.

    Raises
    ------
    ConfigError
        More clusters are asked for than there are, or vectors are made by another embedder.
    """
    if embedder != EMBEDDER:
        raise ConfigError(
            f"--epsilon: the public centroids were made with {EMBEDDER}, and texts are embedded with {embedder}."
        )
    centroids = _cut(_shipped(), config.hierarchy[0] if config.hierarchy else config.clusters)
    k = len(centroids)
    levels = plan_levels(k, hierarchy=config.hierarchy, branching=config.branching, top_clusters=config.top_clusters)
    parents = arrange(centroids, np.ones(k, dtype=np.int64), levels)
    centres = [layout(centroids, config.seed, parents=parents)]
    for above in parents:
        counts = np.bincount(above)
        middle = [np.bincount(above, weights=centres[-1][:, axis]) / counts for axis in (0, 1)]
        centres.append(np.stack(middle, axis=1).astype(np.float32))
    content = b"".join(array.tobytes() for array in (centroids, *parents, *centres))
    return Codebook(centroids, parents, centres, hashlib.sha256(content).hexdigest()[:16])


def _shipped() -> NDArray[np.float32]:
    with files("clioscope.privacy.dp").joinpath("codebook.npy").open("rb") as file:
        centroids = np.load(file, allow_pickle=False).astype(np.float32)
    return np.asarray(centroids / np.linalg.norm(centroids, axis=1, keepdims=True), dtype=np.float32)


def _cut(centroids: NDArray[np.float32], wanted: int | None) -> NDArray[np.float32]:
    """Fewer centroids, each the middle of some that lie near each other."""
    if wanted is None or wanted == len(centroids):
        return centroids
    if wanted > len(centroids):
        raise ConfigError(
            f"--clusters {wanted}: with --epsilon clusters come from a public codebook, which has {len(centroids)}. "
            "Ask for fewer."
        )
    (group,) = ward(centroids, np.ones(len(centroids)), [wanted])
    sums = np.zeros((wanted, centroids.shape[1]), dtype=np.float32)
    np.add.at(sums, group, centroids)
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12), dtype=np.float32)
