"""What a server holds of who may do what, as far as its guard needs it."""

from __future__ import annotations

from functools import cached_property

from clioscope.explorer.settings import Settings
from clioscope.explorer.store import Store, open_store, sqlite_beside
from clioscope.explorer.teams.here import Team
from clioscope.explorer.teams.tokens import Tokens


class Inside:
    """The store of a server, and in it sessions and tokens."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def store(self) -> Store:
        """What people do here."""
        return open_store(self.settings.store or sqlite_beside(self.settings.root))

    @cached_property
    def team(self) -> Team | None:
        """Where people sign in; ``None`` where the server's owner lets people in with links."""
        return Team.of(self.settings.access, self.store) if self.settings.access else None

    @cached_property
    def tokens(self) -> Tokens:
        """API tokens."""
        return Tokens(self.store, self.settings.access)

    def close(self) -> None:
        """Close what is open."""
        if "store" in self.__dict__:
            self.store.close()
