"""Real databases to keep things in: SQLite files, and a PostgreSQL of the test's own."""

from __future__ import annotations

import contextlib
import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from tests.explorer.needed import skip_outside_ci

_USERS = ("postgres", "nobody")
"""PostgreSQL refuses to run as root. One of these does it where the tests are root's."""


def programs() -> Path | None:
    """Where PostgreSQL's programs are: Debian keeps them out of the way."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL in a folder of its own, for as long as the block runs."""
    bin = programs()
    if bin is None:
        skip_outside_ci("PostgreSQL is not installed: apt install postgresql")
    user = next(name for name in _USERS if _is_user(name)) if os.geteuid() == 0 else getpass.getuser()
    as_user = {"user": user} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short, since the path of a socket may not be long
    try:
        if as_user:
            shutil.chown(folder, user)
        subprocess.run(
            [bin / "initdb", "-D", folder / "data", "-A", "trust", "-U", "owner", "--no-sync", "-E", "UTF8"],
            check=True,
            capture_output=True,
            cwd=folder,
            **as_user,
        )
        options = f"-c listen_addresses='' -k {folder} -F"
        control = [bin / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options]
        subprocess.run([*control, "start"], check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user)
        try:
            yield f"postgresql://owner@/postgres?host={folder}"
        finally:
            stop = [bin / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop"]
            subprocess.run(stop, check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user)
    finally:
        shutil.rmtree(folder)


def new_database(server: str) -> str:
    """The address of an empty database in a server."""
    import psycopg

    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


def execute(where: str, *statements: str) -> None:
    """Change a store behind the explorer's back."""
    from clioscope.explorer.store.opening import open_store

    store = open_store(where)
    try:
        with store.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
            connection.commit()
    finally:
        store.close()


def _is_user(name: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False
