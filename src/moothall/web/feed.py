"""Feeds, RSS and Atom: of all posts, of a community, of a person, of the modlog; and one's own.

The addresses are those of the Lemmy API (`….xml`), and `….atom` beside each. One's own feeds have a
key in their address, since feed readers have no cookies.
"""

from typing import Annotated, Any, Literal

from markupsafe import Markup
from msgspec import Meta

from moothall.domain.comment import CommentView
from moothall.domain.community import Community
from moothall.domain.errors import Invalid, NotFound
from moothall.domain.moderation import ModlogQuery, ModlogView
from moothall.domain.notification import NotificationView, PrivateMessageView
from moothall.domain.post import Listing, PostQuery, PostSort, PostView
from moothall.domain.site import Home
from moothall.domain.user import Person
from moothall.door import Policy
from moothall.reads.moderation import modlog
from moothall.reads.notification import inbox
from moothall.reads.post import list_posts
from moothall.reads.profile import ProfileQuery, get_person_details

from . import wording
from .addresses import community_path, person_name, person_path
from .answer import NO_STORE, Answer
from .feed_xml import Author, Entry, Feed, atom, rss
from .forms import Form, PageNumber
from .page import Pages
from .render import rich
from .visit import Visit

pages = Pages()

Kind = Literal["xml", "atom"]
_TYPES: dict[str, bytes] = {"xml": b"application/rss+xml", "atom": b"application/atom+xml"}
_TITLE_CHARS = 100
_PUBLIC = (b"cache-control", b"public, max-age=300")


class FeedForm(Form, frozen=True, kw_only=True):
    """Which posts of a feed; `name` ends with the kind of document."""

    name: str
    sort: PostSort = PostSort.HOT
    limit: Annotated[int, Meta(ge=1, le=50)] = 20
    page: PageNumber = 1

    def query(self, **chosen: Any) -> PostQuery:
        """The posts that are asked for."""
        return PostQuery(
            sort=self.sort,
            limit=self.limit,
            page=self.page,
            looks_on=False,
            with_html=True,
            **chosen,
        )


class OtherForm(Form, frozen=True, kw_only=True):
    """What somebody hoped for."""

    name: str
    rest: str


@pages.get("/feeds/{name}", who=Policy.PUBLIC)
async def show_feed(visit: Visit, form: FeedForm) -> Answer:
    """All posts, those of this server, or the modlog."""
    name, kind = _split(form.name)
    if name == "modlog":
        return await _modlog(visit, form, kind)
    if name not in ("all", "local"):
        raise NotFound("unknown")
    listing = Listing.ALL if name == "all" else Listing.LOCAL
    found = await visit.read(list_posts, form.query(listing=listing), site=visit.site)
    title = f"{visit.site.name} · {'All' if name == 'all' else 'Local'}"
    return _answer(visit, kind, title, f"/?listing={listing}", _posts(found.posts, visit.home))


@pages.get("/feeds/c/{name}", who=Policy.PUBLIC)
async def show_community_feed(visit: Visit, form: FeedForm) -> Answer:
    """The posts of a community."""
    name, kind = _split(form.name)
    found = await visit.read(list_posts, form.query(), community_name=name, site=visit.site)
    title = found.posts[0].community.title if found.posts else name
    entries = _posts(found.posts, visit.home)
    return _answer(visit, kind, f"{title} · {visit.site.name}", f"/c/{name}", entries)


@pages.get("/feeds/u/{name}", who=Policy.PUBLIC)
async def show_person_feed(visit: Visit, form: FeedForm) -> Answer:
    """The posts of a person."""
    name, kind = _split(form.name)
    query = ProfileQuery(
        name=name, sort=form.sort, limit=form.limit, page=form.page, with_html=True
    )
    found = await visit.read(get_person_details, query)
    title = f"{person_name(found.person.person)} · {visit.site.name}"
    return _answer(visit, kind, title, f"/u/{name}", _posts(found.posts, visit.home))


# Who may is said by the key, and what the person may see by the reads.
@pages.get("/feeds/front/{name}", who=Policy.ANYONE)
async def show_own_front(visit: Visit, form: FeedForm) -> Answer:
    """The posts of the communities that somebody follows."""
    kind = await _by_key(visit, form)
    query = form.query(listing=Listing.SUBSCRIBED)
    found = await visit.read_own(list_posts, query, site=visit.site)
    title = f"{visit.site.name} · Subscribed"
    return _answer(visit, kind, title, "/?listing=Subscribed", _posts(found.posts, visit.home))


@pages.get("/feeds/inbox/{name}", who=Policy.ANYONE)
async def show_own_inbox(visit: Visit, form: FeedForm) -> Answer:
    """Replies, mentions and messages."""
    kind = await _by_key(visit, form)
    found = await visit.read_own(inbox, limit=form.limit)
    entries = [_received(each, visit.home) for each in found.entries]
    return _answer(visit, kind, f"{visit.site.name} · Inbox", "/inbox", entries)


@pages.get("/feeds/modlog/{name}", who=Policy.ANYONE)
async def show_own_modlog(visit: Visit, form: FeedForm) -> Answer:
    """The modlog as somebody sees it."""
    kind = await _by_key(visit, form)
    await visit.read_own(lambda *_: None)
    return await _modlog(visit, form, kind)


@pages.get("/feeds/{name}/{rest}", who=Policy.PUBLIC)
async def refuse_kind(visit: Visit, form: OtherForm) -> Answer:
    """A kind of feed that there is not."""
    await visit.admit()
    raise Invalid("unknown", f"no feeds of {form.name} here")


async def _modlog(visit: Visit, form: FeedForm, kind: Kind) -> Answer:
    acts = await visit.read(modlog, ModlogQuery(page=form.page, limit=form.limit))
    entries = [_act(each, visit.home) for each in acts]
    return _answer(visit, kind, f"{visit.site.name} · Moderation log", "/modlog", entries)


async def _by_key(visit: Visit, form: FeedForm) -> Kind:
    key, kind = _split(form.name)
    await visit.come_by_key(key)
    return kind


def _split(name: str) -> tuple[str, Kind]:
    """What a feed is of, and the kind of document. Raises NotFound for another ending."""
    base, _, ending = name.rpartition(".")
    if ending == "xml":
        return base, "xml"
    if ending == "atom":
        return base, "atom"
    raise NotFound("unknown")


def _answer(visit: Visit, kind: Kind, title: str, path: str, entries: list[Entry]) -> Answer:
    base = visit.home.base_url
    description = visit.site.description or title
    # Without the query: it is the same feed, also where a reader asks for more of it.
    address = base + visit.asked.here.partition("?")[0]
    feed = Feed(title, description, base + path, address, entries)
    body = rss(feed) if kind == "xml" else atom(feed)
    caching = _PUBLIC if visit.is_same_for_all else NO_STORE
    content_type = (b"content-type", _TYPES[kind] + b"; charset=utf-8")
    return Answer(body, (content_type, caching))


def _posts(views: list[PostView], home: Home) -> list[Entry]:
    return [_post(each, home) for each in views]


_HEADING = Markup(
    'submitted by <a href="{author_url}">{author}</a> to <a href="{place_url}">{place}</a>'
    '<br>{score} points | <a href="{url}">{comments} comments</a>'
)
_LINK = Markup('<p><a href="{url}">{url}</a></p>')
_PICTURE = Markup('<p><img src="{url}" alt="{alt}"></p>')


def _post(view: PostView, home: Home) -> Entry:
    post, url = view.post, home.post_url(view.post.id)
    parts = [
        _HEADING.format(
            author_url=_url_of(view.creator, home),
            author=person_name(view.creator),
            place_url=_url_of(view.community, home),
            place=view.community.title,
            score=view.counts.score,
            url=url,
            comments=view.counts.comments,
        )
    ]
    if post.url is not None:
        is_picture = (post.url_content_type or "").startswith("image/")
        shape = _PICTURE if is_picture else _LINK
        shown = home.picture_url(post.url) if is_picture else post.url
        parts.append(shape.format(url=shown, alt=post.alt_text or ""))
    parts.append(rich(post.body_html, post.body))
    return Entry(
        url=url,
        title=post.name,
        html="".join(parts),
        created_at=post.created_at,
        updated_at=post.updated_at,
        author=_author(view.creator, home),
        category=(view.community.title, _url_of(view.community, home)),
        link=None if post.url is None else (post.url, post.url_content_type),
        thumbnail=home.picture_url(post.thumbnail_url),
    )


def _received(view: NotificationView | PrivateMessageView, home: Home) -> Entry:
    if isinstance(view, PrivateMessageView):
        message = view.private_message
        return Entry(
            # The page with all messages; the sign after it makes an id of each.
            url=f"{home.base_url}/inbox#message-{message.id}",
            title=f"Message from {person_name(view.creator)}",
            html=rich(message.content_html, message.content),
            created_at=message.created_at,
            updated_at=message.updated_at,
            author=_author(view.creator, home),
        )
    return _said(view.comment, home)


def _said(view: CommentView, home: Home) -> Entry:
    comment = view.comment
    return Entry(
        url=home.comment_url(comment.id),
        title=f"{person_name(view.creator)} on {view.post.name}",
        html=rich(comment.content_html, comment.content),
        created_at=comment.created_at,
        updated_at=comment.updated_at,
        author=_author(view.creator, home),
        category=(view.community.title, _url_of(view.community, home)),
    )


_REASON = Markup("<p>Reason: {reason}</p>")


def _act(act: ModlogView, home: Home) -> Entry:
    who = person_name(act.moderator) if act.moderator else "A moderator"
    about = _about(act)
    reason = act.entry.reason
    return Entry(
        url=f"{home.base_url}/modlog#act-{act.entry.id}",
        title=f"{who} {wording.deed(act.entry)}" + (f": {about}" if about else ""),
        html=_REASON.format(reason=reason) if reason else "",
        created_at=act.entry.created_at,
        author=_author(act.moderator, home) if act.moderator else None,
        category=(act.community.title, _url_of(act.community, home)) if act.community else None,
    )


def _about(act: ModlogView) -> str:
    if act.post is not None:
        return act.post.name[:_TITLE_CHARS]
    if act.person is not None:
        return person_name(act.person)
    return act.community.title if act.community is not None else ""


def _author(person: Person, home: Home) -> Author:
    return Author(person_name(person), _url_of(person, home))


def _url_of(thing: Person | Community, home: Home) -> str:
    if thing.ap_id is not None:
        return thing.ap_id
    path = person_path(thing) if isinstance(thing, Person) else community_path(thing)
    return home.base_url + path
