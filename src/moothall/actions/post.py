"""Writing posts and taking them back; saving, hiding and reading them."""

from collections.abc import Sequence
from typing import Any

from moothall.domain import ranking
from moothall.domain.community import Community
from moothall.domain.errors import Conflict, Invalid, NotFound
from moothall.domain.ids import CommunityId, PostId
from moothall.domain.permissions import may_edit_post, may_post, may_take_part, require
from moothall.domain.post import NewPost, Post, PostEdit
from moothall.domain.text import has_visible, length, storable
from moothall.domain.user import Doer, Viewer
from moothall.storage import community as communities
from moothall.storage import event
from moothall.storage import post as posts
from moothall.storage import vote as votes
from moothall.storage.post_view import get_view
from moothall.storage.transaction import Transaction

from .community import require_visible
from .language import language_for
from .media import note_uses
from .preview import ask_for_preview
from .text import (
    MAX_POST_BODY,
    prepare_body,
    prepare_picture,
    prepare_title,
    prepare_url,
    replace_slurs,
)

MAX_ALT_TEXT = 1_500
"""UTF-16 units."""
MAX_MARKED = 10_000
"""Posts that can be marked as read or hidden at once."""


def create_post(tx: Transaction, by: Doer, new: NewPost) -> PostId:
    """Write a post; its author has then read it and upvoted it.

    Raises NotFound `couldnt_find_community`, the refusals of `may_post`, and Invalid for a title,
    text, address or language that breaks a rule.
    """
    community = _community(tx, new.community_id)
    standing = communities.standing(tx.conn, community.id, by.person_id, tx.now)
    require(may_post(community, standing))
    require_visible(tx, by, community, standing)
    body, body_html = _body(tx, new.body)
    row = posts.PostRow(
        community_id=community.id,
        creator_id=by.person_id,
        name=prepare_title(tx, new.name),
        url=None if new.url is None else prepare_url(tx, new.url),
        body=body,
        body_html=body_html,
        alt_text=_alt_text(tx, new.alt_text),
        language_id=language_for(tx, by.person_id, community.id, new.language_id),
        nsfw=new.nsfw or community.nsfw,
        local=by.local,
        in_local=community.local,
        thumbnail_url=_thumbnail(tx, new.custom_thumbnail),
        created_at=tx.now,
        **_first_ranks(tx, community.id),
    )
    post_id = posts.add_post(tx.conn, row)
    votes.set_post_vote(tx.conn, post_id, by.person_id, 1, tx.now)
    votes.add_post_score(tx.conn, by.person_id, 1)
    posts.mark_read(tx.conn, post_id, by.person_id, tx.now)
    posts.count_post(tx.conn, by.person_id, community.id, 1, local=by.local)
    posts.note_activity(tx.conn, community.id, by.person_id, tx.now)
    note_uses(tx, "post", post_id, by.person_id, row.url, row.thumbnail_url, body)
    ask_for_preview(tx, post_id, row.url)
    event.add(tx.conn, "post_created", tx.now, post_id=post_id)
    return post_id


def _community(tx: Transaction, community_id: CommunityId) -> Community:
    community = communities.get_community(tx.conn, community_id)
    if community is None:
        raise NotFound("couldnt_find_community")
    return community


def _body(tx: Transaction, text: str | None) -> tuple[str | None, str | None]:
    # What shows nothing is no text: its post would have an empty box.
    if not text or not has_visible(text):
        return None, None
    return prepare_body(tx, text, MAX_POST_BODY)


def _alt_text(tx: Transaction, text: str | None) -> str | None:
    if not text:
        return None
    if length(text) > MAX_ALT_TEXT:
        raise Invalid("alt_text_length_overflow")
    return replace_slurs(tx, storable(text))


def _thumbnail(tx: Transaction, url: str | None) -> str | None:
    return None if url is None else prepare_picture(tx, url, check_blocked=False)


def _first_ranks(tx: Transaction, community_id: CommunityId) -> dict[str, float]:
    hot = ranking.hot_rank(1, tx.now, tx.now)
    scaled = ranking.scaled_rank(hot, posts.active_month(tx.conn, community_id))
    return {"hot_rank": hot, "active_rank": hot, "scaled_rank": scaled}


def edit_post(tx: Transaction, by: Doer, post_id: PostId, edit: PostEdit) -> None:
    """Change one's own post; what it said before is kept.

    Raises NotFound `couldnt_find_post`, NotAllowed `no_post_edit_allowed`, what `may_take_part`
    says, and Invalid as `create_post` does.
    """
    before = _own_post(tx, by, post_id)
    community = _community(tx, before.community_id)
    standing = communities.standing(tx.conn, community.id, by.person_id, tx.now)
    require(may_take_part(community, standing))
    changes = {**_new_words(tx, edit), **_new_link(tx, before, edit)}
    if edit.nsfw is not None:
        changes["nsfw"] = edit.nsfw or community.nsfw
    if edit.language_id is not None:
        changes["language_id"] = language_for(tx, by.person_id, community.id, edit.language_id)
    if any(name in changes and changes[name] != getattr(before, name) for name in _WORDS):
        posts.add_history(tx.conn, before, tx.now)
    posts.update_post(tx.conn, post_id, updated_at=tx.now, **changes)
    shown = [changes.get(name) for name in ("url", "thumbnail_url", "body")]
    note_uses(tx, "post", post_id, by.person_id, *shown)
    if "url" in changes and changes["url"] != before.url:
        ask_for_preview(tx, post_id, changes["url"])
    event.add(tx.conn, "post_edited", tx.now, post_id=post_id)


# What the history of a post tells.
_WORDS = ("name", "url", "body")


def _new_words(tx: Transaction, edit: PostEdit) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if edit.name is not None:
        changes["name"] = prepare_title(tx, edit.name)
    if edit.body is not None:
        changes["body"], changes["body_html"] = _body(tx, edit.body)
    if edit.alt_text is not None:
        changes["alt_text"] = _alt_text(tx, edit.alt_text)
    return changes


def _new_link(tx: Transaction, before: Post, edit: PostEdit) -> dict[str, Any]:
    """What was found out about an address goes when the address goes."""
    changes: dict[str, Any] = {}
    if edit.url is not None:
        changes["url"] = prepare_url(tx, edit.url) if edit.url else None
        if changes["url"] != before.url:
            changes |= dict.fromkeys(_ABOUT_LINK)
    if edit.custom_thumbnail is not None:
        changes["thumbnail_url"] = _thumbnail(tx, edit.custom_thumbnail or None)
    return changes


_ABOUT_LINK = (
    "thumbnail_url",
    "embed_title",
    "embed_description",
    "embed_video_url",
    "url_content_type",
    "image_width",
    "image_height",
)


def delete_post(tx: Transaction, by: Doer, post_id: PostId, *, deleted: bool) -> None:
    """Take back one's own post, or restore it.

    Whoever was banned may still take back what they wrote. Raises NotFound `couldnt_find_post`,
    NotAllowed `no_post_edit_allowed`, Conflict `couldnt_update_post` if it is so already; for
    restoring, what `may_take_part` says.
    """
    post = _own_post(tx, by, post_id)
    if not deleted:
        community = _community(tx, post.community_id)
        standing = communities.standing(tx.conn, community.id, by.person_id, tx.now)
        require(may_take_part(community, standing))
    if post.deleted == deleted:
        raise Conflict("couldnt_update_post")
    posts.update_post(tx.conn, post_id, deleted=deleted, updated_at=tx.now)
    if not post.removed:
        change = -1 if deleted else 1
        posts.count_post(tx.conn, post.creator_id, post.community_id, change, local=post.local)
    kind = "post_deleted" if deleted else "post_restored"
    event.add(tx.conn, kind, tx.now, post_id=post_id)


def _own_post(tx: Transaction, by: Doer, post_id: PostId) -> Post:
    post = posts.lock_post(tx.conn, post_id)
    if post is None:
        raise NotFound("couldnt_find_post")
    require(may_edit_post(by.person_id, post.creator_id))
    return post


def save_post(tx: Transaction, viewer: Viewer, post_id: PostId, *, save: bool) -> None:
    """Keep a post for later, or no longer; it does not matter if that is so already.

    It counts as read then. Raises NotFound `couldnt_find_post` for what the viewer may not see.
    """
    _require_visible(tx, viewer, post_id)
    if save:
        posts.save_post(tx.conn, post_id, viewer.person_id, tx.now)
    else:
        posts.unsave_post(tx.conn, post_id, viewer.person_id)
    posts.mark_read(tx.conn, post_id, viewer.person_id, tx.now)


def _require_visible(tx: Transaction, viewer: Viewer, post_id: PostId) -> None:
    if get_view(tx.conn, post_id, viewer, tx.now) is None:
        raise NotFound("couldnt_find_post")


def mark_post_opened(tx: Transaction, viewer: Viewer, post_id: PostId) -> None:
    """Somebody looks at a post and its comments: none of those is new to them any more.

    A post that they do not see, or that is gone meanwhile, is passed over.
    """
    view = get_view(tx.conn, post_id, viewer, tx.now)
    if view is not None and (not view.read or view.unread_comments):
        posts.mark_opened(tx.conn, post_id, viewer.person_id, view.counts.comments, tx.now)


def mark_posts_read(
    tx: Transaction, viewer: Viewer, post_ids: Sequence[PostId], *, read: bool
) -> None:
    """Mark posts as read or unread; ids of posts that are gone do not matter.

    Raises Invalid `too_many_items` for more than 10,000.
    """
    _require_few(post_ids)
    if read:
        posts.mark_many_read(tx.conn, post_ids, viewer.person_id, tx.now)
    else:
        posts.mark_many_unread(tx.conn, post_ids, viewer.person_id)


def hide_posts(tx: Transaction, viewer: Viewer, post_ids: Sequence[PostId], *, hide: bool) -> None:
    """Keep posts out of one's lists, or show them again.

    Raises Invalid `too_many_items` for more than 10,000.
    """
    _require_few(post_ids)
    if hide:
        posts.hide_many(tx.conn, post_ids, viewer.person_id, tx.now)
    else:
        posts.unhide_many(tx.conn, post_ids, viewer.person_id)


def _require_few(post_ids: Sequence[PostId]) -> None:
    if len(post_ids) > MAX_MARKED:
        raise Invalid("too_many_items", f"at most {MAX_MARKED} posts at once")
