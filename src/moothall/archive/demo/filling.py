"""Filling an empty forum with the demo: its times are told back from now, its votes drawn."""

import random
from collections.abc import Iterator
from pathlib import Path

from moothall.actions import moderation, removal
from moothall.actions.site_settings import edit_site
from moothall.actions.user import open_account
from moothall.archive.importing import import_file
from moothall.archive.progress import Progress
from moothall.archive.records import encode, encode_header
from moothall.domain.archive import (
    CommentRecord,
    CommunityRecord,
    FollowRecord,
    ModeratorRecord,
    PersonRecord,
    PostRecord,
    Record,
    VoteRecord,
)
from moothall.domain.errors import Conflict
from moothall.domain.ids import PostId
from moothall.domain.post import Listing, PostQuery, PostSort
from moothall.domain.site import RegistrationMode, SiteChanges
from moothall.domain.time import DAY, HOUR, MINUTE, Time
from moothall.domain.user import Doer
from moothall.forum import Forum
from moothall.reads.post import list_posts
from moothall.reads.site import get_site, list_admins

from . import script

ACCOUNTS = ("marta", "jonas_k", "priya")
"""Who can be signed in as, beside the admin: a moderator, a busy and a quiet person."""

_FILE = "demo.jsonl"
_SPAN = 24 * DAY
_AGE = 200 * DAY
_PAGE = 50
_SIDEBAR = """
Welcome to a forum that nobody lives in: the people and their texts are made up, so that you have
something to look around in. Click everything, write anything.
"""


def is_empty(forum: Forum) -> bool:
    """Whether nobody has set this forum up and nothing is in it."""
    site = forum.read_now(get_site)
    return not (site.is_set_up or site.users or forum.read_now(list_posts, None, _query(1)).posts)


def is_unfinished(data_dir: Path) -> bool:
    """Whether an earlier filling was interrupted."""
    return (data_dir / _FILE).exists()


def prepare(data_dir: Path, now: Time) -> None:
    """Write the demo as an archive; while it is there, the filling is not finished."""
    part = data_dir / f".{_FILE}.part"
    with part.open("wb") as file:
        file.write(encode_header() + b"\n")
        for record in _Story(now).records():
            file.write(encode(record) + b"\n")
    part.replace(data_dir / _FILE)


def fill(forum: Forum, data_dir: Path, password_hash: str, progress: Progress) -> None:
    """Take the prepared demo in; the site is set up already. May be done again after a failure."""
    path = data_dir / _FILE
    import_file(forum, path, progress)
    admin = _admin(forum)
    for name in ACCOUNTS:
        try:
            forum.act_now(open_account, name, password_hash)
        except Conflict:
            continue
    forum.act_now(
        edit_site,
        admin,
        SiteChanges(sidebar=_SIDEBAR.strip(), registration_mode=RegistrationMode.OPEN),
    )
    _moderate(forum, admin)
    path.unlink()


def _admin(forum: Forum) -> Doer:
    person = forum.read_now(list_admins)[0].person
    return Doer(person.id, person.name, local=True, bot=False, is_admin=True, admin_since=None)


def _moderate(forum: Forum, admin: Doer) -> None:
    """Do to some posts what their texts say, by the real actions, so that the modlog has them."""
    posts = _posts(forum)
    for community in script.communities():
        for post in community.posts:
            if (act := post.fields.get("act")) and post.title in posts:
                try:
                    _act(forum, admin, posts[post.title], act)
                except Conflict:
                    continue


def _act(forum: Forum, admin: Doer, post_id: PostId, act: str) -> None:
    kind, _, reason = act.partition(" ")
    if kind == "lock":
        forum.act_now(moderation.lock_post, admin, post_id, locked=True)
    elif kind in {"feature", "announce"}:
        here = kind == "feature"
        forum.act_now(moderation.feature_post, admin, post_id, featured=True, in_community=here)
    else:
        forum.act_now(removal.remove_post, admin, post_id, removed=True, reason=reason)


def _posts(forum: Forum) -> dict[str, PostId]:
    found: dict[str, PostId] = {}
    page = 1
    while posts := forum.read_now(list_posts, None, _query(page)).posts:
        found |= {view.post.name: view.post.id for view in posts}
        page += 1
    return found


def _query(page: int) -> PostQuery:
    return PostQuery(Listing.ALL, PostSort.NEW, limit=_PAGE, page=page, show_nsfw=True)


class _Story:
    """The texts as records; the same moment gives the same forum."""

    def __init__(self, now: Time) -> None:
        self._now = now
        self._chance = random.Random(2)  # noqa: S311 — for variety, not for secrets
        self._people = {person.name: n for n, person in enumerate(script.people(), 1)}
        self._communities = list(script.communities())
        self._posts = self._in_order()

    def _in_order(self) -> list[tuple[Time, int, script.Post]]:
        """(created, community, post) by time; nearer to now there is more."""
        placed = []
        for number, community in enumerate(self._communities, 1):
            for post in community.posts:
                age = int(self._chance.betavariate(1, 1.8) * _SPAN) + 20 * MINUTE
                placed.append((Time(self._now - age), number, post))
        return sorted(placed, key=lambda each: each[0])

    def records(self) -> Iterator[Record]:
        """All of it, in the order of the format."""
        yield from self._everybody()
        yield from self._places()
        votes: list[VoteRecord] = []
        for number, (created, community, post) in enumerate(self._posts, 1):
            author = self._people[post.fields["by"]]
            yield PostRecord(
                number,
                community,
                author,
                post.title,
                created,
                url=post.fields.get("url"),
                body="\n".join(post.body).strip() or None,
                language="en",
                nsfw="nsfw" in post.fields,
            )
            votes += self._votes(author, created, 0.75, post=number)
        yield from self._comments(votes)
        yield from votes

    def _everybody(self) -> Iterator[Record]:
        for number, person in enumerate(script.people(), 1):
            joined = Time(self._now - _SPAN - self._chance.randrange(_AGE))
            yield PersonRecord(
                number,
                person.name,
                joined,
                display_name=person.display_name or None,
                bio=person.bio or None,
            )

    def _places(self) -> Iterator[Record]:
        founded = Time(self._now - _SPAN - _AGE)
        for number, community in enumerate(self._communities, 1):
            yield CommunityRecord(
                number, community.name, community.title, founded, description=community.description
            )
        for number, community in enumerate(self._communities, 1):
            for rank, name in enumerate(community.moderators):
                yield ModeratorRecord(number, self._people[name], Time(founded + rank))
        for person in self._people.values():
            chosen = self._chance.sample(range(1, len(self._communities) + 1), 5)
            for number in sorted(chosen):
                yield FollowRecord(number, person, Time(founded + self._chance.randrange(_AGE)))

    def _comments(self, votes: list[VoteRecord]) -> Iterator[Record]:
        number = 0
        for post_number, (created, _, post) in enumerate(self._posts, 1):
            written: list[tuple[int, Time]] = []
            for comment in post.comments:
                number += 1
                parent = None if comment.parent is None else written[comment.parent]
                moment = self._later(created if parent is None else parent[1], 5 * HOUR)
                written.append((number, moment))
                author = self._people[comment.author]
                yield CommentRecord(
                    number,
                    post_number,
                    author,
                    comment.content,
                    moment,
                    parent=None if parent is None else parent[0],
                    language="en",
                )
                votes += self._votes(author, moment, 0.3, comment=number)

    def _votes(
        self, author: int, created: Time, share: float, **subject: int
    ) -> Iterator[VoteRecord]:
        """The author's own and those of others: for few things many, for most a handful."""
        yield VoteRecord(author, 1, created, **subject)
        others = [person for person in self._people.values() if person != author]
        number = int(len(others) * share * self._chance.random() ** 2)
        for person in sorted(self._chance.sample(others, number)):
            score = 1 if self._chance.random() < 0.92 else -1
            yield VoteRecord(person, score, self._later(created, 12 * HOUR), **subject)

    def _later(self, moment: Time, scale: int) -> Time:
        """Some time after, and not after now."""
        later = moment + MINUTE + int(self._chance.expovariate(1 / scale))
        if later >= self._now:
            later = self._chance.randrange(moment + 1, self._now)
        return Time(later)
