"""Down to conversations: for one role, with a reason, and with a line in the audit log before anything is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from clioscope.explorer.access import Person
from clioscope.explorer.drill_down import allows_drill_down
from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.routes.asking import Asker, Opened, allowed, api_router, explorer
from clioscope.explorer.schemas import Answer
from clioscope.explorer.typed import ClusterId, Reason

if TYPE_CHECKING:
    from clioscope.explorer.door import Door, Kept

router = api_router("conversations")


class RevealRequest(BaseModel):
    """Whose conversations, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cluster: ClusterId
    page: int = Field(0, ge=0, le=100_000)
    reason: Reason = Field(description="Why, in some words. It is written into the audit log.")


class RawRequest(RevealRequest):
    """Which conversation of that page."""

    conversation: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class Message(Answer):
    """One message."""

    role: str
    text: str
    is_cut: bool = Field(description="Whether it is longer than what is shown.")


class Conversation(Answer):
    """One conversation."""

    key: str = Field(description="Tells it apart from others of the run, and nothing else.")
    time: str | None = Field(description="The month; of one as it was, the time.")
    messages: list[Message]
    is_cut: bool = Field(description="Whether there are more messages than are shown.")


class Conversations(Answer):
    """One page of the conversations of a cluster, redacted."""

    conversations: list[Conversation]
    page: int
    more: bool
    logged: int = Field(description="The line of the audit log that tells of this.")


class RawConversation(Answer):
    """One conversation as it was kept."""

    conversation: Conversation
    logged: int


class DrillDown(Answer):
    """Whether the conversations of this run may be looked at, by those whose role allows it."""

    allowed: bool


@router.get("/atlases/{id}/conversations", dependencies=[allowed("view")])
def drill_down(opened: Opened) -> DrillDown:
    """Whether this run allows a look at conversations."""
    return DrillDown(allowed=allows_drill_down(opened.home))


@router.post("/atlases/{id}/conversations", dependencies=[allowed("reveal")])
def conversations(request: Request, opened: Opened, person: Asker, asked: RevealRequest) -> Conversations:
    """Twenty conversations of a cluster, redacted."""
    line = _logged(request, opened, person, asked, what="redacted")
    found, more = _door(opened).redacted(asked.cluster, asked.page)
    return Conversations(conversations=[_shown(one) for one in found], page=asked.page, more=more, logged=line)


@router.post("/atlases/{id}/conversations/raw", dependencies=[allowed("reveal")])
def raw_conversation(request: Request, opened: Opened, person: Asker, asked: RawRequest) -> RawConversation:
    """One conversation as it was kept."""
    line = _logged(request, opened, person, asked, what="raw", conversation=asked.conversation)
    found = _door(opened).raw(asked.cluster, asked.page, asked.conversation)
    return RawConversation(conversation=_shown(found), logged=line)


def _logged(request: Request, opened: OpenAtlas, person: Person, asked: RevealRequest, **told: str) -> int:
    """Write down who looks at what, and why. Nothing was read until then but what the run allows."""
    if not allows_drill_down(opened.home):
        raise HTTPException(403, "This run does not allow it: it was not made with --drill-down.")
    if all(cluster.id != asked.cluster for cluster in opened.clusters):
        raise HTTPException(404, f"There is no cluster {asked.cluster} in this release.")
    return explorer(request).store.audit_log.add(
        person.user,
        person.role_on(opened.run),
        "reveal",
        opened.id,
        cluster=asked.cluster,
        page=asked.page,
        reason=asked.reason,
        digest=opened.digest,
        **told,
    )


def _door(opened: OpenAtlas) -> Door:
    from clioscope.explorer.door import Door  # a server that shows no conversation does not even load what reads them

    return Door(opened.home, opened.subject.facet, opened.digest)


def _shown(found: Kept) -> Conversation:
    return Conversation(
        key=found.key,
        time=found.time,
        messages=[Message(**said._asdict()) for said in found.messages],
        is_cut=found.is_cut,
    )
