"""Who asks, and which roles they have: everywhere, and on single runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from clioscope.explorer.access.table import NOT_BY_TOKEN, ROLES, TABLE, Action, Role, may

Roles = frozenset[Role]


@dataclass(frozen=True)
class Grants:
    """The roles that somebody has.

    Parameters
    ----------
    everywhere
        On every run that ``of_runs`` does not name, and for what is of no run.
    of_runs
        Patterns of names of runs with roles. The first that fits decides alone.
    """

    everywhere: Roles
    of_runs: tuple[tuple[str, Roles], ...] = ()

    def on(self, run: str | None) -> Roles:
        """The roles on a run; without one, for what is of no run."""
        if run is not None:
            for pattern, roles in self.of_runs:
                if fnmatchcase(run, pattern):
                    return roles
        return self.everywhere

    def all(self) -> Iterator[Roles]:
        """The roles of every place."""
        yield self.everywhere
        yield from (roles for _, roles in self.of_runs)


@dataclass(frozen=True)
class Person:
    """Who asks.

    Parameters
    ----------
    user
        How the audit log and edits call them.
    limit
        Of a token: what it may do at most. What its owner may not do, it may not do either.
    subject
        What the sign-in provider knows them by; ``None`` where none was asked.
    """

    user: str
    grants: Grants
    limit: Grants | None = None
    subject: str | None = None

    @classmethod
    def with_role(cls, user: str, role: Role) -> Person:
        """Somebody who has one role everywhere."""
        return cls(user, Grants(frozenset({role})))

    def may(self, action: Action, run: str | None = None) -> bool:
        """Whether they may take ``action`` on a run; without one, on what is of no run."""
        if self.limit is not None and (action in NOT_BY_TOKEN or not _any_may(self.limit.on(run), action)):
            return False
        return _any_may(self.grants.on(run), action)

    def may_somewhere(self, action: Action) -> bool:
        """Whether there can be a run on which they may take ``action``."""
        found = any(_any_may(roles, action) for roles in self.grants.all())
        if self.limit is None:
            return found
        return found and action not in NOT_BY_TOKEN and any(_any_may(roles, action) for roles in self.limit.all())

    def may_everywhere(self, action: Action) -> bool:
        """Whether there can be no run on which they may not take ``action``."""
        found = all(_any_may(roles, action) for roles in self.grants.all())
        if self.limit is None:
            return found
        return found and action not in NOT_BY_TOKEN and all(_any_may(roles, action) for roles in self.limit.all())

    @property
    def is_the_same_everywhere(self) -> bool:
        """Whether no run is another to them than any other."""
        return not self.grants.of_runs and (self.limit is None or not self.limit.of_runs)

    def role_on(self, run: str | None = None) -> str:
        """Their roles on a run, in words; a token's own where it is one."""
        roles = (self.limit or self.grants).on(run)
        return ", ".join(role for role in ROLES if role in roles)

    def actions_on(self, run: str | None = None) -> list[Action]:
        """What they may do, in the order of the table."""
        return [action for action in TABLE if self.may(action, run)]


def _any_may(roles: Roles, action: Action) -> bool:
    return any(may(role, action) for role in roles)
