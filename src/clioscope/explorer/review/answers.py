"""What the API takes and answers about the review queue."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from clioscope.explorer.review.ordering import Signals
from clioscope.explorer.review.reviewing import ReviewState, Thread
from clioscope.explorer.sameness import Fit
from clioscope.explorer.schemas import Answer
from clioscope.explorer.typed import Paragraph


class ReviewRequest(BaseModel):
    """A decision, a note, or both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=0, le=1_000_000, description="`version` of the last answer about this cluster.")
    state: ReviewState | None = None
    note: Paragraph | None = None

    @model_validator(mode="after")
    def _says_something(self) -> ReviewRequest:
        if self.state is None and self.note is None:
            raise ValueError("give a state, a note, or both")
        return self


class ReviewEvent(Answer):
    """What one person decided or noted."""

    state: ReviewState | None
    note: str | None
    author: str
    time: str = Field(description="ISO 8601, UTC.")


class ReviewItem(Answer):
    """One cluster in the queue. ``None`` is not released, or not asked."""

    cluster: str
    state: ReviewState
    version: int = Field(description="To be sent with the next decision or note; 0 where there is none.")
    notes: int
    last: ReviewEvent | None
    fit: Fit | None = Field(description="How the cluster was found in this release, where something was said of it.")
    concern: float | None = Field(description="Mean of the released concern, 1 to 5.")
    growth: float | None = Field(description="Of its share, first to last whole period: 0.2 grew by a fifth.")
    conversations: int | None
    score: float = Field(description="Its ranks by concern, growth and size within the level, multiplied: 0 to 1.")


class LostReview(Answer):
    """What was said of a cluster that is surely none of this release's. It is kept for later releases."""

    name: str = Field(description="What the cluster was called.")
    level: int
    state: ReviewState
    history: list[ReviewEvent]


class ReviewQueue(Answer):
    """The clusters of a level, first to look at first."""

    level: int
    items: list[ReviewItem]
    lost: list[LostReview]


class Reviewed(Answer):
    """One cluster with all that was decided and noted, newest first."""

    item: ReviewItem
    history: list[ReviewEvent]


def item_of(cluster: str, signals: Signals, thread: Thread | None) -> ReviewItem:
    """One cluster in the queue."""
    return ReviewItem(
        cluster=cluster,
        state=thread.state if thread else "open",
        version=thread.version if thread else 0,
        notes=thread.notes if thread else 0,
        last=history_of(thread)[0] if thread else None,
        fit=thread.fit if thread else None,
        **signals._asdict(),
    )


def lost_of(thread: Thread) -> LostReview:
    """What was said of a cluster that is not here."""
    last = thread.events[-1].known
    return LostReview(name=last.name, level=last.level, state=thread.state, history=history_of(thread))


def history_of(thread: Thread | None) -> list[ReviewEvent]:
    """What was said of a cluster, newest first."""
    return [
        ReviewEvent(state=event.state, note=event.note, author=event.author, time=event.time)
        for event in reversed(thread.events if thread else ())
    ]
