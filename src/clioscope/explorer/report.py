"""The page and the figures of one run as a file that opens from a disk, or as a folder of files."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator
from html import escape
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel

from clioscope.errors import RunError
from clioscope.explorer.catalogue import Catalogue
from clioscope.explorer.cube import EVERYTHING_LEVEL
from clioscope.explorer.edits import Editing
from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.place import FOLDER, runs_of
from clioscope.explorer.routes.atlases import atlas_of
from clioscope.explorer.routes.cells import CellQuery, cells_of
from clioscope.explorer.routes.privacy import privacy
from clioscope.explorer.schemas import Clusters
from clioscope.explorer.settings import STATIC
from clioscope.explorer.store import open_store, sqlite_beside

Key = tuple[str | int, ...]

LARGEST = 3_000_000
"""Bytes of a report in one file, above which the finest pairs of attributes are left out."""

_CSP = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; img-src data: blob:; base-uri 'none'; "
    "form-action 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{csp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
{style}
</head>
<body>
<div id="app"></div>
<noscript>This report needs JavaScript, which is in it. It loads nothing from elsewhere.</noscript>
{data}
{script}
</body>
</html>
"""


class Block(NamedTuple):
    """One answer of the API: gzipped JSON in base64, under what is asked for it."""

    key: Key
    content: str


class Written(NamedTuple):
    """What was written.

    Parameters
    ----------
    page
        Where.
    size
        Bytes, with all its files.
    shortened
        Whether pairs of attributes were left out.
    hierarchies
        What each in it goes by, and whether it is for publishing; the main one first.
    """

    page: Path
    size: int
    shortened: bool
    hierarchies: tuple[tuple[str, bool], ...]


def write_report(run: Path, output: Path, largest: int = LARGEST, store: str | None = None) -> Written:
    """Write the report of ``run`` into the file ``output``, with pairs of attributes up to ``largest`` bytes.

    People's edits are those in ``store``: a file or an address; by default what is beside the runs.

    Raises
    ------
    RunError
        There is no finished atlas, or no build of the page.
    """
    opened = _opened(run)
    blocks = [block for one in opened for block in _blocks(one, opened, store)]
    kept = _within(blocks, largest - _size(_in_one_file(opened[0], [])))
    page = _in_one_file(opened[0], kept)
    output.write_text(page, encoding="utf-8", newline="\n")
    return Written(output, output.stat().st_size, len(kept) < len(blocks), _hierarchies(opened))


def write_report_folder(run: Path, folder: Path, store: str | None = None) -> Written:
    """Write the report of ``run`` as files in ``folder``: whole, whatever its size. Raises as :func:`write_report`."""
    opened = _opened(run)
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    for old in data.glob("*.js"):
        old.unlink()
    for name in ("report.js", "report.css"):
        shutil.copyfile(_built(name), folder / name)
    files: dict[str, str] = {}
    for number, block in enumerate(block for one in opened for block in _blocks(one, opened, store)):
        name = f"data/{number}.js"
        key = _key(block.key)
        (folder / name).write_text(f"clioscopeBlock({json.dumps(key)},{json.dumps(block.content)});\n", "utf-8")
        files[key] = name
    index = f'<script type="application/json" id="clioscope-files">{_data(json.dumps(files))}</script>'
    page = folder / "index.html"
    # From a disk a page has no origin, so that 'self' names nothing there.
    text = _PAGE.format(
        csp=escape(_CSP.format(scripts="'self' file:", styles="'self' file:")),
        title=_title(opened[0]),
        style='<link rel="stylesheet" href="report.css">',
        data=index,
        script='<script src="report.js"></script>',
    )
    page.write_text(text, encoding="utf-8", newline="\n")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Written(page, size, False, _hierarchies(opened))


def _in_one_file(first: OpenAtlas, blocks: list[Block]) -> str:
    style = _built("report.css").read_text("utf-8")
    script = _built("report.js").read_text("utf-8")
    if "</script" in script.lower() or "</style" in style.lower():
        raise RunError("The explorer's page was built with something that cannot stand in a report. Build it again.")
    data = "\n".join(map(_element, blocks))
    return _PAGE.format(
        csp=escape(_CSP.format(scripts=_hash(script), styles=_hash(style))),
        title=_title(first),
        style=f"<style>{style}</style>",
        data=data,
        script=f"<script>{script}</script>",
    )


def _element(block: Block) -> str:
    return f'<script type="text/plain" data-key="{escape(_key(block.key))}">{block.content}</script>'


def _size(text: str) -> int:
    return len(text.encode())


def _opened(run: Path) -> list[OpenAtlas]:
    """The finished hierarchies of ``run``, its main one first."""
    catalogue = Catalogue(run)
    found = [catalogue.open(place.id) for place in catalogue.places() if (place.path / "atlas.json").is_file()]
    opened = [one for one in found if one is not None]
    if not opened:
        raise RunError(f"There is no finished atlas at {run}. Give the folder of a run, such as runs/NAME.")
    if len({one.home for one in opened}) > 1:
        raise RunError(
            f"{run} holds several runs, and a report is of one. Give the folder of a run, such as runs/NAME."
        )
    return opened


def _hierarchies(opened: list[OpenAtlas]) -> tuple[tuple[str, bool], ...]:
    return tuple((str(one.atlas.about["facet"]), one.atlas.for_publishing) for one in opened)


def _blocks(opened: OpenAtlas, beside: list[OpenAtlas], store: str | None) -> Iterator[Block]:
    """All answers about one hierarchy: what matters most comes first."""
    facets = {str(one.atlas.about["facet"]): one.id for one in beside}
    yield _block(("atlas", opened.id), atlas_of(opened, facets))
    yield _block(("clusters", opened.id), _clusters(opened, store))
    yield _block(("privacy", opened.id), privacy(opened))
    yield _block(("map", opened.id), opened.bins)
    names = [attribute.name for attribute in opened.cube.attributes]
    levels = [EVERYTHING_LEVEL, *reversed(range(len(opened.atlas.about["levels"])))]
    for level in levels:
        for name in names:
            yield _block(("cells", opened.id, level, name), cells_of(opened, CellQuery(level, name)))
    for level in levels:
        for name, by in combinations(names, 2):
            yield _block(("cells", opened.id, level, name, by), cells_of(opened, CellQuery(level, name, by=by)))


def _clusters(opened: OpenAtlas, store: str | None) -> Clusters:
    """The clusters with people's edits, where any were made in ``store`` or beside this run."""
    if store is None and not (runs_of(opened.home) / FOLDER).is_dir():
        return Clusters(clusters=opened.clusters, edits=0)
    applied = Editing(open_store(store or sqlite_beside(opened.home))).applied(opened.subject, opened.released)
    return Clusters(clusters=applied.clusters, edits=applied.version)


def _within(blocks: list[Block], room: int) -> list[Block]:
    """``blocks`` without the last pairs of attributes where there is no room; everything else is always there."""
    sizes = [_size(_element(block)) + 1 for block in blocks]  # each on a line of its own
    needed = sum(sizes) - 1
    left_out = set()
    for at in reversed(range(len(blocks))):
        if needed <= room:
            break
        if len(blocks[at].key) == len(("cells", "atlas", "level", "attribute", "by")):
            left_out.add(at)
            needed -= sizes[at]
    return [block for at, block in enumerate(blocks) if at not in left_out]


def _block(key: Key, answer: BaseModel) -> Block:
    packed = gzip.compress(answer.model_dump_json().encode(), compresslevel=9, mtime=0)
    return Block(key, base64.b64encode(packed).decode())


def _key(key: Key) -> str:
    """As `JSON.stringify` writes it."""
    return json.dumps(key, ensure_ascii=False, separators=(",", ":"))


def _data(text: str) -> str:
    """JSON that cannot end the element it stands in."""
    return text.replace("<", "\\u003c")


def _title(opened: OpenAtlas) -> str:
    return escape(f"{opened.run}: what people do, by Clioscope")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _built(name: str) -> Path:
    path = STATIC / name
    if not path.is_file():
        raise RunError(
            "The explorer's page is not in this installation. Build it with `npm --prefix web ci` and "
            "`npm --prefix web run build`, or install Clioscope from a wheel, which holds it."
        )
    return path
