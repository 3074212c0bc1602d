"""How far grouping and naming can be relied on: what is said of each cluster."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from clioscope.atlas import Atlas
from clioscope.pipeline.confidence import silhouettes

CENTROIDS = np.eye(3, dtype=np.float32)


def at(*coordinates: float) -> NDArray[np.float32]:
    vector = np.array([coordinates], dtype=np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def test_a_text_at_its_centroid_is_wholly_nearer_to_it() -> None:
    assert silhouettes(at(1, 0, 0), 0, CENTROIDS) == pytest.approx([1])


def test_a_text_half_way_is_no_nearer() -> None:
    assert silhouettes(at(1, 1, 0), 0, CENTROIDS) == pytest.approx([0], abs=1e-6)


def test_a_text_that_is_nearer_to_another_is_below_none() -> None:
    assert silhouettes(at(1, 2, 0), 0, CENTROIDS)[0] < 0


def test_one_cluster_alone_has_nothing_to_be_compared_with() -> None:
    assert len(silhouettes(at(1, 0, 0), 0, CENTROIDS[:1])) == 0


def test_a_run_says_it_of_every_cluster_in_steps_of_a_twentieth(made: Path) -> None:
    clusters = [*Atlas.open(made).walk()]
    assert len(clusters) > 3
    for cluster in clusters:
        assert cluster.fit is not None
        assert 0 <= cluster.fit <= 1
        assert cluster.fit * 20 == pytest.approx(round(cluster.fit * 20))
        if cluster.name.startswith("Unnamed"):
            assert cluster.name_confidence is None
        else:
            assert cluster.audit_score in range(1, 6)
    assert len({cluster.fit for cluster in clusters}) > 1
