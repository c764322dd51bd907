"""Who may do what: one table, run through the JSON face and through the pages.

What moderators do stands in `tests.support.verbs`, which the actions are tested with too; here it
gets its pages. All the rest of what changes something follows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

import httpx
from sqlalchemy import select

from moothall.actions import comment, community, post, private_message
from moothall.actions.emoji import create_emoji
from moothall.actions.moderation import lock_post
from moothall.actions.registration import register
from moothall.actions.user import block_person
from moothall.domain.account import Device, Registration
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId
from moothall.domain.site import EmojiFields
from moothall.storage import application
from moothall.storage.comment import get_comment
from moothall.storage.community import get_community
from moothall.storage.site import update_site
from moothall.storage.statements import Statement, param
from moothall.storage.tables import notification
from moothall.storage.transaction import Transaction
from moothall.storage.user import get_person
from tests.support.api import ApiClient
from tests.support.builders import (
    PASSWORD_HASH,
    a_comment,
    a_community,
    a_person,
    a_post,
    a_server,
)
from tests.support.town import Town, rows_of
from tests.support.verbs import ACTORS, FOR_ADMINS, FOR_THE_TEAM, VERBS

Prepare = Callable[[Town, str], int]


class Sent(NamedTuple):
    """A form: where it goes, and its fields."""

    address: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Something to do. `refusals` has the code for each doer who may not.

    `page` is how it is done there, None where pages cannot do it. `is_logged`: it leaves one row in
    the modlog, and all else none.
    """

    name: str
    prepare: Prepare
    refusals: dict[str, str]
    call: Callable[[ApiClient, str | None, Town, int], httpx.Response]
    page: Callable[[Town, int], Sent] | None = None
    is_logged: bool = False


def _case(
    name: str,
    prepare: Prepare,
    refusals: dict[str, str],
    route: str,
    body: Callable[[Town, int], dict[str, Any]],
    page: Callable[[Town, int], Sent] | None = None,
    *,
    is_logged: bool = False,
) -> Case:
    method, _, path = route.partition(" ")

    def call(client: ApiClient, token: str | None, town: Town, target: int) -> httpx.Response:
        found: httpx.Response = getattr(client, method.lower())(path, token, **body(town, target))
        return found

    return Case(name, prepare, refusals, call, page, is_logged)


_numbers = count()


def _name(kind: str) -> str:
    return f"{kind}{next(_numbers)}"


def _act(text: str) -> Callable[[Town, int], Sent]:
    """A button: `text` with the target in the place of `#`."""
    return lambda _, target: Sent("/act", {"do": text.replace("#", str(target))})


def _form(address: str, **fields: Any) -> Callable[[Town, int], Sent]:
    return lambda _, target: Sent(address.replace("#", str(target)), fields)


# What the pages have of the verbs of moderators.
_PAGES: dict[str, Callable[[Town, int], Sent]] = {
    "remove_post": _form("/post/#/remove"),
    "unremove_post": _form("/post/#/restore"),
    "remove_comment": _form("/comment/#/remove"),
    "unremove_comment": _form("/comment/#/restore"),
    "lock_post": _act("lock:post:#:1"),
    "unlock_post": _act("lock:post:#:0"),
    "feature_post": _act("feature:post:#:1"),
    "unfeature_post": _act("feature:post:#:0"),
    "feature_post_on_front": _act("feature_local:post:#:1"),
    "unfeature_post_on_front": _act("feature_local:post:#:0"),
    "distinguish_comment": _act("distinguish:comment:#:1"),
    "distinguish_comment_of_another": _act("distinguish:comment:#:1"),
    "ban_from_community": lambda town, who: Sent(f"/ban/{town.community_id}/{who}", {}),
    "unban_from_community": lambda town, who: Sent(f"/unban/{town.community_id}/{who}", {}),
    "ban_person": _form("/site_ban/#"),
    "unban_person": _form("/site_unban/#"),
    "purge_post": _form("/admin/purge/post/#", sure="true"),
    "purge_comment": _form("/admin/purge/comment/#", sure="true"),
    "purge_person": _form("/admin/purge/person/#", sure="true"),
    "purge_community": _form("/admin/purge/community/#", sure="true"),
    "resolve_post_report": _act("resolve:post_report:#:1"),
    "resolve_comment_report": _act("resolve:comment_report:#:1"),
    "resolve_message_report": _act("resolve:message_report:#:1"),
    "report_post": _form("/post/#/report", reason="rude"),
    "report_comment": _form("/comment/#/report", reason="rude"),
    "report_message": _form("/message/#/report", reason="rude"),
}
MODERATION = [
    Case(verb.name, verb.prepare, verb.refusals, verb.call, _PAGES.get(verb.name), verb.is_logged)
    for verb in VERBS
]

_NO_ONE: dict[str, str] = {}
_BANNED = {"banned": "banned_from_community"}


def _all_but(*names: str, code: str) -> dict[str, str]:
    return {name: code for name in ACTORS if name not in names}


def _post(town: Town, _: str) -> int:
    return town.post()


def _comment(town: Town, _: str) -> int:
    return town.comment()


def _locked(town: Town, _: str) -> int:
    post_id = town.post()
    town.forum.act_now(lock_post, town.people["top"].doer, post_id, locked=True)
    return post_id


def _stranger(town: Town, _: str) -> int:
    return a_person(town.forum, _name("guest")).person_id


def _message(town: Town, _: str) -> int:
    return town.message("author", "user")


def _here(town: Town, _: str) -> int:
    return town.community_id


def _hamlet(town: Town, _: str) -> int:
    return a_community(town.forum, town.people["author"], _name("place"))


def _reply(town: Town, _: str) -> int:
    return _told(town, a_comment(town.forum, town.people["user"], town.post()))


def _mention(town: Town, _: str) -> int:
    post_id = a_post(town.forum, town.people["user"], town.community_id)
    text = "@author@forum.example, look!"
    return _told(town, a_comment(town.forum, town.people["user"], post_id, content=text))


_NOTIFICATION = Statement(
    select(notification.c.id).where(notification.c.comment_id == param("comment_id"))
)


def _told(town: Town, comment_id: int) -> int:
    [row] = rows_of(town.forum, _NOTIFICATION, comment_id=comment_id)
    return int(row[0])


def _novice(town: Town, doer: str) -> int:
    person_id = PersonId(_stranger(town, doer))
    top = town.people["top"].doer
    town.forum.act_now(community.add_moderator, top, town.community_id, person_id)
    return person_id


def _founded_by_top(town: Town, _: str) -> int:
    """Another community of `top`, with `mod` in its team."""
    top = town.people["top"]
    place = a_community(town.forum, top, _name("place"))
    town.forum.act_now(community.add_moderator, top.doer, place, town.id_of("mod"))
    return place


def _senior(town: Town, doer: str) -> int:
    # Who dismisses themselves leaves, which is another matter: for them there is nobody.
    return 999_999 if doer == "senior" else town.id_of("senior")


def _who_blocks(town: Town, doer: str) -> int:
    stranger = a_person(town.forum, _name("guest"))
    if not town.people[doer].is_admin:
        town.forum.act_now(block_person, stranger, town.id_of(doer), block=True)
    else:
        # Admins cannot be blocked; but neither do they write to whom they block themselves.
        town.forum.act_now(block_person, town.people[doer], stranger.person_id, block=True)
    return stranger.person_id


def _before_the_block(town: Town, doer: str) -> int:
    """A message of the doer to somebody who blocks them since."""
    recipient = a_person(town.forum, _name("guest"))
    by = town.people[doer]
    sent = town.forum.act_now(private_message.create_message, by.doer, recipient.person_id, "psst")
    if by.is_admin:
        town.forum.act_now(block_person, by, recipient.person_id, block=True)
    else:
        town.forum.act_now(block_person, recipient, by.person_id, block=True)
    return sent


def _server(town: Town, _: str) -> int:
    return town.forum.act_now(a_server, f"{_name('s')}.example")


def _application(town: Town, _: str) -> int:
    forum = town.forum
    name = _name("asks")

    def ask(tx: Transaction) -> int:
        update_site(tx.conn, registration_mode="RequireApplication")
        asked = Registration(name, "long enough", "long enough", answer="Because.")
        done = register(tx, asked, PASSWORD_HASH, Device(), captcha_passed=True)
        update_site(tx.conn, registration_mode="Open")
        found = application.find_application_of(tx.conn, done.account_id)
        assert found is not None
        return found.id

    return forum.act_now(ask)


def _nothing(_: Town, __: str) -> int:
    return next(_numbers)


def _id(key: str, **rest: Any) -> Callable[[Town, int], dict[str, Any]]:
    return lambda _, target: {key: target, **rest}


_ONLY_AUTHOR_OF_POST = _all_but("author", code="no_post_edit_allowed")
_ONLY_AUTHOR_OF_COMMENT = _all_but("author", code="no_comment_edit_allowed")
_ONLY_SENDER = _all_but("author", "user", code="couldnt_find_private_message") | {
    "user": "edit_private_message_not_allowed"
}
_ONLY_RECIPIENT = _all_but("author", "user", code="couldnt_find_private_message") | {
    "author": "couldnt_update_private_message"
}
_BLOCKED = dict.fromkeys(ACTORS, "person_is_blocked")

WRITING = [
    _case(
        "create_post",
        _here,
        _BANNED,
        "post /post",
        lambda town, _: {"name": "A post", "community_id": town.community_id},
        lambda *_: Sent("/create_post", {"community": "town", "title": "A post"}),
    ),
    _case(
        "edit_post",
        _post,
        _ONLY_AUTHOR_OF_POST,
        "put /post",
        _id("post_id", name="Better words"),
        _form("/post/#/edit", title="Better words"),
    ),
    _case(
        "delete_post",
        _post,
        _ONLY_AUTHOR_OF_POST,
        "post /post/delete",
        _id("post_id", deleted=True),
        _act("delete:post:#:1"),
    ),
    _case(
        "vote_post",
        _post,
        _BANNED,
        "post /post/like",
        _id("post_id", score=-1),
        _act("vote:post:#:-1"),
    ),
    _case(
        "save_post",
        _post,
        _NO_ONE,
        "put /post/save",
        _id("post_id", save=True),
        _act("save:post:#:1"),
    ),
    _case(
        "hide_post",
        _post,
        _NO_ONE,
        "post /post/hide",
        lambda _, target: {"post_ids": [target], "hide": True},
        _act("hide:post:#:1"),
    ),
    _case(
        "mark_post",
        _post,
        _NO_ONE,
        "post /post/mark_as_read",
        lambda _, target: {"post_ids": [target], "read": True},
    ),
    _case(
        "create_comment",
        _post,
        _BANNED,
        "post /comment",
        _id("post_id", content="Well."),
        _form("/post/#/reply", content="Well."),
    ),
    _case(
        "create_comment_under_a_locked_post",
        _locked,
        dict.fromkeys(("user", "author", "elsewhere"), "locked") | _BANNED,
        "post /comment",
        _id("post_id", content="Well."),
        _form("/post/#/reply", content="Well."),
    ),
    _case(
        "answer_comment",
        _comment,
        _BANNED,
        "post /comment",
        lambda town, target: {
            "post_id": _post_of(town, target),
            "parent_id": target,
            "content": "Well.",
        },
        _form("/comment/#/reply", content="Well."),
    ),
    _case(
        "edit_comment",
        _comment,
        _ONLY_AUTHOR_OF_COMMENT,
        "put /comment",
        _id("comment_id", content="Better words"),
        _form("/comment/#/edit", content="Better words"),
    ),
    _case(
        "delete_comment",
        _comment,
        _ONLY_AUTHOR_OF_COMMENT,
        "post /comment/delete",
        _id("comment_id", deleted=True),
        _act("delete:comment:#:1"),
    ),
    _case(
        "vote_comment",
        _comment,
        _BANNED,
        "post /comment/like",
        _id("comment_id", score=-1),
        _act("vote:comment:#:-1"),
    ),
    _case(
        "save_comment",
        _comment,
        _NO_ONE,
        "put /comment/save",
        _id("comment_id", save=True),
        _act("save:comment:#:1"),
    ),
]


def _post_of(town: Town, comment_id: int) -> int:
    found = town.forum.read_now(lambda tx: get_comment(tx.conn, CommentId(comment_id)))
    return 0 if found is None else found.post_id


INBOX = [
    _case(
        "mark_reply",
        _reply,
        _all_but("author", code="couldnt_find_comment_reply"),
        "post /comment/mark_as_read",
        _id("comment_reply_id", read=True),
        _act("read:reply:#:1"),
    ),
    _case(
        "mark_mention",
        _mention,
        _all_but("author", code="couldnt_find_person_mention"),
        "post /user/mention/mark_as_read",
        _id("person_mention_id", read=True),
        _act("read:mention:#:1"),
    ),
    _case(
        "write_to",
        _stranger,
        _NO_ONE,
        "post /private_message",
        _id("recipient_id", content="Hello"),
        lambda town, target: Sent(f"/u/{_name_of(town, target)}/message", {"content": "Hello"}),
    ),
    _case(
        "write_across_a_block",
        _who_blocks,
        _BLOCKED,
        "post /private_message",
        _id("recipient_id", content="Hello"),
        lambda town, target: Sent(f"/u/{_name_of(town, target)}/message", {"content": "Hello"}),
    ),
    _case(
        "edit_message",
        _message,
        _ONLY_SENDER,
        "put /private_message",
        _id("private_message_id", content="Better words"),
        _form("/message/#/edit", content="Better words"),
    ),
    _case(
        "edit_message_across_a_block",
        _before_the_block,
        _BLOCKED,
        "put /private_message",
        _id("private_message_id", content="Worse words"),
        _form("/message/#/edit", content="Worse words"),
    ),
    _case(
        "delete_message",
        _message,
        _ONLY_SENDER,
        "post /private_message/delete",
        _id("private_message_id", deleted=True),
        _act("delete:message:#:1"),
    ),
    _case(
        "mark_message",
        _message,
        _ONLY_RECIPIENT,
        "post /private_message/mark_as_read",
        _id("private_message_id", read=True),
        _act("read:message:#:1"),
    ),
]


def _name_of(town: Town, person_id: int) -> str:
    found = town.forum.read_now(lambda tx: get_person(tx.conn, PersonId(person_id)))
    return "nobody" if found is None else found.name


def _place_name(town: Town, community_id: int) -> str:
    found = town.forum.read_now(lambda tx: get_community(tx.conn, CommunityId(community_id)))
    return "nowhere" if found is None else found.name


RUNNING = [
    _case(
        "create_community",
        _nothing,
        _NO_ONE,
        "post /community",
        lambda _, number: {"name": f"new{number}", "title": "New"},
        lambda _, number: Sent(
            "/create_community", {"community_name": f"new{number}", "title": "New"}
        ),
    ),
    _case(
        "edit_community",
        _nothing,
        FOR_THE_TEAM,
        "put /community",
        lambda town, number: {"community_id": town.community_id, "title": f"Town {number}"},
        lambda _, number: Sent("/c/town/edit", {"title": f"Town {number}"}),
    ),
    _case(
        "delete_community",
        _founded_by_top,
        _all_but("top", code="not_top_mod"),
        "post /community/delete",
        _id("community_id", deleted=True),
        lambda town, target: Sent(f"/c/{_place_name(town, target)}/close", {}),
    ),
    _case(
        "remove_community",
        _hamlet,
        FOR_ADMINS,
        "post /community/remove",
        _id("community_id", removed=True),
        lambda town, target: Sent(f"/c/{_place_name(town, target)}/remove", {"reason": "spam"}),
        is_logged=True,
    ),
    _case(
        "hide_community",
        _hamlet,
        FOR_ADMINS,
        "put /community/hide",
        _id("community_id", hidden=True),
        lambda town, target: Sent(f"/c/{_place_name(town, target)}/hide", {}),
        is_logged=True,
    ),
    _case(
        "transfer_community",
        _founded_by_top,
        _all_but("top", "admin", "senior", code="not_top_mod"),
        "post /community/transfer",
        lambda town, target: {"community_id": target, "person_id": town.id_of("mod")},
        lambda town, target: Sent(
            f"/c/{_place_name(town, target)}/transfer", {"person_id": town.id_of("mod")}
        ),
        is_logged=True,
    ),
    _case(
        "add_moderator",
        _stranger,
        FOR_THE_TEAM,
        "post /community/mod",
        lambda town, target: {
            "community_id": town.community_id,
            "person_id": target,
            "added": True,
        },
        lambda town, target: Sent("/c/town/moderators", {"person": _name_of(town, target)}),
        is_logged=True,
    ),
    _case(
        "remove_moderator",
        _novice,
        FOR_THE_TEAM,
        "post /community/mod",
        lambda town, target: {
            "community_id": town.community_id,
            "person_id": target,
            "added": False,
        },
        lambda _, target: Sent("/c/town/dismiss", {"person_id": target}),
        is_logged=True,
    ),
    _case(
        "follow_community",
        _here,
        _BANNED,
        "post /community/follow",
        _id("community_id", follow=True),
        _act("follow:community:#:1"),
    ),
    _case(
        "block_community",
        _hamlet,
        _NO_ONE,
        "post /community/block",
        _id("community_id", block=True),
        _act("block:community:#:1"),
    ),
]
OWN = [
    _case(
        "block_person",
        _stranger,
        _NO_ONE,
        "post /user/block",
        _id("person_id", block=True),
        _act("block:person:#:1"),
    ),
    _case(
        "block_admin",
        lambda town, _: town.id_of("senior"),
        dict.fromkeys(ACTORS, "cant_block_admin") | {"senior": "cant_block_yourself"},
        "post /user/block",
        _id("person_id", block=True),
        _act("block:person:#:1"),
    ),
    _case(
        "block_server",
        _server,
        _NO_ONE,
        "post /site/block",
        _id("instance_id", block=True),
        _act("block:server:#:1"),
    ),
    _case(
        "save_settings",
        _nothing,
        _NO_ONE,
        "put /user/save_user_settings",
        lambda _, number: {"bio": f"I am {number}."},
        lambda _, number: Sent("/settings", {"bio": f"I am {number}."}),
    ),
    _case(
        "see_donation_dialog",
        _nothing,
        _NO_ONE,
        "post /user/donation_dialog_shown",
        lambda *_: {},
    ),
    _case(
        "mark_all",
        _nothing,
        _NO_ONE,
        "post /user/mark_all_as_read",
        lambda *_: {},
        _form("/inbox/read"),
    ),
]
_EMOJI: dict[str, Any] = {
    "category": "halls",
    "image_url": "https://pictures.example/moot.png",
    "alt_text": "A hall",
    "keywords": ["town"],
}


def _emoji(town: Town, _: str) -> int:
    fields = EmojiFields(**_EMOJI)
    senior = town.people["senior"].doer
    return town.forum.act_now(create_emoji, senior, _name("emoji"), fields)


def _sheet(path: str, **fields: str) -> Callable[[Town, int], Sent]:
    return lambda *_: Sent(f"/admin{path}", fields)


_LIMITS = {
    f"rate_{name}{unit}": "600"
    for name in ("message", "post", "comment", "image", "search", "register")
    for unit in ("", "_s")
}
SITE = [
    _case(
        "edit_site",
        _nothing,
        FOR_ADMINS,
        "put /site",
        lambda _, number: {"description": f"Site {number}"},
        _sheet("", name="Test Forum", description="Ours"),
    ),
    _case(
        "edit_site_lists",
        _nothing,
        FOR_ADMINS,
        "put /site",
        lambda *_: {"default_sort_type": "New"},
        _sheet("/lists", enable_downvotes="true", enable_nsfw="true", default_theme="browser"),
    ),
    _case(
        "edit_site_joining",
        _nothing,
        FOR_ADMINS,
        "put /site",
        lambda *_: {"registration_mode": "Open"},
        _sheet("/joining", registration_mode="Open", actor_name_max_length="20"),
    ),
    _case(
        "edit_site_rules",
        _nothing,
        FOR_ADMINS,
        "put /site",
        lambda _, number: {"blocked_urls": [f"x{number}.example"]},
        lambda _, number: Sent("/admin/rules", {"blocked_urls": f"x{number}.example"}),
    ),
    _case(
        "edit_site_reach",
        _nothing,
        FOR_ADMINS,
        "put /site",
        lambda _, number: {"blocked_instances": [f"x{number}.example"]},
        lambda _, number: Sent(
            "/admin/reach",
            {"federation_enabled": "true", "blocked_instances": f"x{number}.example"},
        ),
    ),
    _case(
        "edit_site_limits",
        _nothing,
        FOR_ADMINS,
        "put /site",
        lambda *_: {"rate_limit_post": 60},
        _sheet("/limits", **_LIMITS),
    ),
    _case(
        "create_emoji",
        _nothing,
        FOR_ADMINS,
        "post /custom_emoji",
        lambda _, number: {"shortcode": f"moot{number}", **_EMOJI},
    ),
    _case(
        "edit_emoji",
        _emoji,
        FOR_ADMINS,
        "put /custom_emoji",
        lambda _, target: {"id": target, **_EMOJI, "category": "other"},
    ),
    _case("delete_emoji", _emoji, FOR_ADMINS, "post /custom_emoji/delete", _id("id")),
    _case(
        "set_up_again",
        _nothing,
        dict.fromkeys(("admin", "senior"), "site_already_exists") | FOR_ADMINS,
        "post /site",
        lambda *_: {"name": "Mine"},
    ),
    _case(
        "add_admin",
        _stranger,
        FOR_ADMINS,
        "post /admin/add",
        _id("person_id", added=True),
        lambda town, target: Sent("/admin/admins", {"name": _name_of(town, target)}),
        is_logged=True,
    ),
    _case(
        "dismiss_senior_admin",
        _senior,
        FOR_ADMINS | {"admin": "not_higher_admin", "senior": "couldnt_find_person"},
        "post /admin/add",
        _id("person_id", added=False),
        _form("/admin/admins/#/dismiss"),
    ),
    _case(
        "decide_application",
        _application,
        FOR_ADMINS,
        "put /admin/registration_application/approve",
        _id("id", approve=True),
        _form("/registration_applications/#", approve="true"),
    ),
]


def _deleted_post(town: Town, _: str) -> int:
    post_id = PostId(town.post())
    author = town.people["author"].doer
    town.forum.act_now(post.delete_post, author, post_id, deleted=True)
    return post_id


def _deleted_comment(town: Town, _: str) -> int:
    comment_id = CommentId(town.comment())
    author = town.people["author"].doer
    town.forum.act_now(comment.delete_comment, author, comment_id, deleted=True)
    return comment_id


def _closed(town: Town, doer: str) -> int:
    place = CommunityId(_founded_by_top(town, doer))
    top = town.people["top"].doer
    town.forum.act_now(community.delete_community, top, place, deleted=True)
    return place


def _removed(town: Town, doer: str) -> int:
    place = CommunityId(_hamlet(town, doer))
    admin = town.people["admin"].doer
    town.forum.act_now(community.remove_community, admin, place, removed=True, reason=None)
    return place


def _hidden(town: Town, doer: str) -> int:
    place = CommunityId(_hamlet(town, doer))
    admin = town.people["admin"].doer
    town.forum.act_now(community.hide_community, admin, place, hidden=True, reason=None)
    return place


def _saved(town: Town, doer: str) -> int:
    post_id = PostId(town.post())
    town.forum.act_now(post.save_post, town.people[doer], post_id, save=True)
    return post_id


def _put_away(town: Town, doer: str) -> int:
    post_id = PostId(town.post())
    town.forum.act_now(post.hide_posts, town.people[doer], [post_id], hide=True)
    return post_id


def _followed(town: Town, doer: str) -> int:
    place = CommunityId(_hamlet(town, doer))
    town.forum.act_now(community.follow_community, town.people[doer].doer, place, follow=True)
    return place


def _blocked_place(town: Town, doer: str) -> int:
    place = CommunityId(_hamlet(town, doer))
    town.forum.act_now(community.block_community, town.people[doer], place, block=True)
    return place


def _blocked_person(town: Town, doer: str) -> int:
    person_id = PersonId(_stranger(town, doer))
    town.forum.act_now(block_person, town.people[doer], person_id, block=True)
    return person_id


# Who may do it may take it back, and nobody else.
TAKING_BACK = [
    _case(
        "undelete_post",
        _deleted_post,
        _ONLY_AUTHOR_OF_POST,
        "post /post/delete",
        _id("post_id", deleted=False),
        _act("delete:post:#:0"),
    ),
    _case(
        "undelete_comment",
        _deleted_comment,
        _ONLY_AUTHOR_OF_COMMENT,
        "post /comment/delete",
        _id("comment_id", deleted=False),
        _act("delete:comment:#:0"),
    ),
    _case(
        "reopen_community",
        _closed,
        _all_but("top", code="not_top_mod"),
        "post /community/delete",
        _id("community_id", deleted=False),
        lambda town, target: Sent(f"/c/{_place_name(town, target)}/open", {}),
    ),
    _case(
        "restore_community",
        _removed,
        FOR_ADMINS,
        "post /community/remove",
        _id("community_id", removed=False),
        lambda town, target: Sent(f"/c/{_place_name(town, target)}/restore", {}),
        is_logged=True,
    ),
    _case(
        "show_community",
        _hidden,
        FOR_ADMINS,
        "put /community/hide",
        _id("community_id", hidden=False),
        lambda town, target: Sent(f"/c/{_place_name(town, target)}/show", {}),
        is_logged=True,
    ),
    _case(
        "unsave_post",
        _saved,
        _NO_ONE,
        "put /post/save",
        _id("post_id", save=False),
        _act("save:post:#:0"),
    ),
    _case(
        "unhide_post",
        _put_away,
        _NO_ONE,
        "post /post/hide",
        lambda _, target: {"post_ids": [target], "hide": False},
        _act("hide:post:#:0"),
    ),
    _case(
        "unfollow_community",
        _followed,
        _NO_ONE,
        "post /community/follow",
        _id("community_id", follow=False),
        _act("follow:community:#:0"),
    ),
    _case(
        "unblock_community",
        _blocked_place,
        _NO_ONE,
        "post /community/block",
        _id("community_id", block=False),
        _act("block:community:#:0"),
    ),
    _case(
        "unblock_person",
        _blocked_person,
        _NO_ONE,
        "post /user/block",
        _id("person_id", block=False),
        _act("block:person:#:0"),
    ),
]
CASES = [*MODERATION, *WRITING, *INBOX, *RUNNING, *OWN, *SITE, *TAKING_BACK]
