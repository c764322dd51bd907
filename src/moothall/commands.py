"""What the command line does to a forum directly, without a running server."""

import sys
from collections.abc import Callable

from moothall.app import opened_forum
from moothall.domain.errors import ForumError
from moothall.forum import Forum
from moothall.settings import Settings

_PASSWORD_LENGTH = (10, 60)


def create_admin(settings: Settings, name: str, password: str) -> int:
    """Create an account that is an admin; the first one also sets up the site."""
    from moothall.actions.operator import create_admin as create

    password_hash = _hashed(password)
    return _act(settings, lambda forum: forum.act_now(create, name, password_hash), "created")


def make_admin(settings: Settings, name: str) -> int:
    """Make an existing person of this server an admin."""
    from moothall.actions.operator import make_admin as make

    return _act(settings, lambda forum: forum.act_now(make, name), "is an admin now")


def set_password(settings: Settings, name: str, password: str) -> int:
    """Set a new password and sign the person out everywhere."""
    from moothall.actions.operator import set_password_of

    password_hash = _hashed(password)
    return _act(
        settings,
        lambda forum: forum.act_now(set_password_of, name, password_hash),
        "has a new password",
    )


def _hashed(password: str) -> str:
    from moothall.lib.passwords import hash_password

    low, high = _PASSWORD_LENGTH
    if not low <= len(password) <= high:
        raise SystemExit(f"moothall: a password has {low} to {high} characters")
    return hash_password(password)


def _act(settings: Settings, change: Callable[[Forum], object], done: str) -> int:
    with opened_forum(settings) as forum:
        try:
            change(forum)
        except ForumError as error:
            raise SystemExit(f"moothall: {error}") from None
    sys.stdout.write(f"{done}\n")
    return 0
