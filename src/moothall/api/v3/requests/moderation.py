"""Requests of admins: bans, applications, purges."""

from moothall.api.fields import Int32, Int64, Paged, Request


class BanPerson(Request, frozen=True, kw_only=True):
    """`expires` is in seconds since 1970."""

    person_id: Int32
    ban: bool
    remove_data: bool | None = None
    reason: str | None = None
    expires: Int64 | None = None


class AddAdmin(Request, frozen=True):
    person_id: Int32
    added: bool


class ListRegistrationApplications(Paged, frozen=True, kw_only=True):
    unread_only: bool | None = None


class ApproveRegistrationApplication(Request, frozen=True, kw_only=True):
    id: Int32
    approve: bool
    deny_reason: str | None = None


class GetRegistrationApplication(Request, frozen=True):
    person_id: Int32


class PurgePerson(Request, frozen=True, kw_only=True):
    person_id: Int32
    reason: str | None = None


class PurgeCommunity(Request, frozen=True, kw_only=True):
    community_id: Int32
    reason: str | None = None


class PurgePost(Request, frozen=True, kw_only=True):
    post_id: Int32
    reason: str | None = None


class PurgeComment(Request, frozen=True, kw_only=True):
    comment_id: Int32
    reason: str | None = None
