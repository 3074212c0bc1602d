"""Messages that answer one another form a tree, since people edit and regenerate: one path was the conversation."""

from __future__ import annotations

from collections.abc import Mapping


def path_to(leaf: str, parents: Mapping[str, str | None]) -> list[str]:
    """The path from the root down to ``leaf``. A parent that is missing ends it, and so does a circle."""
    path: list[str] = []
    seen: set[str] = set()
    node: str | None = leaf
    while node is not None and node in parents and node not in seen:
        seen.add(node)
        path.append(node)
        node = parents[node]
    return path[::-1]


def longest_path(parents: Mapping[str, str | None], worth: Mapping[str, int]) -> list[str]:
    """The path from a root down whose nodes are worth the most together; of several the one that ends latest.

    Parameters
    ----------
    parents
        The parent of every node, in the order in which the nodes were written.
    worth
        What each node counts: 1 with text, 0 without. So a branch that ends in an empty message does not win by it.
    """
    sums: dict[str, int] = {}
    for start in parents:
        # Upwards to what is known already, then down again; a loop, as exports are deeper than Python's stack.
        climbed: list[str] = []
        seen: set[str] = set()
        node: str | None = start
        while node is not None and node in parents and node not in sums and node not in seen:
            seen.add(node)
            climbed.append(node)
            node = parents[node]
        total = sums.get(node, 0) if node is not None else 0
        for child in reversed(climbed):
            total += worth.get(child, 0)
            sums[child] = total
    best, leaf = -1, None
    for node_id, total in sums.items():
        gains = worth.get(node_id, 0) > 0
        if total > best or (total == best and gains):
            best, leaf = total, node_id
    return path_to(leaf, parents) if leaf is not None else []
