"""The forum that the bench measures: made up once by a seeded generator, then kept.

Shaped like section 7 of the design: 1,000 people (300 of them here, with accounts), 50 communities,
and for 20,000 posts 200,000 comments and 500,000 votes, all heavy-tailed, 20,000 posts in 90 days.
It is written as an archive and read in like any other. A larger forum is an older one (`older`):
the newest 20,000 posts are the same, and only how lists grow is measured with it.
"""

import gzip
import hashlib
import itertools
import json
import math
import random
import sys
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from bench import words
from bench.older import make_older
from moothall.actions.comment import save_comment
from moothall.actions.community import block_community
from moothall.actions.post import mark_posts_read, save_post
from moothall.actions.session import open_session
from moothall.actions.site import apply_setup_section, ensure_site
from moothall.actions.user import block_person, open_account
from moothall.archive.importing import import_file
from moothall.archive.progress import progress_on
from moothall.archive.records import encode, encode_header
from moothall.domain.account import Device
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
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId
from moothall.domain.site import Home
from moothall.domain.time import DAY, HOUR, MINUTE, Time, system_clock
from moothall.forum import Forum
from moothall.lib.tokens import hash_token
from moothall.reads.user import viewer_by_token_hash
from moothall.storage import migrations
from moothall.storage.opening import database_at

DOMAIN = "bench.example"
VERSIONS = Path(migrations.__file__).parent / "versions"
# Of the password "correct horse": made once, since 300 of them would take half a minute.
_HASH = "$argon2id$v=19$m=19456,t=2,p=1$Il/ZxSe/Hf/LkVnjQ1XOrg$PxrPDKabTOuGdNx05ecyxWJV0KIl2XyxvuMXV681tXo"
_VERSION = 2
_MAX_AGE = DAY
# How many posts are imported; what is above that are older copies.
FULL = 20_000
_SPAN = 90 * DAY
_VIEWERS = 20
_LOCAL_PEOPLE = 300
_THREADS = (300, 200)
_MAX_DEPTH = 12
_MAX_VOTERS = 0.95


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where the forum is, and what of it is measured.

    `now` is the moment for which its ranks are right; `community` a busy local community's name;
    `thread_300` and `thread_200` are posts with exactly so many comments; `tokens` sign in people
    who follow, save and block.
    """

    data_dir: Path
    database_url: str
    domain: str
    now: Time
    community: str
    thread_300: int
    thread_200: int
    post_ids: list[int]
    tokens: list[str]

    def at(self, data_dir: Path) -> "Dataset":
        """The same in another folder, for a copy."""
        return replace(self, data_dir=data_dir)


class Size(NamedTuple):
    """How much of everything."""

    posts: int
    comments: int
    votes: int
    people: int
    communities: int


def size_of(posts: int) -> Size:
    """The proportions of the design."""
    return Size(posts, 10 * posts, 25 * posts, 1_000, 50)


def build(data_dir: Path, database_url: str, size: int) -> Dataset:
    """The forum with about so many posts: the one that is there, or a new one.

    Above 20,000 they come by the 20,000.
    """
    manifest = data_dir / "dataset.json"
    found = _load(manifest, data_dir, database_url, size)
    if found is not None:
        return found
    data_dir.mkdir(parents=True, exist_ok=True)
    for name in ("moothall.sqlite", "moothall.sqlite-wal", "moothall.sqlite-shm", manifest.name):
        (data_dir / name).unlink(missing_ok=True)
    # Whole hours, so that forums on both databases come from one archive.
    now = Time(system_clock() // HOUR * HOUR)
    imported = min(size, FULL)
    archive = synthetic(data_dir.parent, size_of(imported), seed=1, now=now)
    dataset = _fill(archive, data_dir, database_url, imported, now)
    if size > FULL:
        make_older(data_dir, database_url, size // FULL - 1, Time(_SPAN))
    kept = {name: getattr(dataset, name) for name in _KEPT}
    manifest.write_text(json.dumps({"key": _key(database_url, size), **kept}))
    return dataset


_KEPT = ("now", "community", "thread_300", "thread_200", "post_ids", "tokens")


def _key(database_url: str, size: int) -> list[object]:
    # Until a release the first step of the schema is remade again and again: its text counts.
    steps = b"".join(path.read_bytes() for path in sorted(VERSIONS.glob("*.py")))
    return [_VERSION, hashlib.sha256(steps).hexdigest(), database_url, size]


def _load(manifest: Path, data_dir: Path, database_url: str, size: int) -> Dataset | None:
    try:
        kept = json.loads(manifest.read_text())
    except FileNotFoundError:
        return None
    # Of a large one only growth is measured, which has a clock of its own.
    is_young = system_clock() - kept["now"] < _MAX_AGE or size > FULL
    if kept.pop("key") != _key(database_url, size) or not is_young:
        return None
    return Dataset(data_dir=data_dir, database_url=database_url, domain=DOMAIN, **kept)


# ---- the archive ---------------------------------------------------------------------------------


def synthetic(folder: Path, size: Size, *, seed: int, now: Time) -> Path:
    """Write an archive of a made-up forum, unless it is there already."""
    path = folder / f"archive-{_VERSION}-{size.posts}-{seed}-{now // HOUR}.jsonl.gz"
    if path.exists():
        return path
    for old in folder.glob(f"archive-*-{size.posts}-{seed}-*.jsonl.gz"):
        old.unlink()
    part = path.with_suffix(".part")
    with gzip.open(part, "wb", compresslevel=1) as file:
        file.write(encode_header() + b"\n")
        for record in _Generator(size, seed, now).records():
            file.write(encode(record) + b"\n")
    return part.rename(path)


class _Generator:
    """Everything by one seeded source of chance, so that the same size is the same forum."""

    def __init__(self, size: Size, seed: int, now: Time) -> None:
        self._size = size
        self._chance = random.Random(seed)
        self._texts = words.Texts(self._chance)
        self._now = now
        self._began = now - _SPAN * size.posts // FULL
        self._author = self._heavy(size.people, 0.8)
        self._community = self._heavy(size.communities, 1.1)
        self._posts = array(
            "q", sorted(self._chance.randrange(self._began, now) for _ in range(size.posts))
        )
        self._comment_post = array("l")
        self._comment_at = array("q")
        self._post_author = array("l")
        self._comment_author = array("l")

    def _heavy(self, number: int, exponent: float) -> Callable[[], int]:
        """Draws numbers from 1 on, small ones far more often (Zipf)."""
        weights = list(itertools.accumulate(1 / rank**exponent for rank in range(1, number + 1)))
        everyone = range(1, number + 1)
        return lambda: self._chance.choices(everyone, cum_weights=weights)[0]

    def records(self) -> Iterator[Record]:
        """All of it, in the order of the format."""
        yield from self._people()
        yield from self._communities()
        yield from self._ties()
        yield from self._write_posts()
        yield from self._write_comments()
        yield from self._votes("post", self._posts, self._post_author)
        yield from self._votes("comment", self._comment_at, self._comment_author)

    def _people(self) -> Iterator[Record]:
        for number in range(1, self._size.people + 1):
            host = None if _is_local(number) else f"remote{number % 20:02}.example"
            name = f"person_{number:04}"
            yield PersonRecord(
                number,
                name,
                Time(self._began - number * MINUTE),
                host=host,
                ap_id=host and f"https://{host}/u/{name}",
                display_name=f"Person {number}" if number % 3 == 0 else None,
                bio=self._texts.title() if number % 4 == 0 else None,
            )

    def _communities(self) -> Iterator[Record]:
        for number in range(1, self._size.communities + 1):
            host = None if number % 2 else f"remote{number % 20:02}.example"
            name = f"community_{number:02}"
            yield CommunityRecord(
                number,
                name,
                f"Community {number}",
                Time(self._began - number * MINUTE),
                host=host,
                ap_id=host and f"https://{host}/c/{name}",
                description=self._texts.body(),
            )

    def _ties(self) -> Iterator[Record]:
        for number in range(1, self._size.communities + 1):
            for person in sorted({1 + number * 10, 4 + number * 10}):
                yield ModeratorRecord(number, person, Time(self._began))
        for person in range(1, self._size.people + 1):
            for number in sorted({self._community() for _ in range(12)}):
                yield FollowRecord(number, person, Time(self._began + person))

    def _write_posts(self) -> Iterator[Record]:
        for number, created in enumerate(self._posts, 1):
            author = self._author()
            self._post_author.append(author)
            has_link = self._chance.random() < 0.6
            yield PostRecord(
                number,
                self._community(),
                author,
                self._texts.title(),
                Time(created),
                url=f"https://news{number % 97:02}.example/{number}" if has_link else None,
                body=None if has_link and number % 3 else self._texts.body(),
                language="en" if number % 5 else "und",
                ap_id=None if _is_local(author) else f"https://remote.example/post/{number}",
            )

    def _write_comments(self) -> Iterator[Record]:
        self._place_comments()
        answered: dict[int, list[int]] = {}
        depth = bytearray(len(self._comment_at) + 1)
        for number, (post, created) in enumerate(
            zip(self._comment_post, self._comment_at, strict=True), 1
        ):
            earlier = answered.setdefault(post, [])
            parent = self._parent(earlier, depth)
            depth[number] = 1 + (depth[parent] if parent else 0)
            earlier.append(number)
            author = self._author()
            self._comment_author.append(author)
            yield CommentRecord(
                number,
                post,
                author,
                self._texts.comment(),
                Time(created),
                parent=parent,
                language="en" if number % 5 else "und",
                ap_id=None if _is_local(author) else f"https://remote.example/comment/{number}",
            )

    def _parent(self, earlier: list[int], depth: bytearray) -> int | None:
        if not earlier or self._chance.random() < 0.4:
            return None
        found = self._chance.choice(earlier[-30:])
        return found if depth[found] < _MAX_DEPTH else None

    def _place_comments(self) -> None:
        """Which post each comment belongs to, and when it came; in the order of time."""
        threads = dict(zip(thread_posts(self._size.posts), _THREADS, strict=True))
        weights = [
            0.0 if self._chance.random() < 0.2 else self._chance.paretovariate(1.15)
            for _ in self._posts
        ]
        for post in threads:
            weights[post - 1] = 0.0
        others = max(0, self._size.comments - sum(threads.values()))
        drawn = self._chance.choices(range(1, len(weights) + 1), _bounded(weights), k=others)
        for post, number in threads.items():
            drawn += [post] * number
        placed = sorted((self._after(self._posts[post - 1], 8 * HOUR), post) for post in drawn)
        self._comment_at.extend(at for at, _ in placed)
        self._comment_post.extend(post for _, post in placed)

    def _after(self, moment: int, scale: int) -> int:
        """Most things happen soon after what they answer."""
        later = moment + int(self._chance.expovariate(1 / scale)) + MINUTE
        return later if later < self._now else self._chance.randrange(moment, self._now)

    def _votes(self, kind: str, created: Sequence[int], authors: Sequence[int]) -> Iterator[Record]:
        everyone = range(1, self._size.people + 1)
        for number, extra in enumerate(self._vote_counts(kind, len(created)), 1):
            author, moment = authors[number - 1], created[number - 1]
            others = self._chance.sample(everyone, extra)
            for person in sorted({author, *others}):
                yield VoteRecord(
                    person,
                    1 if person == author or self._chance.random() < 0.9 else -1,
                    Time(moment if person == author else self._after(moment, 6 * HOUR)),
                    **{kind: number},
                )

    def _vote_counts(self, kind: str, number: int) -> list[int]:
        """How many vote on each beside its author: a few get most of it."""
        written = self._size.posts + len(self._comment_at)
        share = 0.7 if kind == "post" else 0.3
        extra = int(max(0, self._size.votes - written) * share)
        weights = _bounded([self._chance.paretovariate(1.1) for _ in range(number)])
        found = Counter(self._chance.choices(range(number), weights, k=extra))
        limit = int(self._size.people * _MAX_VOTERS)
        # There are not enough people for the most popular ones: their votes go elsewhere.
        left = sum(max(0, votes - limit) for votes in found.values())
        found = Counter({index: min(votes, limit) for index, votes in found.items()})
        found.update(self._chance.randrange(number) for _ in range(left))
        return [min(found[index], self._size.people) for index in range(number)]


def _bounded(weights: list[float]) -> list[float]:
    """No single one takes more than a hundredth of all."""
    limit = max(math.fsum(weights) / 100, 1.0)
    return [min(weight, limit) for weight in weights]


def _is_local(person: int) -> bool:
    return person % 10 in {1, 4, 7}


def thread_posts(posts: int) -> tuple[int, int]:
    """The posts whose threads have a known length: recent ones, but not the newest."""
    return posts - posts // 50, posts - posts // 50 - 7


# ---- the forum -----------------------------------------------------------------------------------


def _fill(archive: Path, data_dir: Path, database_url: str, size: int, now: Time) -> Dataset:
    migrations.migrate(database_url, data_dir)
    # If it breaks, it is made again: nothing has to be on disk before the end.
    database = database_at(database_url, data_dir, synchronous="normal")
    database.open()
    try:
        forum = Forum(database, Home(DOMAIN, f"https://{DOMAIN}"), lambda: now)
        forum.act_now(ensure_site)
        forum.act_now(apply_setup_section, "admin", _HASH, "Bench")
        with progress_on(sys.stderr) as progress:
            summary = import_file(forum, archive, progress)
        if summary.bad_lines:
            raise RuntimeError("the generator wrote lines that the import refused")
        local = [n for n in range(1, size_of(size).people + 1) if _is_local(n)][:_LOCAL_PEOPLE]
        accounts = [forum.act_now(open_account, f"person_{number:04}", _HASH) for number in local]
        tokens = [forum.act_now(open_session, each, Device()) for each in accounts[:_VIEWERS]]
        for token in tokens:
            _live(forum, token, size)
    finally:
        database.close()
    thread_300, thread_200 = thread_posts(size)
    return Dataset(
        data_dir=data_dir,
        database_url=database_url,
        domain=DOMAIN,
        now=now,
        community="community_01",
        thread_300=thread_300,
        thread_200=thread_200,
        post_ids=list(range(max(1, size - 2_000), size)),
        tokens=tokens,
    )


def _live(forum: Forum, token: str, size: int) -> None:
    """What somebody has who has been here for a while: saved, read and blocked things."""
    viewer = forum.read_now(viewer_by_token_hash, hash_token(token).hex())
    if viewer is None:
        raise RuntimeError("a session that was just opened is gone")
    chance = random.Random(viewer.person_id)
    recent = range(max(1, size - 1_000), size + 1)
    for post in chance.sample(recent, 30):
        forum.act_now(save_post, viewer, PostId(post), save=True)
    for comment in chance.sample(range(1, 10 * size), 30):
        forum.act_now(save_comment, viewer, CommentId(comment), save=True)
    read = [PostId(post) for post in chance.sample(recent, min(100, len(recent)))]
    forum.act_now(mark_posts_read, viewer, read, read=True)
    for person in chance.sample(range(500, 900), 5):
        forum.act_now(block_person, viewer, PersonId(person), block=True)
    forum.act_now(block_community, viewer, CommunityId(chance.randrange(30, 50)), block=True)
