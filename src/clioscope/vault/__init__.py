"""The private tables of a run: writing, reading, resuming. Never leaves the run's folder."""

from clioscope.vault.combined import write_combined
from clioscope.vault.facet_table import (
    Unusable,
    categories_of,
    facet_schema,
    failures_of,
    items_of,
    rows_of,
    texts_of,
    unanswered_columns,
    unanswered_of,
    unusable_in,
)
from clioscope.vault.files import empty_folder, in_order, write_array, write_text
from clioscope.vault.lock import run_lock
from clioscope.vault.run_folder import HierarchyFolder, RunFolder, user_hash
from clioscope.vault.stages import Stages, digest
from clioscope.vault.tables import CONVERSATIONS, Parts, conversation_row, conversations_in
from clioscope.vault.users import user_codes

__all__ = [
    "CONVERSATIONS",
    "HierarchyFolder",
    "Parts",
    "RunFolder",
    "Stages",
    "Unusable",
    "categories_of",
    "conversation_row",
    "conversations_in",
    "digest",
    "empty_folder",
    "facet_schema",
    "failures_of",
    "in_order",
    "items_of",
    "rows_of",
    "run_lock",
    "texts_of",
    "unanswered_columns",
    "unanswered_of",
    "unusable_in",
    "user_codes",
    "user_hash",
    "write_array",
    "write_combined",
    "write_text",
]
