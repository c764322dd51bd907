"""Erasing what somebody wrote: a batch for each transaction, the next one as a job."""

from collections import Counter
from typing import Any

from moothall.domain.ids import CommunityId, PersonId, PostId
from moothall.storage import comment as comments
from moothall.storage import erasure, jobs, purge
from moothall.storage.erasure import Written
from moothall.storage.portion import Portion
from moothall.storage.post import count_post
from moothall.storage.transaction import Transaction
from moothall.storage.user import get_person

from .media import free_uploads

JOB = "erase_content"
# Small enough that the writer is held for a few milliseconds only; less of long texts.
BATCH = 15
_START = (0, 0)


def erase_content(
    tx: Transaction,
    person_id: PersonId,
    subject: str = "post",
    after: tuple[int, int] = _START,
    *,
    purged: bool = False,
) -> None:
    """Overwrite a batch of what a person wrote, first posts, then comments.

    `after` is (created_at, id) of the last one done. What is left goes on as a job with the same
    arguments; a batch that is done twice changes nothing. `purged`: by an admin, who also erases
    what quotes it.
    """
    person = get_person(tx.conn, person_id)
    if person is None:
        return
    if subject == "post":
        done = _erase_posts(tx, person_id, after, local=person.local)
    else:
        done = _erase_comments(tx, person_id, after, local=person.local)
    if purged:
        free_uploads(tx, purge.forget_traces(tx.conn, subject, [each.id for each in done.rows]))
    if done.has_more:
        last = done.rows[-1]
        _go_on(tx, person_id, subject, (last.created_at, last.id), purged=purged)
    elif subject == "post":
        erase_content(tx, person_id, "comment", purged=purged)


def continue_erasure(tx: Transaction, payload: dict[str, Any]) -> None:
    """The next batch, as a job asks for it."""
    created_at, last_id = payload["after"]
    erase_content(
        tx,
        PersonId(payload["person_id"]),
        payload["subject"],
        (created_at, last_id),
        purged=payload["purged"],
    )


def _go_on(
    tx: Transaction, person_id: PersonId, subject: str, after: tuple[int, int], *, purged: bool
) -> None:
    payload = {
        "person_id": person_id,
        "subject": subject,
        "after": list(after),
        "purged": purged,
    }
    jobs.add(tx.conn, JOB, payload, tx.now)


def _erase_posts(
    tx: Transaction, person_id: PersonId, after: tuple[int, int], *, local: bool
) -> Portion[Written]:
    batch = erasure.list_posts(tx.conn, person_id, after, BATCH)
    erasure.erase_posts(tx.conn, [each.id for each in batch.rows], tx.now)
    communities = Counter(each.community_id for each in batch.rows if each.counted)
    for community_id, number in communities.items():
        count_post(tx.conn, person_id, CommunityId(community_id), -number, local=local)
    return batch


def _erase_comments(
    tx: Transaction, person_id: PersonId, after: tuple[int, int], *, local: bool
) -> Portion[Written]:
    batch = erasure.list_comments(tx.conn, person_id, after, BATCH)
    erasure.erase_comments(tx.conn, [each.id for each in batch.rows], tx.now)
    counted = [each for each in batch.rows if each.counted]
    for post_id, number in Counter(each.post_id for each in counted).items():
        comments.count_in_post(tx.conn, PostId(post_id), -number)
    for community_id, number in Counter(each.community_id for each in counted).items():
        comments.count_comment(
            tx.conn, community_id=community_id, creator_id=person_id, local=local, by=-number
        )
    return batch
