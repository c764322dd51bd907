"""What the background process does: a function for each kind of job, and the regular upkeep.

Only wiring: the work itself is done by actions, the rhythm is the worker's.
"""

from collections.abc import Callable
from typing import Any

from moothall.actions import (
    backup,
    ban,
    erasure,
    mail,
    media,
    password,
    preview,
    purge,
    removal,
    text_index,
    upkeep,
)
from moothall.actions.job import do_job
from moothall.forum import Forum
from moothall.lib.mail import MailRefused, SmtpServer, build_message, send
from moothall.lib.media_tools import MediaTools
from moothall.media.previews import preview_link
from moothall.media.upkeep import Sweep, erase_blob
from moothall.settings import Settings
from moothall.storage.jobs import Job
from moothall.storage.transaction import Transaction
from moothall.worker.loop import DoNotRetry, Upkeep, Work


def jobs_of(forum: Forum, settings: Settings, tools: MediaTools) -> dict[str, Work]:
    """What to do for each kind of job."""
    return {
        mail.SEND_JOB: _mailer(settings),
        password.RESET_JOB: lambda job: forum.act_now(do_job, job, _send_reset),
        erasure.JOB: lambda job: forum.act_now(do_job, job, erasure.continue_erasure),
        removal.JOB: lambda job: forum.act_now(do_job, job, removal.continue_removal),
        backup.JOB: lambda job: forum.act_now(do_job, job, backup.continue_import),
        text_index.JOB: lambda job: forum.act_now(do_job, job, text_index.continue_indexing),
        purge.JOB: lambda job: forum.act_now(do_job, job, purge.continue_purge),
        **media_jobs(forum, tools),
    }


def media_jobs(forum: Forum, tools: MediaTools) -> dict[str, Work]:
    """What to do in the store of uploads, and at the servers of others."""
    return {
        preview.JOB: lambda job: preview_link(forum, tools, job.attempts, **job.payload),
        media.ERASE_JOB: lambda job: erase_blob(forum, tools, **job.payload),
        media.ERASE_ALL_JOB: lambda job: forum.act_now(do_job, job, media.continue_erasing),
    }


def _send_reset(tx: Transaction, payload: dict[str, Any]) -> None:
    password.send_password_reset(tx, **payload)


def _mailer(settings: Settings) -> Work:
    smtp = settings.smtp
    server = SmtpServer(smtp.host, smtp.port, smtp.tls, smtp.username, smtp.password)

    def send_mail(job: Job) -> None:
        if not smtp.host:
            raise DoNotRetry("no mail server is set up (smtp.host)")
        sender = smtp.from_address or f"noreply@{settings.host}"
        message = build_message(**job.payload, from_address=sender)
        try:
            send(server, message)
        except MailRefused as error:
            raise DoNotRetry(str(error)) from error

    return send_mail


def upkeep_of(forum: Forum) -> list[Upkeep]:
    """What is done regularly, in seconds between two rounds."""
    return [
        Upkeep("post_ranks", 600, _Sweep(forum, upkeep.young_post_ids, upkeep.refresh_post_ranks)),
        Upkeep(
            "comment_ranks",
            600,
            _Sweep(forum, upkeep.young_comment_ids, upkeep.refresh_comment_ranks),
        ),
        Upkeep("active_users", 3600, _Walk(forum, upkeep.count_active_users)),
        Upkeep("expired_bans", 60, lambda: forum.act_now(ban.lift_expired)),
        Upkeep("denied_applications", 3600, lambda: forum.act_now(upkeep.forget_denied)),
        Upkeep("sessions", 3600, lambda: forum.act_now(upkeep.forget_sessions)),
        Upkeep("events", 300, lambda: forum.act_now(upkeep.forget_events)),
        Upkeep("captchas", 300, lambda: forum.act_now(upkeep.forget_captchas)),
        Upkeep("mail_tokens", 300, lambda: forum.act_now(upkeep.forget_mail_tokens)),
    ]


def media_upkeep(forum: Forum, tools: MediaTools) -> list[Upkeep]:
    """What is done regularly in the store of uploads."""
    return [Upkeep("stored_pictures", 86_400, Sweep(forum, tools))]


class _Sweep:
    """Collects ids by a read, then works on them slice by slice."""

    def __init__(
        self,
        forum: Forum,
        collect: Callable[[Transaction], list[int]],
        refresh: Callable[[Transaction, list[int]], None],
    ) -> None:
        self._forum = forum
        self._collect = collect
        self._refresh = refresh
        self._left: list[int] = []

    def __call__(self) -> bool:
        if not self._left:
            self._left = self._forum.read_now(self._collect)
        piece, self._left = self._left[: upkeep.SLICE], self._left[upkeep.SLICE :]
        if piece:
            self._forum.act_now(self._refresh, piece)
        return bool(self._left)


class _Walk:
    """Repeats a step that tells where the next one begins."""

    def __init__(self, forum: Forum, step: Callable[[Transaction, int], int | None]) -> None:
        self._forum = forum
        self._step = step
        self._place = 0

    def __call__(self) -> bool:
        place = self._forum.act_now(self._step, self._place)
        self._place = place or 0
        return place is not None
