"""Whether what single people gave away of themselves is in what is published."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from clioscope.evaluation.evidence import about
from clioscope.evaluation.intervals import wilson
from clioscope.evaluation.known.aligned import Aligned
from clioscope.evaluation.measure import Line, Measure, line, not_measured
from clioscope.evaluation.rules import QUESTIONS, judged
from clioscope.vault import texts_of


def details_kept(known: Aligned) -> Measure:
    """How many details of fewer people than any figure needs are in the atlas, and in facet texts.

    A detail that many people share, such as a town, is nobody's.
    """
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in known.truth.conversations.values():
        for kind, words in one.planted:
            people[kind, words].add(one.user)
    least = max(2, known.evidence.config.thresholds.users)
    rare = sorted(key for key, users in people.items() if len(users) < least)
    if not rare:
        return not_measured("personal details", QUESTIONS["personal details"], "Nobody gives away anything there.")
    published = published_words(known.evidence.atlas.path)
    facets = _facet_texts(known)
    lines = [_share("published", rare, published)]
    if facets is not None:
        lines.append(_share("in facet texts, in the vault", rare, facets))
    for kind in sorted({kind for kind, _ in rare}):
        lines.append(_share(f"published: {kind}", [key for key in rare if key[0] == kind], published))
    notes = [
        (
            f"Looked for, letter by letter and in any case: everything that fewer than {least} people gave away, in "
            "all texts of the atlas. Nothing of the vault is published; facet texts tell what the gate had to stop."
        )
    ]
    return judged("personal details", lines, notes=notes)


def published_words(atlas: Path) -> str:
    """All texts of all files of an atlas, one after the other, in small letters."""
    texts: list[str] = [path.read_text(encoding="utf-8") for path in sorted(atlas.glob("*.json"))]
    for path in sorted(atlas.glob("*.parquet")):
        texts += _texts(pq.read_table(path))
    return "\n".join(texts).casefold()


def _texts(table: pa.Table) -> list[str]:
    found: list[str] = []
    for column in table.columns:
        kind = column.type
        if pa.types.is_string(kind) or pa.types.is_dictionary(kind) or pa.types.is_nested(kind):
            found += (
                [_as_text(value) for value in column.unique().to_pylist()]
                if not pa.types.is_nested(kind)
                else [_as_text(value) for value in column.to_pylist()]
            )
    return found


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _facet_texts(known: Aligned) -> str | None:
    if "texts" in known.evidence.gone:
        return None
    run, facet = known.evidence.run, known.evidence.facet
    return "\n".join(texts_of(run.facets, facet, np.arange(len(known.known), dtype=np.int64), 10_000)).casefold()


def _share(what: str, rare: list[tuple[str, str]], where: str) -> Line:
    found = sum(words.casefold() in where for _, words in rare)
    return line(what, wilson(found, len(rare)), of=about(len(rare), "details"), share=True)
