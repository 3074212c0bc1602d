"""Whether a process works on a run, without taking its lock: one that begins just then would be refused."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path


def is_worked_on(run: Path) -> bool:
    """Whether a process holds ``run``.

    The lock is a ``flock`` on ``vault/lock``, which names its last holder. Linux lists who holds which; elsewhere that
    the process named there is alive has to do.
    """
    lock = run / "vault" / "lock"
    try:
        found = lock.stat()
        if sys.platform == "linux":
            held = Path("/proc/locks").read_text("ascii")
            return bool(re.search(rf"FLOCK .*:{found.st_ino} ", held))
        holder = re.fullmatch(r"process (\d{1,10})", lock.read_text("utf-8").strip())
        return bool(holder) and _is_alive(int(holder[1]) if holder else 0)
    except OSError:
        return False


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
