"""Files as answers: what they are called to browsers, and that none is left behind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from clioscope.explorer.exporting import Format

_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


def described_files(*formats: Format) -> dict[str, Any]:
    """How the OpenAPI description tells of a file in one of ``formats``."""
    binary = {"type": "string", "format": "binary"}
    schemas = {format: {"type": "object"} if format == "json" else binary for format in formats}
    return {
        "description": "The file, with where it comes from: first lines of CSV that begin with #, `provenance` in "
        "JSON, the metadata `clioscope` of Parquet's schema.",
        "content": {_TYPES[format].partition(";")[0]: {"schema": schema} for format, schema in schemas.items()},
    }


def file_made_by(make: Callable[[Path], None], name: str, format: Format) -> FileResponse:
    """The file that ``make`` writes, as an answer. It is gone once it is sent."""
    folder = Path(tempfile.mkdtemp(prefix="clioscope-export-"))
    try:
        make(folder / "export")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(folder / "export", media_type=_TYPES[format], filename=name, background=gone)
