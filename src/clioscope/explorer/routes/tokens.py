"""API tokens: made, listed and revoked by whom they are of."""

from __future__ import annotations

from typing import Annotated

from fastapi import HTTPException, Query, Request
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from clioscope.explorer.access import Person, Role
from clioscope.explorer.routes.asking import Asker, allowed, api_router, explorer
from clioscope.explorer.schemas import Answer
from clioscope.explorer.teams.tokens import MOST_DAYS, USUAL_DAYS, Token
from clioscope.explorer.teams.within import is_within

router = api_router("tokens")

Id = Annotated[str, InPath(pattern="^[0-9a-f]{12}$", description="As the list has it.")]
Pattern = Annotated[str, Field(min_length=1, max_length=200)]
Label = Annotated[str, Field(min_length=1, max_length=100)]


class TokenRequest(BaseModel):
    """A token to be made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Label = Field(description="What it is for.")
    role: Role = Field(description="What it may do at most. A role of which one has every right oneself.")
    runs: list[Pattern] | None = Field(
        None, min_length=1, max_length=100, description="Patterns of names of runs, such as support-*. None: all."
    )
    days: int = Field(USUAL_DAYS, ge=1, le=MOST_DAYS, description="After which it ends.")


class ApiToken(Answer):
    """A token: everything but what lets somebody in."""

    id: str
    label: str
    owner: str
    role: str
    runs: list[str] | None
    made: str = Field(description="Times are ISO 8601, UTC.")
    ends: str
    used: str | None = Field(description="When it was last used, to the minute.")
    revoked: str | None


class ApiTokens(Answer):
    """Tokens, the newest first, with those that have ended."""

    tokens: list[ApiToken]


class MadeToken(Answer):
    """A new token."""

    secret: str = Field(description="To be sent as `Authorization: Bearer`. It is told this once, and not kept.")
    token: ApiToken


@router.get("/tokens", dependencies=[allowed("make_tokens", "any run")])
def tokens(
    request: Request,
    person: Asker,
    everybody: Annotated[bool, Query(description="Takes the right to administer.")] = False,
) -> ApiTokens:
    """One's own tokens, or everybody's."""
    if everybody and not person.may("administer"):
        raise HTTPException(403, "The tokens of others are for those to see who may administer.")
    found = explorer(request).inside.tokens.list(None if everybody else person)
    return ApiTokens(tokens=[_shown(token) for token in found])


@router.post("/tokens", status_code=201, dependencies=[allowed("make_tokens", "any run")])
def make_token(request: Request, person: Asker, asked: TokenRequest) -> MadeToken:
    """Make a token, which is told this once."""
    access = explorer(request).settings.access
    most = access.tokens.most_days if access else MOST_DAYS
    if asked.days > most:
        raise HTTPException(400, f"Tokens last {most} days at most here.")
    if not is_within(person, asked.role, asked.runs):
        where = "everywhere" if asked.runs is None else "on these runs"
        raise HTTPException(403, f"You have no role {asked.role} {where}, and a token has no more than its owner.")
    made = explorer(request).inside.tokens.make(person, asked.label, asked.role, asked.runs, asked.days)
    return MadeToken(secret=made.secret, token=_shown(made.token))


@router.post("/tokens/{token}/revoke", dependencies=[allowed("make_tokens", "any run")])
def revoke_token(request: Request, person: Asker, token: Id) -> ApiTokens:
    """Revoke one's own token; anybody's, for those who may administer."""
    here = explorer(request).inside.tokens
    if not here.revoke(token, person, own=not person.may("administer")):
        raise HTTPException(404, "You have no such token that could be revoked.")
    return ApiTokens(tokens=[_shown(one) for one in here.list(_whose(person))])


def _whose(person: Person) -> Person | None:
    return None if person.may("administer") else person


def _shown(token: Token) -> ApiToken:
    return ApiToken(**token._asdict())
