"""Which runs and atlases there are under the folder that is served."""

from __future__ import annotations

import hashlib
import json
import math
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from clioscope.atlas import atlas_folders, is_of_its_facet
from clioscope.errors import RunError
from clioscope.explorer.lock_holder import is_worked_on
from clioscope.explorer.open_atlas import OpenAtlas, stamp_of
from clioscope.explorer.schemas import AnsweredBy, AtlasEntry, Status
from clioscope.explorer.told import readable

_OPEN_AT_ONCE, _CELLS_AT_ONCE = 8, 2_500_000
"""How many atlases stay open, and cells of them together: about 50 bytes each. The last one that was asked does."""
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_FACET_MARK = "~"
_IN_FILES = "file/"
"""How models begin that are asked by files which somebody answers."""


class Place(NamedTuple):
    """Where an atlas is, or will be."""

    id: str
    run: str
    home: Path
    path: Path
    facet: str | None
    """``None``: the main one."""


class Catalogue:
    """The runs in a folder, looked at anew each time: runs come, go and finish while they are shown.

    Parameters
    ----------
    root
        A run, an atlas, or a folder of them.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._open: OrderedDict[str, OpenAtlas] = OrderedDict()
        self._lock = threading.Lock()
        self._opening: dict[str, threading.Lock] = {}

    def places(self) -> list[Place]:
        """All hierarchies of all runs, by the name of the run, its main one first."""
        if _is_run(self.root):
            return _places_of(self.root)
        try:
            inside = sorted(path for path in self.root.iterdir() if path.is_dir() and not path.name.startswith("."))
        except OSError as error:
            raise RunError(f"{self.root} cannot be read ({error.strerror}).") from None
        return [place for path in inside if _is_run(path) for place in _places_of(path)]

    def entries(self, may_view: Callable[[str], bool] = lambda run: True) -> list[AtlasEntry]:
        """What can be opened, and what is under way, of the runs that somebody may view."""
        return [_entry(place) for place in self.places() if may_view(place.run)]

    def place(self, id: str) -> Place | None:
        """The hierarchy called ``id``. An id is looked up, and never becomes part of a path."""
        return next((place for place in self.places() if place.id == id), None)

    def facets(self, id: str) -> dict[str, str]:
        """By facet, the ids of the hierarchies of the run that the atlas ``id`` belongs to."""
        here = self.place(id)
        beside = [place for place in self.places() if here and place.home == here.home]
        return {_facet_of(place): place.id for place in beside if (place.path / "atlas.json").is_file()}

    def open(self, id: str) -> OpenAtlas | None:
        """The atlas called ``id`` as it is now; ``None`` where there is no such run.

        Raises
        ------
        RunError
            The run has not finished, or its atlas is damaged.
        """
        place = self.place(id)
        if place is None:
            return None
        if not (place.path / "atlas.json").is_file():
            raise RunError(f"The run {place.run} has not finished, so it has no atlas yet.")
        with self._lock:
            opening = self._opening.setdefault(id, threading.Lock())
        with opening:
            return self._opened(place)

    def warm(self) -> None:
        """Open the newest atlas, so that who comes first need not wait for it."""
        with suppress(RunError, OSError):
            found = [place for place in self.places() if (place.path / "atlas.json").is_file()]
            newest = max(found, key=lambda place: stamp_of(place.path)[1], default=None)
            if newest is not None:
                self.open(newest.id)

    def _opened(self, place: Place) -> OpenAtlas:
        with self._lock:
            found = self._open.get(place.id)
        if found is not None and _is_still(found, place):
            with self._lock:
                if place.id in self._open:
                    self._open.move_to_end(place.id)
            return found
        try:
            read = OpenAtlas.read(place.id, place.run, place.home, place.path)
        except RunError:  # a newer release may just have taken the place of what was being read
            read = OpenAtlas.read(place.id, place.run, place.home, place.path)
        with self._lock:
            self._open[place.id] = read
            self._open.move_to_end(place.id)
            while len(self._open) > 1 and self._is_much_open():
                self._open.popitem(last=False)  # freed when the last request that asks it is done
        return read

    def _is_much_open(self) -> bool:
        cells = sum(opened.cube.size for opened in self._open.values())
        return len(self._open) > _OPEN_AT_ONCE or cells > _CELLS_AT_ONCE


def _is_still(found: OpenAtlas, place: Place) -> bool:
    with suppress(OSError):
        return found.stamp == stamp_of(place.path)
    return False


def _is_run(path: Path) -> bool:
    return any((path / name).exists() for name in ("atlas.json", "atlas/atlas.json", "run.toml", "vault"))


def _places_of(home: Path) -> list[Place]:
    run = _as_text(home.name) or "run"
    if (home / "atlas.json").is_file():  # an atlas that was taken elsewhere
        return [Place(_slug(home.name), run, home, home, None)]
    main = home / "atlas"
    found = [Place(_slug(home.name), run, home, main, None)]
    for path in atlas_folders(home):
        facet = path.name.removeprefix("atlas-")
        if path != main and _reads_as(path, facet):
            found.append(Place(f"{_slug(home.name)}{_FACET_MARK}{facet}", run, home, path, facet))
    return found


def _reads_as(path: Path, facet: str) -> bool:
    """Whether the hierarchy by ``facet`` lies there, and is not one that is being written, or a damaged one."""
    if not _SAFE.fullmatch(facet) or "." in facet:
        return False
    with suppress(RunError):
        return is_of_its_facet(readable(path))
    return False


def _slug(name: str) -> str:
    """``name`` where it can stand in an address as it is; else what can, and tells it from others."""
    if _SAFE.fullmatch(name):
        return name
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:60]
    return f"{plain or 'run'}-{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def _facet_of(place: Place) -> str:
    with suppress(RunError):
        return str(readable(place.path).about["facet"])
    return place.facet or "request"


def _entry(place: Place) -> AtlasEntry:
    about: dict[str, Any] = {}
    privacy: dict[str, Any] = {}
    problem = None
    try:
        if (place.path / "atlas.json").is_file():
            atlas = readable(place.path)
            about, privacy = atlas.about, atlas.privacy
    except RunError as error:
        problem = str(error)
    status: Status = "finished" if about else "stopped"
    if is_worked_on(place.home):
        status = "running"
    elif problem:
        status = "failed"
    if status == "stopped":
        problem = f"The run {place.run} has not finished. Give the same command again: it goes on from there."
    dollars = _dollars(place.home)
    answered = _answered_by(about, dollars)
    return AtlasEntry(
        id=place.id,
        run=place.run,
        facet=place.facet,
        status=status,
        conversations=_number(about.get("conversations")),
        users=_number(about.get("users")),
        levels=about.get("levels", []),
        profile=_text(about.get("profile")),
        for_publishing=privacy.get("for_publishing") is True,
        min_users=_number(privacy.get("min_users")),
        min_conversations=_number(privacy.get("min_conversations")),
        cost=0.0 if answered == "nobody" else dollars,
        answers=answered,
        problem=None if problem is None else _as_text(problem),
    )


def _answered_by(about: dict[str, Any], dollars: float | None) -> AnsweredBy | None:
    """Who answered what a run asked, by its ``atlas.json``."""
    models = about.get("models")
    if not isinstance(models, dict):
        return None
    if not models:
        return "nobody"
    in_files = all(str(model).startswith(_IN_FILES) for model in models.values())
    return "files" if in_files and not dollars else "models"


def _dollars(home: Path) -> float | None:
    """What the run has kept of what it has cost."""
    with suppress(OSError, ValueError, AttributeError):
        dollars = json.loads((home / "cost.json").read_text("utf-8")).get("dollars")
        return float(dollars) if isinstance(dollars, int | float) and math.isfinite(dollars) else None
    return None


def _as_text(name: str) -> str:
    """``name``, with a mark for what is no text: a folder may be called anything."""
    return name.encode("utf-8", "replace").decode()


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
