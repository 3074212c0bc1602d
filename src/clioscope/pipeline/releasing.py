"""A map, and the release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas import write_release
from clioscope.config import Thresholds
from clioscope.embeddings import Embedder
from clioscope.naming import describe, name_by_language
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.grouping import Groups, Labels
from clioscope.privacy.gate import Level, Private, release
from clioscope.privacy.lattice import attribute
from clioscope.projection import Placer, layout
from clioscope.vault import RunFolder, categories_of, write_array
from clioscope.version import __version__


def positions(context: Context, groups: Groups) -> Found:
    """Lay the clusters out on a map, and each conversation among them."""
    inputs = {
        "the hierarchy": context.folder.stages.key("Arranging"),
        "the seed": context.config.seed,
        "the version": __version__,
    }

    def make(fresh: bool) -> Found:
        vectors = context.folder.vectors()
        base = groups.labels[0]
        with context.progress.stage("Mapping", len(vectors), "conversations") as work:
            sizes = np.bincount(base, minlength=len(groups.centroids))
            centres = layout(groups.centroids, context.config.seed, sizes=sizes, parents=groups.parents)
            placer = Placer(groups.centroids, centres, sizes)
            places = np.empty((len(vectors), 2), dtype=np.float32)
            for start, block in vectors.blocks():
                end = start + len(block)
                places[start:end] = placer.place(block, base[start:end])
                work.advance(len(block))
        write_array(context.folder.assignments / "centres.npy", centres)
        write_array(context.folder.assignments / "positions.npy", places)
        return {}

    return context.stage("Mapping", inputs, make)


def atlas(context: Context, groups: Groups, users: Labels | None, asked: Found) -> Found:
    """Pass everything through the gate and write what it lets through."""
    config, folder = context.config, context.folder
    inputs = {
        "the facets": asked["all"],
        "the names": folder.stages.key("Naming"),
        "the map": folder.stages.key("Mapping"),
        "the thresholds": [config.profile, *config.thresholds],
        "the version": __version__,
    }
    if folder.stages.is_done("Releasing") and _digest(folder.atlas) != folder.stages.found("Releasing").get("digest"):
        context.progress.note("The atlas on disk is missing or was changed, so it is written again.")
        inputs["the files"] = "damaged"
        folder.stages.begin("Releasing", inputs)
        del inputs["the files"]

    def make(fresh: bool) -> Found:
        with context.progress.stage("Releasing", 1, "atlas") as work:
            private = _private(folder, groups, users, config.thresholds)
            about = {
                "clioscope": __version__,
                "profile": config.profile,
                "embedder": context.embedder.name,
                "period": config.period,
                "seed": config.seed,
            }
            released = release(private, config.thresholds, about, _Words(context.embedder))
            released.privacy["profile"] = config.profile
            released.privacy["for_publishing"] = config.profile != "personal"
            write_release(folder.atlas, released)
            work.advance(1)
        return {"digest": _digest(folder.atlas)}

    return context.stage("Releasing", inputs, make)


class _Words:
    """See :class:`clioscope.privacy.gate.Words`."""

    def __init__(self, embedder: Embedder) -> None:
        self.embed = embedder.embed

    def describe(self, terms: Sequence[str], conversations: int, users: int | None) -> str:
        return describe(terms, conversations, users)

    def name_by_language(self, languages: Sequence[tuple[str, int]], conversations: int, usual: str) -> str | None:
        return name_by_language(languages, conversations, usual)


def _private(folder: RunFolder, groups: Groups, users: Labels | None, thresholds: Thresholds) -> Private:
    named = json.loads((folder.assignments / "names.json").read_text(encoding="utf-8"))
    centres = np.load(folder.assignments / "centres.npy")
    sizes = np.bincount(groups.labels[0], minlength=len(centres)).astype(np.float64)
    levels = []
    for number, labels in enumerate(groups.labels):
        levels.append(
            Level(
                labels=labels,
                parents=groups.parents[number] if number < len(groups.parents) else None,
                names=[row["name"] for row in named[number]],
                terms=[row["terms"] for row in named[number]],
                centres=centres,
            )
        )
        if number < len(groups.parents):
            centres, sizes = _centres_above(centres, sizes, groups.parents[number])
    attributes = [attribute(*category, users, thresholds) for category in categories_of(folder.facets)]
    return Private(levels, attributes, users, np.load(folder.assignments / "positions.npy"))


def _centres_above(
    centres: NDArray[np.float32], sizes: NDArray[np.float64], parents: Labels
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    weights = np.asarray(np.bincount(parents, weights=sizes), dtype=np.float64)
    above = [np.bincount(parents, weights=sizes * centres[:, axis]) / weights for axis in (0, 1)]
    return np.stack(above, axis=1).astype(np.float32), weights


def _digest(folder: Path) -> str:
    """A hash of the atlas's files: their names and bytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
