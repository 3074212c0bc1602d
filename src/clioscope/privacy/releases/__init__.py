"""What two releases of nearly the same conversations tell together, and what is done about it."""

from clioscope.privacy.releases.earlier import BINS, CARRIED, HIDDEN, SHOWN, Decided, Earlier, cell_limits_of
from clioscope.privacy.releases.joint import Joint, NotApartError

__all__ = [
    "BINS",
    "CARRIED",
    "HIDDEN",
    "SHOWN",
    "Decided",
    "Earlier",
    "Joint",
    "NotApartError",
    "cell_limits_of",
]
