"""The facets of every conversation, and the vectors of their requests, part by part."""

from __future__ import annotations

import hashlib
from collections import defaultdict

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from clioscope.config import Config
from clioscope.errors import ConfigError
from clioscope.facets import FacetExtractor, Facets, LocalExtractor, published_name
from clioscope.pipeline.context import Context, Found
from clioscope.progress import Work
from clioscope.vault import Parts, conversations_in, empty_folder, facet_schema, write_array

MOST_VALUES = 50
"""A metadata column with more values than this is no category: it would publish names or ids."""


_EMBEDDED_AT_ONCE = 250


def facets(context: Context, read: Found) -> Found:
    """Ask every conversation the facets that need no model."""
    extractor = LocalExtractor(context.config)
    inputs = {"the conversations": read["content"], "the facets": extractor.name}

    def make(fresh: bool) -> Found:
        if fresh:
            empty_folder(context.folder.facets.folder)
        with context.progress.stage("Asking", read["conversations"], "conversations") as work:
            for number, path in enumerate(context.folder.conversations.paths()):
                if not context.folder.facets.path(number).exists():
                    context.folder.facets.write(number, _facet_table(extractor, pq.read_table(path)))
                work.advance(Parts.rows(context.folder.facets.path(number)))
        _refuse_too_many_values(context.config, context.folder.facets)
        return {
            "requests": _digest_of(context.folder.facets, ["request"]),
            "all": _digest_of(context.folder.facets, None),
        }

    return context.stage("Asking", inputs, make)


def vectors(context: Context, asked: Found, conversations: int) -> Found:
    """Embed every request."""
    inputs = {"the requests": asked["requests"], "the embedding model": context.embedder.name}

    def make(fresh: bool) -> Found:
        parts = context.folder.embeddings
        if fresh:
            empty_folder(parts.folder)
        with context.progress.stage("Embedding", conversations, "conversations") as work:
            for number, table in enumerate(context.folder.facets.read(["request"])):
                if parts.path(number).exists():
                    work.advance(table.num_rows)
                else:
                    write_array(parts.path(number), _embedded(context, table["request"].to_pylist(), work))
        return {}

    return context.stage("Embedding", inputs, make)


def _embedded(context: Context, requests: list[str], work: Work) -> NDArray[np.float16]:
    """float16 [n, d]. The slices are always the same, so that a resumed run embeds in the same batches."""
    slices = []
    for start in range(0, len(requests), _EMBEDDED_AT_ONCE):
        texts = requests[start : start + _EMBEDDED_AT_ONCE]
        slices.append(context.embedder.embed(texts).astype(np.float16))
        work.advance(len(texts))
    return np.concatenate(slices)


def _facet_table(extractor: FacetExtractor, table: pa.Table) -> pa.Table:
    rows: list[Facets] = extractor.extract(conversations_in(table))
    columns: dict[str, list[object]] = {
        "request": [row.request for row in rows],
        "turns": [row.turns for row in rows],
        "characters": [row.characters for row in rows],
    }
    for name in extractor.categories:
        columns[f"category:{name}"] = [row.categories[name] for row in rows]
    return pa.table(columns, schema=facet_schema(extractor.categories))


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
