"""Whether a token may do no more than who makes it."""

from __future__ import annotations

from clioscope.explorer.access import Person, Role, actions_of
from clioscope.explorer.access.person import Roles


def is_within(person: Person, role: Role, runs: list[str] | None) -> bool:
    """Whether somebody may do what ``role`` may: everywhere, or on ``runs``.

    What a token may do is looked up at each request against its owner's roles of that moment too: this refuses early,
    and need not know which runs there will be.
    """
    if runs is None:
        return _has(person.grants.everywhere, role)
    patterns = dict(person.grants.of_runs)
    return all(_has(patterns.get(run, person.grants.on(run)), role) for run in runs)


def _has(roles: Roles, role: Role) -> bool:
    held = {action for one in roles for action in actions_of(one)}
    return held >= set(actions_of(role))
