"""What ``privacy.json`` says of a private release: what is promised, and what is not."""

from __future__ import annotations

from typing import Any

from clioscope.privacy.dp.budget import SHARES, WORDS_A_CELL, Budget
from clioscope.privacy.dp.noisy import NoisyRelease

_COVERED = (
    "Everything in this atlas: which clusters, values and words are there, every count, the names made of them, and "
    "the totals. Clusters, hierarchy and places on the map are public: they come from a sample that nobody said."
)

_NOT_COVERED = """
What the run's owner sees: the vault, the exact figures of the reading that a run prints and `clioscope info` shows \
of the run's folder, messages and errors, whether a run finishes, and how long it takes.
What is sent to a model provider: where a model extracts facets, it reads single conversations.
Other releases of the same data: atlases made without epsilon, and runs in other folders, whose ledgers are not seen \
from here, or a ledger that was deleted with its vault.
A person who has several user ids: they count as several users.
Whether anybody has a user id at all: where nobody has, the guarantee is per conversation, and says so.
Which options the owner chose after having looked at the data, such as columns to count by or a time window.
The last bits of vectors: they may depend on which texts were embedded together, so that a text that lies equally near \
to two clusters could change sides.
"""

_UNKNOWN = (
    "Users are unknown: each conversation counts as a user of its own, and the guarantee is per conversation. A person "
    "with many conversations has that much less of it."
)
_OF_NOBODY = (
    "Conversations without a user, if there are any, count as a user of their own each: for them the guarantee is per "
    "conversation."
)


def promise(budget: Budget, noisy: NoisyRelease, total: tuple[float, float], users: int) -> dict[str, Any]:
    """What a reader has to know.

    Parameters
    ----------
    total
        Epsilon and delta of all releases of the run together.
    users
        As they were read: only whether there are any is told.

    Notes
    -----
    Whether some conversations have no user is not told: one person may decide that, and there is no noise here.
    """
    unit = "user" if users else "conversation"
    guarantee = (
        f"Differential privacy per {unit}: epsilon {budget.epsilon:g}, delta {budget.delta:g}. Whether "
        f"{'all conversations of any one user are' if users else 'any one conversation is'} in the data or not makes "
        "hardly a difference to what is shown. Counts are of users, one vote each in a cell, with noise."
    )
    return {
        "guarantee": f"{guarantee} {_OF_NOBODY if users else _UNKNOWN}",
        "mechanism": "contribution bounding by keyed hash, then OpenDP's Gaussian threshold release",
        "unit": unit,
        "neighbours": f"Data sets that differ in all conversations of one {unit}, there or not there.",
        "epsilon": budget.epsilon,
        "delta": budget.delta,
        "rho": budget.rho,
        "shares": dict(SHARES),
        "contributions": budget.contributions,
        "bounds": f"One {unit}: a vote each in at most {budget.contributions} clusters of all levels together, as many "
        f"cells of each attribute, and {WORDS_A_CELL} words in each of those clusters.",
        "measurements": [part._asdict() for part in noisy.spent],
        "spent_by_all_releases_of_the_run": {"epsilon": round(total[0], 6), "delta": total[1]},
        "covered": _COVERED,
        "not_covered": _NOT_COVERED.strip().split("\n"),
        "users_known": bool(users),
    }
