"""What differential privacy leaves of an attack that thresholds alone do not stop."""

from __future__ import annotations

import random
from collections.abc import Iterator

from clioscope.attacks.finding import Rate, Trial
from clioscope.attacks.planted.base import Setup
from clioscope.attacks.planted.poison import CANDIDATES
from clioscope.errors import ConfigError
from clioscope.privacy.dp.budget import ATTRIBUTES, CONTRIBUTIONS, DELTA, KEYWORDS, Budget
from clioscope.privacy.dp.mechanism import calibrated, require_opendp

DRAWS = 1_000
EPSILON = 1.0
"""Where the run has none."""

_TOLD = {KEYWORDS: "names", ATTRIBUTES: "counts"}


def noise_trials(setup: Setup) -> Iterator[Trial]:
    """Draw from the very mechanism that a release with ``epsilon`` draws from, on the worst votes there can be.

    The attacker has so many accounts that every candidate stands one vote below the threshold; the target's vote is
    one more for the secret. Then the attacker names the candidate with the highest noisy figure. All of the budget's
    part is spent on these votes, so that there is less noise than in a release that has other attributes too.
    """
    config = setup.config
    epsilon = config.epsilon or EPSILON
    layers = f"differential privacy, epsilon {epsilon:g}"
    try:
        require_opendp()
    except ConfigError as error:
        yield Trial("as many accounts as it takes", layers, figures=[("not tried", str(error))])
        return
    budget = Budget(epsilon, config.delta or DELTA, config.contributions or CONTRIBUTIONS)
    rng = random.Random(setup.seed)
    for name, told in _TOLD.items():
        part = budget.part(name)
        measurement, threshold, _ = calibrated(part)
        right = 0
        for _ in range(DRAWS):
            secret = rng.randrange(CANDIDATES)
            votes = measurement({c: threshold - 1 + (c == secret) for c in range(CANDIDATES)})
            guess = max(votes, key=votes.__getitem__) if votes else rng.randrange(CANDIDATES)
            right += guess == secret
        accounts = -(-CANDIDATES * (threshold - 1) // min(part.cells, CANDIDATES))
        yield Trial(f"{accounts} accounts, {told}", layers, Rate(right, DRAWS), 1 / CANDIDATES)
