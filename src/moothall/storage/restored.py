"""What a PostgreSQL database needs that was written by another cluster, as after a restore.

Events are read in the order of the transactions that wrote them (see `storage.event`), and each
cluster counts its transactions for itself: new events would be numbered below those that were
brought along, where nobody reads any more.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

# What has been committed here has a number below the second one. Cursors stay when the events that
# they have read are forgotten.
_NUMBERS = """
SELECT greatest((SELECT max(transaction_id) FROM event),
                (SELECT max(transaction_id) FROM event_cursor)),
       pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""
_SHIFTS = (
    "UPDATE event SET transaction_id = transaction_id - %(by)s",
    "UPDATE event_cursor SET transaction_id = transaction_id - %(by)s",
)


def renumber_events(raw: "psycopg.Connection[Any]") -> bool:
    """Where numbers are of another cluster, move all below those of this one, in the same order.

    Returns whether that was so. To be called by one process at a time, before anything is written.
    """
    with raw.transaction():
        row = raw.execute(_NUMBERS).fetchone()
        if row is None or row[0] is None or row[0] < row[1]:
            return False
        for shift in _SHIFTS:
            raw.execute(shift, {"by": row[0] + 1})
    return True
