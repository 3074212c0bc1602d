"""The columns of an atlas: what others may rely on."""

from __future__ import annotations

import pyarrow as pa

SCHEMA_VERSION = 1
"""Rises when a column changes its meaning or goes. A new column alone does not raise it."""

EVERYTHING = "all"
"""The ``cluster_id`` in the cube of all conversations together."""

VECTOR_DIMENSION = 384

CLUSTERS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),  # LEVEL-NUMBER, by falling conversations
        pa.field("level", pa.int32(), nullable=False),  # 0 = base
        pa.field("parent_id", pa.string()),  # null at the top
        pa.field("name", pa.string(), nullable=False),
        pa.field("description", pa.string(), nullable=False),
        pa.field("terms", pa.list_(pa.string()), nullable=False),  # what sets it apart, best first
        pa.field("conversations", pa.int64(), nullable=False),  # rounded
        pa.field("users", pa.int64()),  # distinct, rounded; null where users are unknown
        pa.field("x", pa.float32(), nullable=False),  # its place on the map, 0 to 1: the middle of a cell of 256 x 256
        pa.field("y", pa.float32(), nullable=False),
        # Null where there is nothing to compare with, no name, or noise.
        pa.field("fit", pa.float64()),  # how much nearer its parts are to it than to the next cluster, 0 to 1
        pa.field("name_confidence", pa.float64()),  # how much nearer its name is to it than to another, 0 to 1
        pa.field("audit_score", pa.int32()),  # of its words by the local auditor, 1 (worst) to 5
    ]
)
"""One row a cluster: level by level from the base, by falling conversations. The order of equal ones tells nothing."""

CUBE = pa.schema(
    [
        pa.field("cluster_id", pa.string(), nullable=False),
        pa.field("attribute_1", pa.string()),
        pa.field("value_1", pa.string()),
        pa.field("attribute_2", pa.string()),
        pa.field("value_2", pa.string()),
        pa.field("conversations", pa.int64(), nullable=False),
        pa.field("users", pa.int64()),
    ]
)
"""One row a released cell. What is not here is not released, whether it is empty or withheld."""

MAP = pa.schema(
    [
        pa.field("cluster_id", pa.string(), nullable=False),  # of the base
        pa.field("x0", pa.int32(), nullable=False),  # a box in grid cells, x1 and y1 outside it
        pa.field("y0", pa.int32(), nullable=False),
        pa.field("x1", pa.int32(), nullable=False),
        pa.field("y1", pa.int32(), nullable=False),
        pa.field("conversations", pa.int64(), nullable=False),
        pa.field("users", pa.int64()),
    ]
)
"""One row a density bin."""

SEARCH = pa.schema(
    [
        pa.field("cluster_id", pa.string(), nullable=False),
        pa.field("vector", pa.list_(pa.float16(), VECTOR_DIMENSION), nullable=False),  # of the name and the terms
    ]
)
"""One row a cluster: made from what is published about it and from nothing else."""
