"""What attacks are given."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from clioscope.atlas import Atlas
from clioscope.attacks.planted import setup
from clioscope.attacks.planted.known_vectors import KnownVectors
from clioscope.attacks.planted.recount import EXACT, counted, thresholds_of
from clioscope.config import read_config
from clioscope.embeddings import Vectors
from clioscope.errors import RunError
from clioscope.pipeline.keeping import now
from clioscope.vault import RunFolder
from clioscope.vault.retention import Retention
from tests.attacks.planted.conftest import MakeSetup


def test_conversations_are_those_of_the_vault(attacked: MakeSetup) -> None:
    found = attacked()
    assert (len(found.conversations), found.share) == (600, 1.0)
    assert len({conversation.user for conversation in found.conversations}) == 60


def test_of_a_large_run_whole_users_are_drawn(attacked: MakeSetup) -> None:
    everybody = Counter(conversation.user for conversation in attacked().conversations)
    found = attacked(most=150)
    drawn = Counter(conversation.user for conversation in found.conversations)
    assert 150 <= len(found.conversations) < 150 + max(everybody.values())
    assert drawn == {user: everybody[user] for user in drawn}
    assert found.share == len(found.conversations) / 600


def test_vectors_of_the_run_are_not_made_again(attacked: MakeSetup) -> None:
    found = attacked()
    text = found.conversations[0].messages[0].content

    class Refusing:
        name, dimension = "refusing", 384

        def embed(self, texts: Sequence[str]) -> Vectors:
            raise AssertionError("embedded again")

    assert isinstance(found.embedder, KnownVectors)
    found.embedder._embedder = Refusing()
    assert found.embedder.embed([text]).shape == (1, 384)


def test_a_vault_that_no_longer_holds_conversations_is_refused(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(made, copy)
    Retention(copy / "vault").removed(["raw"], now())
    with pytest.raises(RunError, match="raw removed"):
        setup(RunFolder.existing(copy), read_config(copy / "run.toml"), None, tmp_path)


def test_every_released_figure_is_in_a_recount_of_the_whole_run(attacked: MakeSetup, made: Path) -> None:
    found = attacked()
    recounted = counted(found).figures(thresholds_of(found))
    released = Counter(
        (row["conversations"], row["users"], row["attribute_1"] is not None, row["attribute_2"] is not None)
        for row in Atlas.open(made).cube
    )
    again = Counter(
        (*figure, len(key.attributes) > 0, len(key.attributes) > 1) for (key, _), figure in recounted.items()
    )
    # What a check of the whole lattice withholds beyond that is not counted again.
    assert released <= again
    assert released.total() > 0.5 * again.total()


def test_without_one_user_every_exact_figure_of_theirs_is_less(attacked: MakeSetup) -> None:
    honest = counted(attacked())
    assert honest.users is not None
    mine = honest.users == honest.users[0]
    before, after = honest.figures(EXACT), honest.only(~mine).figures(EXACT)
    cells = honest.cells_of(mine.nonzero()[0])
    assert cells
    for cell in before:
        less = after.get(cell, (0, 0))
        assert (less < before[cell]) if cell in cells else (less == before[cell])
