"""The most memory that a process has had; knows nothing of this project, since other environments run it too."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

_PROCESSES = Path("/proc")


def peak_mb(process: int | None = None) -> float:
    """The largest resident size of a process (of this one), in MB, since it began or :func:`forget_peak` was called.

    Where there is ``/proc`` it is of this program alone, and 0 when that has ended. What ``getrusage`` tells begins, in
    a process that was started by a large one, with the size of that. Elsewhere it is of all that this one waited for.
    """
    if _PROCESSES.exists():
        try:
            status = (_PROCESSES / str(process or os.getpid()) / "status").read_text(encoding="utf-8")
        except (FileNotFoundError, ProcessLookupError):
            return 0.0
        return float(status.split("VmHWM:")[1].split()[0]) / 1024 if "VmHWM:" in status else 0.0
    used = resource.getrusage(resource.RUSAGE_SELF if process is None else resource.RUSAGE_CHILDREN).ru_maxrss
    return used / 1024 / (1024 if sys.platform == "darwin" else 1)


def started_mb(process: int | None = None) -> float:
    """The largest resident sizes, in MB and summed, of all that a process (this one) started and that still runs.

    0 where there is no ``/proc``.
    """
    started: dict[int, list[int]] = {}
    for status in _PROCESSES.glob("[0-9]*/stat"):
        try:  # the name stands in brackets, and may hold anything
            parent = int(status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        started.setdefault(parent, []).append(int(status.parent.name))
    total, waiting = 0.0, [process or os.getpid()]
    while waiting:
        children = started.get(waiting.pop(), [])
        total += sum(map(peak_mb, children))
        waiting += children
    return total


def forget_peak() -> bool:
    """Begin anew from what is resident now. Only Linux can, and not everywhere: whether it could."""
    try:
        (_PROCESSES / "self" / "clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return False
    return True
