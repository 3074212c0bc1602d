"""See what people do with an AI assistant, without reading what any one person said."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from clioscope.conversation import Conversation, Message
from clioscope.errors import ClioscopeError, ConfigError, RunError, SourceError, TooSmallError
from clioscope.version import __version__

if TYPE_CHECKING:
    from clioscope.api import run, run_async, search
    from clioscope.atlas import Atlas, Cell, Cluster, Hit
    from clioscope.attacks.auditing import audit
    from clioscope.config import Config
    from clioscope.evaluation.evaluating import Evaluation, Judging, evaluate

_LATER = {
    **dict.fromkeys(("run", "run_async", "search"), "clioscope.api"),
    **dict.fromkeys(("Atlas", "Cell", "Cluster", "Hit"), "clioscope.atlas"),
    "Config": "clioscope.config",
    "audit": "clioscope.attacks.auditing",
    **dict.fromkeys(("Evaluation", "Judging", "evaluate"), "clioscope.evaluation.evaluating"),
}


def __getattr__(name: str) -> Any:
    # Models and numeric libraries take a second to load: `import clioscope` does not wait for them.
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'clioscope' has no attribute {name!r}")


__all__ = [
    "Atlas",
    "Cell",
    "ClioscopeError",
    "Cluster",
    "Config",
    "ConfigError",
    "Conversation",
    "Evaluation",
    "Hit",
    "Judging",
    "Message",
    "RunError",
    "SourceError",
    "TooSmallError",
    "__version__",
    "audit",
    "evaluate",
    "run",
    "run_async",
    "search",
]
