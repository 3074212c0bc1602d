"""The stages of a run with ``epsilon``: public clusters, one release with noise, names from released keywords."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas import digest_of, write_release
from clioscope.clustering import assign
from clioscope.config import Config
from clioscope.facets import AREA
from clioscope.models.names import parse_model
from clioscope.naming import Titled
from clioscope.naming.from_keywords import KeywordNamer, ranked_keywords
from clioscope.pipeline import releasing
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.judged import judged, read_rows, write_rows
from clioscope.pipeline.population import Population
from clioscope.privacy.dp.bounding import Hashes, keyed
from clioscope.privacy.dp.budget import CONTRIBUTIONS, DELTA, SHARES, Budget, Entry, refuse_overspent, spent
from clioscope.privacy.dp.codebook import EMBEDDER, Codebook, codebook
from clioscope.privacy.dp.keywords import keywords
from clioscope.privacy.dp.noisy import NoisyRelease, draw
from clioscope.privacy.dp.promise import promise
from clioscope.privacy.dp.tables import tables
from clioscope.privacy.dp.tree import Released, released_tree
from clioscope.privacy.dp.votes import Private, Values
from clioscope.prompting import Prompts, Unanswered
from clioscope.vault import RunFolder, categories_of, digest, items_of
from clioscope.vault.noisy_releases import NoisyReleases
from clioscope.version import __version__

_COUNTING, _NAMING, _RELEASING = "Counting with noise", "Naming", "Releasing"
_MECHANISM = "gaussian-threshold/1"
_ASKED = ("extract", "name")
"""The judgements that a model is asked for here. The hierarchy is public, and an auditor has only keywords to see."""


def refuse_early(run: RunFolder, config: Config, embedder: str) -> None:
    """Refuse what the budget has no room for before anything is read, asked or changed.

    A release with the same options may be there already. Whether it is of the same conversations is known only later,
    and looked at again then.
    """
    entry = _entry(config, embedder, codebook(config, embedder), None)
    entries, store = _entries(run), NoisyReleases(run.vault)
    if not any(known.options == entry.options and not store.is_lost(known.key) for known in entries):
        refuse_overspent(entries, entry, _most(config))


def most_named(config: Config) -> int:
    """How many clusters there may be to name at most: as many as the public hierarchy has."""
    return sum(codebook(config, EMBEDDER).sizes)


def atlas(context: Context, asked: Found, read: Found, people: Population, prompts: Prompts) -> None:
    """From the vectors of the texts to the atlas."""
    book = codebook(context.config, context.embedder.name)
    entry = _entry(context.config, context.embedder.name, book, [read["content"], asked["all"]])
    noisy = _counted(context, entry, people, book)
    tree = released_tree(noisy, book)
    if context.judges is not None and context.judges.has("name"):
        _named(context, entry, tree, prompts)
    _released(context, entry, noisy, book, read)
    _tell(context, noisy, tree)


def _budget(config: Config) -> Budget:
    """What the configuration lets one release spend."""
    assert config.epsilon is not None
    return Budget(config.epsilon, config.delta or DELTA, config.contributions or CONTRIBUTIONS)


def _most(config: Config) -> float:
    """The epsilon that all releases of the run may spend together."""
    assert config.epsilon is not None
    return config.budget_epsilon or config.epsilon


def _entry(config: Config, embedder: str, book: Codebook, content: object) -> Entry:
    """What the release is, as the ledger knows it. ``content``: hashes of what it is made from; ``None``: not known."""
    budget = _budget(config)
    options = digest(
        [config.cluster_by, embedder, book.version, _MECHANISM, dict(SHARES)],
        [budget.epsilon, budget.delta, budget.contributions],
        [config.facets, config.period, config.request_tokens, config.models.get("extract")],
        [config.since, config.until, config.last],
    )
    key = "" if content is None else digest(options, content)
    return Entry(key, options, budget.rho, budget.epsilon, budget.delta)


def _entries(run: RunFolder) -> list[Entry]:
    return [Entry(*row) for row in NoisyReleases(run.vault).entries(Entry._fields)]


def _counted(context: Context, entry: Entry, people: Population, book: Codebook) -> NoisyRelease:
    """What was drawn: from the vault where it is there, else now."""
    store = NoisyReleases(context.folder.vault)

    def make() -> Found:
        before = _entries(context.folder)
        if store.stored(entry.key) is not None:
            store.settle(entry.key)
            context.progress.note("This release was drawn before: it is taken from the vault, and nothing is spent.")
            return {"release": entry.key}
        if store.is_begun(entry.key):
            before.remove(entry)
        elif store.is_lost(entry.key):
            context.progress.note(
                "This release was drawn before, and is no longer in the vault. What is drawn now is another one, and "
                "both tell together: it is charged again."
            )
        refuse_overspent(before, entry, _most(context.config))
        with context.progress.stage(_COUNTING, 2, "steps") as work:
            private = _private(context, people, book)
            work.advance(1)
            # Written down first: a release that is drawn and not in the ledger would be a release for nothing.
            store.enter(entry._asdict())
            store.store(entry.key, draw(private, book, _budget(context.config)).to_json())
            work.advance(1)
        return {"release": entry.key}

    stages = context.folder.stages
    if stages.is_done(context.name(_COUNTING)) and store.stored(entry.key) is None:
        stages.forget(context.name(_COUNTING))
    context.stage(context.name(_COUNTING), {"the conversations and the options": entry.key}, make)
    stored = store.stored(entry.key)
    assert stored is not None
    return NoisyRelease.from_json(stored)


def _private(context: Context, people: Population, book: Codebook) -> Private:
    labels = assign(context.home.embedded(), book.centroids).labels
    secret = context.folder.secret()
    attributes = [
        Values(name, codes[people.rows], values)
        for name, codes, values in categories_of(context.folder.facets)
        if name != AREA
    ]
    texts = (items.texts for items in items_of(context.folder.facets, context.home.facet))
    words = keywords(texts, labels, book.centroids, context.embedder.embed)
    return Private(secret, _users(context, secret)[people.rows], labels, attributes, words)


def _users(context: Context, secret: bytes) -> Hashes:
    """uint64 [n]: whose each conversation is; one without a user is a user of its own."""
    hashes: list[NDArray[np.uint64]] = [np.empty(0, dtype=np.uint64)]
    for table in context.folder.conversations.read(["id", "user"]):
        rows = zip(table["id"].to_pylist(), table["user"].to_pylist(), strict=True)
        hashes.append(
            keyed(secret, [f"conversation {id}" if user is None else f"user {user.hex()}" for id, user in rows])
        )
    return np.concatenate(hashes)


def _named(context: Context, entry: Entry, tree: Sequence[Sequence[Released]], prompts: Prompts) -> Found:
    """Have a model name every cluster from its released keywords: no budget is spent by that."""
    namer = KeywordNamer(prompts)
    inputs = {
        "the release": entry.key,
        "the model": context.config.models["name"],
        "the prompts": prompts.version(*KeywordNamer.PROMPTS),
    }

    def make() -> Found:
        asked = list(_keyworded(tree))
        works = [partial(namer.name, words, beside) for _, words, beside in asked]
        titles = judged(context, "name", _NAMING, works)
        found = {cell: t.name for (cell, _, _), t in zip(asked, titles, strict=True) if isinstance(t, Titled)}
        write_rows(context, "keyword_titles.json", found)
        return {"unnamed": sum(isinstance(title, Unanswered) for title in titles)}

    return context.stage(context.name(_NAMING), inputs, make)


def _keyworded(tree: Sequence[Sequence[Released]]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield the cell, the keywords, and the best keywords of clusters beside it, of each cluster that has some."""
    for level in tree:
        ranked = ranked_keywords([cluster.keyworded for cluster in level])
        best = [[word for word, _ in mine] for mine in ranked]
        for cluster, words in zip(level, best, strict=True):
            siblings = [
                other[0]
                for beside, other in zip(level, best, strict=True)
                if other and beside is not cluster and beside.parent_id == cluster.parent_id and other[0] not in words
            ]
            if words:
                yield cluster.cell, words, siblings


def _released(context: Context, entry: Entry, noisy: NoisyRelease, book: Codebook, read: Found) -> Found:
    """Write the atlas."""
    config, home, stages = context.config, context.home, context.folder.stages
    name = context.name(_RELEASING)
    by_model = context.judges is not None and context.judges.has("name")
    inputs: dict[str, object] = {
        "the release": entry.key,
        "the names": context.key(_NAMING) if by_model else None,
        "the budget": sorted(known.key for known in _entries(context.folder)),
        "the version": __version__,
    }
    if stages.is_done(name) and not releasing.is_there(context):
        context.progress.note("The atlas on disk is missing or was changed, so it is written again.")
        stages.forget(name)

    def make() -> Found:
        with context.progress.stage(_RELEASING, 1, "atlas") as work:
            titles: dict[str, str] = read_rows(context, "keyword_titles.json") if by_model else {}
            models = {j: str(parse_model(m)) for j, m in sorted(config.models.items()) if j in _ASKED}
            about = {
                "clioscope": __version__,
                "profile": config.profile,
                "embedder": context.embedder.name,
                "facet": home.facet,
                "models": models,
                "period": config.period,
                "seed": config.seed,
            }
            told = promise(_budget(context.config), noisy, spent(_entries(context.folder)), read["users"])
            told |= {"profile": config.profile, "for_publishing": True, "written_by": models}
            write_release(home.atlas, tables(noisy, book, titles, about, told, context.embedder.embed))
            work.advance(1)
        return {"digest": digest_of(home.atlas)}

    return context.stage(name, inputs, make)


def _tell(context: Context, noisy: NoisyRelease, tree: Sequence[Sequence[Released]]) -> None:
    """What the owner should know: what is left of the budget, and why there is little to see where that is so."""
    total, delta = spent(_entries(context.folder))
    note = context.progress.note
    note(
        f"This run has spent epsilon {total:.3g} of {_most(context.config):g} (delta {delta:.2g}). Only its own "
        "releases are counted: another run on the same data has a ledger of its own, and what both tell adds up."
    )
    if not any(tree):
        note(
            f"No cluster was let out: with this epsilon one needs about {noisy.spent[0].threshold:,} users. More "
            "users help, and so do fewer clusters (--clusters), fewer --contributions, or a larger --epsilon, which "
            "spends more."
        )
    if context.judges is not None and (unasked := sorted({"arrange", "audit"} & context.config.models.keys())):
        note(
            f"With --epsilon no model is asked to {' or to '.join(unasked)}: the hierarchy is public, and names "
            "are made of released keywords."
        )
