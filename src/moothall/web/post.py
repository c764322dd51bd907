"""Pages of posts: lists, one post with its comments, writing and changing."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

from msgspec import Meta

from moothall.actions.post import create_post, edit_post, mark_post_opened
from moothall.domain.comment import CommentPage, CommentQuery, CommentSort
from moothall.domain.community import CommunityTeam
from moothall.domain.errors import ForumError, NotFound
from moothall.domain.ids import CommunityId, LanguageId, PostId
from moothall.domain.permissions import may_edit_post, require
from moothall.domain.post import (
    Listing,
    NewPost,
    OpenedPost,
    PostEdit,
    PostPage,
    PostQuery,
    PostSort,
    PostView,
)
from moothall.domain.site import Site
from moothall.domain.user import Viewer
from moothall.door import Bucket, Policy
from moothall.reads import community as communities
from moothall.reads.comment import list_under
from moothall.reads.post import (
    get_post,
    list_chosen_posts,
    list_posts,
    open_post,
    own_listing,
    own_sort,
)

from . import wording
from .addresses import community_path, path_of, with_query
from .answer import Answer, moved, see_other
from .forms import Form, Id
from .page import Pages
from .powers import powers
from .thread import steps
from .visit import Visit

pages = Pages()

PAGE = 20
# Deeper answers are a page of their own: on a phone they would have no width left.
TREE_DEPTH = 8
Cursor = Annotated[str, Meta(max_length=200)]


class ListForm(Form, frozen=True, kw_only=True):
    """Which posts, in which order, from where on; None: as the viewer or the site likes it."""

    listing: Listing | None = None
    sort: PostSort | None = None
    after: Cursor | None = None


@pages.get("/", who=Policy.PUBLIC)
async def show_front(visit: Visit, form: ListForm) -> Answer:
    """The front page: posts of all communities that this person may and wants to see."""
    query = PostQuery(limit=PAGE, after=form.after)
    page = await visit.read(
        list_chosen_posts, query, visit.site, listing=form.listing, sort=form.sort
    )
    listing = form.listing or own_listing(visit.viewer, visit.site)
    sort = form.sort or own_sort(visit.viewer, visit.site)

    def link(**changes: Any) -> str:
        return with_query("/", **{"listing": form.listing, "sort": form.sort, **changes})

    return visit.render(
        "front.html",
        listing=listing,
        listings=_listing_tabs(visit.viewer, listing, link),
        is_first=form.after is None,
        **list_values(page, sort, link),
    )


class CommunityForm(ListForm, frozen=True, kw_only=True):
    """The same in one community."""

    name: str


class CommunityPosts(NamedTuple):
    """What the page of a community shows."""

    team: CommunityTeam
    posts: PostPage


@pages.get("/c/{name}", who=Policy.PUBLIC)
async def show_community(visit: Visit, form: CommunityForm) -> Answer:
    """A community with its posts."""
    name, _, host = form.name.partition("@")
    if host == visit.home.domain:
        return moved(path_of("c", name, None))
    found = await visit.read(_community_posts, form, visit.site)
    community = found.team.view.community
    path = community_path(community)

    def link(**changes: Any) -> str:
        return with_query(path, **{"sort": form.sort, **changes})

    return visit.render(
        "community.html",
        view=found.team.view,
        community=community,
        community_html=found.team.description_html,
        moderators=found.team.moderators,
        powers=powers(visit.viewer, found.team.view, found.team.moderators),
        is_first=form.after is None,
        **list_values(found.posts, form.sort or own_sort(visit.viewer, visit.site), link),
    )


def _community_posts(
    tx: Any, viewer: Viewer | None, form: CommunityForm, site: Site
) -> CommunityPosts:
    team = communities.get_community_team(tx, viewer, name=form.name)
    query = PostQuery(
        community_id=team.view.community.id,
        sort=form.sort or own_sort(viewer, site),
        limit=PAGE,
        after=form.after,
    )
    return CommunityPosts(team, list_posts(tx, viewer, query, site=site))


def list_values(page: PostPage, sort: PostSort, link: Callable[..., str]) -> Mapping[str, Any]:
    """What every template with a list of posts needs."""
    # A page can be short although there is more; only a missing cursor is the end.
    return {
        "posts": page.posts,
        "sort_label": wording.POST_SORTS[sort],
        "sorts": [
            (text, link(sort=each), each == sort) for each, text in wording.POST_SORTS.items()
        ],
        "older": None if page.next_cursor is None else link(after=page.next_cursor),
    }


class ShowPost(Form, frozen=True, kw_only=True):
    """One post, its comments in an order."""

    post_id: int
    sort: CommentSort | None = None
    after: Cursor | None = None


class Thread(NamedTuple):
    """What the page of a post shows."""

    post: OpenedPost
    page: CommentPage


@pages.get("/post/{post_id:int}", who=Policy.PUBLIC)
async def show_post(visit: Visit, form: ShowPost) -> Answer:
    """A post with the tree of its comments."""
    thread = await visit.read(_read_thread, form, visit.site)
    view = thread.post.view
    if visit.viewer is not None and (not view.read or view.unread_comments):
        await visit.act_own(mark_post_opened, view.post.id)
    sort = form.sort or own_comment_sort(visit.viewer)
    path = f"/post/{form.post_id}"
    return visit.render(
        "post.html",
        view=view,
        cross_posts=thread.post.cross_posts,
        community_html=thread.post.community_html,
        steps=steps(thread.page.comments),
        is_first=form.after is None,
        more=more_comments(path, form.sort, thread.page),
        moderates=may_moderate(visit.viewer, thread.post),
        sort_label=wording.COMMENT_SORTS[sort],
        sorts=[
            (text, with_query(path, sort=each) + "#comments", each == sort)
            for each, text in wording.COMMENT_SORTS.items()
        ],
    )


def more_comments(path: str, sort: CommentSort | None, page: CommentPage) -> str | None:
    """Where a thread goes on, None at its end."""
    if page.next_cursor is None:
        return None
    return with_query(path, sort=sort, after=page.next_cursor) + "#comments"


def _read_thread(tx: Any, viewer: Viewer | None, form: ShowPost, site: Site) -> Thread:
    post = open_post(tx, viewer, PostId(form.post_id), site=site, html=True)
    query = branches_query(viewer, form.sort, form.after)
    return Thread(post, list_under(tx, viewer, post.view, query))


def branches_query(
    viewer: Viewer | None, sort: CommentSort | None, after: str | None
) -> CommentQuery:
    """As much of a tree as one page shows."""
    return CommentQuery(
        sort=sort or own_comment_sort(viewer),
        max_depth=TREE_DEPTH,
        branches=True,
        after=after,
        with_html=True,
    )


def own_comment_sort(viewer: Viewer | None) -> CommentSort:
    """The order of comments when the address does not say."""
    return CommentSort.HOT if viewer is None else CommentSort(viewer.default_comment_sort_type)


def may_moderate(viewer: Viewer | None, post: OpenedPost) -> bool:
    """Whether the buttons of moderators are shown; the actions decide again."""
    return viewer is not None and (viewer.is_admin or post.moderates)


class PostForm(Form, frozen=True, kw_only=True):
    """What an author writes. `community` is a name, as it stands in addresses."""

    community: str = ""
    title: str = ""
    url: str = ""
    body: str = ""
    alt_text: str = ""
    nsfw: bool = False
    language: Id = 0


class CrossPost(PostForm, frozen=True, kw_only=True):
    """The same, begun from another post."""

    cross_post: Id | None = None


@pages.get("/create_post", who=Policy.USER)
async def show_new_post(visit: Visit, form: CrossPost, error: ForumError | None = None) -> Answer:
    """The form for a new post; the communities that the author follows are suggested."""
    ties = await visit.read_own(communities.own_ties)
    values = form
    if form.cross_post is not None and not form.title:
        of = await visit.read(get_post, PostId(form.cross_post))
        values = CrossPost(
            title=of.post.name,
            url=of.post.url or "",
            body=_quoted(of, visit.home.base_url),
            nsfw=of.post.nsfw,
        )
    return visit.render("new_post.html", form=values, error=error, ties=ties)


def _quoted(of: PostView, base_url: str) -> str:
    source = of.post.ap_id or f"{base_url}/post/{of.post.id}"
    lines = (of.post.body or "").splitlines()
    quote = "\n".join(f"> {line}" for line in lines)
    return f"cross-posted from: {source}\n\n{quote}".rstrip()


@pages.post("/create_post", who=Policy.USER, bucket=Bucket.POST, again=show_new_post)
async def take_new_post(visit: Visit, form: CrossPost) -> Answer:
    """Write a post and show it."""
    name = form.community.strip().removeprefix("!")
    if not name:
        raise NotFound("community_missing")
    place = await visit.read(communities.get_community, name=name)
    new = NewPost(
        community_id=CommunityId(place.community.id),
        name=form.title,
        url=form.url.strip() or None,
        body=form.body or None,
        alt_text=form.alt_text or None,
        nsfw=form.nsfw,
        language_id=LanguageId(form.language) if form.language else None,
    )
    post_id = await visit.act(create_post, new)
    return see_other(f"/post/{post_id}")


class EditPost(PostForm, frozen=True, kw_only=True):
    """What an author changes."""

    post_id: int


@pages.get("/post/{post_id:int}/edit", who=Policy.USER)
async def show_edit_post(visit: Visit, form: EditPost, error: ForumError | None = None) -> Answer:
    """The form with what the post says now, or with what was typed before."""
    view = await visit.read(get_post, PostId(form.post_id))
    require(may_edit_post(visit.need_viewer().person_id, view.creator.id))
    values = form
    if error is None:
        values = EditPost(
            post_id=form.post_id,
            title=view.post.name,
            url=view.post.url or "",
            body=view.post.body or "",
            alt_text=view.post.alt_text or "",
            nsfw=view.post.nsfw,
            language=view.post.language_id,
        )
    return visit.render("edit_post.html", form=values, view=view, error=error)


@pages.post("/post/{post_id:int}/edit", who=Policy.USER, bucket=Bucket.POST, again=show_edit_post)
async def take_edit_post(visit: Visit, form: EditPost) -> Answer:
    """Change one's own post."""
    edit = PostEdit(
        name=form.title,
        url=form.url.strip(),
        body=form.body,
        alt_text=form.alt_text,
        nsfw=form.nsfw,
        language_id=LanguageId(form.language),
    )
    await visit.act(edit_post, PostId(form.post_id), edit)
    return see_other(f"/post/{form.post_id}")


def _listing_tabs(
    viewer: Viewer | None, current: Listing, link: Callable[..., str]
) -> list[tuple[str, str, bool]]:
    shown = [Listing.ALL, Listing.LOCAL]
    if viewer is not None:
        shown.append(Listing.SUBSCRIBED)
        if viewer.moderates:
            shown.append(Listing.MODERATOR_VIEW)
    return [(wording.LISTINGS[each], link(listing=each), each == current) for each in shown]
