"""Refusing what is too small for its thresholds, with what would help."""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from clioscope.config import FLOOR, PROFILES, Config, counted
from clioscope.errors import TooSmallError
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.population import Population
from clioscope.privacy.counting import count
from clioscope.privacy.limits import Limits, cluster_limits

_MOSTLY = 0.5
"""Where more of the conversations have no user, a minimum of users says next to nothing."""


def refuse_too_small(config: Config, read: Found) -> None:
    """Say what would help where nothing could pass the thresholds."""
    thresholds, found, users = config.thresholds, read["conversations"], read["users"]
    if found == 0:
        left = "".join(f" {sentence}" for sentence in read["left_out"])
        raise TooSmallError(
            f"No conversation was left to analyse: {read['set_aside']:,} records were set aside "
            f"(see {read['quarantine']}).{left}"
        )
    _refuse_nobodys(config, found, read["without_user"], users)
    if config.epsilon is not None:
        return  # with noise there is no minimum
    if found >= thresholds.conversations and (users == 0 or users + bool(read["without_user"]) >= thresholds.users):
        return
    own = (
        " If it is your own export, `--profile personal` sets no minimums; its atlas is for yourself and not for "
        "publishing."
        if users <= 1
        else " More conversations of more people help, or --profile default, which asks for less: "
        f"{PROFILES['default'].users} users and {PROFILES['default'].conversations} conversations."
        if config.profile in ("strict", "public")
        else " More conversations of more people help. If they may be seen by whoever sees the atlas, set --min-users "
        f"and --min-conversations lower; below {FLOOR.users} and {FLOOR.conversations} it is not for publishing."
    )
    people = f" of {counted(users, 'user')}" if users else ""
    raise TooSmallError(
        f"{counted(found, 'conversation')}{people}: too few, since every figure has to stand on at least "
        f"{thresholds.in_words(users_known=bool(users))}. Nothing could be shown.{own}"
    )


def _refuse_nobodys(config: Config, found: int, without_user: int, users: int) -> None:
    """Refuse what mostly has no user, where the profile promises a minimum of users."""
    if config.profile in ("strict", "public") and users and without_user > _MOSTLY * found:
        raise TooSmallError(
            f"--profile {config.profile} promises a minimum of users, and {without_user / found:.0%} of the "
            "conversations have none. Leave those out, or say which column is always the user with --field user=COLUMN."
        )


def refuse_too_few_items(context: Context, people: Population) -> None:
    """Refuse what not even all conversations together hold enough of."""
    config, users_known = context.config, people.users is not None
    thresholds = config.thresholds
    if config.profile in ("strict", "public") and not users_known:
        raise TooSmallError(
            f"--profile {config.profile} promises a minimum of users, and no user is known here. Say which column is "
            "the user with --field user=COLUMN, or use --profile default, whose promise is then weaker."
        )
    if config.epsilon is not None:
        return
    everything = np.zeros(len(people.rows), dtype=np.int64)
    counts = count(everything, people.users, 1, conversations=people.conversations)
    limits = cluster_limits(thresholds)
    if limits.enough(counts, users_known).all():
        return
    if limits._replace(share=1.0).enough(counts, users_known).all():
        _refuse_unshared(people, int(counts.most[0]), int(counts.conversations[0]), limits)
    of_users = f"{counted(limits.users, 'user')} and " if users_known else ""
    raise TooSmallError(
        f"Too few conversations have something for the facet {context.home.facet}: every cluster has to stand on at "
        f"least {of_users}{counted(limits.conversations, 'conversation')}. Nothing could be shown: cluster by another "
        "facet, or use a profile that asks for less."
    )


def _refuse_unshared(people: Population, most: int, everything: int, limits: Limits) -> NoReturn:
    """Refuse what is for a larger part one user's, or nobody's, than any figure may be."""
    nobodys = 0 if people.users is None else len(np.unique(people.rows[people.users < 0]))
    if nobodys == most:
        raise TooSmallError(
            f"{most / everything:.0%} of the conversations have no user. They count as one user's, and no figure "
            f"may stand on one user for more than {limits.share:.0%}. Read fewer of them, such as --max-per-user "
            f"{max(1, int(limits.share * everything) // 4)}, which takes them for one user too; or say which column is "
            "always the user with --field user=COLUMN."
        )
    raise TooSmallError(
        f"One user holds {most / everything:.0%} of the conversations, and no figure may stand on one user for "
        f"more than {limits.share:.0%}. Read fewer of each user, such as --max-per-user "
        f"{max(1, int(limits.share * everything) // 4)}."
    )
