"""In what order disputes wait for officers: the SQL of one generated column, and its indices. Pure.

That of shops' names is a hash in PostgreSQL, whose B-tree refuses names beyond 2,700 bytes: it finds
equal names. Parts of a name are found in SQLite by reading that index through, in PostgreSQL the table.
"""

ACCEPTING = ("lodged", "negotiating", "agreed", "in_progress", "incomplete")  # 第121号令 第15条
MEDIATING = ("accepted", "mediating", "suspended")  # 第23条
NO_DAY = "9999-12-30"  # it runs, and no clock does: behind all that have a day
OVER = "9999-12-31"  # nothing is due any more


def _quoted(states: tuple[str, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)


# The day by which officers must act next; the database keeps it, whatever changes the row.
SQL = (
    f"CASE WHEN state IN ({_quoted(ACCEPTING)}) THEN COALESCE(accept_due, '{NO_DAY}') "
    f"WHEN state IN ({_quoted(MEDIATING)}) THEN COALESCE(mediate_due, '{NO_DAY}') "
    f"ELSE '{OVER}' END"
)

INDICES = {
    "ix_disputes_queue": ("queue_on", "id"),
    "ix_disputes_state_queue": ("state", "queue_on"),
    "ix_disputes_street_queue": ("street", "queue_on", "state"),
    "ix_disputes_officer_queue": ("officer", "queue_on", "state"),
}
