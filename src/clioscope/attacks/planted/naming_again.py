"""The names that clusters would get without models if users were not counted."""

from __future__ import annotations

from collections.abc import Sequence

from clioscope.atlas import Atlas
from clioscope.attacks.planted.planting import Clustered
from clioscope.attacks.planted.single_layers import Said
from clioscope.embeddings import Embedder
from clioscope.naming import LocalNamer
from clioscope.naming.base import Member
from clioscope.pipeline.sampling import sample
from clioscope.privacy.words.reading import plain_words

_MEMBERS, _LONGEST_TEXT = 400, 2_000


def published_words(atlas: Atlas) -> Said:
    """The words of all names, and those of all descriptions and terms, as they are compared."""
    names = {word for row in atlas.clusters for word in plain_words(row["name"])}
    descriptions = {
        word for row in atlas.clusters for text in (row["description"], *row["terms"]) for word in plain_words(text)
    }
    return Said(names, descriptions)


def words_by_conversation(clustered: Clustered, embedder: Embedder, k: int, seed: int) -> Said:
    """The words of names, and of terms, of base clusters where a term needs ``k`` conversations, whoever's they are."""
    names = LocalNamer(embedder).name(_Texts(clustered, seed), clustered.centroids, min_support=k)
    return Said(
        {word for name in names for word in plain_words(name.name or "")},
        {word for name in names for term in name.terms for word in plain_words(term.text)},
    )


class _Texts:
    """See :class:`clioscope.naming.base.ClusterTexts`. Every conversation is a person's of its own."""

    def __init__(self, clustered: Clustered, seed: int) -> None:
        labels = clustered.levels[0]
        self._texts = clustered.texts
        self._drawn = sample(labels, None, len(clustered.centroids), _MEMBERS, seed)

    def __len__(self) -> int:
        return len(self._drawn)

    def members(self, cluster: int) -> Sequence[Member]:
        """A sample of one cluster."""
        return [Member(self._texts[item][:_LONGEST_TEXT], None) for item in self._drawn[cluster].tolist()]
