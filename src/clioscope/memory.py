"""Giving freed memory back to the system, which the defaults of C's and Arrow's allocators put off."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_BYTES = 8 * 1024 * 1024
"""Larger blocks are returned as soon as they are free. Smaller ones, such as the layers of a model that embeds, are
used again: to ask for them anew each time was a third of the time of a run."""


def give_memory_back() -> None:
    """Have large blocks returned as soon as they are free.

    For a process that is ours alone, such as the command line: it sets how the whole process allocates.
    """
    import pyarrow as pa

    pa.set_memory_pool(pa.system_memory_pool())
    if mallopt := _of_glibc("mallopt"):
        mallopt(_M_TRIM_THRESHOLD, _BYTES)
        mallopt(_M_MMAP_THRESHOLD, _BYTES)


def _of_glibc(name: str) -> Any:
    """A function of glibc; ``None`` elsewhere, such as on macOS and with musl."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
