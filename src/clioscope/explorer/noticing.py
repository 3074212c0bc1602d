"""Noticing that the next release of a run stands on other thresholds, whoever made it so, and writing it down."""

from __future__ import annotations

import json
import threading
from contextlib import suppress

from sqlalchemy import insert, select, update

from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.store.audit_log import add_line
from clioscope.explorer.store.changed import ChangedError
from clioscope.explorer.store.opening import Store
from clioscope.explorer.store.tables import thresholds_seen

THRESHOLDS = (
    "profile",
    "min_users",
    "min_conversations",
    "term_support",
    "min_users_of_a_cluster",
    "min_conversations_of_a_cluster",
    "largest_share_of_one_user",
    "rounding",
    "epsilon",
    "delta",
    "users_known",
    "levels_audited_apart",
    "titles_audited",
    "titles_audited_locally",
    "for_publishing",
)
"""What of ``privacy.json`` says under which promises figures and titles are released, and not what was found."""

NOBODY = "(not through the explorer)"
"""Who changed thresholds: they are changed by running again."""


class Noticing:
    """Compares each release, the first time that it is looked at, with the one before."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: set[tuple[str, str, str]] = set()
        self._lock = threading.Lock()

    def notice(self, opened: OpenAtlas) -> None:
        """Write a line where the thresholds of ``opened`` are others than those of the release before."""
        key = (*opened.subject, opened.digest)
        if key in self._seen:
            return
        with self._lock:
            with suppress(ChangedError):  # another server noticed at the same moment
                self._compare(opened)
            self._seen.add(key)

    def _compare(self, opened: OpenAtlas) -> None:
        run, facet = opened.subject
        now: dict[str, object] = {name: opened.privacy.get(name) for name in THRESHOLDS}
        here = (thresholds_seen.c.run == run) & (thresholds_seen.c.facet == facet)
        with self._store.adding() as connection:
            text = connection.execute(select(thresholds_seen.c.thresholds).where(here)).scalar_one_or_none()
            before = json.loads(text) if text else None
            if before == now:
                return
            if before is None:
                row = {"run": run, "facet": facet, "thresholds": json.dumps(now)}
                connection.execute(insert(thresholds_seen).values(row))
                return
            connection.execute(update(thresholds_seen).where(here).values(thresholds=json.dumps(now)))
            # What was not looked at then, since an older version looked at less, has not changed.
            names = sorted(name for name in before.keys() & now.keys() if before[name] != now[name])
            if not names:
                return
            detail: dict[str, object] = {
                "before": {name: before[name] for name in names},
                "now": {name: now[name] for name in names},
                "digest": opened.digest,
            }
            add_line(connection, NOBODY, "", "threshold change", opened.id, detail)
