"""The auditor where no model audits: scores short texts for what could identify a person, by wording and meaning.

It is fitted on half of the 600 names in ``benchmarks/auditor``, which the project's authors wrote and labelled, and
knows nothing else: how much it finds of the other half is in ``docs/benchmarks.md``. It costs nothing and sends nothing
anywhere. As any auditor it is one layer, and never the gate.
"""

from clioscope.privacy.local_auditor.auditor import LocalAuditor, Points
from clioscope.privacy.local_auditor.signs import SIGNS, signs_of

__all__ = ["SIGNS", "LocalAuditor", "Points", "signs_of"]
