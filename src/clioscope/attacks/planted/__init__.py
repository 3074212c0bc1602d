"""Attacks that plant something in a run, or take somebody out of it, and release it again."""

from clioscope.attacks.planted.base import PlantedAttack, Setup, setup
from clioscope.attacks.planted.canaries import Canaries
from clioscope.attacks.planted.cliopatra import Cliopatra
from clioscope.attacks.planted.erasure import Erasure
from clioscope.attacks.planted.membership import Membership

ATTACKS: tuple[PlantedAttack, ...] = (Cliopatra(), Canaries(), Membership(), Erasure())
"""In the order in which they are tried."""

__all__ = ["ATTACKS", "PlantedAttack", "Setup", "setup"]
