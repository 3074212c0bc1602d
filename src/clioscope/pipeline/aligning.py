"""Moving the vectors of every language together, where what is clustered is people's own words."""

from __future__ import annotations

import numpy as np

from clioscope.clustering import shifts
from clioscope.clustering.languages import METHOD
from clioscope.facets.language import UNDETERMINED
from clioscope.pipeline.context import Context, Found
from clioscope.vault import categories_of, rows_of, write_array

_MOST_LANGUAGES = 255
"""As many as a byte a text can tell apart; the facet knows 97."""


def languages(context: Context, asked: Found) -> Found:
    """Note for every text its language, and for every language by how much its vectors are moved.

    A model that extracts answers in one language, whatever people wrote in: then nothing is moved.
    """
    home = context.home
    wanted = context.config.align_languages and asked["own_words"]
    inputs = {
        "the texts": asked["texts"][home.facet],
        "the languages": [METHOD, asked.get("languages")] if wanted else None,
        "the embedding model": context.embedder.name,
    }

    def make() -> Found:
        for path in (home.shifts, home.languages):
            path.unlink(missing_ok=True)
        found = next((codes for codes in categories_of(context.folder.facets) if codes[0] == "language"), None)
        if not wanted or found is None or not 1 < len(found[2]) <= _MOST_LANGUAGES:
            return {"languages": 0}
        _, codes, values = found
        mine = codes[rows_of(context.folder.facets, home.facet)].astype(np.uint8)
        unsure = values.index(UNDETERMINED) if UNDETERMINED in values else None
        vectors = home.embedded()
        with context.progress.stage("Aligning", len(vectors), "texts") as work:
            moved = shifts(vectors, mine, len(values), unsure)
            work.advance(len(vectors))
        write_array(home.languages, mine)
        write_array(home.shifts, moved)
        return {"languages": int(moved.any(axis=1).sum())}

    return context.stage(context.name("Aligning"), inputs, make)
