"""The ways on which things are shown: every list, every single thing, every side view.

A way says what exactly it shows; what it does not speak of may be in its answer or not, but never
for whom `table.MAY_SEE` leaves out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from moothall.api.v3.requests.site import ModlogActionType
from moothall.domain.comment import CommentSort
from moothall.domain.post import Listing, PostSort
from tests.visibility import table
from tests.visibility.scene import COMMUNITIES, LINK, WORD, Scene, token
from tests.visibility.table import (
    ADMIN,
    ADULTS,
    AUTHOR,
    EVERYBODY,
    FOLLOWERS,
    INSIDERS,
    NOBODY,
    SIGNED_IN,
    STAFF,
    Cells,
    Row,
)

BLOCKER = frozenset({"blocker"})
STRANGERS = frozenset({"nobody"})
GUEST = frozenset({"guest"})
# Who saved and liked everything while it could be seen.
KEEPERS = frozenset({"fan", "former"})
Ask = Callable[[Scene, str], str]


@dataclass(frozen=True)
class Way:
    """One request. `shows` is exact for its keys, `also` allows more than `MAY_SEE` does."""

    name: str
    ask: Ask
    shows: Cells
    also: Cells = field(default_factory=dict)


def _cells(kinds: tuple[str, ...], people: Mapping[str, frozenset[str]]) -> Cells:
    return {f"{kind}:{name}": whom for name, whom in people.items() for kind in kinds}


def _posts(people: Mapping[str, frozenset[str]], *, words: bool = True) -> Cells:
    return _cells(("title", "body") if words else ("title",), people)


def _comments(people: Mapping[str, frozenset[str]]) -> Cells:
    return _cells(("comment",), people)


def _wanted(row: Row, whom: frozenset[str], *, nsfw: bool = False) -> frozenset[str]:
    """Of those who may be shown it in lists, those who want to."""
    shown = whom - BLOCKER
    return shown & ADULTS if row.nsfw and not nsfw else shown


def _listed(rows: Mapping[str, Row], *, nsfw: bool = False) -> dict[str, frozenset[str]]:
    return {name: _wanted(row, row.lists, nsfw=nsfw) for name, row in rows.items()}


def _subscribed(rows: Mapping[str, Row]) -> dict[str, frozenset[str]]:
    return {name: _wanted(row, row.lists) & FOLLOWERS for name, row in rows.items()}


def _here(rows: Mapping[str, Row], *, nsfw: bool = False) -> dict[str, frozenset[str]]:
    return {name: _wanted(row, row.here, nsfw=nsfw) for name, row in rows.items()}


def _on_profile(rows: Mapping[str, Row]) -> dict[str, frozenset[str]]:
    # What they wrote themselves people find in their profile, whatever else they want to see.
    return {
        name: _wanted(row, row.on_profile) | (row.on_profile & AUTHOR) for name, row in rows.items()
    }


def _kept(rows: Mapping[str, Row]) -> dict[str, frozenset[str]]:
    return {name: _wanted(row, row.kept) & KEEPERS for name, row in rows.items()}


def _posts_with_comments(
    posts: Mapping[str, frozenset[str]], comments: Mapping[str, frozenset[str]]
) -> Cells:
    """Of a list of both: with each comment comes the post that it stands under."""
    both = {name: whom | comments.get(name, NOBODY) for name, whom in posts.items()}
    return _posts(both) | _comments(comments)


def _get(path: str, /, **query: object) -> Ask:
    return lambda scene, who: scene.api(who, path, **query)


def _page(address: str) -> Ask:
    return lambda scene, who: scene.page(who, address)


def post_lists() -> Iterator[Way]:
    """Lists of posts through the API, in every order."""
    all_of = {"limit": 50, "type_": "All"}
    listed = _posts(_listed(table.POSTS))
    for sort in PostSort:
        yield Way(f"posts All {sort}", _get("/post/list", **all_of, sort=sort), listed)
    local = _get("/post/list", limit=50, type_="Local")
    yield Way("posts Local", local, listed)
    nsfw = _get("/post/list", **all_of, show_nsfw=True)
    yield Way("posts with NSFW", nsfw, _posts(_listed(table.POSTS, nsfw=True)))
    everything = _get("/post/list", **all_of, show_hidden=True, show_read=True)
    yield Way("posts hidden and read", everything, listed)
    for short in ("New", "Hot", "TopAll"):
        own = _get("/post/list", limit=50, type_="Subscribed", sort=short)
        cells = _subscribed(table.POSTS)
        for name in cells:
            # Whoever follows nothing for want of an account is shown everything.
            cells[name] |= _listed(table.POSTS)[name] & STRANGERS
        yield Way(f"posts Subscribed {short}", own, _posts(cells))
    yield from _own_post_lists()
    yield from _posts_of_communities()


def _own_post_lists() -> Iterator[Way]:
    team = _get("/post/list", limit=50, type_="ModeratorView")
    moderated = {
        name: (_wanted(row, row.here) & {"mod"}) | (_listed(table.POSTS)[name] & STRANGERS)
        for name, row in table.POSTS.items()
    }
    yield Way("posts ModeratorView", team, _posts(moderated))
    # What was kept is shown only as long as it may be seen.
    for flag in ("saved_only", "liked_only"):
        cells = {
            name: whom | (_listed(table.POSTS)[name] & STRANGERS)
            for name, whom in _kept(table.POSTS).items()
        }
        ask = _get("/post/list", limit=50, type_="All", **{flag: True})
        yield Way(f"posts {flag}", ask, _posts(cells))


def _posts_of_communities() -> Iterator[Way]:
    for name in COMMUNITIES:
        cells = {
            key: whom if _stands_in(key, name) else NOBODY
            for key, whom in _here(table.POSTS, nsfw=True).items()
        }
        shows = _posts(cells)
        by_name = _get("/post/list", limit=50, community_name=_handle(name), show_nsfw=True)
        yield Way(f"posts by name {name}", by_name, shows)
        yield Way(f"posts in {name}", _in_community("/post/list", name, show_nsfw=True), shows)
        old = _in_community("/post/list", name, show_nsfw=True, sort="Old", type_="Subscribed")
        yield Way(f"posts in {name} Old", old, shows)


def _in_community(path: str, name: str, **query: object) -> Ask:
    return lambda scene, who: scene.api(
        who, path, community_id=scene.communities[name], limit=50, **query
    )


def _handle(name: str) -> str:
    return token(f"community:{name}")


def _stands_in(thing: str, community: str) -> bool:
    return (thing if thing in COMMUNITIES else "plaza") == community


def comment_lists() -> Iterator[Way]:
    """Lists of comments through the API."""
    rows = table.COMMENTS
    for sort in CommentSort:
        ask = _get("/comment/list", limit=50, type_="All", sort=sort)
        yield Way(f"comments All {sort}", ask, _comments(_listed(rows)))
    local = _get("/comment/list", limit=50, type_="Local")
    yield Way("comments Local", local, _comments(_listed(rows)))
    own = _get("/comment/list", limit=50, type_="Subscribed")
    yield Way("comments Subscribed", own, _comments(_subscribed(rows)))
    team = _get("/comment/list", limit=50, type_="ModeratorView")
    moderated = {name: _wanted(row, row.kept) & {"mod"} for name, row in rows.items()}
    yield Way("comments ModeratorView", team, _comments(moderated))
    for flag in ("saved_only", "liked_only"):
        kept = _kept(rows)
        if flag == "liked_only":
            for name, whom in _listed(rows).items():
                kept[name] |= whom & STRANGERS
        ask = _get("/comment/list", limit=50, type_="All", **{flag: True})
        yield Way(f"comments {flag}", ask, _comments(kept))
    for name in COMMUNITIES:
        cells = {
            key: whom if _stands_in(key, name) else NOBODY for key, whom in _here(rows).items()
        }
        yield Way(f"comments in {name}", _in_community("/comment/list", name), _comments(cells))
    yield from _threads()


def _threads() -> Iterator[Way]:
    """The comments of each post, as a tree and as a list; whoever opens the post reads them."""
    for name in table.POSTS:
        inside = ("said", "unsaid", "struck", "answer") if name == "normal" else (name,)
        cells = {
            key: row.opens - BLOCKER if key in inside else NOBODY
            for key, row in table.COMMENTS.items()
        }
        shows = _comments(cells)
        yield Way(f"tree of {name}", _of_post(name, max_depth=8), shows)
        yield Way(f"thread of {name}", _of_post(name, limit=50), shows)
        under = {key: whom if key == inside[0] else NOBODY for key, whom in cells.items()}
        yield Way(f"branch in {name}", _below(inside[0]), _comments(under))


def _of_post(name: str, **query: object) -> Ask:
    return lambda scene, who: scene.api(
        who, "/comment/list", post_id=scene.posts[name], type_="All", **query
    )


def _below(name: str) -> Ask:
    return lambda scene, who: scene.api(
        who, "/comment/list", parent_id=scene.comments[name], type_="All", max_depth=8
    )


def single_things() -> Iterator[Way]:
    """Each post, comment, community and person by its own address."""
    for name, row in table.POSTS.items():
        shows = _posts({name: row.opens})
        yield Way(f"post {name}", _by_id("/post", "posts", name), shows)
        yield Way(f"resolve post {name}", _resolve("post", "posts", name), _resolved(shows, name))
    for name, row in table.COMMENTS.items():
        shows = _comments({name: row.opens})
        yield Way(f"comment {name}", _by_id("/comment", "comments", name), shows)
        yield Way(
            f"resolve comment {name}",
            _resolve("comment", "comments", name),
            {key: NOBODY if name in ("unsaid", "struck") else whom for key, whom in shows.items()},
        )
        around = _post_of_comment(name)
        place = name if name in table.POSTS else "normal"
        yield Way(f"post of comment {name}", around, _posts({place: table.POSTS[place].opens}))
    for name, row in table.POSTS.items():
        # With what they said themselves people are told where, but not what was said there.
        shows = {
            f"remark:{name}": row.opens | GUEST,
            f"title:{name}": row.opens | GUEST,
            f"body:{name}": row.opens,
        }
        told = _told_to_guest(name)
        yield Way(f"remark on {name}", _by_id("/comment", "remarks", name), shows, told)
        resolved = _resolve("comment", "remarks", name)
        yield Way(f"resolve remark on {name}", resolved, shows, told)
    yield from _single_communities()
    yield from _single_people()


def _told_to_guest(place: str) -> Cells:
    return {f"{kind}:{place}": GUEST for kind in ("title", "community", "heading")}


def _resolved(shows: Cells, name: str) -> Cells:
    # What is gone is not found, not even by those who may still open it.
    return {key: NOBODY if name in ("gone", "taken") else whom for key, whom in shows.items()}


def _single_communities() -> Iterator[Way]:
    for name, row in table.COMMUNITIES.items():
        shows = _cells(("description",), {name: row.opens})
        by_id = _by_id("/community", "communities", name)
        yield Way(f"community {name}", by_id, shows)
        yield Way(f"community by name {name}", _get("/community", name=_handle(name)), shows)
        asked = _get("/resolve_object", q=f"!{_handle(name)}@forum.example")
        resolved = {
            key: NOBODY if name in ("deleted", "removed") else whom for key, whom in shows.items()
        }
        # A refusal may repeat the question, so the name itself is not looked at.
        yield Way(f"resolve community {name}", asked, resolved)


def _single_people() -> Iterator[Way]:
    for name in ("author", "banned", "admin"):
        shows = _cells(("person",), {name: EVERYBODY})
        yield Way(f"person {name}", _get("/user", username=name), shows)
        yield Way(f"resolve person {name}", _get("/resolve_object", q=f"@{name}"), shows)
    leaver = _get("/user", username=token("name:leaver"))
    yield Way("person who left", leaver, {"name:leaver": ADMIN})


def _by_id(path: str, kind: str, name: str) -> Ask:
    return lambda scene, who: scene.api(who, path, id=getattr(scene, kind)[name])


def _resolve(path: str, kind: str, name: str) -> Ask:
    return lambda scene, who: scene.api(
        who, "/resolve_object", q=f"https://forum.example/{path}/{getattr(scene, kind)[name]}"
    )


def _post_of_comment(name: str) -> Ask:
    return lambda scene, who: scene.api(who, "/post", comment_id=scene.comments[name])


def searches() -> Iterator[Way]:
    """Searching for the word that is in everything."""
    posts, comments = _posts(_listed(table.POSTS)), _comments(_searched_comments())
    communities = _cells(
        ("description",),
        {name: _offered(row) for name, row in table.COMMUNITIES.items()},
    )
    for sort in ("New", "Hot", "TopAll"):
        asked = {"q": WORD, "limit": 50, "sort": sort}
        yield Way(f"search Posts {sort}", _get("/search", type_="Posts", **asked), posts)
        yield Way(f"search Comments {sort}", _get("/search", type_="Comments", **asked), comments)
        found = _get("/search", type_="Communities", **asked)
        yield Way(f"search Communities {sort}", found, communities)
    titles = _get("/search", q=WORD, limit=50, type_="Posts", post_title_only=True)
    yield Way("search titles", titles, posts)
    both = _posts_with_comments(_listed(table.POSTS), _searched_comments())
    for name, row in table.POSTS.items():
        # With the remark of somebody whom they do not block comes the post of one whom they do.
        for kind in ("title", "body"):
            both[f"{kind}:{name}"] |= row.lists & BLOCKER
    yield Way("search All", _get("/search", q=WORD, limit=50), both)
    yield Way("search Url", _get("/search", q=LINK, limit=50, type_="Url"), posts)
    by_author = _by_author("/search", q=WORD, limit=50, type_="Posts")
    yield Way("search by author", by_author, posts)
    for name in COMMUNITIES:
        cells = _posts(
            {
                key: whom if _stands_in(key, name) else NOBODY
                for key, whom in _here(table.POSTS).items()
            }
        )
        asked_in = _in_community("/search", name, q=WORD, type_="Posts")
        yield Way(f"search in {name}", asked_in, cells)
    for name in table.POSTS:
        # Nor is it found by the words that only it has.
        asked_for = _get("/search", q=token(f"body:{name}"), limit=50, type_="Posts")
        cells = _posts({name: _listed(table.POSTS)[name]}, words=False)
        yield Way(f"search for {name}", asked_for, cells, {f"body:{name}": EVERYBODY})
    leaver = _get("/search", q=token("name:leaver"), limit=50, type_="Users")
    yield Way("search for who left", leaver, {"name:leaver": NOBODY})


def _searched_comments() -> dict[str, frozenset[str]]:
    cells = _listed(table.COMMENTS)
    return {name: NOBODY if name in ("unsaid", "struck") else cells[name] for name in cells}


def _offered(row: Row) -> frozenset[str]:
    return row.lists & ADULTS if row.nsfw else row.lists


def _by_author(path: str, **query: object) -> Ask:
    return lambda scene, who: scene.api(
        who, path, creator_id=scene.people["author"].person_id, **query
    )


def side_views() -> Iterator[Way]:
    """Profiles, what was kept, cross-posts, lists of communities, the site."""
    written = _posts_with_comments(_on_profile(table.POSTS), _on_profile(table.COMMENTS))
    for sort in ("New", "Old", "TopAll", "Controversial"):
        ask = _get("/user", username="author", limit=50, sort=sort)
        yield Way(f"profile {sort}", ask, written)
    for sort in ("New", "Old"):
        ask = _get("/user", username="guest", limit=50, sort=sort)
        yield Way(f"profile of guest {sort}", ask, {"remark:normal": EVERYBODY})
    saved = _posts_with_comments(_kept(table.POSTS), _kept(table.COMMENTS))
    yield Way("saved", _get("/user", username="author", limit=50, saved_only=True), saved)
    for name in COMMUNITIES:
        ask = _in_community("/user", name, username="author")
        yield Way(
            f"profile in {name}",
            ask,
            {key: whom if _is_of(key, name) else NOBODY for key, whom in written.items()},
        )
    cross = {n: _wanted(r, r.lists) for n, r in table.POSTS.items()}
    cross["normal"] = EVERYBODY
    yield Way("cross-posts", _by_id("/post", "posts", "normal"), _posts(cross))
    yield from _community_lists()
    mine = {f"email:{name}": frozenset({name}) for name in ("author", "member", "admin", "mod")}
    follows = {
        name: NOBODY if name in ("deleted", "removed") else FOLLOWERS for name in COMMUNITIES
    }
    yield Way("site", _get("/site"), mine | _cells(("description",), follows))
    yield Way("instances", _get("/federated_instances"), {})
    yield Way("export", _get("/user/export_settings"), {"email:author": AUTHOR} | _followed())


def _followed() -> Cells:
    gone = ("deleted", "removed")
    return _cells(
        ("community",), {name: NOBODY if name in gone else FOLLOWERS for name in COMMUNITIES}
    )


def _is_of(key: str, community: str) -> bool:
    return _stands_in(key.partition(":")[2], community)


def _community_lists() -> Iterator[Way]:
    cells = {name: _offered(row) for name, row in table.COMMUNITIES.items()}
    for sort in ("Hot", "New", "Old", "TopAll", "MostComments", "TopDay"):
        ask = _get("/community/list", type_="All", limit=50, sort=sort)
        yield Way(f"communities All {sort}", ask, _cells(("heading", "description"), cells))
    local = _get("/community/list", type_="Local", limit=50)
    yield Way("communities Local", local, _cells(("heading",), cells))
    nsfw = _get("/community/list", type_="All", limit=50, show_nsfw=True)
    with_nsfw = {name: row.lists for name, row in table.COMMUNITIES.items()}
    yield Way("communities with NSFW", nsfw, _cells(("heading",), with_nsfw))
    for listing in ("Subscribed", "ModeratorView"):
        ask = _get("/community/list", type_=listing, limit=50)
        yield Way(f"communities {listing}", ask, {})


def own_views() -> Iterator[Way]:
    """What waits for somebody, messages, queues."""
    mentions = {
        name: row.opens & {"fan", "former"}
        for name, row in table.COMMENTS.items()
        if name not in ("unsaid", "struck")
    } | {"unsaid": NOBODY, "struck": NOBODY}
    for sort in ("New", "Hot", "Top", "Old"):
        ask = _get("/user/mention", limit=50, sort=sort)
        yield Way(f"mentions {sort}", ask, _comments(mentions))
    yield Way("replies", _get("/user/replies", limit=50), {})
    messages = {
        "message:plain": AUTHOR | {"member"},
        "message:reported": AUTHOR | {"member"},
        "message:gone": NOBODY,
    }
    yield Way("messages", _get("/private_message/list", limit=50), messages)
    unread = {key: whom - AUTHOR for key, whom in messages.items()}
    ask = _get("/private_message/list", limit=50, unread_only=True)
    yield Way("unread messages", ask, unread)
    partner = _by_author("/private_message/list", limit=50)
    yield Way("messages with author", partner, {k: v & {"member"} for k, v in messages.items()})
    yield from _queues()


def _queues() -> Iterator[Way]:
    # Whoever decides on a report reads what it is about.
    words = {"comment:struck": STAFF}
    for flag in (False, True):
        ask = _get("/post/report/list", limit=50, unresolved_only=flag)
        yield Way(f"post reports {flag}", ask, {"report:normal": STAFF, "report:private": STAFF})
        ask = _get("/comment/report/list", limit=50, unresolved_only=flag)
        yield Way(f"comment reports {flag}", ask, {"report:said": STAFF}, words)
        ask = _get("/private_message/report/list", limit=50, unresolved_only=flag)
        also = {"message:reported": ADMIN}
        yield Way(f"message reports {flag}", ask, also | {"report:message": ADMIN}, also)
        ask = _get("/admin/registration_application/list", limit=50, unread_only=flag)
        yield Way(f"applications {flag}", ask, {"application": ADMIN, "email:applicant": ADMIN})
    for path in ("/user/banned", "/user/report_count", "/user/unread_count", "/user/list_logins"):
        yield Way(path, _get(path), {})
    for name in table.POSTS:
        ask = _votes("/post/like/list", "post_id", "posts", name)
        yield Way(f"votes on post {name}", ask, _voters(name))
    for name in table.COMMENTS:
        ask = _votes("/comment/like/list", "comment_id", "comments", name)
        yield Way(f"votes on comment {name}", ask, _voters(name))


def _voters(place: str) -> Cells:
    # A team without a community has nothing to run.
    return {"person:fan": ADMIN if place in ("deleted", "removed") else STAFF}


def _votes(path: str, key: str, kind: str, name: str) -> Ask:
    return lambda scene, who: scene.api(who, path, **{key: getattr(scene, kind)[name]}, limit=50)


# The log tells that something was taken away, so it names it, and where; but not what it said.
_TOLD: Cells = {
    "title:taken": EVERYBODY,
    "title:deleted": EVERYBODY,
    "title:removed": EVERYBODY,
    "community:deleted": EVERYBODY,
    "community:removed": EVERYBODY,
    "heading:deleted": EVERYBODY,
    "heading:removed": EVERYBODY,
}
_LOGGED: Cells = {
    **_posts(
        {
            "locked": EVERYBODY,
            "spicy": EVERYBODY,
            "hidden": EVERYBODY,
            "unlisted": EVERYBODY,
            "local": SIGNED_IN,
            "private": INSIDERS,
        },
        words=False,
    ),
    "title:taken": EVERYBODY,
    "title:deleted": EVERYBODY,
    "title:removed": EVERYBODY,
    "community:removed": EVERYBODY,
    "body:locked": EVERYBODY,
    "body:taken": STAFF,
    "body:deleted": STAFF,
    "body:removed": STAFF,
    "comment:struck": STAFF,
    "description:deleted": STAFF,
    "description:removed": STAFF,
}


def modlogs() -> Iterator[Way]:
    """The public log, as a whole and in parts."""
    also = {**_TOLD, "comment:struck": STAFF}
    yield Way("modlog", _get("/modlog", limit=50), _LOGGED, also)
    for kind in ModlogActionType:
        yield Way(f"modlog {kind}", _get("/modlog", limit=50, type_=kind), {}, also)
    for name in COMMUNITIES:
        yield Way(f"modlog of {name}", _in_community("/modlog", name), {}, also)
    for name in table.POSTS:
        ask = _votes("/modlog", "post_id", "posts", name)
        yield Way(f"modlog about {name}", ask, {}, also)
    by_author = _about_author()
    yield Way("modlog about author", by_author, {}, also)


def _about_author() -> Ask:
    return lambda scene, who: scene.api(
        who, "/modlog", other_person_id=scene.people["author"].person_id, limit=50
    )


def pages() -> Iterator[Way]:
    """The same things as pages."""
    yield from _pages_of_lists()
    for name, row in table.POSTS.items():
        title = _posts({name: row.opens}, words=False)
        mine = _posts({name: row.opens & AUTHOR}, words=False)
        yield Way(f"page of post {name}", _at("/post/{}", "posts", name), _posts({name: row.opens}))
        signed = {key: whom & SIGNED_IN for key, whom in title.items()}
        for rest in ("reply", "report", "remove"):
            yield Way(f"page {rest} post {name}", _at("/post/{}/" + rest, "posts", name), signed)
        yield Way(f"page edit post {name}", _at("/post/{}/edit", "posts", name), {}, mine)
        crossed = _at("/create_post?cross_post={}", "posts", name)
        yield Way(f"page cross-post {name}", crossed, signed)
    for name, row in table.COMMENTS.items():
        shows = _comments({name: row.opens})
        # Like a post, it is shown to whoever asks for it, also if they block its author.
        yield Way(f"page of comment {name}", _at("/comment/{}", "comments", name), shows)
        signed = {key: whom & SIGNED_IN for key, whom in shows.items()}
        for rest in ("reply", "report", "remove", "edit"):
            ask = _at("/comment/{}/" + rest, "comments", name)
            yield Way(f"page {rest} comment {name}", ask, signed if rest != "edit" else {})
    for name in table.POSTS:
        for rest in ("", "/reply", "/edit", "/report"):
            ask = _at("/comment/{}" + rest, "remarks", name)
            yield Way(f"page remark on {name}{rest}", ask, {}, _told_to_guest(name))
    for name, row in table.COMMUNITIES.items():
        shows = _cells(("description",), {name: row.opens})
        # An address that was asked for stands in the answer, as one to come back to.
        asked = {f"community:{name}": EVERYBODY}
        yield Way(f"page of {name}", _page(f"/c/{_handle(name)}"), shows, asked)
        yield Way(f"page edit {name}", _page(f"/c/{_handle(name)}/edit"), {}, asked)
    for address in ("/inbox", "/inbox?unread=true", "/reports", "/reports?settled=true"):
        also = {"comment:struck": STAFF, "message:reported": ADMIN | AUTHOR | {"member"}}
        yield Way(f"page {address}", _page(address), {}, also)
    yield Way("page inbox", _page("/inbox"), _inbox())
    for address in ("", "/safety", "/second_factor", "/blocks", "/leave"):
        yield Way(f"page settings{address}", _page(f"/settings{address}"), {})
    applications = {"application": ADMIN}
    yield Way("page of applications", _page("/registration_applications"), applications)
    left = _page(f"/u/{token('name:leaver')}")
    yield Way("page of who left", left, {}, {"name:leaver": EVERYBODY})
    yield from _pages_of_messages()
    yield from _pages_of_teams()
    yield from _pages_of_admins()


def _pages_of_messages() -> Iterator[Way]:
    between = AUTHOR | {"member"}
    messages = {"message:plain": between, "message:reported": between, "message:gone": NOBODY}
    yield Way("page of messages", _page("/messages"), messages)
    for name in ("plain", "reported", "gone"):
        key = f"message:{name}"
        # Who wrote it changes it, who received it reports it.
        edit, report = _at("/message/{}/edit", "messages", name), messages[key] - AUTHOR
        yield Way(f"page edit message {name}", edit, {key: AUTHOR})
        ask = _at("/message/{}/report", "messages", name)
        yield Way(f"page report message {name}", ask, {key: report})


def _pages_of_teams() -> Iterator[Way]:
    for name in COMMUNITIES:
        asked = {f"community:{name}": EVERYBODY}
        for rest in ("moderators", "bans", "close", "remove", "hide"):
            ask = _page(f"/c/{_handle(name)}/{rest}")
            yield Way(f"page {rest} {name}", ask, {}, asked)
        for deed in ("ban", "unban"):
            yield Way(f"page {deed} in {name}", _of_banned(deed, name), {})


def _of_banned(deed: str, name: str) -> Ask:
    return lambda scene, who: scene.page(
        who, f"/{deed}/{scene.communities[name]}/{scene.people['banned'].person_id}"
    )


def _pages_of_admins() -> Iterator[Way]:
    for rest in ("", "/admins", "/joining", "/limits", "/lists", "/reach", "/rules"):
        yield Way(f"page admin{rest}", _page(f"/admin{rest}"), {})
    for name in table.POSTS:
        title = {f"title:{name}": ADMIN}
        yield Way(f"page purge post {name}", _at("/admin/purge/post/{}", "posts", name), title)
    for name in table.COMMENTS:
        ask = _at("/admin/purge/comment/{}", "comments", name)
        yield Way(f"page purge comment {name}", ask, {f"comment:{name}": ADMIN})
    for name in COMMUNITIES:
        ask = _at("/admin/purge/community/{}", "communities", name)
        yield Way(f"page purge {name}", ask, {f"community:{name}": ADMIN})
    for address in ("/admin/purge/person/{}", "/site_ban/{}", "/site_unban/{}"):
        yield Way(f"page {address}", _about_leaver(address), {})


def _about_leaver(address: str) -> Ask:
    return lambda scene, who: scene.page(who, address.format(scene.people["leaver"].person_id))


def _inbox() -> Cells:
    return {
        "message:plain": frozenset({"member"}),
        "message:gone": NOBODY,
        "comment:said": frozenset({"fan", "former"}),
        "comment:private": frozenset({"fan"}),
        "comment:removed": NOBODY,
        "comment:struck": NOBODY,
    }


def _pages_of_lists() -> Iterator[Way]:
    listed = _posts(_listed(table.POSTS), words=False)
    for listing in Listing:
        shows = listed if listing in (Listing.ALL, Listing.LOCAL) else {}
        yield Way(f"front {listing}", _page(f"/?listing={listing}&sort=New"), shows)
    for sort in PostSort:
        yield Way(f"front {sort}", _page(f"/?listing=All&sort={sort}"), listed)
    for name in COMMUNITIES:
        cells = {
            key: whom if _stands_in(key, name) else NOBODY
            for key, whom in _here(table.POSTS).items()
        }
        shows = _posts(cells, words=False)
        asked = {f"community:{name}": EVERYBODY}
        yield Way(f"page list {name}", _page(f"/c/{_handle(name)}?sort=New"), shows, asked)
    profile = _posts(_on_profile(table.POSTS), words=False)
    yield Way("page profile", _page("/u/author"), profile)
    yield Way(
        "page profile of guest", _page("/u/guest?show=comments"), {"remark:normal": EVERYBODY}
    )
    said = _comments(_on_profile(table.COMMENTS))
    yield Way("page profile comments", _page("/u/author?show=comments"), said)
    saved = _kept(table.POSTS)
    yield Way("page saved", _page("/saved"), _posts(saved, words=False))
    saved = _kept(table.COMMENTS)
    yield Way("page saved comments", _page("/saved?show=comments"), _comments(saved))
    found = _posts(_listed(table.POSTS), words=False)
    yield Way("page search posts", _page(f"/search?q={WORD}&kind=Posts"), found)
    yield Way("page search comments", _page(f"/search?q={WORD}&kind=Comments"), {})
    yield Way("page search all", _page(f"/search?q={WORD}"), {})
    yield Way("page search link", _page(f"/search?q={LINK}"), {})
    cells = {name: _offered(row) for name, row in table.COMMUNITIES.items()}
    directory = _cells(("heading",), cells)
    yield Way("page communities", _page("/communities"), directory)
    yield Way("page search communities", _page(f"/search?q={WORD}&kind=Communities"), directory)
    for kind in ("", *[f"?kind={each}" for each in ModlogActionType if each.kind]):
        also = {**_TOLD, "comment:struck": STAFF}
        yield Way(f"page modlog{kind}", _page(f"/modlog{kind}"), {}, also)


def feeds() -> Iterator[Way]:
    """Lists and single things once more, for feed readers and other programs."""
    listed = _posts(_listed(table.POSTS))
    for ending in ("xml", "atom"):
        for name in ("all", "local"):
            ask = _page(f"/feeds/{name}.{ending}?limit=50&sort=New")
            yield Way(f"feed {name}.{ending}", ask, listed)
        profile = _page(f"/feeds/u/author.{ending}?limit=50&sort=New")
        yield Way(f"feed of author.{ending}", profile, _posts(_on_profile(table.POSTS)))
        for place in COMMUNITIES:
            cells = {
                key: whom if _stands_in(key, place) else NOBODY
                for key, whom in _here(table.POSTS).items()
            }
            asked = {f"community:{place}": EVERYBODY}
            ask = _page(f"/feeds/c/{_handle(place)}.{ending}?limit=50&sort=New")
            yield Way(f"feed of {place}.{ending}", ask, _posts(cells), asked)
        own = _subscribed(table.POSTS)
        yield Way(f"feed front.{ending}", _own_feed("front", ending), _posts(own))
        yield Way(f"feed inbox.{ending}", _own_feed("inbox", ending), _inbox())
        log = _page(f"/feeds/modlog.{ending}?limit=50")
        yield Way(f"feed modlog.{ending}", log, {}, _TOLD)
        yield Way(f"feed own modlog.{ending}", _own_feed("modlog", ending), {}, _TOLD)
    yield Way("feed of another kind", _page("/feeds/x/author.xml"), {})
    yield Way("robots", _page("/robots.txt"), {})
    yield Way("sitemap", _page("/sitemap.xml"), {})
    for kind, rows, path in (
        ("title", table.POSTS, "/post/{}"),
        ("heading", table.COMMUNITIES, "/c/{}"),
    ):
        for name, row in rows.items():
            # An address that was asked for may stand in the answer.
            asked = {f"community:{name}": EVERYBODY} if kind == "heading" else {}
            shows = {f"{kind}:{name}": row.opens}
            yield Way(f"card of {kind} {name}", _card(path, kind, name), shows, asked)
    for name in table.COMMENTS:
        yield Way(f"card of comment {name}", _card("/comment/{}", "comment", name), {})


def documents() -> Iterator[Way]:
    """What other servers fetch: the same for everybody, so nobody gets more than a stranger."""
    for name, row in table.POSTS.items():
        shows = _posts({name: _to_strangers(row.opens)})
        yield Way(f"document post {name}", _fetched("/post/{}", "title", name), shows)
    for name, row in table.COMMENTS.items():
        # What was deleted or removed is gone to all other servers.
        shows = _comments({name: _to_strangers(row.opens)})
        yield Way(f"document comment {name}", _fetched("/comment/{}", "comment", name), shows)
    for name, row in table.COMMUNITIES.items():
        asked = {f"community:{name}": EVERYBODY}
        shows = _cells(("heading", "description"), {name: _to_strangers(row.opens)})
        yield Way(f"document of {name}", _fetched("/c/{}", "heading", name), shows, asked)
        here = {
            key: _to_strangers(post.opens) if _stands_in(key, name) else NOBODY
            for key, post in table.POSTS.items()
        }
        outbox = _fetched("/c/{}/outbox", "heading", name)
        yield Way(f"outbox of {name}", outbox, _posts(here), asked)
        for part in ("featured", "followers", "moderators"):
            ask = _fetched(f"/c/{{}}/{part}", "heading", name)
            yield Way(f"{part} of {name}", ask, {}, asked)
    yield Way("document of author", lambda scene, _: scene.document("/u/author"), {})
    yield Way("document of the site", lambda scene, _: scene.document("/"), {})


def _to_strangers(whom: frozenset[str]) -> frozenset[str]:
    return EVERYBODY if whom >= STRANGERS else NOBODY


def _fetched(path: str, kind: str, name: str) -> Ask:
    return lambda scene, _: scene.document(path.format(_CARDS[kind](scene, name)))


def _own_feed(kind: str, ending: str) -> Ask:
    # Feed readers have no cookies: the address says whose it is.
    return lambda scene, who: scene.page(
        "nobody", f"/feeds/{kind}/{scene.sessions.get(who, 'none')}.{ending}?limit=50&sort=New"
    )


_CARDS: dict[str, Callable[[Scene, str], object]] = {
    "title": lambda scene, name: scene.posts[name],
    "heading": lambda _, name: _handle(name),
    "comment": lambda scene, name: scene.comments[name],
}


def _card(path: str, kind: str, name: str) -> Ask:
    return lambda scene, who: scene.page(
        who, f"/oembed?url=https://forum.example{path.format(_CARDS[kind](scene, name))}"
    )


def _at(address: str, kind: str, name: str) -> Ask:
    return lambda scene, who: scene.page(who, address.format(getattr(scene, kind)[name]))


def all_ways() -> list[Way]:
    """Every way."""
    makers = (
        post_lists,
        comment_lists,
        single_things,
        searches,
        side_views,
        own_views,
        modlogs,
        pages,
        feeds,
        documents,
    )
    return [way for make in makers for way in make()]
