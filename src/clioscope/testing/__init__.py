"""A test double for language models: a real HTTP server that speaks two wire formats, and fails on request.

Needs ``pip install 'clioscope[testing]'``. ``python -m clioscope.testing`` runs it as a process of its own.
"""

from clioscope.testing.brain import ChatRequest
from clioscope.testing.faults import BATCH_COUNTS, BATCH_SHARES, FAULTS, Faults
from clioscope.testing.server import ModelServer
from clioscope.testing.stats import Stats
from clioscope.testing.throttle import ServerLimits

__all__ = ["BATCH_COUNTS", "BATCH_SHARES", "FAULTS", "ChatRequest", "Faults", "ModelServer", "ServerLimits", "Stats"]
