"""The smallest community, post, person and so on that a rule can be asked about."""

from typing import Any

from moothall.domain.community import Community, Standing
from moothall.domain.ids import CommunityId, InstanceId, LanguageId, PersonId, PostId
from moothall.domain.post import Post
from moothall.domain.time import Time
from moothall.domain.user import Doer, Person


def community(**changes: Any) -> Community:
    """An open one of this server."""
    return Community(
        id=CommunityId(1),
        name="town",
        title="Town",
        description="About the town.",
        removed=False,
        created_at=Time(0),
        updated_at=None,
        deleted=False,
        nsfw=False,
        ap_id=None,
        local=True,
        icon="https://a.example/icon.png",
        banner="https://a.example/banner.png",
        hidden=False,
        posting_restricted_to_mods=False,
        instance_id=InstanceId(1),
        visibility="Public",
    )._replace(**changes)


def post(**changes: Any) -> Post:
    """An ordinary one, with something in every text."""
    return Post(
        id=PostId(1),
        name="A title",
        url="https://a.example/",
        body="Words.",
        creator_id=PersonId(1),
        community_id=CommunityId(1),
        removed=False,
        locked=False,
        created_at=Time(0),
        updated_at=None,
        deleted=False,
        nsfw=False,
        embed_title="Embedded",
        embed_description="Something",
        thumbnail_url="https://a.example/small.png",
        ap_id=None,
        local=True,
        embed_video_url="https://a.example/video",
        language_id=LanguageId(0),
        featured_community=False,
        featured_local=False,
        url_content_type="text/html",
        alt_text="A picture",
        image_width=None,
        image_height=None,
        body_html="<p>Words.</p>",
    )._replace(**changes)


def person(**changes: Any) -> Person:
    """Somebody of this server."""
    return Person(
        id=PersonId(1),
        name="ann",
        display_name=None,
        avatar=None,
        banned=False,
        created_at=Time(0),
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
    )._replace(**changes)


def doer(**changes: Any) -> Doer:
    """An ordinary person of this server who does something."""
    return Doer(
        PersonId(1), "ann", local=True, bot=False, is_admin=False, admin_since=None
    )._replace(**changes)


MEMBER = Standing(is_admin=False, is_moderator=False, is_banned=False)
BANNED = MEMBER._replace(is_banned=True)
MODERATOR = MEMBER._replace(is_moderator=True, moderator_since=Time(10))
BANNED_MODERATOR = MODERATOR._replace(is_banned=True)
ADMIN = MEMBER._replace(is_admin=True, admin_since=Time(10))
BANNED_ADMIN = ADMIN._replace(is_banned=True)
STANDINGS = {
    "member": MEMBER,
    "banned": BANNED,
    "moderator": MODERATOR,
    "banned moderator": BANNED_MODERATOR,
    "admin": ADMIN,
    "banned admin": BANNED_ADMIN,
}
