"""What moderators do, each with who may: one table, run through actions and through the API."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from moothall.actions import ban, moderation, purge, removal, report
from moothall.domain.ids import CommunityId, PersonId, PrivateMessageId
from moothall.domain.moderation import Ban
from tests.support.api import ApiClient
from tests.support.builders import a_community, a_person
from tests.support.town import Town

# Signed in, in no particular order; nobody at all is tested where the API is.
ACTORS = (
    "user",
    "author",
    "banned",
    "elsewhere",
    "lower",
    "mod",
    "top",
    "admin",
    "senior",
)
_OUTSIDERS = ("user", "author", "banned", "elsewhere")
_TEAM = ("lower", "mod", "top")

FOR_THE_TEAM = dict.fromkeys(_OUTSIDERS, "not_a_moderator")
FOR_ADMINS = dict.fromkeys((*_OUTSIDERS, *_TEAM), "not_an_admin")

_numbers = count()


@dataclass(frozen=True)
class Verb:
    """Something to do. `refusals` has the code for each doer who may not."""

    name: str
    prepare: Callable[[Town, str], int]
    action: Callable[..., object]
    arguments: Callable[[Town, int], tuple[tuple[Any, ...], dict[str, Any]]]
    call: Callable[[ApiClient, str | None, Town, int], httpx.Response]
    refusals: dict[str, str]
    is_logged: bool = True


def _verb(
    name: str,
    prepare: Callable[[Town, str], int],
    action: Callable[..., object],
    refusals: dict[str, str],
    route: str,
    body: Callable[[Town, int], dict[str, Any]],
    *,
    method: str = "post",
    is_logged: bool = True,
    first: Callable[[Town], tuple[Any, ...]] = lambda _: (),
    rest: tuple[Any, ...] = (),
    fields: dict[str, Any] | None = None,
) -> Verb:
    def call(client: ApiClient, token: str | None, town: Town, target: int) -> httpx.Response:
        found: httpx.Response = getattr(client, method)(route, token, **body(town, target))
        return found

    return Verb(
        name,
        prepare,
        action,
        lambda town, target: ((*first(town), target, *rest), fields or {}),
        call,
        refusals,
        is_logged,
    )


def _post(town: Town, _: str) -> int:
    return town.post()


def _comment(town: Town, _: str) -> int:
    return town.comment()


def _own_comment(town: Town, doer: str) -> int:
    return town.comment("author" if doer == "banned" else doer)


def _after(
    prepare: Callable[[Town, str], int], action: Callable[..., object], **fields: Any
) -> Callable[[Town, str], int]:
    """The same thing, when an admin has done something to it."""

    def prepared(town: Town, doer: str) -> int:
        target = prepare(town, doer)
        town.forum.act_now(action, town.people["senior"].doer, target, **fields)
        return target

    return prepared


def _stranger(town: Town, _: str) -> int:
    return a_person(town.forum, f"stranger{next(_numbers)}").person_id


def _exile(town: Town, doer: str) -> int:
    person_id = PersonId(_stranger(town, doer))
    by = town.people["senior"].doer
    town.forum.act_now(ban.ban_from_community, by, town.community_id, person_id, Ban())
    return person_id


def _outlaw(town: Town, doer: str) -> int:
    person_id = PersonId(_stranger(town, doer))
    town.forum.act_now(ban.ban_person, town.people["senior"].doer, person_id, Ban())
    return person_id


def _hamlet(town: Town, _: str) -> int:
    return a_community(town.forum, town.people["author"], f"hamlet{next(_numbers)}")


def _post_report(town: Town, _: str) -> int:
    by = town.people["user"].doer
    return town.forum.act_now(report.report_post, by, town.post(), "rude")


def _comment_report(town: Town, _: str) -> int:
    by = town.people["user"].doer
    return town.forum.act_now(report.report_comment, by, town.comment(), "rude")


def _message(town: Town, _: str) -> PrivateMessageId:
    return town.message("author", "user")


def _message_report(town: Town, doer: str) -> int:
    by = town.people["user"].doer
    return town.forum.act_now(report.report_private_message, by, _message(town, doer), "rude")


def _here(town: Town) -> tuple[CommunityId]:
    return (town.community_id,)


@dataclass(frozen=True)
class _Switch:
    """Something that is done and undone by one function, by a flag."""

    name: str
    prepare: Callable[[Town, str], int]
    action: Callable[..., object]
    flag: str
    route: str
    key: str
    refusals: dict[str, str] = field(default_factory=lambda: FOR_THE_TEAM)
    fields: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)

    def verbs(self) -> list[Verb]:
        done = _after(self.prepare, self.action, **{self.flag: True}, **self.fields)
        return [
            self._verb(self.name, self.prepare, flag=True),
            self._verb(f"un{self.name}", done, flag=False),
        ]

    def _verb(self, name: str, prepare: Callable[[Town, str], int], *, flag: bool) -> Verb:
        return _verb(
            name,
            prepare,
            self.action,
            self.refusals,
            self.route,
            lambda _, target: {self.key: target, self.flag: flag, **self.body},
            fields={self.flag: flag, **self.fields},
        )


_SWITCHES = [
    _Switch("remove_post", _post, removal.remove_post, "removed", "/post/remove", "post_id"),
    _Switch(
        "remove_comment",
        _comment,
        removal.remove_comment,
        "removed",
        "/comment/remove",
        "comment_id",
    ),
    _Switch("lock_post", _post, moderation.lock_post, "locked", "/post/lock", "post_id"),
    _Switch(
        "feature_post",
        _post,
        moderation.feature_post,
        "featured",
        "/post/feature",
        "post_id",
        fields={"in_community": True},
        body={"feature_type": "Community"},
    ),
    _Switch(
        "feature_post_on_front",
        _post,
        moderation.feature_post,
        "featured",
        "/post/feature",
        "post_id",
        refusals=FOR_THE_TEAM | dict.fromkeys(_TEAM, "not_an_admin"),
        fields={"in_community": False},
        body={"feature_type": "Local"},
    ),
]
VERBS = [verb for switch in _SWITCHES for verb in switch.verbs()]
VERBS += [
    _verb(
        "distinguish_comment",
        _own_comment,
        moderation.distinguish_comment,
        FOR_THE_TEAM | {"banned": "no_comment_edit_allowed"},
        "/comment/distinguish",
        lambda _, target: {"comment_id": target, "distinguished": True},
        fields={"distinguished": True},
    ),
    _verb(
        "distinguish_comment_of_another",
        _comment,
        moderation.distinguish_comment,
        dict.fromkeys(ACTORS, "no_comment_edit_allowed") | {"author": "not_a_moderator"},
        "/comment/distinguish",
        lambda _, target: {"comment_id": target, "distinguished": True},
        fields={"distinguished": True},
    ),
    _verb(
        "ban_from_community",
        _stranger,
        ban.ban_from_community,
        FOR_THE_TEAM,
        "/community/ban_user",
        lambda town, target: {"community_id": town.community_id, "person_id": target, "ban": True},
        first=_here,
        rest=(Ban(),),
    ),
    _verb(
        "unban_from_community",
        _exile,
        ban.unban_from_community,
        FOR_THE_TEAM,
        "/community/ban_user",
        lambda town, target: {"community_id": town.community_id, "person_id": target, "ban": False},
        first=_here,
    ),
    _verb(
        "ban_person",
        _stranger,
        ban.ban_person,
        FOR_ADMINS,
        "/user/ban",
        lambda _, target: {"person_id": target, "ban": True},
        rest=(Ban(),),
    ),
    _verb(
        "unban_person",
        _outlaw,
        ban.unban_person,
        FOR_ADMINS,
        "/user/ban",
        lambda _, target: {"person_id": target, "ban": False},
    ),
    _verb(
        "purge_post",
        _post,
        purge.purge_post,
        FOR_ADMINS,
        "/admin/purge/post",
        lambda _, target: {"post_id": target},
    ),
    _verb(
        "purge_comment",
        _comment,
        purge.purge_comment,
        FOR_ADMINS,
        "/admin/purge/comment",
        lambda _, target: {"comment_id": target},
    ),
    _verb(
        "purge_person",
        _stranger,
        purge.purge_person,
        FOR_ADMINS,
        "/admin/purge/person",
        lambda _, target: {"person_id": target},
    ),
    _verb(
        "purge_community",
        _hamlet,
        purge.purge_community,
        FOR_ADMINS,
        "/admin/purge/community",
        lambda _, target: {"community_id": target},
    ),
    _verb(
        "resolve_post_report",
        _post_report,
        report.resolve_post_report,
        FOR_THE_TEAM,
        "/post/report/resolve",
        lambda _, target: {"report_id": target, "resolved": True},
        method="put",
        is_logged=False,
        fields={"resolved": True},
    ),
    _verb(
        "resolve_comment_report",
        _comment_report,
        report.resolve_comment_report,
        FOR_THE_TEAM,
        "/comment/report/resolve",
        lambda _, target: {"report_id": target, "resolved": True},
        method="put",
        is_logged=False,
        fields={"resolved": True},
    ),
    _verb(
        "resolve_message_report",
        _message_report,
        report.resolve_private_message_report,
        FOR_ADMINS,
        "/private_message/report/resolve",
        lambda _, target: {"report_id": target, "resolved": True},
        method="put",
        is_logged=False,
        fields={"resolved": True},
    ),
    _verb(
        "report_post",
        _post,
        report.report_post,
        {"banned": "banned_from_community"},
        "/post/report",
        lambda _, target: {"post_id": target, "reason": "rude"},
        is_logged=False,
        rest=("rude",),
    ),
    _verb(
        "report_comment",
        _comment,
        report.report_comment,
        {"banned": "banned_from_community"},
        "/comment/report",
        lambda _, target: {"comment_id": target, "reason": "rude"},
        is_logged=False,
        rest=("rude",),
    ),
    # Not even admins: they read what a recipient has reported.
    _verb(
        "report_message",
        _message,
        report.report_private_message,
        {name: "couldnt_find_private_message" for name in ACTORS if name != "user"},
        "/private_message/report",
        lambda _, target: {"private_message_id": target, "reason": "rude"},
        is_logged=False,
        rest=("rude",),
    ),
]
