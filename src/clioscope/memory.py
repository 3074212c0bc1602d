"""Using little memory: pandas is not loaded, and what is freed is returned, which C's and Arrow's defaults put off."""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_BYTES = 8 * 1024 * 1024
"""Larger blocks are returned as soon as they are free. Smaller ones, such as the layers of a model that embeds, are
used again: to ask for them anew each time was a third of the time of a run."""
_ARENAS = 2
"""Of malloc. A thread with an arena of its own keeps there what it freed, while others ask the system for more."""


def keep_memory_low() -> None:
    """Have large blocks returned as soon as they are free, and pyarrow do without pandas.

    For a process that is ours alone, such as the command line, before it loads pyarrow: it sets how the whole process
    allocates and imports.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    sys.meta_path.insert(0, _NoPandas())
    if mallopt := _of_glibc("mallopt"):
        mallopt(_M_TRIM_THRESHOLD, _BYTES)
        mallopt(_M_MMAP_THRESHOLD, _BYTES)
        mallopt(_M_ARENA_MAX, _ARENAS)


def return_freed() -> None:
    """Return what is freed now, in blocks of any size. Takes a few milliseconds."""
    if trim := _of_glibc("malloc_trim"):
        trim(0)


class _NoPandas(MetaPathFinder, Loader):
    """Does not load pandas, as if it could not be loaded.

    Where it is installed, pyarrow loads it to see whether the first values that it makes an array of are of pandas:
    50 MB and half a second, for a command line that knows none of its tables.
    """

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname == "pandas" else None

    def exec_module(self, module: ModuleType) -> None:
        raise ImportError("The command line does without pandas.", name=module.__name__)


def _of_glibc(name: str) -> Any:
    """A function of glibc; ``None`` elsewhere, such as on macOS and with musl."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
