"""Which role may take which action. Every route names its action, and this table alone decides."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["viewer", "analyst", "investigator", "auditor", "admin"]
Action = Literal[
    "view", "export", "edit", "review", "start_runs", "reveal", "make_tokens", "read_audit_log", "administer"
]

ROLES: tuple[Role, ...] = get_args(Role)
ACTIONS: tuple[Action, ...] = get_args(Action)

TABLE: dict[Action, frozenset[Role]] = {
    # Look at what was released: clusters, counts, the map, the privacy view.
    "view": frozenset({"viewer", "analyst", "investigator", "auditor", "admin"}),
    # Take it along as a file.
    "export": frozenset({"analyst", "investigator", "auditor", "admin"}),
    # Rename, describe, hide, merge or move clusters for everybody, and see who did so and what was undone.
    "edit": frozenset({"analyst", "investigator", "admin"}),
    # Write notes, and open, watch or close clusters in the review queue.
    "review": frozenset({"analyst", "investigator", "admin"}),
    # Read files of the server's machine, start runs that cost money, stop and resume them.
    "start_runs": frozenset({"admin"}),
    # See single conversations, with a reason, where the run allows it.
    "reveal": frozenset({"investigator", "admin"}),
    # Make, see and revoke one's own API tokens.
    "make_tokens": frozenset({"viewer", "analyst", "investigator", "auditor", "admin"}),
    # Read who signed in, exported, revealed and edited.
    "read_audit_log": frozenset({"auditor", "admin"}),
    # Roles, sessions and tokens of others.
    "administer": frozenset({"admin"}),
}

NOT_BY_TOKEN: frozenset[Action] = frozenset({"reveal", "make_tokens", "administer"})
"""What takes somebody who is signed in. A token that is found must not make others, and types no reason."""


def may(role: Role, action: Action) -> bool:
    """Whether ``role`` may take ``action``."""
    return role in TABLE[action]


def actions_of(role: Role) -> list[Action]:
    """What ``role`` may do, in the order of the table."""
    return [action for action, roles in TABLE.items() if role in roles]
