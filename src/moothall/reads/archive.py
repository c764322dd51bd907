"""The whole forum as an archive holds it; for the operator, so nothing is hidden."""

from collections.abc import Callable

from moothall.domain.archive import Record
from moothall.storage import archive_list
from moothall.storage.transaction import Transaction


def show_all(
    tx: Transaction, begin: Callable[[dict[str, int]], object], take: Callable[[Record], object]
) -> None:
    """Hand every record to `take`, in the order of the format, all from one moment.

    Records refer to rows by their ids. `begin` is told the largest of them by kind.
    """
    begin(archive_list.last_ids(tx.conn))
    for record in archive_list.each_record(tx.conn):
        take(record)
