"""People as everybody sees them."""

from moothall.domain import user as domain
from moothall.domain.site import Home

from .base import REQUIRED, Shape, timestamp


class Person(Shape):
    id: int
    name: str
    display_name: str | None = None
    avatar: str | None = None
    banned: bool = REQUIRED
    published: str = REQUIRED
    updated: str | None = None
    actor_id: str = REQUIRED
    bio: str | None = None
    local: bool = REQUIRED
    banner: str | None = None
    deleted: bool = REQUIRED
    matrix_user_id: str | None = None
    bot_account: bool = REQUIRED
    ban_expires: str | None = None
    instance_id: int = REQUIRED


class PersonAggregates(Shape):
    person_id: int
    post_count: int
    comment_count: int


class PersonView(Shape):
    person: Person
    counts: PersonAggregates
    is_admin: bool


def person(value: domain.Person, home: Home) -> Person:
    """A person."""
    (
        id_, name, display_name, avatar, banned, created_at, updated_at, ap_id, bio, local,
        banner, deleted, matrix_user_id, bot, ban_expires_at, instance_id,
    ) = value  # fmt: skip
    return Person(
        id_,
        name,
        display_name,
        home.picture_url(avatar),
        banned,
        timestamp(created_at),
        None if updated_at is None else timestamp(updated_at),
        home.person_url(name) if ap_id is None else ap_id,
        home.text_with_pictures(bio),
        local,
        home.picture_url(banner),
        deleted,
        matrix_user_id,
        bot,
        None if ban_expires_at is None else timestamp(ban_expires_at),
        instance_id,
    )


def optional_person(value: domain.Person | None, home: Home) -> Person | None:
    """A person who may be missing or withheld."""
    return None if value is None else person(value, home)


def person_counts(person_id: int, counts: domain.PersonCounts) -> PersonAggregates:
    """What a person has written."""
    return PersonAggregates(person_id, counts.post_count, counts.comment_count)


def person_view(view: domain.PersonView, home: Home) -> PersonView:
    """A person in lists and on a profile."""
    return PersonView(
        person(view.person, home), person_counts(view.person.id, view.counts), view.is_admin
    )
