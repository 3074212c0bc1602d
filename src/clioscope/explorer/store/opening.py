"""Opening the store: an SQLite file beside the runs, or PostgreSQL by its address."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, OperationalError, SQLAlchemyError

from clioscope.errors import ConfigError, RunError
from clioscope.explorer.place import private_place
from clioscope.explorer.store.audit_log import AuditLog
from clioscope.explorer.store.changed import ChangedError
from clioscope.explorer.store.versions import bring_up_to_date

FILE = "store.sqlite"
_WAIT_SECONDS = 30
_ONE_AT_A_TIME = 0x636C696F
"""Of PostgreSQL's advisory locks the one under which the schema is made."""


@dataclass(frozen=True)
class Store:
    """An open store. May be used from several threads, and by several servers at once."""

    engine: Engine
    where: str
    """How messages call it; without a password."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read from."""
        with _in_sentences(self.where), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def at_one_moment(self) -> Iterator[Connection]:
        """A connection that sees the store as it was when it first read, whatever is added since."""
        with _in_sentences(self.where), self.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            else:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def adding(self) -> Iterator[Connection]:
        """A transaction that adds rows: all of them or none.

        Raises
        ------
        ChangedError
            Another transaction added rows with these keys first.
        """
        with _in_sentences(self.where):
            try:
                with self.engine.begin() as connection:
                    if connection.dialect.name == "sqlite":
                        # Taken now, since a transaction that reads first and then writes can be refused half-way.
                        connection.exec_driver_sql("BEGIN IMMEDIATE")
                    yield connection
            except IntegrityError:
                raise ChangedError from None

    @cached_property
    def audit_log(self) -> AuditLog:
        """Who did what."""
        return AuditLog(self)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def sqlite_beside(root: Path) -> Path:
    """Where the store of the runs in ``root`` is, unless an address says otherwise."""
    return private_place(root) / FILE


def open_store(where: str | Path) -> Store:
    """Open the store at ``where``: a file, or an address such as ``postgresql://user@host/name``. It may be missing.

    Raises
    ------
    ConfigError
        It is no address, or what speaks to such a database is not installed.
    RunError
        It cannot be opened, or a newer Clioscope made it.
    """
    url = _url(where)
    file = _file_of(url)
    if file is not None:
        _make_private(file)
    store = Store(_engine(url), file.as_posix() if file else url.render_as_string(hide_password=True))
    try:
        with store.adding() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
            bring_up_to_date(connection, store.where)
    except BaseException:
        store.close()
        raise
    return store


def open_to_read(where: str | Path) -> Store:
    """Open a store that is there, and change nothing about it.

    Raises
    ------
    RunError
        There is none.
    """
    url = _url(where)
    file = _file_of(url)
    if file is None:
        return Store(_engine(url), url.render_as_string(hide_password=True))
    if not file.is_file():
        raise RunError(f"There is no store at {file}. Give the folder that is served, the file, or its address.")
    read_only = URL.create(
        "sqlite", database=f"file:{file.absolute().as_uri()[7:]}", query={"mode": "ro", "uri": "true"}
    )
    return Store(_engine(read_only, read_only=True), file.as_posix())


def _url(where: str | Path) -> URL:
    if isinstance(where, Path) or "://" not in where:
        return URL.create("sqlite", database=str(where))
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):
        raise ConfigError(
            "The store's address cannot be read: write it like postgresql://user:password@host/name."
        ) from None
    if url.get_backend_name() not in ("postgresql", "postgres", "sqlite"):
        raise ConfigError(f"A store is in SQLite or PostgreSQL, and not in {url.get_backend_name()}.")
    return url if url.get_backend_name() == "sqlite" else url.set(drivername="postgresql+psycopg")


def _file_of(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise ConfigError("A store in SQLite needs a file: write it like sqlite:///folder/store.sqlite.")
    return Path(url.database)


def _make_private(file: Path) -> None:
    """Make the file before SQLite does, readable by its owner alone. The files beside it take over its rights."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        file.chmod(0o600)
    except OSError as error:
        raise RunError(
            f"{file} cannot be written ({error.strerror}). Give the address of a store elsewhere with --store."
        ) from None


def _engine(url: URL, *, read_only: bool = False) -> Engine:
    options: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": _WAIT_SECONDS, "check_same_thread": False}
    else:
        options |= {"pool_pre_ping": True, "connect_args": {"connect_timeout": _WAIT_SECONDS}}
    try:
        engine = create_engine(url, **options)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise ConfigError("A store in PostgreSQL needs pip install 'clioscope[postgresql]'.") from None
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        if not read_only:
            event.listen(engine, "connect", _write_ahead)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where this module says so, and not where sqlite3 guesses


def _write_ahead(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL").close()
    connection.execute("PRAGMA synchronous = FULL").close()


@contextmanager
def _in_sentences(where: str) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0] if error.orig else "it does not answer"
        raise RunError(f"The store {where} cannot be used ({reason}).") from None
    except SQLAlchemyError as error:
        raise RunError(f"The store {where} cannot be used ({type(error).__name__}).") from None
