"""Writing posts and taking them back; saving, hiding and reading them."""

from moothall.actions.language import language_for
from moothall.actions.text import MAX_POST_BODY, prepare_body, prepare_title, prepare_url
from moothall.domain import ranking
from moothall.domain.community import Community
from moothall.domain.errors import Invalid, NotFound
from moothall.domain.ids import CommunityId, PostId
from moothall.domain.permissions import may_post, require
from moothall.domain.post import NewPost
from moothall.domain.text import length, storable
from moothall.domain.user import Actor
from moothall.storage import community as communities
from moothall.storage import event
from moothall.storage import post as posts
from moothall.storage import vote as votes
from moothall.storage.transaction import Transaction

MAX_ALT_TEXT = 1_500
MAX_MARKED = 10_000
"""Posts that can be marked as read or hidden at once."""


def create_post(tx: Transaction, by: Actor, new: NewPost) -> PostId:
    """Write a post; its author has then read it and upvoted it.

    Raises NotFound `couldnt_find_community`, the refusals of `may_post`, and Invalid for a title,
    text, address or language that breaks a rule.
    """
    community = _community(tx, new.community_id)
    require(may_post(community, communities.standing(tx.conn, community.id, by.person_id, tx.now)))
    body, body_html = _body(tx, new.body)
    row = posts.PostRow(
        community_id=community.id,
        creator_id=by.person_id,
        name=prepare_title(tx, new.name),
        url=None if new.url is None else prepare_url(tx, new.url),
        body=body,
        body_html=body_html,
        alt_text=_alt_text(new.alt_text),
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
    event.add(tx.conn, "post_created", tx.now, post_id=post_id)
    return post_id


def _community(tx: Transaction, community_id: CommunityId) -> Community:
    community = communities.get_community(tx.conn, community_id)
    if community is None:
        raise NotFound("couldnt_find_community")
    return community


def _body(tx: Transaction, text: str | None) -> tuple[str | None, str | None]:
    return (None, None) if not text else prepare_body(tx, text, MAX_POST_BODY)


def _alt_text(text: str | None) -> str | None:
    if not text:
        return None
    if length(text) > MAX_ALT_TEXT:
        raise Invalid("alt_text_length_overflow")
    return storable(text)


def _thumbnail(tx: Transaction, url: str | None) -> str | None:
    return None if url is None else prepare_url(tx, url, check_blocked=False)


def _first_ranks(tx: Transaction, community_id: CommunityId) -> dict[str, float]:
    hot = ranking.hot_rank(1, tx.now, tx.now)
    scaled = ranking.scaled_rank(hot, posts.active_month(tx.conn, community_id))
    return {"hot_rank": hot, "active_rank": hot, "scaled_rank": scaled}
