"""Addresses of our pages, and the names of people and communities as pages show them."""

from functools import lru_cache
from urllib.parse import quote, urlencode, urlsplit

from moothall.domain.community import Community
from moothall.domain.user import Person, host_in


def person_path(person: Person) -> str:
    """Where a person's profile is."""
    return path_of("u", person.name, person.ap_id)


def community_path(community: Community) -> str:
    """Where a community is."""
    return path_of("c", community.name, community.ap_id)


def person_name(person: Person) -> str:
    """What a person is called, with the host if that is not ours."""
    return name_of(person.display_name or person.name, person.ap_id)


def community_name(community: Community) -> str:
    """A community's short name, with the host if that is not ours."""
    return name_of(community.name, community.ap_id)


def host_of(url: str) -> str:
    """The host of a link, without what every second one begins with."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def with_query(path: str, **fields: object) -> str:
    """A path with a query string of those fields that are not None."""
    return _with_query(
        path, tuple((name, each) for name, each in fields.items() if each is not None)
    )


# The menus of all lists ask for the same few dozen.
@lru_cache(1024)
def _with_query(path: str, given: tuple[tuple[str, object], ...]) -> str:
    return f"{path}?{urlencode(given)}" if given else path


def path_of(kind: str, name: str, ap_id: str | None) -> str:
    """The path of a person (kind "u") or community ("c")."""
    return f"/{kind}/{quote(name_of(name, ap_id), safe='@:')}"


def name_of(name: str, ap_id: str | None) -> str:
    """A name, with the host if that is not ours."""
    return name if ap_id is None else f"{name}@{host_in(ap_id)}"
