"""Pieces that a page holds hundreds of times, made here because a template needs ten times as long.

Only numbers are put into them (`%d`, and what `short` makes of one), so there is nothing to escape;
names go through `Markup.format`, which does, and are kept.
"""

import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from moothall.domain.comment import CommentCounts, CommentView
from moothall.domain.community import Community
from moothall.domain.post import PostCounts
from moothall.domain.time import DAY, HOUR, MINUTE, MONTH, SECOND, YEAR, to_datetime
from moothall.domain.user import Person

from .addresses import name_of, path_of
from .wording import short

if TYPE_CHECKING:
    from .visit import Visit

_HUES = 8
_DOWN = (
    '<button class="down" form="act" name="do" value="vote:%(what)s:%(id)d:%(down)d"'
    ' aria-pressed="%(is_down)s" aria-label="Downvote"><span class="i i-down"></span></button>'
)
_VOTE = (
    '<div class="vote%(flat)s" data-vote="%(what)s:%(id)d" data-mine="%(mine)d">'
    '<button class="up" form="act" name="do" value="vote:%(what)s:%(id)d:%(up)d"'
    ' aria-pressed="%(is_up)s" aria-label="Upvote"><span class="i i-up"></span></button>'
    '<output title="%(upvotes)d up, %(downvotes)d down">%(score)s</output>'
)
_SCORE = (
    '<div class="vote%(flat)s" data-vote="%(what)s:%(id)d" data-mine="0">'
    '<a href="/login?next=/%(what)s/%(id)d" aria-label="Log in to vote">'
    '<span class="i i-up"></span></a>'
    '<output title="%(upvotes)d up, %(downvotes)d down">%(score)s</output></div>'
)
_REPLY = '<a class="tool" data-here href="/comment/%d/reply">Reply</a>'
_DEED = '<a data-here%s href="/comment/%d/%s">%s</a>'
_MENU = (
    '<details class="menu"><summary class="tool" aria-label="More for this comment">'
    '<span class="i i-more"></span></summary><div class="drop">%s</div></details>'
)
_SAVE = '<button form="act" name="do" value="save:comment:%d:1" aria-pressed="false">Save</button>'
_SAVED = '<button form="act" name="do" value="save:comment:%d:0" aria-pressed="true">Saved</button>'
_OWN = (
    '<a data-here href="/comment/%d/edit">Edit</a>'
    '<button class="bad" form="act" name="do" value="delete:comment:%d:1">Delete</button>'
)
_OWN_DELETED = '<button form="act" name="do" value="delete:comment:%d:0">Restore</button>'
_FOREIGN = (
    '<a data-here href="/comment/%d/report">Report</a>'
    '<button form="act" name="do" value="block:person:%d:1">Block the author</button>'
)


def vote(
    visit: "Visit",
    what: str,
    number: int,
    counts: PostCounts | CommentCounts,
    mine: int | None,
    *,
    flat: bool = False,
) -> Markup:
    """Arrows around a score; `what` is "post" or "comment". Strangers are led to the door."""
    values = {
        "what": what,
        "id": number,
        "flat": " flat" if flat else "",
        "upvotes": counts.upvotes,
        "downvotes": counts.downvotes,
        "score": short(counts.score),
    }
    if visit.viewer is None:
        return Markup(_SCORE % values)  # noqa: S704 — numbers only
    values |= {
        "mine": mine or 0,
        "up": 0 if mine == 1 else 1,
        "is_up": "true" if mine == 1 else "false",
        "down": 0 if mine == -1 else -1,
        "is_down": "true" if mine == -1 else "false",
    }
    down = _DOWN % values if visit.site.enable_downvotes else ""
    return Markup(_VOTE % values + down + "</div>")  # noqa: S704 — numbers only


def comment_tools(visit: "Visit", item: CommentView, *, locked: bool, moderates: bool) -> Markup:
    """What can be done with a comment: vote, reply, and the menu of the rest."""
    comment = item.comment
    is_gone = comment.deleted or comment.removed
    # Of what nobody reads any more nothing is to be thought.
    tools = Markup("")
    if not is_gone:
        tools = vote(visit, "comment", comment.id, item.counts, item.my_vote, flat=True)
    viewer = visit.viewer
    if viewer is None:
        return tools
    can_reply = moderates or not (locked or is_gone)
    is_own = item.creator.id == viewer.person_id
    menu = "" if is_gone else (_SAVED if item.saved else _SAVE) % comment.id
    menu += _of_author(item, is_own=is_own)
    if moderates:
        menu += _of_moderator(item, is_own=is_own)
    if viewer.is_admin:
        menu += _PURGE % comment.id
    return tools + Markup((_REPLY % comment.id if can_reply else "") + _MENU % menu)  # noqa: S704 — numbers only


def _of_author(item: CommentView, *, is_own: bool) -> str:
    number = item.comment.id
    if not is_own:
        return _FOREIGN % (number, item.creator.id)
    return _OWN_DELETED % number if item.comment.deleted else _OWN % (number, number)


def _of_moderator(item: CommentView, *, is_own: bool) -> str:
    number = item.comment.id
    deed, name, mark = ("restore", "Restore", "") if item.comment.removed else _REMOVE
    html = _DEED % (mark, number, deed, name)
    if not is_own:
        ban = '<a class="bad" href="/ban/%d/%d">Ban the author</a>'
        return html + ban % (item.community.id, item.creator.id)
    on, words = (0, "Speak for oneself") if item.comment.distinguished else _DISTINGUISH
    act = '<button form="act" name="do" value="distinguish:comment:%d:%d">%s</button>'
    return html + act % (number, on, words)


_PURGE = '<a class="bad" href="/admin/purge/comment/%d">Erase for good</a>'
_REMOVE = ("remove", "Remove", ' class="bad"')
_DISTINGUISH = (1, "Speak as a moderator")


def person_link(person: Person) -> Markup:
    """A person's name, leading to their profile."""
    return _link(person.name, person.display_name, person.ap_id, person.bot)


@lru_cache(4096)
def _link(
    name: str,
    display_name: str | None,
    ap_id: str | None,
    is_bot: bool,
) -> Markup:
    bot = Markup(' <span class="tag">bot</span>') if is_bot else Markup("")
    link = Markup('<a href="{}">{}</a>{}')
    return link.format(path_of("u", name, ap_id), name_of(display_name or name, ap_id), bot)


def community_link(community: Community) -> Markup:
    """A community's name, leading to it."""
    return _place(community.name, community.ap_id)


@lru_cache(4096)
def _place(name: str, ap_id: str | None) -> Markup:
    link = Markup('<a class="place" href="{}">{}</a>')
    return link.format(path_of("c", name, ap_id), name_of(name, ap_id))


def when(moment: int, now: int) -> Markup:
    """A point in time as a reader wants it, exact for whoever points at it."""
    # Whole minutes: a page of comments asks for few different pairs.
    return _when(moment // SECOND, max(0, now - moment) // MINUTE)


@lru_cache(4096)
def _when(second: int, age_minutes: int) -> Markup:
    exact = to_datetime(second * SECOND)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        exact.strftime("%Y-%m-%dT%H:%M:%SZ"),
        exact.strftime("%-d %B %Y, %H:%M UTC"),
        _age(age_minutes * MINUTE),
    )


def _age(age: int) -> str:
    if age < MINUTE:
        return "just now"
    for unit, limit, name in (
        (MINUTE, HOUR, "min"),
        (HOUR, DAY, "h"),
        (DAY, MONTH, "d"),
        (MONTH, YEAR, "mo"),
    ):
        if age < limit:
            return f"{age // unit} {name} ago"
    return f"{age // YEAR} y ago"


def link_menu(label: str, items: Iterable[tuple[str, str, bool]]) -> Markup:
    """A menu of (text, address, is_current), which lists have by the dozen and mostly the same."""
    return _link_menu(label, tuple(items))


@lru_cache(256)
def _link_menu(label: str, items: tuple[tuple[str, str, bool], ...]) -> Markup:
    link = Markup('<a href="{}"{}>{}</a>')
    current = (Markup(""), Markup(' aria-current="true"'))
    links = [link.format(href, current[is_current], text) for text, href, is_current in items]
    menu = Markup(
        '<details class="menu"><summary class="tool">{}<span class="i i-chevron"></span></summary>\n'
        '<div class="drop">{}\n</div></details>'
    )
    return menu.format(label, Markup("\n").join(links))


@lru_cache(4096)
def hue(name: str) -> int:
    """Which of the drawn placeholders' colours belongs to a name."""
    return zlib.crc32(name.lower().encode("utf-8", "replace")) % _HUES


def initial(name: str) -> str:
    """The letter on a placeholder."""
    return next((char.upper() for char in name if char.isalnum()), "·")
