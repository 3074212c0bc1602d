"""A folder of runs, and servers over it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2 as httpx
import pytest

from clioscope.explorer.settings import Settings
from tests.explorer.atlases import hostile, recorded, rewrite, tell
from tests.explorer.databases import new_database, postgresql
from tests.explorer.serving import Served, served

AUDIT = {
    "clioscope": "0.1.0",
    "run": "names",
    "made": "2026-09-01T10:00:00+00:00",
    "seed": 0,
    "atlases": {"atlas": "0" * 64},
    "verdict": "held",
    "failed": [],
    "notes": [],
    "findings": [
        {
            "attack": "canaries",
            "question": "Does a made-up secret come out?",
            "verdict": "held",
            "sentence": "None of 30 came out.",
            "source": "",
            "trials": [
                {
                    "setting": "30 users",
                    "layers": layers,
                    "successes": successes,
                    "tries": 30,
                    "share": successes / 30,
                    "interval": interval,
                    "guess": None,
                    "figures": {},
                }
                for layers, successes, interval in (("nothing", 30, [0.88, 1.0]), ("all", 0, [0.0, 0.12]))
            ],
        }
    ],
}


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of every kind. Must not be changed."""
    folder = tmp_path_factory.mktemp("served") / "runs"
    recorded("names", folder / "names" / "atlas")
    (folder / "names" / "run.toml").write_text("[config]\n")
    (folder / "names" / "cost.json").write_text('{"dollars": 1.25}\n')
    (folder / "names" / "audits" / "2026-09-01T100000").mkdir(parents=True)
    (folder / "names" / "audits" / "2026-09-01T100000" / "audit.json").write_text(json.dumps(AUDIT))
    recorded("facets", folder / "facets" / "atlas")
    beside = recorded("facets", folder / "facets" / "atlas-task")
    tell(beside, "atlas", facet="task")
    recorded("facets", folder / "facets" / "atlas-task.partial")
    hostile(folder / "hostile" / "atlas")
    recorded("names", folder / "taken elsewhere ü")
    (folder / "unfinished" / "vault").mkdir(parents=True)
    (folder / "damaged" / "atlas").mkdir(parents=True)
    (folder / "damaged" / "atlas" / "atlas.json").write_text("{")
    half = recorded("names", folder / "half" / "atlas")
    (half / "cube.parquet").write_bytes(b"PAR1 and no more")
    unknown = recorded("names", folder / "users-unknown" / "atlas")
    rewrite(unknown, "cube", lambda rows: [row | {"users": None} for row in rows])
    rewrite(unknown, "clusters", lambda rows: [row | {"users": None} for row in rows])
    tell(unknown, "atlas", users=None)
    (folder / "no run at all").mkdir()
    (folder / "a file").write_text("nothing")
    return folder


Serve = Callable[..., Served]


@pytest.fixture
def serve(runs: Path) -> Iterator[Serve]:
    """Start servers over ``runs``, with settings of the test's own."""
    with ExitStack() as stack:
        yield lambda root=runs, **settings: stack.enter_context(served(Settings(root, **settings)))


@pytest.fixture(scope="session")
def explorer(runs: Path) -> Iterator[Served]:
    """One server over ``runs`` that nobody has to wait for."""
    with served(Settings(runs, requests_per_second=1e6, burst=1_000_000)) as found:
        yield found


@pytest.fixture(scope="session")
def client(explorer: Served) -> Iterator[httpx.Client]:
    """A browser in which the owner is signed in."""
    with explorer.client() as found:
        yield found


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The address of a PostgreSQL."""
    with postgresql() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new store may be: a file, or an empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "store.sqlite")
    return new_database(request.getfixturevalue("database_server"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what opens pages, by the folder that it is in."""
    for item in items:
        if item.path.parent.name in ("map", "page"):
            item.add_marker(pytest.mark.browser)
