"""A map, and the release."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from clioscope.atlas import Release, digest_of, write_release
from clioscope.config import is_publishable
from clioscope.embeddings import Embedder
from clioscope.facets import AREA
from clioscope.models.names import parse_model
from clioscope.naming import describe, name_by_language
from clioscope.pipeline.confidence import centroids_by_level, fits, name_confidences
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.grouping import Groups, figures
from clioscope.pipeline.judged import read_rows
from clioscope.pipeline.naming import terms_stage
from clioscope.pipeline.population import Population
from clioscope.pipeline.wording import Worded, worded
from clioscope.privacy.gate import Level, Private, release
from clioscope.privacy.lattice import attribute
from clioscope.privacy.local_auditor import LocalAuditor
from clioscope.privacy.places import hashed_order
from clioscope.privacy.releases import Joint
from clioscope.projection import Placer, layout
from clioscope.vault import categories_of, write_array
from clioscope.vault.files import read_array
from clioscope.version import __version__

_BESIDE = (
    " It is about almost the same conversations as the run's main atlas: what differs between the two may be about "
    "few, so that only one of them is for publishing."
)


def positions(context: Context, groups: Groups, people: Population) -> Found:
    """Lay the clusters out on a map, and each conversation among them.

    The room that a cluster gets goes by its released figure, so that the map tells no more of its size.
    """
    inputs = {
        "the hierarchy": context.key("Arranging"),
        "the seed": context.config.seed,
        "the version": __version__,
    }

    def make() -> Found:
        vectors = context.home.vectors()
        base = groups.labels[0]
        with context.progress.stage("Mapping", len(vectors), "texts") as work:
            sizes = np.maximum(figures(context, base, people), 1)
            centres = layout(groups.centroids, context.config.seed, sizes=sizes, parents=groups.parents)
            placer = Placer(groups.centroids, centres, sizes)
            places = np.empty((len(vectors), 2), dtype=np.float32)
            for start, block in vectors.blocks():
                end = start + len(block)
                places[start:end] = placer.place(block, base[start:end])
                work.advance(len(block))
        write_array(context.home.assignments / "centres.npy", centres)
        write_array(context.home.assignments / "positions.npy", places)
        return {}

    return context.stage(context.name("Mapping"), inputs, make)


def atlas(context: Context, groups: Groups, people: Population, asked: Found) -> Found:
    """Pass everything through the gate and write what it lets through."""
    config, home, stages = context.config, context.home, context.folder.stages
    name = context.name("Releasing")
    inputs: dict[str, object] = {
        "the facets": asked["all"],
        "the names": context.key(terms_stage(context)),
        "the titles": _titles_key(context),
        "the map": context.key("Mapping"),
        "the thresholds": [config.profile, *config.thresholds],
        "the models": _models(context),
        "the version": __version__,
    }
    if stages.is_done(name) and digest_of(home.atlas) != stages.found(name).get("digest"):
        context.progress.note("The atlas on disk is missing or was changed, so it is written again.")
        inputs["the files"] = "damaged"
        stages.begin(name, inputs)
        del inputs["the files"]

    def make() -> Found:
        with context.progress.stage("Releasing", 1, "atlas") as work:
            write_release(home.atlas, released(context, groups, people))
            work.advance(1)
        return {"digest": digest_of(home.atlas)}

    return context.stage(name, inputs, make)


def released(context: Context, groups: Groups, people: Population, joint: Joint | None = None) -> Release:
    """What the gate lets through.

    Parameters
    ----------
    joint
        What is out already, where the release is to be published beside it.
    """
    config, facet = context.config, context.home.facet
    about = {
        "clioscope": __version__,
        "profile": config.profile,
        "embedder": context.embedder.name,
        "facet": facet,
        "models": _models(context),
        "period": config.period,
        "seed": config.seed,
    }
    private = private_of(context, groups, people)
    found = release(private, config.thresholds, about, _Words(context.embedder), joint, context.progress)
    found.privacy["profile"] = config.profile
    found.privacy["for_publishing"] = is_publishable(config.thresholds) and facet == config.cluster_by[0]
    if facet != config.cluster_by[0]:
        found.privacy["guarantee"] += _BESIDE
    found.privacy.update(_by_models(context))
    return found


def is_there(context: Context) -> bool:
    """Whether the atlas on disk is the one that was released."""
    digest: str | None = context.folder.stages.found(context.name("Releasing")).get("digest")
    return digest is not None and digest == digest_of(context.home.atlas)


def _titles_key(context: Context) -> object:
    """What the names come from beside the words that people share."""
    if terms_stage(context) == "Naming":
        return None
    return [context.key("Arranging"), context.key("Checking words")]


def _models(context: Context) -> dict[str, str]:
    """Which model made each judgement, without where it was reached."""
    return {judgement: str(parse_model(name)) for judgement, name in sorted(context.config.models.items())}


def _by_models(context: Context) -> dict[str, object]:
    """What a reader has to know of texts that a model wrote: who wrote them, and what was audited.

    Not how many were rewritten or withheld: that may be about one conversation.
    """
    models = context.config.models
    if not models:
        return {}
    audited = "audit" in models and "name" in models
    return {
        "written_by": _models(context),
        "titles_audited": audited,
        "titles_audited_locally": "name" in models,
        "texts_audited": context.config.audit_sample if audited else 0,
    }


class _Words:
    """See :class:`clioscope.privacy.gate.Words`."""

    def __init__(self, embedder: Embedder) -> None:
        self.embed = embedder.embed
        self._auditor = LocalAuditor(embedder)

    def describe(self, terms: Sequence[str], conversations: int, users: int | None) -> str:
        return describe(terms, conversations, users)

    def score(self, texts: Sequence[str]) -> list[int]:
        return [audited.score for audited in self._auditor.audit(texts, 0)]

    def name_by_language(self, languages: Sequence[tuple[str, int]], conversations: int, usual: str) -> str | None:
        return name_by_language(languages, conversations, usual)


def private_of(context: Context, groups: Groups, people: Population) -> Private:
    """What the gate is handed."""
    folder, thresholds = context.home.assignments, context.config.thresholds
    named = _named(context)
    areas = context.folder.stages.found(context.name("Arranging"))["areas"]
    if areas:  # the user's own names
        named[-1] = [row._replace(name=name) for name, row in zip(areas, named[-1], strict=True)]
    hashed = hashed_order(groups.centroids, groups.parents)
    centroids = centroids_by_level(context, groups, people)
    fitting = fits(context, groups, people, centroids)
    names = name_confidences(context, [[row.name for row in level] for level in named], centroids)
    levels = []
    for number, labels in enumerate(groups.labels):
        levels.append(
            Level(
                labels=labels,
                parents=groups.parents[number] if number < len(groups.parents) else None,
                names=[row.name for row in named[number]],
                terms=[row.terms for row in named[number]],
                descriptions=[row.description for row in named[number]],
                hashed=hashed[number],
                fits=fitting[number],
                name_confidences=names[number],
            )
        )
    attributes = [
        attribute(name, codes[people.rows], values, people.users, thresholds, people.conversations)
        for name, codes, values in categories_of(context.folder.facets)
        if name != AREA
    ]
    return Private(
        levels,
        attributes,
        people.users,
        read_array(folder / "positions.npy"),
        read_array(folder / "centres.npy"),
        people.conversations,
    )


def _named(context: Context) -> list[list[Worded]]:
    """Names, descriptions and terms, whoever they come from, of every level."""
    if terms_stage(context) != "Naming":
        return worded(context)
    rows = read_rows(context, "terms.json")
    return [[Worded(row["name"], None, row["terms"]) for row in level] for level in rows]


def digest_of_release(release: Release) -> str:
    """:func:`digest_of` what would be written of a release."""
    with tempfile.TemporaryDirectory() as folder:
        write_release(Path(folder) / "atlas", release)
        return digest_of(Path(folder) / "atlas")
