"""The versions of the store's schema, and how one becomes the next."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect, select, text

from clioscope.errors import RunError
from clioscope.explorer.store.tables import metadata, schema_version

_GUARDED = "the audit log is only ever added to"

_SQLITE_GUARDS = tuple(
    f"CREATE TRIGGER audit_log_no_{what.lower()} BEFORE {what} ON audit_log "
    f"BEGIN SELECT RAISE(ABORT, '{_GUARDED}'); END"
    for what in ("UPDATE", "DELETE")
)
_POSTGRESQL_GUARDS = (
    (
        "CREATE FUNCTION audit_log_is_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_GUARDED}'; END $$"
    ),
    (
        "CREATE TRIGGER audit_log_is_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_added_to()"
    ),
)


def _first(connection: Connection) -> None:
    """The first tables. Against changes by mistake, the database itself refuses to change the audit log."""
    metadata.create_all(connection)
    connection.execute(text("INSERT INTO audit_head (id, line, hash) VALUES (1, 0, '')"))
    guards = _POSTGRESQL_GUARDS if connection.dialect.name == "postgresql" else _SQLITE_GUARDS
    for statement in guards:
        connection.exec_driver_sql(statement)


def _teams(connection: Connection) -> None:
    """People, sessions and tokens. What is there already is left as it is."""
    metadata.create_all(connection)


STEPS: tuple[Callable[[Connection], None], ...] = (_first, _teams)
"""Step ``n`` brings a store from version ``n`` to ``n + 1``. A step that was released is never changed."""


def bring_up_to_date(connection: Connection, where: str) -> None:
    """Make what is missing in the store, within one transaction.

    Raises
    ------
    RunError
        A newer Clioscope made it.
    """
    version = version_of(connection)
    if version > len(STEPS):
        raise RunError(
            f"{where} was made by a newer Clioscope (its schema is {version}, this one knows {len(STEPS)}). "
            "Upgrade with `pip install --upgrade clioscope`."
        )
    for step in STEPS[version:]:
        step(connection)
    if version < len(STEPS):
        connection.execute(schema_version.delete())
        connection.execute(schema_version.insert().values(version=len(STEPS)))


def version_of(connection: Connection) -> int:
    """The version of the store's schema; 0 where there is none."""
    if not inspect(connection).has_table("schema_version"):
        return 0
    return connection.execute(select(schema_version.c.version)).scalar_one_or_none() or 0
