"""Starting, watching, stopping and resuming runs: processes of the command line, which outlive the server."""

from clioscope.explorer.runs.files import DataFolder
from clioscope.explorer.runs.running import Runs

__all__ = ["DataFolder", "Runs"]
