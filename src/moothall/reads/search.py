"""Searching for what somebody remembers of a text or a name."""

from moothall.domain.community import CommunityView, community_order
from moothall.domain.languages import LANGUAGES
from moothall.domain.post import Listing, PostSort
from moothall.domain.search import SearchQuery, SearchResults, SearchType
from moothall.domain.user import PersonView, Viewer
from moothall.domain.visibility import who
from moothall.lib.stems import query_terms
from moothall.lib.urls import UrlError, normalise_url
from moothall.storage import community_list, name_search, search_list, text_rules
from moothall.storage.language import site_languages
from moothall.storage.transaction import Transaction

from .community import find_community_id, shows_nsfw

# More languages than that (and "undetermined") are no hint.
_MAX_LANGUAGES = 4
_FEW = _MAX_LANGUAGES + 1


def search(
    tx: Transaction,
    viewer: Viewer | None,
    query: SearchQuery,
    *,
    community_name: str | None = None,
) -> SearchResults:
    """A page of each kind that was asked for; never more than this viewer's lists would show.

    `community_name` (`name` or `name@host`) where there is no id; raises NotFound `unknown` for a
    name that nobody has. Of what stands everywhere the newest are searched. May take long.
    """
    if query.community_id is None and community_name is not None:
        query = query._replace(community_id=find_community_id(tx, viewer, community_name))
    if query.kind == SearchType.URL:
        return _by_url(tx, viewer, query)
    found = SearchResults([], [], [], [])
    if _wants(query, SearchType.POSTS, SearchType.COMMENTS):
        found = _texts(tx, viewer, query)
    in_a_place = query.community_id is not None or query.creator_id is not None
    if query.kind == SearchType.ALL and in_a_place:
        return found
    words = name_search.name_words(query.text)
    if _wants(query, SearchType.COMMUNITIES):
        found = found._replace(communities=_communities(tx, viewer, query, words))
    if _wants(query, SearchType.USERS):
        found = found._replace(people=_people(tx, query, words))
    return found


def _wants(query: SearchQuery, *kinds: SearchType) -> bool:
    return query.kind in (SearchType.ALL, *kinds)


def _by_url(tx: Transaction, viewer: Viewer | None, query: SearchQuery) -> SearchResults:
    try:
        # As it was stored: tracking parameters, for one, are not.
        query = query._replace(text=normalise_url(query.text))
    except UrlError:
        return SearchResults([], [], [], [])
    show = shows_nsfw(tx, viewer)
    posts = search_list.find_posts(tx.conn, viewer, query, None, tx.now, show_nsfw=show)
    return SearchResults(posts, [], [], [])


def _texts(tx: Transaction, viewer: Viewer | None, query: SearchQuery) -> SearchResults:
    terms = query_terms(query.text, *_languages(tx, viewer, query))
    match = search_list.match_of(terms, query, tx.conn.dialect)
    found = SearchResults([], [], [], [])
    if match is None:
        return found
    if _wants(query, SearchType.POSTS):
        show = shows_nsfw(tx, viewer)
        posts = search_list.find_posts(tx.conn, viewer, query, match, tx.now, show_nsfw=show)
        found = found._replace(posts=posts)
    # A comment has no title that could match.
    if _wants(query, SearchType.COMMENTS) and not query.title_only:
        comments = search_list.find_comments(tx.conn, viewer, query, match, tx.now)
        found = found._replace(comments=comments)
    return found


def _languages(tx: Transaction, viewer: Viewer | None, query: SearchQuery) -> list[str]:
    """In which languages the words may be: the reader's, else those of the place."""
    ids = set() if viewer is None else text_rules.author_languages(tx.conn, viewer.person_id)
    if not ids and query.community_id is not None:
        ids = text_rules.allowed_languages(tx.conn, query.community_id)
    ids = ids or set(site_languages(tx.conn))
    if len(ids) > _FEW:
        ids = set()
    codes = [LANGUAGES[each].code for each in sorted(ids) if each]
    if viewer is not None and viewer.interface_language != "browser":
        codes.insert(0, viewer.interface_language)
    return codes[:_MAX_LANGUAGES]


def _communities(
    tx: Transaction, viewer: Viewer | None, query: SearchQuery, words: list[str]
) -> list[CommunityView]:
    if not words:
        return _list_communities(tx, viewer, query, None, query.limit, _offset(query))
    ids = name_search.find_ids(tx.conn, "community", words)
    if query.sort is not None:
        return _list_communities(tx, viewer, query, ids, query.limit, _offset(query))
    exact = name_search.communities_called(tx.conn, words[0])
    first = _list_communities(tx, viewer, query, exact, query.limit, 0)
    start = _offset(query)
    page = first[start : start + query.limit]
    rest = [each for each in ids if each not in exact]
    after = max(0, start - len(first))
    return page + _list_communities(tx, viewer, query, rest, query.limit - len(page), after)


def _list_communities(
    tx: Transaction,
    viewer: Viewer | None,
    query: SearchQuery,
    ids: list[int] | None,
    limit: int,
    offset: int,
) -> list[CommunityView]:
    return community_list.list_communities(
        tx.conn,
        who(viewer),
        viewer and viewer.person_id,
        tx.now,
        listing=query.listing,
        order=community_order(query.sort or PostSort.TOP_ALL),
        with_nsfw=shows_nsfw(tx, viewer),
        limit=limit,
        offset=offset,
        among=ids,
    )


def _people(tx: Transaction, query: SearchQuery, words: list[str]) -> list[PersonView]:
    # People are followed from elsewhere only, so nobody here has a list of them.
    if not words or query.listing in (Listing.SUBSCRIBED, Listing.MODERATOR_VIEW):
        return []
    return name_search.list_people(
        tx.conn,
        name_search.find_ids(tx.conn, "person", words),
        words[0],
        query.sort,
        local_only=query.listing == Listing.LOCAL,
        limit=query.limit,
        offset=_offset(query),
    )


def _offset(query: SearchQuery) -> int:
    return (query.page - 1) * query.limit
