"""What is looked for, in the order in which it wins where two overlap."""

from __future__ import annotations

from clioscope.privacy.redaction.kinds import (
    address,
    bank,
    birth,
    device,
    email,
    ip,
    labelled,
    name,
    phone,
    place,
    secret,
    url,
    wallet,
)
from clioscope.privacy.redaction.kinds.national import FINDERS as NATIONAL
from clioscope.privacy.redaction.rule import Finder

FINDERS: tuple[Finder, ...] = (
    *secret.FINDERS,
    *url.FINDERS,
    *email.FINDERS,
    *wallet.FINDERS,
    *bank.FINDERS,
    *ip.FINDERS,
    *device.FINDERS,
    *place.FINDERS,
    *NATIONAL,
    *birth.FINDERS,
    *labelled.FINDERS,
    *phone.FINDERS,
    *address.FINDERS,
    *name.FINDERS,
)
