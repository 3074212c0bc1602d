"""The report of an evaluation: for programs, for a browser, and as text."""

from clioscope.evaluation.report.writing import as_json, write_report

__all__ = ["as_json", "write_report"]
