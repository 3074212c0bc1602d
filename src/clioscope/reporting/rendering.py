"""A report's templates with its values in place."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from clioscope.reporting.reading import figure, markdown, percent


def rendered(package: str, name: str, **values: Any) -> dict[str, str]:
    """``NAME.html.jinja`` and ``NAME.md.jinja`` of ``package``, filled in: the text of each by its ending.

    What is put into HTML is escaped; a Markdown template does so itself, with the filter ``plain``.
    """
    return {ending: _rendered(package, f"{name}.{ending}", ending == "html", values) for ending in ("html", "md")}


def _rendered(package: str, file: str, escaped: bool, values: dict[str, Any]) -> str:
    environment = Environment(
        autoescape=escaped, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= {"percent": percent, "plain": markdown, "figure": figure}
    source = files(package).joinpath(f"{file}.jinja").read_text("utf-8")
    return environment.from_string(source).render(values)
