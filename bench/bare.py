"""The yardstick: an ASGI application on the same server that does only the SQL of a page.

It answers with the very bytes that the forum answers (the bench compares them), from hand-written
SQL and positional structs: no framework, no policy, no viewer, no limits.
"""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from moothall.api.shapes.base import timestamp
from moothall.api.shapes.comment import Comment, CommentAggregates, CommentView
from moothall.api.shapes.community import Community
from moothall.api.shapes.post import ImageDetails, Post, PostAggregates, PostView
from moothall.api.shapes.responses import GetCommentsResponse, GetPostsResponse
from moothall.api.shapes.user import Person
from moothall.domain.community import Subscribed
from moothall.storage.sqlite import connect

encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Argument:
    """Where the database is, what the ids begin with, and bodies to answer as they are."""

    database: Path
    base_url: str
    post_id: int
    pages: dict[str, tuple[bytes, bytes]]  # path → (content type, body)


_PERSON = """{t}.id, {t}.name, {t}.display_name, {t}.avatar, {t}.banned, {t}.created_at,
    {t}.updated_at, coalesce({t}.ap_id, :base || '/u/' || {t}.name), {t}.bio, {t}.local,
    {t}.banner, {t}.deleted, {t}.matrix_user_id, {t}.bot, {t}.ban_expires_at, {t}.instance_id"""
_COMMUNITY = """c.id, c.name, c.title, c.description, c.removed, c.created_at, c.updated_at,
    c.deleted, c.nsfw, coalesce(c.ap_id, :base || '/c/' || c.name), c.local, c.icon, c.banner,
    c.hidden, c.posting_restricted_to_mods, c.instance_id, c.visibility"""
_POST = """p.id, p.name, p.url, p.body, p.creator_id, p.community_id, p.removed, p.locked,
    p.created_at, p.updated_at, p.deleted, p.nsfw, p.embed_title, p.embed_description,
    p.thumbnail_url, coalesce(p.ap_id, :base || '/post/' || p.id), p.local, p.embed_video_url,
    p.language_id, p.featured_community, p.featured_local, p.url_content_type, p.alt_text"""
_COMMENT = """k.id, k.creator_id, k.post_id, k.content, k.removed, k.created_at, k.updated_at,
    k.deleted, coalesce(k.ap_id, :base || '/comment/' || k.id), k.local, k.path, k.distinguished,
    k.language_id"""
_ROLES = """b.person_id IS NOT NULL, m.person_id IS NOT NULL, coalesce(a.is_admin, 0)"""

POSTS = f"""
SELECT {_POST}, p.image_width, p.image_height, p.comments, p.score, p.upvotes, p.downvotes,
    p.newest_comment_at, {_PERSON.format(t="u")}, {_COMMUNITY}, {_ROLES}, p.hot_rank
FROM (SELECT id FROM post p WHERE deleted IS 0 AND removed IS 0 AND EXISTS (
        SELECT 1 FROM community c WHERE c.id = p.community_id AND c.removed = 0
        AND c.deleted = 0 AND c.hidden = 0 AND c.visibility = 'Public' AND c.nsfw = 0)
      AND nsfw = 0
      ORDER BY featured_local DESC, hot_rank DESC, created_at DESC, id DESC LIMIT 20) AS page
JOIN post p ON p.id = page.id
JOIN person u ON u.id = p.creator_id
JOIN community c ON c.id = p.community_id
LEFT JOIN community_ban b ON b.community_id = c.id AND b.person_id = u.id
LEFT JOIN community_moderator m ON m.community_id = c.id AND m.person_id = u.id
LEFT JOIN account a ON a.person_id = u.id
ORDER BY p.featured_local DESC, p.hot_rank DESC, p.created_at DESC, p.id DESC"""

COMMENTS = f"""
SELECT {_COMMENT}, k.score, k.upvotes, k.downvotes, k.child_count, {_PERSON.format(t="u")},
    {_POST}, {_COMMUNITY}, {_ROLES}
FROM comment k
JOIN person u ON u.id = k.creator_id
JOIN post p ON p.id = k.post_id
JOIN community c ON c.id = k.community_id
LEFT JOIN community_ban b ON b.community_id = c.id AND b.person_id = u.id
LEFT JOIN community_moderator m ON m.community_id = c.id AND m.person_id = u.id
LEFT JOIN account a ON a.person_id = u.id
WHERE k.post_id = :post_id
ORDER BY k.depth, k.distinguished DESC, k.hot_rank DESC, k.score DESC, k.created_at DESC, k.id DESC
LIMIT 300"""


def _time(moment: int | None) -> str | None:
    return None if moment is None else timestamp(moment)


def _person(r: Any) -> Person:
    return Person(  # type: ignore[call-arg] # slices cannot be counted
        *r[:4], r[4] == 1, timestamp(r[5]), _time(r[6]), r[7], r[8], r[9] == 1, r[10], r[11] == 1,
        r[12], r[13] == 1, _time(r[14]), r[15],
    )  # fmt: skip


def _community(r: Any) -> Community:
    return Community(  # type: ignore[call-arg] # as above
        *r[:4], r[4] == 1, timestamp(r[5]), _time(r[6]), r[7] == 1, r[8] == 1, r[9], r[10] == 1,
        r[11], r[12], r[13] == 1, r[14] == 1, r[15], r[16],
    )  # fmt: skip


def _post(r: Any) -> Post:
    return Post(  # type: ignore[call-arg] # as above
        *r[:6], r[6] == 1, r[7] == 1, timestamp(r[8]), _time(r[9]), r[10] == 1, r[11] == 1,
        *r[12:16], r[16] == 1, r[17], r[18], r[19] == 1, r[20] == 1, r[21], r[22],
    )  # fmt: skip


def _comment(r: Any) -> Comment:
    return Comment(  # type: ignore[call-arg] # as above
        *r[:4], r[4] == 1, timestamp(r[5]), _time(r[6]), r[7] == 1, r[8], r[9] == 1, r[10],
        r[11] == 1, r[12],
    )  # fmt: skip


def _post_view(r: Any) -> PostView:
    picture = ImageDetails(r[14], r[23], r[24], r[21]) if r[14] and r[23] else None
    return PostView(
        _post(r[:23]), _person(r[30:46]), _community(r[46:63]), picture, r[63] == 1, False,
        r[64] == 1, r[65] == 1,
        PostAggregates(r[0], r[25], r[26], r[27], r[28], timestamp(r[8]), timestamp(r[29])),
        Subscribed.NOT_SUBSCRIBED, False, False, False, False, None, r[25],
    )  # fmt: skip


def _comment_view(r: Any) -> CommentView:
    return CommentView(
        _comment(r[:13]), _person(r[17:33]), _post(r[33:56]), _community(r[56:73]),
        CommentAggregates(r[0], r[13], r[14], r[15], timestamp(r[5]), r[16]), r[73] == 1, False,
        r[74] == 1, r[75] == 1, Subscribed.NOT_SUBSCRIBED, False, False, None,
    )  # fmt: skip


class Bare:
    """The application; opens its connection when the server starts."""

    def __init__(self, argument: Argument) -> None:
        self._argument = argument
        self._paths: dict[str, Callable[[], bytes]] = {
            "/posts": self._posts,
            "/comments": self._comments,
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer whatever is asked, knowing no errors."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        path = scope["path"]
        fixed = self._argument.pages.get(path)
        kind, body = fixed or (b"application/json", self._paths[path]())
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        self._raw: sqlite3.Connection = connect(
            self._argument.database, read_only=True, is_mapped=True
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._raw.close()
        await send({"type": "lifespan.shutdown.complete"})

    def _posts(self) -> bytes:
        rows = self._raw.execute(POSTS, {"base": self._argument.base_url}).fetchall()
        last = rows[-1]
        cursor = f"{last[20]:d}_{last[66]!r}_{last[8]}_{last[0]}"
        return encode(GetPostsResponse([_post_view(r) for r in rows], cursor))

    def _comments(self) -> bytes:
        values = {"base": self._argument.base_url, "post_id": self._argument.post_id}
        rows = self._raw.execute(COMMENTS, values).fetchall()
        return encode(GetCommentsResponse([_comment_view(r) for r in rows]))


def create_app(argument: Argument) -> Bare:
    """For `moothall.processes`."""
    return Bare(argument)


def idle(_argument: Argument, stop: threading.Event) -> None:
    """A background process that has nothing to do."""
    stop.wait()
