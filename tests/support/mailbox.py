"""What a forum would mail: the messages that wait in its jobs."""

import json
import re
from typing import Any

from sqlalchemy import select

from moothall.actions.mail import SEND_JOB
from moothall.forum import Forum
from moothall.storage.statements import Statement, param
from moothall.storage.tables import job

_JOBS = Statement(select(job.c.payload).where(job.c.kind == param("kind")).order_by(job.c.id))


def jobs(forum: Forum, kind: str) -> list[dict[str, Any]]:
    """The payloads of all jobs of a kind, oldest first."""
    rows = forum.read_now(lambda tx: tx.conn.all(_JOBS, kind=kind))
    return [json.loads(payload) for (payload,) in rows]


def mails(forum: Forum) -> list[dict[str, Any]]:
    """All messages, oldest first, as `to`, `subject`, `text`."""
    return jobs(forum, SEND_JOB)


def mailed_token(mail: dict[str, Any]) -> str:
    """The token at the end of the link in a message."""
    found = re.search(r"/(?:verify_email|password_change)/([\w-]+)", mail["text"])
    assert found is not None
    return found[1]
