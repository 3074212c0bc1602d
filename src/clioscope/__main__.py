"""``python -m clioscope`` is ``clioscope``."""

from clioscope.cli import main

main()
