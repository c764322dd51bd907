"""Views made by hand, for what is shown and not where it comes from."""

from typing import Any

from moothall.domain.comment import Comment, CommentCounts, CommentView
from moothall.domain.community import Community, Subscribed
from moothall.domain.ids import CommentId, CommunityId, InstanceId, LanguageId, PersonId, PostId
from moothall.domain.post import Post
from moothall.domain.time import Time
from moothall.domain.user import Person
from tests.support.clock import START

PERSON = Person(
    id=PersonId(1),
    name="ann",
    display_name=None,
    avatar=None,
    banned=False,
    created_at=START,
    updated_at=None,
    ap_id=None,
    bio=None,
    local=True,
    banner=None,
    deleted=False,
    matrix_user_id=None,
    bot=False,
    ban_expires_at=None,
    instance_id=InstanceId(1),
)
COMMUNITY = Community(
    id=CommunityId(1),
    name="cats",
    title="Cats",
    description=None,
    removed=False,
    created_at=START,
    updated_at=None,
    deleted=False,
    nsfw=False,
    ap_id=None,
    local=True,
    icon=None,
    banner=None,
    hidden=False,
    posting_restricted_to_mods=False,
    instance_id=InstanceId(1),
    visibility="Public",
)
POST = Post(
    id=PostId(1),
    name="A post",
    url=None,
    body=None,
    creator_id=PERSON.id,
    community_id=COMMUNITY.id,
    removed=False,
    locked=False,
    created_at=START,
    updated_at=None,
    deleted=False,
    nsfw=False,
    embed_title=None,
    embed_description=None,
    thumbnail_url=None,
    ap_id=None,
    local=True,
    embed_video_url=None,
    language_id=LanguageId(0),
    featured_community=False,
    featured_local=False,
    url_content_type=None,
    alt_text=None,
    image_width=None,
    image_height=None,
    body_html=None,
)


def a_comment_view(path: str, child_count: int = 0, **fields: Any) -> CommentView:
    """A comment at a place in the tree: `0.1.4` answers comment 1."""
    comment_id = CommentId(int(path.rpartition(".")[2]))
    comment = Comment(
        id=comment_id,
        creator_id=PERSON.id,
        post_id=POST.id,
        content=f"comment {comment_id}",
        removed=False,
        created_at=Time(START),
        updated_at=None,
        deleted=False,
        ap_id=None,
        local=True,
        path=path,
        distinguished=False,
        language_id=LanguageId(0),
        content_html=None,
    )
    return CommentView(
        comment=comment._replace(**fields),
        counts=CommentCounts(1, 1, 0, child_count),
        creator=PERSON,
        post=POST,
        community=COMMUNITY,
        creator_banned_from_community=False,
        creator_is_moderator=False,
        creator_is_admin=False,
        banned_from_community=False,
        subscribed=Subscribed.NOT_SUBSCRIBED,
        saved=False,
        creator_blocked=False,
        my_vote=None,
    )
