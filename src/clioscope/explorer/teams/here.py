"""What a server for a team holds while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from clioscope.explorer.rate import Rates
from clioscope.explorer.store import Store
from clioscope.explorer.teams.access_file import Access
from clioscope.explorer.teams.provider import Provider
from clioscope.explorer.teams.sessions import StoredSessions


@dataclass(frozen=True)
class Team:
    """Where people sign in, and who is signed in."""

    access: Access
    provider: Provider
    sessions: StoredSessions
    failures: Rates = field(default_factory=lambda: Rates(0.2, 50))
    """Of lines about failed sign-ins: nobody fills the audit log from outside."""

    @classmethod
    def of(cls, access: Access, store: Store) -> Team:
        """The team of an access file, with its sessions in ``store``."""
        return cls(access, Provider(access), StoredSessions(store, access))
