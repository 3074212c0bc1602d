"""Made-up atlases in the form that runs write: of any size, with every kind of attribute, and hostile ones.

Nobody said any of this. Figures are drawn, summed up the levels, and then rounded and withheld as the default profile
does, so that they look like a release; they prove nothing about the gate.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from clioscope.atlas.schema import CLUSTERS, CUBE, EVERYTHING, MAP, SEARCH, VECTOR_DIMENSION

Counts = NDArray[np.float64]

_LEAST_OF_A_CLUSTER = 40.0
_ROUNDING, _LEAST_CONVERSATIONS, _LEAST_USERS, _USERS_PER_CONVERSATION, _GRID = 5, 15, 10, 0.7, 256


def _split(words: str) -> list[str]:
    return words.split("|")


_DOING = _split("Write|Debug|Explain|Translate|Plan|Summarise|Compare|Improve|Draft|Review|Test|Find|Learn|Choose")
_WHAT = _split(
    "cover letters|Python scripts|database queries|meal plans|travel routes|essays|contracts|exam questions|web pages|"
    "spreadsheet formulas|poems|job interviews|medical results|tax forms|game characters|lesson plans|product texts|"
    "workouts|e-mails to customers|research papers|songs|recipes|statistics|birthday speeches"
)
_FOR = _split(
    "for work|for school|for beginners|for a small shop|on a phone|in two languages|step by step|under time pressure|"
    "with examples|for children|for a university course|at home|for a team|without prior knowledge"
)

ATTRIBUTES: dict[str, list[str]] = {
    "language": ["en", "es", "zh", "pt", "de", "fr", "ja", "ar", "ru", "hi"],
    "concern": ["1", "2", "3", "4", "5"],
    "model": ["small", "medium", "large"],
    "turns": ["1", "2 to 3", "4 to 7", "8 and more"],
    "month": ["2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09"],
}

_WEIGHTS: dict[str, list[float]] = {
    "language": [52, 14, 9, 7, 5, 4, 3, 2.5, 2, 1.5],
    "concern": [78, 12, 6, 3, 1],
    "model": [30, 50, 20],
    "turns": [40, 30, 20, 10],
    "month": [9, 15, 16, 18, 20, 22],
}

HOSTILE_TEXTS = [
    "<img src=x onerror=\"document.title='broken'\">",
    "<script>document.title='broken'</script>",
    '"><svg onload=alert(1)>',
    "\u202eevil\u202c \u2066text\u2069 \u200f\u05d0\u05d1\u05d2",
    '=HYPERLINK("http://example.com","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "</script></style><style>*{display:none}</style>",
    "Zalgo " + "Z\u0351\u0343\u0302\u036b\u0341" * 20,
    "w" * 10_000,
    "many words " * 900,
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} %3Cscript%3E",
    "\x07bell\x1b[31m \u0000 \ufffe line\nbreak\r\ttab",
    "javascript:alert(1)",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645",
]


@dataclass(frozen=True)
class Plan:
    """What to make.

    ``levels`` counts clusters, base first; ``apart`` are attributes that are never counted together.
    """

    conversations: int = 20_000
    levels: tuple[int, ...] = (60, 8)
    attributes: dict[str, list[str]] = field(default_factory=lambda: dict(ATTRIBUTES))
    pairs_from_level: int = 0
    apart: tuple[tuple[str, str], ...] = ()
    hostile: bool = False
    seed: int = 0


def make_atlas(run: Path, plan: Plan) -> Path:
    """Write a run's folder with an atlas of ``plan`` at ``run``, and return it."""
    random = np.random.default_rng(plan.seed)
    sizes = _LEAST_OF_A_CLUSTER + random.dirichlet(np.full(plan.levels[0], 1.2)) * plan.conversations
    parents = [_parents(random, below, above) for below, above in itertools.pairwise(plan.levels)]
    shares = {name: _shares(random, name, values, plan.levels[0]) for name, values in plan.attributes.items()}
    folder = run / "atlas"
    folder.mkdir(parents=True)
    clusters = _clusters(random, plan, sizes, parents)
    pq.write_table(clusters, folder / "clusters.parquet")
    pq.write_table(_cube(plan, sizes, parents, shares), folder / "cube.parquet")
    pq.write_table(_map(random, clusters, plan), folder / "map.parquet")
    pq.write_table(_search(random, clusters), folder / "search.parquet")
    (folder / "atlas.json").write_text(json.dumps(_about(plan, sizes), indent=2))
    (folder / "privacy.json").write_text(json.dumps(_promise(plan), indent=2))
    return run


def _parents(random: np.random.Generator, below: int, above: int) -> NDArray[np.int64]:
    """The parent of each cluster below, int64 [below]: every parent has a child."""
    return np.sort(np.concatenate([np.arange(above), random.integers(0, above, below - above)]))


def _shares(random: np.random.Generator, name: str, values: list[str], clusters: int) -> Counts:
    """By cluster the share of each value: float64 [clusters, values], rows sum to 1."""
    weights = np.array(_WEIGHTS.get(name, [1.0] * len(values))[: len(values)], dtype=np.float64)
    return random.dirichlet(weights / weights.sum() * 12 + 0.05, size=clusters)


def _rounded(counts: Counts) -> NDArray[np.int64]:
    whole = np.floor(counts).astype(np.int64)
    return (whole + _ROUNDING // 2) // _ROUNDING * _ROUNDING


def _users(counts: Counts) -> Counts:
    return counts * _USERS_PER_CONVERSATION


def _summed(counts: Counts, parents: list[NDArray[np.int64]]) -> list[Counts]:
    """``counts`` [base, ...] level by level, everything together last: one row in it."""
    levels = [counts]
    for parent in parents:
        above = np.zeros((int(parent.max()) + 1, *counts.shape[1:]))
        np.add.at(above, parent, levels[-1])
        levels.append(above)
    return [*levels, counts.sum(axis=0, keepdims=True)]


def _clusters(random: np.random.Generator, plan: Plan, sizes: Counts, parents: list[NDArray[np.int64]]) -> pa.Table:
    places = _places(random, plan, parents)
    by_level = _summed(sizes, parents)[: len(plan.levels)]
    rows: list[dict[str, Any]] = []
    for level, counts in enumerate(by_level):
        for number in np.argsort(-counts):
            name, description = _text(random, plan, level, len(rows))
            up = f"{level + 1}-{parents[level][number]}" if level < len(parents) else None
            x, y = places[level][number]
            rows.append(
                {
                    "id": f"{level}-{number}",
                    "level": level,
                    "parent_id": up,
                    "name": name,
                    "description": description,
                    "terms": [] if plan.hostile else name.lower().split()[:3],
                    "conversations": int(_rounded(counts[number : number + 1])[0]),
                    "users": int(_rounded(_users(counts[number : number + 1]))[0]),
                    "x": x,
                    "y": y,
                }
            )
    return pa.Table.from_pylist(rows, schema=CLUSTERS)


def _text(random: np.random.Generator, plan: Plan, level: int, row: int) -> tuple[str, str]:
    if plan.hostile:
        return HOSTILE_TEXTS[row % len(HOSTILE_TEXTS)], HOSTILE_TEXTS[(row * 5 + 1) % len(HOSTILE_TEXTS)]
    doing, what, purpose = (list_[int(random.integers(len(list_)))] for list_ in (_DOING, _WHAT, _FOR))
    name = f"{doing} {what} {purpose}" if level == 0 else f"{doing} {what}"
    return (
        name,
        f"People asked for help to {doing.lower()} {what}, mostly {purpose}. Made up for tests; nobody asked this.",
    )


def _places(random: np.random.Generator, plan: Plan, parents: list[NDArray[np.int64]]) -> list[NDArray[np.float64]]:
    """By level a place each, float64 [clusters, 2] in 0.05 to 0.95: children around their parent."""
    top = plan.levels[-1]
    angle = np.arange(top) / top * 2 * np.pi
    places = [0.5 + 0.32 * np.column_stack([np.cos(angle), np.sin(angle)])]
    for depth, parent in enumerate(reversed(parents)):
        spread = 0.09 / (depth + 1)
        places.insert(0, np.clip(places[0][parent] + random.normal(0, spread, (len(parent), 2)), 0.05, 0.95))
    return places


def _cube(plan: Plan, sizes: Counts, parents: list[NDArray[np.int64]], shares: dict[str, Counts]) -> pa.Table:
    names = list(plan.attributes)
    tables = [_cells(plan, _summed(sizes, parents), (), 0)]
    for i, one in enumerate(names):
        single = sizes[:, None] * shares[one]
        tables.append(_cells(plan, _summed(single, parents), (one,), 0))
        for two in (two for two in names[i + 1 :] if (one, two) not in plan.apart):
            pair = single[:, :, None] * shares[two][:, None, :]
            tables.append(_cells(plan, _summed(pair, parents), (one, two), plan.pairs_from_level))
    return pa.concat_tables(tables)


def _cells(plan: Plan, by_level: list[Counts], names: tuple[str, ...], from_level: int) -> pa.Table:
    parts = []
    for level, counts in enumerate(by_level):
        if level < from_level:
            continue
        shown = np.nonzero((counts >= _LEAST_CONVERSATIONS) & (_users(counts) >= _LEAST_USERS))
        prefix = [EVERYTHING] if level == len(plan.levels) else [f"{level}-{n}" for n in range(len(counts))]
        columns: list[Any] = [np.array(prefix, dtype=object)[shown[0]]]
        for axis in (1, 2):
            known = axis <= len(names)
            values = np.array(plan.attributes[names[axis - 1]], dtype=object)[shown[axis]] if known else None
            columns += [[names[axis - 1]] * len(shown[0]) if known else [None] * len(shown[0])]
            columns += [values if known else [None] * len(shown[0])]
        columns += [_rounded(counts[shown]), _rounded(_users(counts[shown]))]
        parts.append(pa.table([pa.array(c, f.type) for c, f in zip(columns, CUBE, strict=True)], schema=CUBE))
    return pa.concat_tables(parts)


def _map(random: np.random.Generator, clusters: pa.Table, plan: Plan) -> pa.Table:
    rows: list[dict[str, Any]] = []
    for cluster in clusters.slice(0, plan.levels[0]).to_pylist():
        bins = max(1, min(24, cluster["conversations"] // 60))
        middle = np.array([cluster["x"], cluster["y"]]) * _GRID
        for x, y in random.normal(middle, 3 + np.sqrt(bins), (bins, 2)):
            x0, y0 = int(np.clip(x, 0, _GRID - 5)), int(np.clip(y, 0, _GRID - 5))
            width, height = random.integers(2, 5, 2)
            count = max(_LEAST_CONVERSATIONS, cluster["conversations"] // bins // _ROUNDING * _ROUNDING)
            rows.append(
                {
                    "cluster_id": cluster["id"],
                    "x0": x0,
                    "y0": y0,
                    "x1": x0 + int(width),
                    "y1": y0 + int(height),
                    "conversations": count,
                    "users": max(_LEAST_USERS, int(count * _USERS_PER_CONVERSATION)),
                }
            )
    return pa.Table.from_pylist(rows, schema=MAP)


def _search(random: np.random.Generator, clusters: pa.Table) -> pa.Table:
    vectors = random.normal(size=(len(clusters), VECTOR_DIMENSION))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)
    return pa.table({"cluster_id": clusters["id"].to_pylist(), "vector": list(vectors)}, schema=SEARCH)


def _about(plan: Plan, sizes: Counts) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "clioscope": "0.1.0",
        "profile": "default",
        "embedder": "all-MiniLM-L6-v2.int8/2",
        "facet": "request",
        "models": {},
        "period": "month",
        "seed": plan.seed,
        "levels": list(plan.levels),
        "conversations": int(_rounded(sizes.sum(keepdims=True))[0]),
        "users": int(_rounded(_users(sizes.sum(keepdims=True)))[0]),
        "attributes": list(plan.attributes),
        "map_grid": _GRID,
    }


def _promise(plan: Plan) -> dict[str, Any]:
    return {
        "min_users": _LEAST_USERS,
        "min_conversations": _LEAST_CONVERSATIONS,
        "term_support": 10,
        "min_users_of_a_cluster": _LEAST_USERS,
        "min_conversations_of_a_cluster": _LEAST_CONVERSATIONS,
        "largest_share_of_one_user": 0.2,
        "rounding": _ROUNDING,
        "users_known": True,
        "guarantee": "None: made up for tests. Figures look as if each stood on 10 users and 15 conversations.",
        "cells_withheld_for_being_small": 1700,
        "cells_withheld_to_guard_others": 360,
        "cells_counted": 2800,
        "withheld_cells_audited": 2100,
        "cells_withheld_by_the_audit": 100,
        "withheld_cells_not_proven": 0,
        "pairs_not_released": [list(pair) for pair in plan.apart],
        "pairs_released_from_level": plan.pairs_from_level,
        "clusters_without_a_safe_name": 0,
        "profile": "default",
        "for_publishing": True,
    }
