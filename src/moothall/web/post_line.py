"""One line of a list of posts. A page holds twenty: a template needs four times as long for each.

Words that somebody wrote go through `escape`; all else is made of numbers or escaped already.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from moothall.domain.post import Post, PostView

from .addresses import host_of
from .fragments import community_link, hue, initial, person_link, vote, when
from .pictures import picture_path
from .wording import count, short

if TYPE_CHECKING:
    from .visit import Visit

_LINE = """<article class="post%(marks)s" data-post="%(id)d">
%(vote)s
<div>
<div class="meta">
%(place)s<span>%(author)s</span>
%(when)s
%(tags)s
</div>
<h2><a href="/post/%(id)d">%(title)s</a></h2>
%(source)s<div class="tools">
<a class="tool" href="/post/%(id)d#comments"><span class="i i-talk"></span>%(comments)s</a>
%(save)s</div>
</div>
%(picture)s</article>"""
_SOURCE = (
    '<a class="source" href="%s" rel="nofollow noopener ugc">%s'
    ' <span class="i i-link"></span></a>\n'
)
_PICTURE = (
    '<a class="tile link h%d" href="%s" rel="nofollow noopener ugc" tabindex="-1"'
    ' aria-hidden="true">%s</a>\n'
)
_SHOWN = (
    '<a class="tile link" href="%s" rel="nofollow noopener ugc" tabindex="-1"'
    ' aria-hidden="true"><img src="%s" alt="" loading="lazy"></a>\n'
)
# Twice the size that it is shown in, for dense screens.
_SIDE = 160
_SAVE = (
    '<button class="tool" form="act" name="do" value="save:post:%d:%d" aria-pressed="%s">'
    '<span class="i i-save"></span>%s</button>\n'
)
_NEW = ' <span class="tag good">%s new</span>'


def post_lines(visit: "Visit", views: Iterable[PostView], *, with_community: bool = True) -> Markup:
    """The items of a list of posts."""
    lines = [f"<li>{_line(visit, view, with_community=with_community)}</li>" for view in views]
    return Markup("\n".join(lines))  # noqa: S704 — escaped in `_line`


def _line(visit: "Visit", view: PostView, *, with_community: bool) -> str:
    post = view.post
    source, picture = _link(post.url) if post.url else ("", "")
    if post.thumbnail_url:
        picture = _thumbnail(visit, view) or picture
    comments = count(view.counts.comments, "comment")
    save = ""
    if visit.viewer is not None:
        state = (0, "true", "Saved") if view.saved else (1, "false", "Save")
        save = _SAVE % (post.id, *state)
        if view.read and view.unread_comments > 0:
            comments += _NEW % short(view.unread_comments)
    values = {
        "id": post.id,
        "marks": _marks(view, with_community=with_community),
        "vote": vote(visit, "post", post.id, view.counts, view.my_vote),
        "place": community_link(view.community) if with_community else "",
        "author": person_link(view.creator),
        "when": when(post.created_at, visit.now),
        "tags": post_tags(view),
        "title": escape(post.name),
        "source": source,
        "comments": comments,
        "save": save,
        "picture": picture,
    }
    return _LINE % values


def _marks(view: PostView, *, with_community: bool) -> str:
    post = view.post
    pinned = post.featured_local or (post.featured_community and not with_community)
    return (" read" if view.read else "") + (" pinned" if pinned else "")


# Hot posts are shown again and again.
@lru_cache(1024)
def _link(url: str) -> tuple[str, str]:
    """The line that says where a link leads, and the drawn placeholder of its picture."""
    host, address = host_of(url), escape(url)
    source = _SOURCE % (address, escape(host) if host else address)
    return source, _PICTURE % (hue(host), address, escape(initial(host)))


def _thumbnail(visit: "Visit", view: PostView) -> str:
    """The small picture of a post; of what is not for everybody only for who wants to see it."""
    post, viewer = view.post, visit.viewer
    is_hidden = post.nsfw and (viewer is None or viewer.blur_nsfw)
    path = None if is_hidden else picture_path(post.thumbnail_url, _SIDE, visit.home)
    if path is None:
        return ""
    return _SHOWN % (escape(post.url or f"/post/{post.id}"), escape(path))


_TAG = '<span class="tag %s">%s</span>'


def post_tags(view: PostView) -> Markup:
    """What is special about a post."""
    post = view.post
    if not _is_special(post) and not view.community.nsfw:
        return Markup("")
    tags = (
        (post.featured_local or post.featured_community, "good", "pinned"),
        (post.locked, "", "locked"),
        (post.nsfw or view.community.nsfw, "warm", "NSFW"),
        (post.deleted, "bad", "deleted by its author"),
        (post.removed, "bad", "removed by a moderator"),
    )
    shown = "\n".join(_TAG % (kind, words) for is_shown, kind, words in tags if is_shown)
    return Markup(shown)  # noqa: S704 — our own words


def _is_special(post: Post) -> bool:
    return (
        post.featured_local
        or post.featured_community
        or post.locked
        or post.nsfw
        or post.deleted
        or post.removed
    )
