"""Reports for people and programs: how figures read, and writing a folder whole or not at all."""

from clioscope.reporting.folder import write_folder
from clioscope.reporting.reading import figure, markdown, percent
from clioscope.reporting.rendering import rendered

__all__ = ["figure", "markdown", "percent", "rendered", "write_folder"]
