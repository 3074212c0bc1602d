"""Who may do what: the table of actions and roles, people with their roles, login links, and sessions."""

from clioscope.explorer.access.login import LoginLinks
from clioscope.explorer.access.person import Grants, Person
from clioscope.explorer.access.sessions import Sessions
from clioscope.explorer.access.table import NOT_BY_TOKEN, ROLES, TABLE, Action, Role, actions_of, may

__all__ = [
    "NOT_BY_TOKEN",
    "ROLES",
    "TABLE",
    "Action",
    "Grants",
    "LoginLinks",
    "Person",
    "Role",
    "Sessions",
    "actions_of",
    "may",
]
