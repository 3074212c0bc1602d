"""Attacks that plant something in a run, or take somebody out of it, and release it again."""

from clioscope.attacks.planted.base import PlantedAttack, Setup, setup

ATTACKS: tuple[PlantedAttack, ...] = ()
"""In the order in which they are tried."""

__all__ = ["ATTACKS", "PlantedAttack", "Setup", "setup"]
