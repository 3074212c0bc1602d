"""The report of an audit: for programs, for a browser, and as text."""

from clioscope.attacks.report.writing import as_json, write_report

__all__ = ["as_json", "write_report"]
