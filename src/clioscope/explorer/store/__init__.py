"""What people do in the explorer, kept in a database: edits, reviews and notes, and the audit log."""

from clioscope.explorer.store.audit_log import AuditLog
from clioscope.explorer.store.opening import Store, open_store, sqlite_beside

__all__ = ["AuditLog", "Store", "open_store", "sqlite_beside"]
