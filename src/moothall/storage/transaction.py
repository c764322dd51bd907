"""What actions and reads are given: a connection inside one transaction, the time, and home."""

from typing import NamedTuple

from moothall.domain.site import Home
from moothall.domain.time import Time

from .connection import Connection


class Transaction(NamedTuple):
    """One transaction. `now` is the same for all that happens in it."""

    conn: Connection
    now: Time
    home: Home
