"""The facets of every conversation, and the vectors of what is clustered, part by part."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clioscope.config import Config
from clioscope.conversation import Conversation
from clioscope.errors import ConfigError
from clioscope.facets import FacetNames, Facets, JudgedExtractor, LocalExtractor, published_name
from clioscope.models.judge import Work, owned
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.embedding_ahead import slices
from clioscope.pipeline.extracting import extract_all
from clioscope.pipeline.failing import FailureLimit, TooManyFailedError, list_failures
from clioscope.pipeline.redacting import Extracted, Redaction, counts_of, cut_of, redaction_of, with_counts
from clioscope.progress import Work as Shown
from clioscope.prompting import Prompts
from clioscope.vault import (
    Parts,
    conversations_in,
    empty_folder,
    facet_schema,
    failures_of,
    items_of,
    unanswered_columns,
    unanswered_of,
    write_array,
)

MOST_VALUES = 50
"""A metadata column with more values than this is no category: it would publish names or ids."""

_LANGUAGE = "category:language"


def facets(context: Context, read: Found, prompts: Prompts | None) -> Found:
    """Ask every conversation its facets: a model where there is one for it, else what needs none."""
    judged = prompts is not None and context.judges is not None and context.judges.has("extract")
    extractor = JudgedExtractor(context.config, prompts) if judged and prompts else LocalExtractor(context.config)
    apart = judged and not context.config.packed
    redaction = redaction_of(context)
    inputs = {"the conversations": read["content"], "the facets": extractor.name, "what is redacted": redaction.name}
    if judged:
        inputs["the model"] = context.config.models["extract"]

    def make() -> Found:
        parts = context.folder.facets
        with (
            context.progress.stage("Asking", read["conversations"], "conversations") as work,
            closing(_asked(context, extractor, redaction, read, work)) as asked,
        ):
            for number, rows in asked:
                table = _facet_table(extractor.names, [row.facets for row in rows], apart=apart)
                parts.write(number, with_counts(table, rows), context.folder.conversations.users(number))
        _refuse_too_many_values(context.config, parts)
        list_failures(context)
        return {"own_words": not judged, "redacted": counts_of(parts), "cut": cut_of(parts), **described(parts)}

    return context.stage(
        "Asking",
        inputs,
        make,
        clear=lambda: empty_folder(context.folder.facets.folder),
        again="The answers are gone through again" if judged else None,
    )


def described(parts: Parts) -> Found:
    """What the finished table of facets holds, for the stages that are made from it."""
    failures = failures_of(parts)
    first = next(parts.read(), None)
    names = first.column_names if first is not None else []
    columns = [name for name in names if name.startswith(("text:", "list:"))]
    return {
        "all": _digest_of(parts, None),
        "languages": _digest_of(parts, [_LANGUAGE]) if _LANGUAGE in names else None,
        "texts": {column.partition(":")[2]: _digest_of(parts, [column]) for column in columns},
        "failed": sum(failures.values()),
        "failures": failures,
        "unanswered": unanswered_of(parts),
    }


def _asked(
    context: Context,
    extractor: LocalExtractor | JudgedExtractor,
    redaction: Redaction,
    read: Found,
    work: Shown,
) -> Generator[tuple[int, list[Extracted]]]:
    """Yield the facets of every part that is not there yet, with its number."""
    conversations, facets_parts = context.folder.conversations, context.folder.facets
    missing = []
    for number, path in enumerate(conversations.paths()):
        if facets_parts.path(number).exists():
            work.advance(Parts.rows(facets_parts.path(number)))
        else:
            missing.append((number, path))
    if isinstance(extractor, LocalExtractor):
        numbers = [number for number, _ in missing]
        parts = map(conversations.read_part, numbers)
        with closing(extract_all(context.config, parts, len(numbers))) as extracted:
            for number, rows in zip(numbers, extracted, strict=True):
                work.advance(len(rows))
                yield number, rows
        return
    assert context.judges is not None
    limit = FailureLimit(context, read, facets_parts)

    def works() -> Iterator[Work[Extracted]]:
        for number, _ in missing:
            for conversation in _streamed(conversations, number):
                yield owned(redaction.work(extractor, conversation), conversation.user or "")

    answered = iter(context.judges.judge("extract", works, "Asking"))

    def coming(count: int, rows: list[Extracted]) -> Iterator[Facets]:
        for row in islice(answered, count):
            rows.append(row)
            limit.heed(row.facets)
            work.advance(1)
            yield row.facets

    for number, path in missing:
        rows = []
        try:
            context.ahead.watch(context.config.cluster_by, coming(Parts.rows(path), rows))
        except TooManyFailedError:
            list_failures(context, number, rows)
            raise
        yield number, rows


def _streamed(parts: Parts, number: int) -> Iterable[Conversation]:
    """The conversations of one part, a few hundred in memory at a time: their texts may be long."""
    for table in parts.stream(number, 256):
        yield from conversations_in(table)


def vectors(context: Context, asked: Found) -> Found:
    """Embed every text of the facet that is clustered."""
    facet, parts = context.home.facet, context.home.embeddings
    inputs = {"the texts": asked["texts"][facet], "the embedding model": context.embedder.name}

    def make() -> Found:
        total = sum(len(items.texts) for items in items_of(context.folder.facets, facet))
        with context.progress.stage("Embedding", total, "texts") as work:
            for number, items in enumerate(items_of(context.folder.facets, facet)):
                if parts.path(number).exists():
                    work.advance(len(items.texts))
                else:
                    write_array(parts.path(number), _embedded(context, items.texts, work))
        return {"items": total}

    return context.stage(context.name("Embedding"), inputs, make, clear=lambda: empty_folder(parts.folder))


def _embedded(context: Context, texts: Sequence[str], work: Shown) -> NDArray[np.float16]:
    """float16 [n, d]."""
    found = [np.empty((0, context.embedder.dimension), dtype=np.float16)]
    for some in slices(texts):
        found.append(context.ahead.fetch(some))
        work.advance(len(some))
    return np.concatenate(found)


def _facet_table(names: FacetNames, rows: Sequence[Facets], *, apart: bool) -> pa.Table:
    """``apart``: each facet was asked on its own, and may be the only one without an answer."""
    columns: dict[str, list[object]] = {
        "turns": [row.turns for row in rows],
        "characters": [row.characters for row in rows],
        "failed": [row.failed for row in rows],
        "failed_detail": [row.failed_detail for row in rows],
    }
    for name in names.texts:
        columns[f"text:{name}"] = [None if row.failed else row.texts[name] for row in rows]
    for name in names.lists:
        columns[f"list:{name}"] = [[] if row.failed else row.lists[name] for row in rows]
    for name in names.numbers:
        columns[f"number:{name}"] = [row.numbers[name] for row in rows]
    for name in names.categories:
        columns[f"category:{name}"] = [row.categories[name] for row in rows]
    table = pa.table(columns, schema=facet_schema(*names))
    if apart:
        for name, values in unanswered_columns([row.unanswered for row in rows]).items():
            table = table.append_column(name, values)
    return table


def _refuse_too_many_values(config: Config, table: Parts) -> None:
    columns = {f"category:{published_name(column)}": column for column in config.facets}
    values: dict[str, set[str]] = defaultdict(set)
    for part in table.read(list(columns)) if columns else ():
        for name, column in columns.items():
            values[column].update(v for v in part[name].unique().to_pylist() if v is not None)
            if len(values[column]) > MOST_VALUES:
                raise ConfigError(
                    f"--facet {column}: the column has more than {MOST_VALUES} different values, so it looks like a "
                    "name or an id and is not published. Leave it out, or map it to fewer values first."
                )
    for column in config.facets:
        if not values[column]:
            raise ConfigError(f"--facet {column}: no conversation has a metadata column of that name.")


def _digest_of(table: Parts, columns: list[str] | None) -> str:
    """A hash of the parts' content, whatever wrote it."""
    digest = hashlib.sha256()
    for part in table.read(columns):
        for row in part.to_pylist():
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
