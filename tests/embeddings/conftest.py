"""The model itself, which remembers nothing."""

from __future__ import annotations

from typing import Any

import pytest

from clioscope.embeddings import MiniLMEmbedder


@pytest.fixture(autouse=True, scope="module")
def unremembered() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        for name, own in getattr(MiniLMEmbedder, "unremembered", {}).items():
            patch.setattr(MiniLMEmbedder, name, own)
        yield
