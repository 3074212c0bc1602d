"""The review queue for trust and safety: which clusters to look at first, and what was decided and noted."""

from clioscope.explorer.review.ordering import Signals, signals
from clioscope.explorer.review.reviewing import Event, Reviewing, ReviewState, Thread, thread_of

__all__ = ["Event", "ReviewState", "Reviewing", "Signals", "Thread", "signals", "thread_of"]
