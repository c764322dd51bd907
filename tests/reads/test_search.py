"""What a search finds, in which order, and what nobody finds."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from moothall.actions.comment import delete_comment, edit_comment
from moothall.actions.community import block_community, follow_community
from moothall.actions.erasure import erase_content
from moothall.actions.post import delete_post, edit_post
from moothall.actions.purge import purge_comment, purge_post
from moothall.actions.removal import remove_comment, remove_post
from moothall.domain.comment import CommentQuery
from moothall.domain.errors import NotFound
from moothall.domain.ids import CommunityId, LanguageId, PostId
from moothall.domain.languages import LANGUAGES
from moothall.domain.post import Listing, PostEdit, PostQuery, PostSort
from moothall.domain.search import SearchQuery, SearchType
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.reads.comment import list_comments
from moothall.reads.post import list_posts
from moothall.reads.search import search
from moothall.storage.account import update_person
from moothall.storage.community import update_community
from moothall.storage.statements import Statement
from moothall.storage.transaction import Transaction
from tests.support.builders import a_comment, a_community, a_person, a_post


class Scene:
    """Ann has a community and writes; searches tell what is found as titles and words."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.ann = a_person(forum, "ann")
        self.town: CommunityId = a_community(forum, self.ann, "town", title="Our Town")

    def post(self, name: str, **fields: Any) -> PostId:
        return a_post(self.forum, self.ann, self.town, name, **fields)

    def found(self, text: str, viewer: Viewer | None = None, **query: Any) -> list[str]:
        """Titles of posts and words of comments."""
        results = self.forum.read_now(search, viewer, SearchQuery(text, **query))
        return [view.post.name for view in results.posts] + [
            view.comment.content for view in results.comments
        ]

    def names(self, text: str, viewer: Viewer | None = None, **query: Any) -> list[str]:
        """Names of communities and people."""
        results = self.forum.read_now(search, viewer, SearchQuery(text, **query))
        return [f"!{view.community.name}" for view in results.communities] + [
            f"@{view.person.name}" for view in results.people
        ]


@pytest.fixture
def scene(forum: Forum) -> Scene:
    return Scene(forum)


# ---- words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("garden", True),
        ("GARDENS", True),
        ("gardening", True),
        ("gardens tomatoes", True),
        ("tomatoes gardens", True),
        ("gardens potatoes", False),
        ('"community gardens"', True),
        ('"gardens community"', False),
        ("gardens -tomatoes", False),
        ("gardens -potatoes", True),
        ('gardens -"red tomatoes"', False),
        ('gardens -"tomatoes red"', True),
        ("-potatoes", False),
        ("gard", False),
        ("cafe", True),
        ("Café", True),
        ("東京", True),
        ("京都", True),
        ("都東", False),
        ("", False),
        ("   ", False),
        ("!?* ()", False),
    ],
)
def test_words_phrases_and_exceptions(scene: Scene, typed: str, is_found: bool) -> None:
    body = "How we grew red tomatoes behind the café. 東京都 Ω"
    scene.post("Community Gardens", body=body)
    scene.post("Something else", body="Nothing of interest")
    assert scene.found(typed) == (["Community Gardens"] if is_found else [])


def test_a_phrase_does_not_reach_from_title_to_body(scene: Scene) -> None:
    scene.post("One red", body="tomato here")
    assert scene.found('"red tomato"') == []
    assert scene.found("red tomato") == ["One red"]


def test_words_of_a_language_are_found_by_their_readers(scene: Scene) -> None:
    scene.post("Vom Bauen", body="Viele Häuser stehen leer", language_id=_language("de"))
    reader = a_person(scene.forum, "otto", interface_language="de")
    assert scene.found("Haus", reader) == scene.found("häuser", reader) == ["Vom Bauen"]


def _language(code: str) -> LanguageId:
    return next(each.id for each in LANGUAGES if each.code == code)


def test_titles_alone(scene: Scene) -> None:
    scene.post("Apples", body="and pears")
    scene.post("Pears", body="and apples")
    post = scene.post("Neither")
    a_comment(scene.forum, scene.ann, post, content="apples")
    assert scene.found("apples", title_only=True) == ["Apples"]
    assert scene.found("apples -pears", title_only=True) == ["Apples"]
    assert scene.found("apples", title_only=True, community_id=scene.town) == ["Apples"]


def test_pictures_are_found_by_their_description(scene: Scene) -> None:
    scene.post("Look", alt_text="A heron on the weir")
    assert scene.found("herons") == ["Look"]


HOSTILE = [
    '"',
    '""',
    '"unclosed',
    "'",
    "';--",
    "a OR b",
    "a AND",
    "NOT",
    "NEAR(a b, 5)",
    "title:secret",
    "{title}: x",
    "^first",
    "word*",
    "(((((",
    "a + b",
    "a & b | c",
    "!a",
    "a <-> b",
    ":*",
    "a:A",
    "\\",
    "%_%",
    "§c1",
    "§u1",
    "-",
    "--",
    '-"',
    "\ufdfa" * 200,
    "x" * 5000,
    '"' + "a " * 400 + '"',
    " ".join(f'"p{n} q{n}"' for n in range(60)),
    "NULL \u0001 \u200b \U0001f600 \u202e",
    "@", "!", "@@", "@host", "ab", "a%", "_", "\\%", '"""', "a" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("kind", list(SearchType))
def test_what_people_type_is_never_syntax(scene: Scene, kind: SearchType) -> None:
    secret = scene.post("Secret title", body="body")
    a_comment(scene.forum, scene.ann, secret, content="comment")
    for typed in HOSTILE:
        for title_only in (False, True):
            found = scene.found(typed, kind=kind, title_only=title_only)
            assert "Secret title" not in found, typed


@pytest.mark.parametrize("body", ["\ufdfa" * 25_000, "漢" * 50_000, "z" * 50_000, "a b " * 12_000])
def test_texts_at_the_limit_can_be_stored(scene: Scene, body: str) -> None:
    post = scene.post("Large", body=body)
    scene.forum.act_now(edit_post, scene.ann.doer, post, PostEdit(body="small heron"))
    assert scene.found("heron") == ["Large"]


def test_many_different_words_at_the_limit_can_be_stored(scene: Scene) -> None:
    body = "".join(f"\ufdfa{chr(0x4E00 + n)} " for n in range(16_000))
    scene.post("Large", body=body)
    assert scene.found("large") == ["Large"]


# ---- order -------------------------------------------------------------------------------------


def test_what_fits_best_comes_first(scene: Scene) -> None:
    filler = "many words about other things that have nothing to do with it " * 3
    scene.post("Other", body=f"{filler} heron")
    scene.post("Heron", body=filler)
    scene.post("Birds", body="heron heron heron")
    found = scene.found("heron", kind=SearchType.POSTS)
    assert found[0] == "Heron"
    assert found[-1] == "Other"


def test_lists_orders_are_kept_where_asked_for(scene: Scene) -> None:
    for name in ("Heron one", "Heron two", "Heron three"):
        scene.post(name)
        scene.forum.clock.advance()  # type: ignore[attr-defined]
    new = scene.found("heron", sort=PostSort.NEW)
    assert new == ["Heron three", "Heron two", "Heron one"]
    assert scene.found("heron", sort=PostSort.OLD) == new[::-1]
    for sort in PostSort:
        assert sorted(scene.found("heron", sort=sort)) == sorted(new), sort


def test_pages_go_on(scene: Scene) -> None:
    for number in range(7):
        post = scene.post(f"Heron {number}")
        a_comment(scene.forum, scene.ann, post, content=f"heron {number}")
    seen: list[str] = []
    for page in (1, 2, 3, 4):
        seen += scene.found("heron", page=page, limit=3)
    assert len(seen) == len(set(seen)) == 14


# ---- places ------------------------------------------------------------------------------------


def test_in_one_community_or_by_one_author(scene: Scene) -> None:
    bob = a_person(scene.forum, "bob")
    field = a_community(scene.forum, bob, "field")
    here = scene.post("Heron in town")
    there = a_post(scene.forum, bob, field, "Heron in field")
    a_comment(scene.forum, bob, here, content="a heron, bob says")
    a_comment(scene.forum, scene.ann, there, content="a heron, ann says")
    assert scene.found("heron", community_id=field) == ["Heron in field", "a heron, ann says"]
    assert scene.found("heron", creator_id=bob.person_id) == ["Heron in field", "a heron, bob says"]
    assert scene.found("heron", community_id=field, creator_id=scene.ann.person_id) == [
        "a heron, ann says"
    ]
    assert scene.found("", creator_id=bob.person_id) == ["Heron in field", "a heron, bob says"]
    assert scene.names("heron", community_id=field) == []


def test_a_community_by_name(scene: Scene) -> None:
    scene.post("Heron")
    query = SearchQuery("heron")
    found = scene.forum.read_now(search, None, query, community_name="town@forum.example")
    assert len(found.posts) == 1
    with pytest.raises(NotFound, match="unknown"):
        scene.forum.read_now(search, None, query, community_name="nowhere")


def test_listings(scene: Scene) -> None:
    far = a_community(scene.forum, a_person(scene.forum, "founder"), "far")
    scene.post("Heron in town")

    far_away = {"local": False, "ap_id": "https://far.example/c/far"}
    scene.forum.act_now(lambda tx: update_community(tx.conn, far, **far_away))
    a_post(scene.forum, scene.ann, far, "Heron far away")
    assert sorted(scene.found("heron")) == ["Heron far away", "Heron in town"]
    assert scene.found("heron", listing=Listing.LOCAL) == ["Heron in town"]
    assert scene.found("heron", scene.ann, listing=Listing.SUBSCRIBED) == ["Heron in town"]
    assert scene.found("heron", scene.ann, listing=Listing.MODERATOR_VIEW) == ["Heron in town"]


def test_by_exact_address(scene: Scene) -> None:
    scene.post("One", url="https://Example.com/a?utm_source=x")
    scene.post("Two", url="https://example.com/ab")
    assert scene.found("https://example.com/a", kind=SearchType.URL) == ["One"]
    assert scene.found("https://example.com/a?utm_source=y", kind=SearchType.URL) == ["One"]
    assert scene.found("example", kind=SearchType.URL) == []
    for sort in PostSort:
        assert scene.found("https://example.com/a", kind=SearchType.URL, sort=sort) == ["One"]


# ---- changes -----------------------------------------------------------------------------------


def test_new_words_replace_the_old(scene: Scene) -> None:
    post = scene.post("Heron", body="grey", alt_text="wings")
    said = a_comment(scene.forum, scene.ann, post, content="heron")
    edit = PostEdit(name="Stork", body="white", alt_text="")
    scene.forum.act_now(edit_post, scene.ann.doer, post, edit)
    scene.forum.act_now(edit_comment, scene.ann.doer, said, "stork")
    assert scene.found("heron") == scene.found("grey") == scene.found("wings") == []
    assert scene.found("stork") == ["Stork", "stork"]


def test_what_is_gone_is_not_found_and_comes_back(scene: Scene) -> None:
    admin = a_person(scene.forum, "boss", admin=True)
    post = scene.post("Heron")
    said = a_comment(scene.forum, scene.ann, post, content="heron")
    everybody = [None, scene.ann, admin]
    forum, ann, boss = scene.forum, scene.ann.doer, admin.doer
    for action, by, thing, name, left in (
        (delete_comment, ann, said, "deleted", ["Heron"]),
        (remove_comment, boss, said, "removed", ["Heron"]),
        (delete_post, ann, post, "deleted", []),
        (remove_post, boss, post, "removed", []),
    ):
        change: Callable[..., Any] = action
        forum.act_now(change, by, thing, **{name: True})
        assert [scene.found("heron", viewer) for viewer in everybody] == [left] * 3
        forum.act_now(change, by, thing, **{name: False})
        assert [scene.found("heron", viewer) for viewer in everybody] == [["Heron", "heron"]] * 3


def _words_in_index(tx: Transaction) -> set[str]:
    """All words that SQLite's index still has; the rows of PostgreSQL's."""
    if tx.conn.dialect == "postgresql":
        rows = text("SELECT word FROM ts_stat('SELECT terms FROM post_search"
                    " UNION ALL SELECT terms FROM comment_search')")  # fmt: skip
        return {row[0] for row in tx.conn.all(Statement(rows))}
    found: set[str] = set()
    for table in ("post_search", "comment_search"):
        tx.conn.script(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.v USING fts5vocab(main,{table},row)"
        )
        found |= {row[0] for row in tx.conn.all(Statement(text("SELECT term FROM temp.v")))}
        tx.conn.script("DROP TABLE temp.v")
    return found


@pytest.mark.parametrize("how", ["purge", "erase", "edit"])
def test_no_word_stays_in_the_index(scene: Scene, how: str) -> None:
    admin = a_person(scene.forum, "boss", admin=True)
    bob = a_person(scene.forum, "bob")
    post = a_post(scene.forum, bob, scene.town, "Heron", body="grey", language_id=_language("de"))
    said = a_comment(scene.forum, bob, post, content="waterbird")
    assert {"heron", "waterbird"} <= scene.forum.act_now(_words_in_index)
    if how == "purge":
        scene.forum.act_now(purge_comment, admin.doer, said)
        scene.forum.act_now(purge_post, admin.doer, post)
    elif how == "erase":
        scene.forum.act_now(erase_content, bob.person_id)
    else:
        changed = PostEdit(name="Other", body="", language_id=_language("en"))
        scene.forum.act_now(edit_post, bob.doer, post, changed)
        scene.forum.act_now(edit_comment, bob.doer, said, "other", _language("fr"))
    left = {word for word in scene.forum.act_now(_words_in_index) if not word.startswith("§")}
    assert left == ({"other"} if how == "edit" else set())


# ---- who sees what -----------------------------------------------------------------------------

STATES: dict[str, dict[str, object]] = {
    "open": {},
    "deleted": {"deleted": True},
    "removed": {"removed": True},
    "hidden": {"hidden": True},
    "local only": {"visibility": "LocalOnly"},
    "private": {"visibility": "Private"},
    "unlisted": {"visibility": "Unlisted"},
    "nsfw": {"nsfw": True},
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", ["nobody", "person", "follower", "moderator", "admin", "blocker"])
def test_search_shows_what_lists_show(forum: Forum, state: str, name: str) -> None:
    founder = a_person(forum, "founder")
    viewers: dict[str, Viewer | None] = {"nobody": None, "moderator": founder}
    place = a_community(forum, founder, "place")
    for each in ("person", "follower", "blocker"):
        viewers[each] = a_person(forum, each)
    viewers["admin"] = a_person(forum, "admin", admin=True)
    author = a_person(forum, "author")
    post = a_post(forum, author, place, "Heron")
    a_post(forum, author, place, "Heron removed")
    a_comment(forum, author, post, content="heron")
    follower, blocker = viewers["follower"], viewers["blocker"]
    assert follower
    assert blocker
    forum.act_now(follow_community, follower.doer, place, follow=True)
    forum.act_now(block_community, blocker, place, block=True)
    forum.act_now(lambda tx: update_community(tx.conn, place, **STATES[state]))
    viewer = viewers[name]
    results = forum.read_now(search, viewer, SearchQuery("heron"))
    listed = forum.read_now(list_posts, viewer, PostQuery(sort=PostSort.NEW)).posts
    said = forum.read_now(list_comments, viewer, CommentQuery()).comments
    assert {view.post.id for view in results.posts} == {view.post.id for view in listed}
    assert {view.comment.id for view in results.comments} == {view.comment.id for view in said}


# ---- names -------------------------------------------------------------------------------------


def test_names_are_found_by_a_part(forum: Forum) -> None:
    a_person(forum, "anna")
    a_person(forum, "hannah", display_name="Élodie Müller")
    a_person(forum, "zed")
    scene = Scene(forum)
    a_community(forum, scene.ann, "savanna", title="Grass and Trees")
    assert scene.names("ANN") == ["!savanna", "@ann", "@hannah", "@anna"]
    assert scene.names("anna") == ["!savanna", "@anna", "@hannah"]
    assert scene.names("müll") == scene.names("élodie MÜLLER") == ["@hannah"]
    assert scene.names("trees grass") == ["!savanna"]
    assert scene.names("@hannah@forum.example") == ["@hannah"]
    assert scene.names("!savanna") == ["!savanna"]
    assert scene.names("an") == ["@ann", "@anna"]
    assert scene.names("%") == scene.names("___") == scene.names("nobody") == []


def test_an_exact_name_comes_first(forum: Forum) -> None:
    scene = Scene(forum)
    for name in ("artists", "heart", "art", "party"):
        a_community(forum, scene.ann, name)
        a_person(forum, name)
    places = scene.names("art", kind=SearchType.COMMUNITIES)
    assert places[0] == "!art"
    assert sorted(places) == ["!art", "!artists", "!heart", "!party"]
    assert scene.names("art", kind=SearchType.USERS)[0] == "@art"
    pages = [
        scene.names("art", kind=SearchType.COMMUNITIES, page=page, limit=1) for page in (1, 2, 3, 4)
    ]
    assert [name for page in pages for name in page] == places


def test_renamed_and_deleted_people(forum: Forum) -> None:
    scene = Scene(forum)
    ida = a_person(forum, "ida", display_name="Heron")
    assert scene.names("heron") == ["@ida"]
    forum.act_now(lambda tx: update_person(tx.conn, ida.person_id, display_name="Stork"))
    assert scene.names("heron") == []
    assert scene.names("stork") == ["@ida"]
    forum.act_now(lambda tx: update_person(tx.conn, ida.person_id, deleted=True))
    assert scene.names("stork") == scene.names("ida") == []


def test_only_people_of_here_in_local(forum: Forum) -> None:
    scene = Scene(forum)
    ida = a_person(forum, "ida")
    forum.act_now(lambda tx: update_person(tx.conn, ida.person_id, local=False))
    assert scene.names("ida") == ["@ida"]
    assert scene.names("ida", listing=Listing.LOCAL) == []
    assert scene.names("ida", listing=Listing.SUBSCRIBED) == []
