"""Uploads: whose they are, where they are used, and that nothing stays that should go."""

import json
import threading
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import select

from moothall.actions import media
from moothall.actions.comment import create_comment, edit_comment
from moothall.actions.community import create_community, edit_community
from moothall.actions.post import create_post, edit_post
from moothall.actions.private_message import create_message
from moothall.actions.purge import purge_comment, purge_person, purge_post
from moothall.actions.settings import save_settings
from moothall.actions.user import delete_account
from moothall.domain.account import Proof, SettingsChange
from moothall.domain.comment import NewComment
from moothall.domain.community import CommunityChanges, NewCommunity
from moothall.domain.errors import ForumError
from moothall.domain.ids import PostId
from moothall.domain.media import Allowance, NewUpload, Upload
from moothall.domain.post import NewPost, PostEdit
from moothall.forum import Forum
from moothall.reads import media as reads
from moothall.storage.statements import Statement
from moothall.storage.tables import blob, job, person, remote_image, upload, upload_use
from moothall.storage.transaction import Transaction
from tests.support.builders import PASSWORD_HASH
from tests.support.town import Town, a_town, rows_of

ROOM = Allowance(quota_bytes=1000, videos=False)
URL = "https://forum.example/pictrs/image/"
_WAIT_S = 20


@pytest.fixture
def town(forum: Forum) -> Town:
    return a_town(forum)


def new(sha256: str = "a" * 64, size: int = 100, kind: str = "image/png") -> NewUpload:
    return NewUpload(sha256, kind.partition("/")[2], kind, 40, 30, size)


def an_upload(town: Town, name: str = "author", **fields: Any) -> Upload:
    return town.forum.act_now(media.add_upload, town.people[name], new(**fields), ROOM)


def column(forum: Forum, chosen: Any) -> list[Any]:
    return [row[0] for row in rows_of(forum, Statement(select(chosen).order_by(chosen)))]


def is_there(town: Town, one: Upload) -> bool:
    return one.alias in column(town.forum, upload.c.alias)


def erase_jobs(forum: Forum) -> list[str]:
    rows = rows_of(forum, Statement(select(job.c.kind, job.c.payload)))
    return [json.loads(text)["sha256"] for kind, text in rows if kind == media.ERASE_JOB]


def refusal(town: Town, work: Any, *args: Any) -> str:
    with pytest.raises(ForumError) as caught:
        town.forum.act_now(work, *args)
    return caught.value.code


# --- adding and deleting


def test_an_upload_is_its_owners_and_found_by_its_name(town: Town) -> None:
    one = an_upload(town)
    assert town.forum.read_now(reads.find_upload, one.alias) == one
    assert one.alias.endswith(".png")
    assert len(one.delete_token) > 20
    own = town.forum.read_now(reads.list_own_uploads, town.people["author"], limit=10, offset=0)
    assert [(each.upload, each.person.name) for each in own] == [(one, "author")]
    assert not town.forum.read_now(reads.list_own_uploads, town.people["user"], limit=10, offset=0)


def test_only_admins_list_all(town: Town) -> None:
    one = an_upload(town)
    admin = town.people["admin"]
    found = town.forum.read_now(reads.list_all_uploads, admin, limit=10, offset=0)
    assert [each.upload for each in found] == [one]
    with pytest.raises(ForumError):
        town.forum.read_now(reads.list_all_uploads, town.people["user"], limit=10, offset=0)


def test_the_quota_of_an_account_holds(town: Town) -> None:
    an_upload(town, size=900)
    assert (
        refusal(town, media.add_upload, town.people["author"], new(size=101), ROOM) == "too_large"
    )
    an_upload(town, size=100)
    an_upload(town, "user", size=900)


def test_two_at_once_do_not_share_the_room_for_one(town: Town) -> None:
    author = town.people["author"]
    begun, free = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> None:
        media.add_upload(tx, author, new("a" * 64, size=900), ROOM)
        begun.set()
        free.wait(_WAIT_S)

    def second() -> None:
        with suppress(ForumError):
            town.forum.act_now(media.add_upload, author, new("b" * 64, size=900), ROOM)

    slower = threading.Thread(target=town.forum.act_now, args=(slow,))
    slower.start()
    assert begun.wait(_WAIT_S)
    other = threading.Thread(target=second)
    other.start()
    # Time to pass by; it waits instead.
    other.join(1)
    free.set()
    slower.join(_WAIT_S)
    other.join(_WAIT_S)
    assert column(town.forum, upload.c.sha256) == ["a" * 64]


def test_videos_are_taken_only_where_they_are_allowed(town: Town) -> None:
    video = new(kind="video/mp4")
    author = town.people["author"]
    assert refusal(town, media.add_upload, author, video, ROOM) == "not_an_image_type"
    allowed = Allowance(quota_bytes=1000, videos=True)
    assert town.forum.act_now(media.add_upload, author, video, allowed).alias.endswith(".mp4")


@pytest.mark.parametrize("who", ["author", "admin"])
def test_an_upload_is_deleted_by_its_owner_and_admins(town: Town, who: str) -> None:
    one = an_upload(town)
    town.forum.act_now(media.delete_upload, town.people[who], one.alias, one.delete_token)
    assert not is_there(town, one)
    assert erase_jobs(town.forum) == [one.sha256]


def test_nobody_else_deletes_it_or_learns_of_it(town: Town) -> None:
    one = an_upload(town)
    user = town.people["user"]
    assert (
        refusal(town, media.delete_upload, user, one.alias, one.delete_token)
        == "couldnt_find_object"
    )
    assert refusal(town, media.delete_upload, user, "nothing.png", "x") == "couldnt_find_object"
    assert is_there(town, one)


@pytest.mark.parametrize("who", ["author", "admin"])
@pytest.mark.parametrize("token", ["", "x", "é"])
def test_an_upload_is_deleted_with_its_token_only(town: Town, who: str, token: str) -> None:
    one = an_upload(town)
    by = town.people[who]
    assert refusal(town, media.delete_upload, by, one.alias, token) == "couldnt_find_object"
    assert is_there(town, one)


def test_a_content_goes_with_its_last_upload(town: Town) -> None:
    forum = town.forum
    one, other = an_upload(town), an_upload(town, "user")
    assert column(forum, blob.c.sha256) == ["a" * 64]
    forum.act_now(media.delete_upload, town.people["author"], one.alias, one.delete_token)
    assert not forum.act_now(media.begin_erasing, "a" * 64)
    forum.act_now(media.delete_upload, town.people["user"], other.alias, other.delete_token)
    assert forum.act_now(media.begin_erasing, "a" * 64)
    assert refusal(town, media.add_upload, town.people["user"], new(), ROOM) == (
        "pictrs_response_error"
    )
    assert forum.act_now(media.begin_erasing, "a" * 64)  # as after a crash
    forum.act_now(media.end_erasing, "a" * 64)
    assert column(forum, blob.c.sha256) == []
    an_upload(town)
    forum.act_now(media.end_erasing, "a" * 64)  # too late to matter
    assert column(forum, blob.c.sha256) == ["a" * 64]


# --- uses


def a_post_with(town: Town, url: str, **fields: Any) -> PostId:
    post = NewPost(community_id=town.community_id, name="A post", url=url, **fields)
    return town.forum.act_now(create_post, town.people["author"].doer, post)


def purge_it(town: Town, work: Any, target: int) -> None:
    town.forum.act_now(work, town.people["admin"].doer, target)


def test_what_a_purged_post_showed_is_erased(town: Town) -> None:
    pictures = [an_upload(town, sha256=letter * 64) for letter in "abcd"]
    link, thumbnail, in_text, elsewhere = pictures
    post_id = a_post_with(
        town,
        URL + link.alias,
        custom_thumbnail=f"{URL}{thumbnail.alias}?format=webp&thumbnail=96",
        body=f"![a picture]({URL}{in_text.alias})",
    )
    purge_it(town, purge_post, post_id)
    assert [is_there(town, each) for each in pictures] == [False, False, False, True]
    assert erase_jobs(town.forum) == [letter * 64 for letter in "abc"]
    assert is_there(town, elsewhere)


def test_a_picture_that_is_also_shown_elsewhere_stays(town: Town) -> None:
    one = an_upload(town)
    doer = town.people["author"].doer
    first = a_post_with(town, URL + one.alias)
    comment = NewComment(town.post("user"), f"![]({URL}{one.alias})", None)
    comment_id = town.forum.act_now(create_comment, doer, comment)
    purge_it(town, purge_post, first)
    assert is_there(town, one)
    town.forum.act_now(edit_comment, doer, comment_id, "nothing more")
    assert is_there(town, one)  # earlier versions are kept, and so is what they show
    purge_it(town, purge_comment, comment_id)
    assert not is_there(town, one)


def test_naming_the_picture_of_another_neither_keeps_nor_erases_it(town: Town) -> None:
    theirs = an_upload(town, "user")
    post_id = a_post_with(town, URL + theirs.alias, body=f"![]({URL}{theirs.alias})")
    purge_it(town, purge_post, post_id)
    assert is_there(town, theirs)
    post_id = a_post_with(town, URL + theirs.alias)
    town.forum.act_now(purge_person, town.people["admin"].doer, town.id_of("user"))
    assert not is_there(town, theirs)
    assert column(town.forum, upload_use.c.upload_id) == []


def test_an_edit_adds_uses(town: Town) -> None:
    one = an_upload(town)
    post_id = a_post_with(town, "https://a.example/")
    edit = PostEdit(url=URL + one.alias)
    town.forum.act_now(edit_post, town.people["author"].doer, post_id, edit)
    purge_it(town, purge_post, post_id)
    assert not is_there(town, one)


def test_messages_take_their_pictures_along(town: Town) -> None:
    one = an_upload(town)
    author = town.people["author"]
    text = f"look: {URL}{one.alias}"
    town.forum.act_now(create_message, author.doer, town.id_of("user"), text)
    assert column(town.forum, upload_use.c.subject) == ["message"]


def test_a_replaced_avatar_goes(town: Town) -> None:
    author = town.people["author"]
    first, second, banner = (an_upload(town, sha256=letter * 64) for letter in "abc")
    for change in (
        SettingsChange(avatar=URL + first.alias, banner=URL + banner.alias),
        SettingsChange(bio="hello"),
        SettingsChange(avatar=URL + second.alias),
    ):
        town.forum.act_now(save_settings, author, change)
    assert [is_there(town, each) for each in (first, second, banner)] == [False, True, True]
    town.forum.act_now(save_settings, author, SettingsChange(avatar="", banner=""))
    assert not is_there(town, second)
    assert not is_there(town, banner)


def test_the_icon_of_a_community_stays_when_another_moderator_edits(town: Town) -> None:
    author, admin = town.people["author"], town.people["admin"]
    icon = an_upload(town)
    founded = NewCommunity(name="place", title="Place", icon=URL + icon.alias)
    place = town.forum.act_now(create_community, author.doer, founded)
    town.forum.act_now(edit_community, admin.doer, place, CommunityChanges(description="new"))
    assert is_there(town, icon)
    other = an_upload(town, "admin", sha256="b" * 64)
    town.forum.act_now(edit_community, admin.doer, place, CommunityChanges(icon=URL + other.alias))
    assert not is_there(town, icon)
    assert is_there(town, other)


@pytest.mark.parametrize("delete_content", [True, False])
def test_leaving_takes_uploads_along_if_asked(town: Town, delete_content: bool) -> None:
    forum, author = town.forum, town.people["author"]
    shown, avatar = an_upload(town), an_upload(town, sha256="b" * 64)
    a_post_with(town, URL + shown.alias)
    forum.act_now(save_settings, author, SettingsChange(avatar=URL + avatar.alias))
    proof = Proof(author.account_id, PASSWORD_HASH)
    forum.act_now(delete_account, author, proof, delete_content=delete_content)
    assert is_there(town, shown) is not delete_content
    assert not is_there(town, avatar)


def test_much_is_erased_in_batches(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "_BATCH", 2)
    author = town.people["author"]
    for letter in "abcde":
        an_upload(town, sha256=letter * 64)
    town.forum.act_now(media.erase_all_uploads, author.account_id)
    assert len(column(town.forum, upload.c.id)) == 3
    payload = {"account_id": author.account_id}
    town.forum.act_now(media.continue_erasing, payload)
    town.forum.act_now(media.continue_erasing, payload)
    assert column(town.forum, upload.c.id) == []
    assert len(erase_jobs(town.forum)) == 5


# --- pictures of other servers


def test_remote_pictures_are_noted_where_they_are_shown(town: Town) -> None:
    forum, author = town.forum, town.people["author"]
    a_post_with(
        town,
        "https://a.example/page",
        custom_thumbnail="https://b.example/thumb.png",
        body="![x](https://c.example/in%20text.png) ![y](/pictrs/image/own.png) <img src=x>",
    )
    forum.act_now(save_settings, author, SettingsChange(avatar="https://d.example/me.png"))
    assert column(forum, remote_image.c.url) == [
        "https://b.example/thumb.png",
        "https://c.example/in%20text.png",
        "https://d.example/me.png",
    ]
    forum.read_now(reads.require_remote_image, "https://d.example/me.png")
    with pytest.raises(ForumError):
        forum.read_now(reads.require_remote_image, "https://a.example/page")


def test_what_we_proxied_is_stored_as_it_was_meant(town: Town) -> None:
    forum, author = town.forum, town.people["author"]
    proxied = (
        "https://forum.example/api/v3/image_proxy?url=https%3A%2F%2Fd.example%2Fme.png%3Fa%3D1"
    )
    change = SettingsChange(avatar=f"{proxied}&format=webp&thumbnail=96", bio=f"![me]({proxied})")
    forum.act_now(save_settings, author, change)
    [view] = [row for row in _profiles(forum) if row[0] == "author"]
    assert view[1:] == ("https://d.example/me.png?a=1", "![me](https://d.example/me.png?a=1)")


def _profiles(forum: Forum) -> list[Any]:
    return rows_of(forum, Statement(select(person.c.name, person.c.avatar, person.c.bio)))
