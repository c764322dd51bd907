"""Posts: writing, editing, taking back, saving, hiding, reading."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import insert, select

from moothall.actions import post as actions
from moothall.domain.errors import ForumError
from moothall.domain.ids import CommunityId, LanguageId, PostId
from moothall.domain.post import NewPost, PostEdit, PostView
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.reads import post as reads
from moothall.storage.community import update_community
from moothall.storage.language import set_site_languages
from moothall.storage.post import update_post
from moothall.storage.site import total
from moothall.storage.statements import Statement, param
from moothall.storage.tables import (
    account_language,
    community,
    community_ban,
    community_language,
    edit_history,
    event,
    person,
    post,
)
from moothall.storage.transaction import Transaction
from tests.support.builders import a_comment, a_community, a_person, a_post

ENGLISH, GERMAN = LanguageId(37), LanguageId(32)


@dataclass
class Desk:
    """A community of ann's, in which bob may write too."""

    forum: Forum
    ann: Viewer
    bob: Viewer
    place: CommunityId

    def see(self, post_id: PostId, viewer: Viewer | None = None) -> PostView:
        return self.forum.read_now(reads.get_post, viewer or self.ann, post_id, html=True)

    def counts(self) -> tuple[int, int, int]:
        queries = (
            select(person.c.post_count).where(person.c.id == self.ann.person_id),
            select(community.c.posts).where(community.c.id == self.place),
            select(total("posts")),
        )
        found = [self.forum.read_now(_value, Statement(query)) for query in queries]
        return (found[0], found[1], found[2])

    def events(self) -> list[str]:
        query = Statement(select(event.c.kind, event.c.payload).order_by(event.c.id))
        rows = self.forum.read_now(lambda tx: tx.conn.all(query))
        return [kind for kind, payload in rows if "post_id" in json.loads(payload)]

    def refused(self, work: Any, *args: Any, **kwargs: Any) -> str:
        with pytest.raises(ForumError) as refused:
            self.forum.act_now(work, *args, **kwargs)
        return refused.value.code


def _value(tx: Transaction, statement: Statement) -> Any:
    return tx.conn.value(statement)


@pytest.fixture
def desk(forum: Forum) -> Desk:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    return Desk(forum, ann, bob, a_community(forum, ann, "place"))


def test_a_post_is_stored_with_what_belongs_to_it(desk: Desk) -> None:
    post_id = a_post(
        desk.forum,
        desk.ann,
        desk.place,
        "  A title ",
        url="HTTPS://Site.example?utm_source=x",
        body="**bold**",
        alt_text="a picture",
        nsfw=True,
        custom_thumbnail="https://site.example/picture.png",
    )
    view = desk.see(post_id)
    assert view.post.name == "A title"
    assert view.post.url == "https://site.example/"
    assert view.post.body == "**bold**"
    assert "<strong>" in (view.post.body_html or "")
    assert view.post.alt_text == "a picture"
    assert view.post.thumbnail_url == "https://site.example/picture.png"
    assert view.post.nsfw
    assert (view.my_vote, view.read, view.counts.score) == (1, True, 1)
    assert view.counts.newest_comment_at == view.post.created_at
    assert desk.counts() == (1, 1, 1)
    assert desk.events() == ["post_created"]
    query = Statement(select(post.c.hot_rank, post.c.active_rank, post.c.scaled_rank))
    assert all(rank > 0 for rank in desk.forum.read_now(lambda tx: tx.conn.all(query))[0])


def test_posts_of_a_place_that_is_not_safe_for_work_are_not_either(desk: Desk) -> None:
    desk.forum.act_now(lambda tx: update_community(tx.conn, desk.place, nsfw=True))
    post_id = a_post(desk.forum, desk.ann, desk.place)
    assert desk.see(post_id).post.nsfw
    desk.forum.act_now(actions.edit_post, desk.ann.doer, post_id, PostEdit(nsfw=False))
    assert desk.see(post_id).post.nsfw


@pytest.mark.parametrize("blank", ["", " \n", "\u200b", "\u2800"])
def test_a_body_that_shows_nothing_is_none(desk: Desk, blank: str) -> None:
    post_id = a_post(desk.forum, desk.ann, desk.place, body=blank)
    assert desk.see(post_id).post.body is None
    desk.forum.act_now(actions.edit_post, desk.ann.doer, post_id, PostEdit(body="Words"))
    desk.forum.act_now(actions.edit_post, desk.ann.doer, post_id, PostEdit(body=blank))
    assert desk.see(post_id).post.body is None


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"name": "ab"}, "invalid_post_title"),
        ({"url": ""}, "invalid_url"),
        ({"url": "ftp://site.example/"}, "invalid_url_scheme"),
        ({"custom_thumbnail": "javascript:alert(1)"}, "invalid_url_scheme"),
        ({"body": "x" * 50_001}, "invalid_body_field"),
        ({"alt_text": "x" * 1_501}, "alt_text_length_overflow"),
        ({"language_id": LanguageId(184)}, "language_not_allowed"),
        ({"language_id": LanguageId(-1)}, "language_not_allowed"),
        ({"community_id": CommunityId(99)}, "couldnt_find_community"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    desk: Desk, fields: dict[str, Any], code: str
) -> None:
    new = NewPost(**{"community_id": desk.place, "name": "A title", **fields})
    assert desk.refused(actions.create_post, desk.ann.doer, new) == code
    assert desk.counts() == (0, 0, 0)
    assert desk.events() == []


_BAN = Statement(
    insert(community_ban).values(
        community_id=param("community_id"),
        person_id=param("person_id"),
        created_at=1,
        expires_at=param("expires_at"),
    )
)


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"posting_restricted_to_mods": True}, "only_mods_can_post_in_community"),
        ({"deleted": True}, "deleted"),
        ({"removed": True}, "couldnt_find_community"),
    ],
)
def test_who_may_not_post(desk: Desk, changes: dict[str, Any], code: str) -> None:
    desk.forum.act_now(lambda tx: update_community(tx.conn, desk.place, **changes))
    new = NewPost(desk.place, "A title")
    assert desk.refused(actions.create_post, desk.bob.doer, new) == code
    if "posting_restricted_to_mods" in changes:
        a_post(desk.forum, desk.ann, desk.place)


def test_a_ban_holds_until_it_expires(desk: Desk) -> None:
    until = desk.forum.clock() + 1_000_000
    values = {
        "community_id": desk.place,
        "person_id": desk.bob.person_id,
        "expires_at": until,
    }
    desk.forum.act_now(lambda tx: tx.conn.run(_BAN, **values))
    new = NewPost(desk.place, "A title")
    assert desk.refused(actions.create_post, desk.bob.doer, new) == "banned_from_community"
    desk.forum.clock.advance()  # type: ignore[attr-defined]
    a_post(desk.forum, desk.bob, desk.place)


# ---- languages ---------------------------------------------------------------------------------

_SPEAKS = Statement(
    insert(community_language).values(
        community_id=param("community_id"), language_id=param("language_id")
    )
)
_READS = Statement(
    insert(account_language).values(
        account_id=param("account_id"), language_id=param("language_id")
    )
)


def _languages(tx: Transaction, desk: Desk, place: list[int], reader: list[int]) -> None:
    for language_id in place:
        tx.conn.run(_SPEAKS, community_id=desk.place, language_id=language_id)
    for language_id in reader:
        tx.conn.run(_READS, account_id=desk.ann.account_id, language_id=language_id)


@pytest.mark.parametrize(
    "place, reader, chosen",
    [
        ([], [], 0),
        ([0, ENGLISH], [], ENGLISH),
        ([0, ENGLISH, GERMAN], [], 0),
        ([], [0, GERMAN], GERMAN),
        ([0, ENGLISH, GERMAN], [0, GERMAN], GERMAN),
        ([ENGLISH], [GERMAN], 0),
    ],
)
def test_the_language_is_the_only_one_that_both_share(
    desk: Desk, place: list[int], reader: list[int], chosen: int
) -> None:
    desk.forum.act_now(_languages, desk, place, reader)
    assert desk.see(a_post(desk.forum, desk.ann, desk.place)).post.language_id == chosen


def test_a_place_has_its_languages_or_those_of_the_site(desk: Desk) -> None:
    desk.forum.act_now(lambda tx: set_site_languages(tx.conn, [ENGLISH]))
    new = NewPost(desk.place, "A title", language_id=GERMAN)
    assert desk.refused(actions.create_post, desk.ann.doer, new) == "language_not_allowed"
    desk.forum.act_now(_languages, desk, [GERMAN], [])
    post_id = desk.forum.act_now(actions.create_post, desk.ann.doer, new)
    assert desk.see(post_id).post.language_id == GERMAN
    edit = PostEdit(language_id=ENGLISH)
    code = desk.refused(actions.edit_post, desk.ann.doer, post_id, edit)
    assert code == "language_not_allowed"


# ---- editing -----------------------------------------------------------------------------------


def test_an_edit_changes_what_is_given_and_keeps_what_was_said(desk: Desk) -> None:
    post_id = a_post(desk.forum, desk.ann, desk.place, url="https://a.example/", body="one")
    desk.forum.act_now(
        lambda tx: update_post(
            tx.conn, post_id, thumbnail_url="x", embed_title="found", image_width=3
        )
    )
    desk.forum.act_now(actions.edit_post, desk.ann.doer, post_id, PostEdit(body="two"))
    after = desk.see(post_id).post
    assert (after.name, after.body, after.embed_title) == ("A post", "two", "found")
    assert after.updated_at is not None
    edit = PostEdit(name="Other", url="https://b.example")
    desk.forum.act_now(actions.edit_post, desk.ann.doer, post_id, edit)
    after = desk.see(post_id).post
    assert (after.name, after.url) == ("Other", "https://b.example/")
    assert (after.thumbnail_url, after.embed_title, after.image_width) == (None, None, None)
    history = Statement(
        select(edit_history.c.title, edit_history.c.url, edit_history.c.body).order_by(
            edit_history.c.id
        )
    )
    assert desk.forum.read_now(lambda tx: tx.conn.all(history)) == [
        ("A post", "https://a.example/", "one"),
        ("A post", "https://a.example/", "two"),
    ]
    assert desk.events() == ["post_created", "post_edited", "post_edited"]


def test_an_empty_text_clears_a_field(desk: Desk) -> None:
    post_id = a_post(
        desk.forum,
        desk.ann,
        desk.place,
        url="https://a.example/",
        body="one",
        alt_text="alt",
        custom_thumbnail="https://a.example/b.png",
    )
    edit = PostEdit(url="", body="", alt_text="", custom_thumbnail="")
    desk.forum.act_now(actions.edit_post, desk.ann.doer, post_id, edit)
    after = desk.see(post_id).post
    assert (after.url, after.body, after.alt_text, after.thumbnail_url) == (None,) * 4


def test_an_edit_of_no_words_leaves_no_history(desk: Desk) -> None:
    post_id = a_post(desk.forum, desk.ann, desk.place)
    desk.forum.act_now(actions.edit_post, desk.ann.doer, post_id, PostEdit(nsfw=True))
    assert desk.see(post_id).post.nsfw
    query = Statement(select(edit_history.c.id))
    assert desk.forum.read_now(lambda tx: tx.conn.all(query)) == []


def test_only_the_author_edits_deletes_and_restores(desk: Desk) -> None:
    post_id = a_post(desk.forum, desk.bob, desk.place)
    admin = a_person(desk.forum, "admin", admin=True)
    for other in (desk.ann, admin):
        code = desk.refused(actions.edit_post, other.doer, post_id, PostEdit(body="mine"))
        assert code == "no_post_edit_allowed"
        code = desk.refused(actions.delete_post, other.doer, post_id, deleted=True)
        assert code == "no_post_edit_allowed"
    unknown = PostId(99)
    assert desk.refused(actions.edit_post, admin.doer, unknown, PostEdit()) == "couldnt_find_post"


def test_whoever_is_banned_edits_no_more_but_may_take_back(desk: Desk) -> None:
    post_id = a_post(desk.forum, desk.bob, desk.place)
    values = {"community_id": desk.place, "person_id": desk.bob.person_id, "expires_at": None}
    desk.forum.act_now(lambda tx: tx.conn.run(_BAN, **values))
    code = desk.refused(actions.edit_post, desk.bob.doer, post_id, PostEdit(body="x"))
    assert code == "banned_from_community"
    desk.forum.act_now(actions.delete_post, desk.bob.doer, post_id, deleted=True)
    code = desk.refused(actions.delete_post, desk.bob.doer, post_id, deleted=False)
    assert code == "banned_from_community"


def test_a_post_can_be_deleted_and_restored_once_each(desk: Desk) -> None:
    post_id = a_post(desk.forum, desk.ann, desk.place)
    desk.forum.act_now(actions.delete_post, desk.ann.doer, post_id, deleted=True)
    assert desk.counts() == (0, 0, 0)
    code = desk.refused(actions.delete_post, desk.ann.doer, post_id, deleted=True)
    assert code == "couldnt_update_post"
    desk.forum.act_now(actions.delete_post, desk.ann.doer, post_id, deleted=False)
    assert desk.counts() == (1, 1, 1)
    code = desk.refused(actions.delete_post, desk.ann.doer, post_id, deleted=False)
    assert code == "couldnt_update_post"
    assert desk.events() == ["post_created", "post_deleted", "post_restored"]


# ---- marks -------------------------------------------------------------------------------------


def test_a_save_reads_the_post_and_can_be_undone(desk: Desk) -> None:
    post_id = a_post(desk.forum, desk.ann, desk.place)
    for _ in range(2):
        desk.forum.act_now(actions.save_post, desk.bob, post_id, save=True)
    view = desk.see(post_id, desk.bob)
    assert (view.saved, view.read) == (True, True)
    desk.forum.act_now(actions.save_post, desk.bob, post_id, save=False)
    assert not desk.see(post_id, desk.bob).saved


def test_what_is_not_seen_cannot_be_saved(desk: Desk) -> None:
    post_id = a_post(desk.forum, desk.ann, desk.place)
    desk.forum.act_now(actions.delete_post, desk.ann.doer, post_id, deleted=True)
    code = desk.refused(actions.save_post, desk.bob, post_id, save=True)
    assert code == "couldnt_find_post"
    desk.forum.act_now(actions.save_post, desk.ann, post_id, save=True)


def test_opening_a_post_leaves_no_comment_unread(desk: Desk) -> None:
    post_id = a_post(desk.forum, desk.ann, desk.place)
    a_comment(desk.forum, desk.ann, post_id)
    assert desk.see(post_id, desk.bob).unread_comments == 1
    desk.forum.act_now(actions.mark_post_opened, desk.bob, post_id)
    view = desk.see(post_id, desk.bob)
    assert (view.read, view.unread_comments) == (True, 0)
    a_comment(desk.forum, desk.ann, post_id)
    assert desk.see(post_id, desk.bob).unread_comments == 1
    desk.forum.act_now(actions.mark_post_opened, desk.bob, post_id)
    assert desk.see(post_id, desk.bob).unread_comments == 0
    desk.forum.act_now(actions.mark_post_opened, desk.bob, PostId(99))


def test_many_posts_are_marked_at_once(desk: Desk) -> None:
    ids = [a_post(desk.forum, desk.ann, desk.place) for _ in range(3)]
    desk.forum.act_now(actions.mark_posts_read, desk.bob, [*ids, PostId(99)], read=True)
    desk.forum.act_now(actions.mark_posts_read, desk.bob, ids, read=True)
    desk.forum.act_now(actions.hide_posts, desk.bob, ids[:2], hide=True)
    views = [desk.see(post_id, desk.bob) for post_id in ids]
    assert [view.read for view in views] == [True] * 3
    assert [view.hidden for view in views] == [True, True, False]
    desk.forum.act_now(actions.mark_posts_read, desk.bob, ids[1:], read=False)
    desk.forum.act_now(actions.hide_posts, desk.bob, ids[1:], hide=False)
    views = [desk.see(post_id, desk.bob) for post_id in ids]
    assert [view.read for view in views] == [True, False, False]
    assert [view.hidden for view in views] == [True, False, False]


def test_too_many_at_once_are_refused(desk: Desk) -> None:
    many = [PostId(number) for number in range(1, 10_002)]
    code = desk.refused(actions.mark_posts_read, desk.bob, many, read=True)
    assert code == "too_many_items"
    assert desk.refused(actions.hide_posts, desk.bob, many, hide=True) == "too_many_items"
    desk.forum.act_now(actions.mark_posts_read, desk.bob, many[1:], read=True)
    desk.forum.act_now(actions.hide_posts, desk.bob, many[1:], hide=True)
