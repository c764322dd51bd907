"""The keys of our actors, each made when it is first needed."""

from moothall.domain.actor import StoredKey, Subject
from moothall.storage import actor_key
from moothall.storage.transaction import Transaction


def store_key(tx: Transaction, subject: Subject, subject_id: int, key: StoredKey) -> StoredKey:
    """Give an actor the key that was made for it; returns the one it has now.

    The pair is made before, by `lib.keys`: that takes longer than a transaction should.
    """
    actor_key.add_key(tx.conn, subject, subject_id, key, tx.now)
    stored = actor_key.get_key(tx.conn, subject, subject_id)
    return stored or key
