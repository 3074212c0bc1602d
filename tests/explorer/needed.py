"""What tests need that a machine may lack: where all of them must run, its absence fails them."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def is_ci() -> bool:
    """Whether all tests must run."""
    return bool(os.environ.get("CI"))


def skip_outside_ci(reason: str) -> NoReturn:
    """Skip the test; where all of them must run, fail."""
    if is_ci():
        pytest.fail(reason)
    pytest.skip(reason)
