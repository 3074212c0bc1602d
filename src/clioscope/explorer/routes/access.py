"""What decides who may do what here: roles, tokens, and whether people sign in at a provider."""

from __future__ import annotations

from fastapi import Request
from pydantic import Field

from clioscope.explorer.access import NOT_BY_TOKEN, ROLES, TABLE, actions_of
from clioscope.explorer.routes.asking import allowed, api_router, explorer
from clioscope.explorer.schemas import Answer
from clioscope.explorer.teams.tokens import MOST_DAYS, USUAL_DAYS

router = api_router("access")


class RoleRights(Answer):
    """What one role may do."""

    role: str
    may: list[str] = Field(description="Actions of the access table.")


class AccessRules(Answer):
    """The access table, and what sessions and tokens are like here. Who has which role is not told."""

    provider: str | None = Field(description="What the sign-in provider is called; none: the owner lets in with links.")
    roles: list[RoleRights]
    not_by_token: list[str] = Field(description="Actions that no token may take, whatever its role.")
    usual_days: int = Field(description="For how long a token lasts unless told.")
    most_days: int = Field(description="For how long it may last at most.")


@router.get("/access", dependencies=[allowed("make_tokens", "any run")])
def access(request: Request) -> AccessRules:
    """Which roles there are, and what each may do."""
    found = explorer(request).settings.access
    most = found.tokens.most_days if found else MOST_DAYS
    return AccessRules(
        provider=found.oidc.name if found else None,
        roles=[RoleRights(role=role, may=list(actions_of(role))) for role in ROLES],
        not_by_token=[action for action in TABLE if action in NOT_BY_TOKEN],
        usual_days=min(USUAL_DAYS, most),
        most_days=most,
    )
