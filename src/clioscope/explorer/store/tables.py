"""The tables of the store, as they are in the newest version of its schema.

Times are ISO 8601 in UTC, as text: what is hashed is then the same in every database.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

edits = Table(
    "edits",
    metadata,
    Column("run", Text, primary_key=True),
    Column("facet", Text, primary_key=True),
    Column("version", Integer, primary_key=True),  # 1, 2, ...: who adds to an older state is refused by the key
    Column("digest", Text, nullable=False),  # of the atlas that the person saw
    Column("edit", Text, nullable=False),  # JSON: clioscope.explorer.edits.kinds
    Column("known", Text, nullable=False),  # JSON: what its clusters are known by in other releases
    Column("author", Text, nullable=False),
    Column("time", Text, nullable=False),
)
"""What people changed about how clusters are shown, undoing and redoing included."""

review_events = Table(
    "review_events",
    metadata,
    Column("run", Text, primary_key=True),
    Column("facet", Text, primary_key=True),
    Column("thread", Text, primary_key=True),  # one cluster, from release to release
    Column("version", Integer, primary_key=True),  # 1, 2, ... within the thread
    Column("digest", Text, nullable=False),
    Column("cluster", Text, nullable=False),  # its id in that release
    Column("known", Text, nullable=False),
    Column("state", Text),  # null where only a note was added
    Column("note", Text),
    Column("author", Text, nullable=False),
    Column("time", Text, nullable=False),
)
"""What was decided and noted about clusters in the review queue."""

audit_log = Table(
    "audit_log",
    metadata,
    Column("line", BigInteger, primary_key=True, autoincrement=False),  # 1, 2, ...
    Column("time", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("about", Text, nullable=False),  # the run or atlas
    Column("detail", Text, nullable=False),  # JSON
    Column("previous", Text, nullable=False),  # the hash of the line before
    Column("hash", Text, nullable=False),  # SHA-256 over all of the above
)
"""Who did what, each line bound to the one before."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1
    Column("line", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)
"""The last line of the audit log, so that lines cannot go missing at its end. Locked while a line is added."""

thresholds_seen = Table(
    "thresholds_seen",
    metadata,
    Column("run", Text, primary_key=True),
    Column("facet", Text, primary_key=True),
    Column("thresholds", Text, nullable=False),  # JSON
)
"""The thresholds that a run's atlas was last seen with, so that a change of them is noticed."""

people = Table(
    "people",
    metadata,
    Column("subject", Text, primary_key=True),  # JSON: [issuer, sub]
    Column("name", Text, nullable=False, unique=True),  # how the audit log calls them
    Column("groups", Text, nullable=False),  # JSON, as the provider told them last
    Column("roles", Text, nullable=False),  # JSON: what these gave at the last sign-in
    Column("seen", Text, nullable=False),
)
"""Whom a sign-in provider has sent, as they were at their last sign-in."""

sessions = Table(
    "sessions",
    metadata,
    Column("hash", Text, primary_key=True),  # SHA-256 of the cookie
    Column("id", Text, nullable=False, unique=True),  # names it in lists, and lets nobody in
    Column("subject", Text, nullable=False, index=True),
    Column("groups", Text, nullable=False),
    Column("begun", Text, nullable=False),
    Column("used", Text, nullable=False),
    Column("ends", Text, nullable=False),
    Column("sealed", Text),  # the id token, encrypted with a key that is made from the cookie
)
"""Who is signed in. A session that has ended is no longer there."""

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("owner", Text, nullable=False),  # how the audit log calls who made it
    Column("subject", Text, index=True),  # null where no sign-in provider knows them
    Column("role", Text, nullable=False),
    Column("runs", Text),  # JSON: patterns of names; null: all
    Column("made", Text, nullable=False),
    Column("ends", Text, nullable=False),
    Column("used", Text),
    Column("revoked", Text),
)
"""API tokens. They stay when they have ended, so that it can be told whose they were."""
