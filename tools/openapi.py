"""Print the OpenAPI description of the explorer's API, from which the page's types are made.

``python tools/openapi.py > web/openapi.json`` after a change; then ``npm --prefix web run types``. Equal code gives
equal bytes, and a test compares.
"""

from __future__ import annotations

import json
from pathlib import Path

from clioscope.explorer.app import make_app
from clioscope.explorer.settings import Settings


def openapi() -> str:
    """The description as JSON, without the version: a release alone does not change the API."""
    schema = make_app(Settings(Path())).openapi()
    schema["info"]["version"] = "1"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(openapi(), end="")
