"""Names as they are without any protection: the text of the member that is nearest to the middle of its cluster."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.attacks.static.attack import Evidence
from clioscope.attacks.static.truth import Truth
from clioscope.privacy.words import clean
from clioscope.vault import rows_of, texts_of
from clioscope.vault.files import read_array

_LONGEST = 200
"""Characters of a text that stand as a name."""


def naive_names(evidence: Evidence) -> list[str]:
    """One text a base cluster, in the order of the clusters; of a release with noise, texts from all over the run."""
    facets, facet = evidence.run.facets, evidence.published.facet
    truth = evidence.truth
    if truth is None:
        items = len(rows_of(facets, facet))
        chosen = np.unique(
            np.linspace(0, items - 1, min(items, max(1, sum(evidence.published.sizes)))).astype(np.int64)
        )
    else:
        chosen = _nearest(evidence, truth)
    ascending = np.sort(chosen)
    texts = dict(zip(ascending.tolist(), texts_of(facets, facet, ascending, _LONGEST), strict=True))
    return [clean(texts[item]) for item in chosen.tolist()]


def _nearest(evidence: Evidence, truth: Truth) -> NDArray[np.int64]:
    """int64 [base clusters]: the item that is nearest to each centroid."""
    home = evidence.home
    centroids, labels = read_array(home.assignments / "tree_centroids.npy"), truth.labels[0]
    nearness = np.zeros(len(labels), dtype=np.float32)
    for start, block in home.vectors().blocks():
        end = start + len(block)
        nearness[start:end] = np.einsum("ij,ij->i", block, centroids[labels[start:end]])
    order = np.lexsort((-nearness, labels))
    _, first = np.unique(labels[order], return_index=True)
    return order[first].astype(np.int64)
