"""Keeping the index of words true to the stems that this program computes."""

from typing import Any

from moothall.lib.stems import fingerprint
from moothall.storage import jobs, search, text_index
from moothall.storage.transaction import Transaction

JOB = "index_texts"
BATCH = 50
_INDEX = {"post": search.index_posts, "comment": search.index_comments}


def is_index_current(tx: Transaction) -> bool:
    """Whether the index holds the stems that are computed now; only reads."""
    now = fingerprint()
    return all(text_index.fingerprint_of(tx.conn, subject) == now for subject in _INDEX)


def begin_index(tx: Transaction) -> None:
    """Note in a new database, where nothing is indexed yet, what will be."""
    for subject in _INDEX:
        text_index.set_fingerprint(tx.conn, subject, fingerprint())


def renew_index(tx: Transaction) -> None:
    """Empty the index where it holds other stems, and have everything indexed again.

    To be called before anybody writes. Until the jobs are done, searches find what they have
    reached and what is new.
    """
    now = fingerprint()
    for subject in _INDEX:
        if text_index.fingerprint_of(tx.conn, subject) != now:
            text_index.empty(tx.conn, subject)
            text_index.set_fingerprint(tx.conn, subject, now)
            _go_on(tx, subject, 0)


def continue_indexing(tx: Transaction, payload: dict[str, Any]) -> None:
    """The job: index some texts, the oldest first; those that are indexed already stay so."""
    subject = payload["subject"]
    ids = text_index.texts_after(tx.conn, subject, payload["after_id"], BATCH)
    _INDEX[subject](tx.conn, ids)
    if ids:
        _go_on(tx, subject, ids[-1])


def _go_on(tx: Transaction, subject: str, after_id: int) -> None:
    jobs.add(tx.conn, JOB, {"subject": subject, "after_id": after_id}, tx.now)
