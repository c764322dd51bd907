"""Searching: what contains the words, as far as this viewer's lists would show it.

The newest texts that match are looked at, `CANDIDATES` at most, whatever the words are: that bounds
a search for what stands everywhere. They pass the filters of the lists (`post_candidates.filters`,
`comment_list.in_feed`), so nothing is found that no list would have, and are then sorted by how
well they fit or as lists are.

Queries reach a database as values. The words in them are those of `lib.stems`: letters, digits and
marks, without a character that either query language knows.
"""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Executable, Float, FromClause, Integer, column, select, text

from moothall.domain.comment import CommentSort, CommentView, comment_sort
from moothall.domain.post import Listing, PostSort, PostView
from moothall.domain.search import SearchQuery
from moothall.domain.time import Time
from moothall.domain.user import Viewer
from moothall.domain.visibility import Who, who
from moothall.lib.stems import Query, Term

from .comment_choice import sorted_by, taste_of, viewer_values
from .comment_list import FeedFlags, Source, Stage, in_feed
from .comment_view import load_comments
from .connection import Connection
from .post_candidates import directed
from .post_filters import filters
from .post_kind import Kind, Scope
from .post_order import ORDERS
from .post_view import GROUPS, signed_in_view_of, view_columns, view_joins, view_of, view_values
from .search import LOCAL_LABEL, MAX_WORD_CHARS, community_label, creator_label
from .statements import Dialect, Statement, param
from .tables import comment, post
from .visibility import post_listed

CANDIDATES = 5_000


# ---- queries as text ---------------------------------------------------------------------------


class Match(NamedTuple):
    """A query in a database's own language; `words` is it without labels, to rank by."""

    match: str
    words: str


def match_of(terms: Query, query: SearchQuery, dialect: Dialect) -> Match | None:
    """What to ask the index; None where there is nothing to look for."""
    labels = []
    if query.community_id is not None:
        labels.append(community_label(query.community_id))
    if query.creator_id is not None:
        labels.append(creator_label(query.creator_id))
    if not (terms.required or labels):
        return None
    if query.listing == Listing.LOCAL and query.community_id is None:
        labels.append(LOCAL_LABEL)
    if dialect == "sqlite":
        return _sqlite_match(terms, labels, title_only=query.title_only)
    return _postgresql_match(terms, labels, title_only=query.title_only)


def _sqlite_match(terms: Query, labels: list[str], *, title_only: bool) -> Match:
    scope = "{title} : " if title_only else ""

    def any_alternative(term: Term) -> str:
        phrases = (f'"{" ".join(_cut(words))}"' for words in term.alternatives)
        return f"{scope}({' OR '.join(phrases)})"

    wanted = [f'"{label}"' for label in labels] + [any_alternative(each) for each in terms.required]
    match = f"({' AND '.join(wanted)})"
    if terms.excluded:
        unwanted = " OR ".join(any_alternative(each) for each in terms.excluded)
        match = f"{match} NOT ({unwanted})"
    return Match(match, match)


def _postgresql_match(terms: Query, labels: list[str], *, title_only: bool) -> Match:
    weight = ":A" if title_only else ""

    def any_alternative(term: Term) -> str:
        phrases = (
            " <-> ".join(f"'{word}'{weight}" for word in _cut(words)) for words in term.alternatives
        )
        return f"({' | '.join(f'({phrase})' for phrase in phrases)})"

    words = [any_alternative(each) for each in terms.required]
    wanted = [f"'{label}'" for label in labels] + words
    unwanted = [f"!{any_alternative(each)}" for each in terms.excluded]
    return Match(" & ".join([*wanted, *unwanted]), " & ".join(words))


def _cut(words: Sequence[str]) -> list[str]:
    return [word[:MAX_WORD_CHARS] for word in words]


# ---- what matches ------------------------------------------------------------------------------


def _matching(table: str, dialect: Dialect, *, ranked: bool) -> FromClause:
    """Ids of the newest texts that match, and how well they fit: the least `fit` is the best."""
    build = _sqlite_matching if dialect == "sqlite" else _postgresql_matching
    found = text(build(table, ranked=ranked))
    return found.columns(column("id", Integer), column("fit", Float)).subquery("found")


def _sqlite_matching(table: str, *, ranked: bool) -> str:
    # A word in a title counts ten times one in the text. A comment has no title.
    weights = "10.0, 1.0" if table == "post_search" else "1.0"
    fit = f"bm25({table}, {weights})" if ranked else "0.0"
    return (
        f"SELECT rowid AS id, {fit} AS fit FROM {table}"
        f" WHERE {table} MATCH :match ORDER BY rowid DESC LIMIT :candidates"
    )


def _postgresql_matching(table: str, *, ranked: bool) -> str:
    # Weights of D, C, B, A: bodies are D, titles A. 1: long texts count for less.
    fit = "ts_rank_cd('{0.1, 0.1, 0.1, 1.0}', terms, CAST(:words AS tsquery), 1)"
    return (
        f"SELECT id, {f'-{fit}' if ranked else '0.0'} AS fit FROM"
        f" (SELECT id, terms FROM {table} WHERE terms @@ CAST(:match AS tsquery)"
        " ORDER BY id DESC LIMIT :candidates) AS newest"
    )


def _same_url(_dialect: Dialect) -> FromClause:
    newest = select(post.c.id, (post.c.id * 0.0).label("fit")).where(post.c.url == param("url"))
    return newest.order_by(post.c.id.desc()).limit(param("candidates")).subquery("found")


# ---- posts -------------------------------------------------------------------------------------

_NEEDED = ("id", "community_id", "creator_id", "nsfw", "language_id", "created_at")


class _PostFlags(NamedTuple):
    """What shapes the query for posts. Unranked ones are sorted as `kind` says."""

    kind: Kind
    ranked: bool
    by_url: bool
    by_creator: bool
    with_html: bool


def find_posts(
    conn: Connection,
    viewer: Viewer | None,
    query: SearchQuery,
    match: Match | None,
    now: Time,
    *,
    show_nsfw: bool,
) -> list[PostView]:
    """A page of posts; `match` None: those whose address is the query's text."""
    kind = _post_kind(viewer, query, show_nsfw=show_nsfw)
    flags = _PostFlags(
        kind,
        ranked=query.sort is None,
        by_url=match is None,
        by_creator=query.creator_id is not None,
        with_html=query.with_html,
    )
    values = view_values(viewer, now) | viewer_values(viewer) | _values(query, match)
    if kind.order.window is not None:
        values["since"] = now - kind.order.window
    rows = conn.all(_post_page(flags), **values)
    make = view_of if viewer is None else signed_in_view_of
    return [make(row) for row in rows]


def _values(query: SearchQuery, match: Match | None) -> dict[str, Any]:
    values = {
        "candidates": CANDIDATES,
        "limit": query.limit,
        "offset": (query.page - 1) * query.limit,
        "community_id": query.community_id,
        "creator_id": query.creator_id,
    }
    return values | ({"url": query.text} if match is None else match._asdict())


_SCOPES = {
    Listing.ALL: Scope.ALL,
    Listing.LOCAL: Scope.LOCAL,
    Listing.SUBSCRIBED: Scope.FOLLOWED,
    Listing.MODERATOR_VIEW: Scope.MODERATED,
}


def _post_kind(viewer: Viewer | None, query: SearchQuery, *, show_nsfw: bool) -> Kind:
    scope = Scope.COMMUNITY if query.community_id is not None else _SCOPES[query.listing]
    if viewer is None and scope in (Scope.FOLLOWED, Scope.MODERATED):
        scope = Scope.ALL
    kind = Kind(
        scope=scope,
        order=ORDERS[query.sort or PostSort.NEW],
        who=who(viewer),
        in_community=query.community_id is not None,
        nsfw=not show_nsfw,
    )
    if viewer is None:
        return kind
    # What one has read can be looked for; what one has hidden stays hidden.
    is_moderated = scope == Scope.MODERATED
    return kind._replace(
        hidden=True,
        bots=not viewer.show_bot_accounts,
        languages=viewer.limits_languages and not is_moderated,
        blocks=not is_moderated,
    )


@functools.lru_cache(maxsize=256)
def _post_page(flags: _PostFlags) -> Statement:
    return Statement(lambda dialect: _build_post_page(flags, dialect), groups=GROUPS)


def _build_post_page(flags: _PostFlags, dialect: Dialect) -> Executable:
    kind = flags.kind
    candidates = _post_candidates(flags, dialect).subquery("c")
    page = select(*candidates.c).where(*filters(kind, candidates))
    page = page.order_by(*_post_keys(flags, candidates))
    ids = page.limit(param("limit")).offset(param("offset")).subquery("page")
    signed_in = kind.who != Who.NOBODY
    return (
        select(*view_columns(signed_in=signed_in, html=flags.with_html))
        .select_from(view_joins(ids, ids.c.id, signed_in=signed_in))
        .order_by(*_post_keys(flags, ids))
    )


def _post_candidates(flags: _PostFlags, dialect: Dialect) -> Any:
    found = (
        _same_url(dialect)
        if flags.by_url
        else _matching("post_search", dialect, ranked=flags.ranked)
    )
    conditions = [post_listed()]
    if flags.kind.scope == Scope.LOCAL:
        conditions.append(post.c.in_local.is_(True))
    if flags.by_creator:
        conditions.append(post.c.creator_id == param("creator_id"))
    return (
        select(
            *[post.c[name] for name in _NEEDED],
            post.c[flags.kind.pinned_by].label("pinned"),
            post.c[flags.kind.order.key].label("key"),
            found.c.fit,
        )
        # An outer join keeps SQLite from walking all posts and looking each up in what was found.
        .select_from(found.outerjoin(post, post.c.id == found.c.id))
        .where(*conditions)
    )


def _post_keys(flags: _PostFlags, table: Any) -> list[ColumnElement[Any]]:
    if flags.ranked:
        return [table.c.fit.asc(), table.c.id.desc()]
    keys = [table.c.pinned, table.c.key, table.c.created_at, table.c.id]
    return directed(flags.kind.order, keys)


# ---- comments ----------------------------------------------------------------------------------


class _CommentFlags(NamedTuple):
    """What shapes the query for comments. Without a sort the best fit comes first."""

    feed: FeedFlags
    sort: CommentSort | None


def find_comments(
    conn: Connection, viewer: Viewer | None, query: SearchQuery, match: Match, now: Time
) -> list[CommentView]:
    """A page of comments."""
    listing = Listing.ALL if query.community_id is not None else query.listing
    feed = FeedFlags(
        kind=who(viewer),
        listing=listing,
        source=Source.COMMUNITY if query.community_id is not None else Source.EVERYWHERE,
        stage=Stage(CommentSort.NEW),
        in_community=query.community_id is not None,
        by_creator=query.creator_id is not None,
        with_depth=False,
        taste=taste_of(viewer, listing),
    )
    sort = None if query.sort is None else comment_sort(query.sort)
    values = viewer_values(viewer) | _values(query, match)
    rows = conn.all(_comment_page(_CommentFlags(feed, sort)), **values)
    ids = [row[0] for row in rows]
    return load_comments(conn, viewer, ids, now, with_html=query.with_html)


@functools.lru_cache(maxsize=256)
def _comment_page(flags: _CommentFlags) -> Statement:
    return Statement(lambda dialect: _build_comment_page(flags, dialect))


def _build_comment_page(flags: _CommentFlags, dialect: Dialect) -> Executable:
    found = _matching("comment_search", dialect, ranked=flags.sort is None)
    fit_first = [found.c.fit.asc(), found.c.id.desc()]
    return (
        select(comment.c.id)
        .select_from(found.outerjoin(comment, comment.c.id == found.c.id))
        .where(comment.c.deleted.is_(False), comment.c.removed.is_(False), *in_feed(flags.feed))
        .order_by(*(fit_first if flags.sort is None else sorted_by(flags.sort)))
        .limit(param("limit"))
        .offset(param("offset"))
    )
