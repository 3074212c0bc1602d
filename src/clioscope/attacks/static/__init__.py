"""Attacks that need nothing but the atlas and, to say what they found, the vault: nothing is run again."""

from clioscope.attacks.static import coarseness, homogeneity, positions, subtraction, thresholds, verbatim
from clioscope.attacks.static.attack import Evidence, StaticAttack, read_evidence
from clioscope.attacks.static.together import together

ATTACKS: tuple[StaticAttack, ...] = (
    StaticAttack(thresholds.NAME, thresholds.examine),
    StaticAttack(subtraction.NAME, subtraction.examine),
    StaticAttack(verbatim.NAME, verbatim.examine),
    StaticAttack(coarseness.NAME, coarseness.examine),
    StaticAttack(positions.NAME, positions.examine),
    StaticAttack(homogeneity.NAME, homogeneity.examine),
)
"""In the order in which they are tried."""

__all__ = ["ATTACKS", "Evidence", "StaticAttack", "read_evidence", "together"]
