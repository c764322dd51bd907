"""What the command line does to a forum directly, without a running server."""

import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from moothall.app import opened_forum
from moothall.domain.errors import ForumError
from moothall.forum import Forum
from moothall.settings import Settings

_PASSWORD_LENGTH = (10, 60)
# What can be wrong with the name that was typed.
_IN_WORDS = {
    "couldnt_find_person": "nobody on this forum has this name",
    "user_already_exists": "this name is taken",
    "invalid_name": "a name has 3 or more letters, digits or underscores, of one alphabet",
}


def create_admin(settings: Settings, name: str, password: str) -> int:
    """Create an account that is an admin; the first one also sets up the site."""
    from moothall.actions.operator import create_admin as create

    password_hash = _hashed(password)
    return _act(
        settings,
        name,
        lambda forum: forum.act_now(create, name, password_hash),
        "is created, and an admin",
    )


def make_admin(settings: Settings, name: str) -> int:
    """Make an existing person of this server an admin."""
    from moothall.actions.operator import make_admin as make

    return _act(settings, name, lambda forum: forum.act_now(make, name), "is an admin now")


def set_password(settings: Settings, name: str, password: str) -> int:
    """Set a new password and sign the person out everywhere."""
    from moothall.actions.operator import set_password_of

    password_hash = _hashed(password)
    return _act(
        settings,
        name,
        lambda forum: forum.act_now(set_password_of, name, password_hash),
        "has a new password, and is signed out everywhere",
    )


def remove_second_factor(settings: Settings, name: str) -> int:
    """Let a person who lost their device sign in with the password alone."""
    from moothall.actions.operator import remove_second_factor as remove

    return _act(
        settings,
        name,
        lambda forum: forum.act_now(remove, name),
        "can sign in with the password alone",
    )


def export_archive(settings: Settings, path: Path) -> int:
    """Write the forum to a file."""
    from moothall.archive.progress import progress_on
    from moothall.archive.reading import ArchiveError
    from moothall.archive.writing import export_file

    with opened_forum(settings) as forum, progress_on(sys.stderr) as progress:
        try:
            written = export_file(forum, path, progress)
        except ArchiveError as error:
            raise SystemExit(f"moothall: {error}") from None
    sys.stdout.write(f"{written:,} records written to {path}\n")
    return 0


def import_archive(settings: Settings, path: Path) -> int:
    """Read an archive into the forum; bad lines are told and do not make it fail, a lost end does."""
    from moothall.archive.importing import import_file
    from moothall.archive.progress import progress_on
    from moothall.archive.reading import ArchiveError

    with opened_forum(settings) as forum, progress_on(sys.stderr) as progress:
        try:
            summary = import_file(forum, path, progress)
        except (ArchiveError, ForumError) as error:
            raise SystemExit(f"moothall: {error}") from None
    if summary.was_done:
        sys.stdout.write("This archive was imported before; nothing to do.\n")
    else:
        stored = ", ".join(f"{number:,} {kind}" for kind, number in summary.stored.items())
        sys.stdout.write(f"Stored: {stored or 'nothing'}. Bad lines: {summary.bad_lines:,}.\n")
    if summary.is_cut:
        raise SystemExit(
            f"moothall: {path} is damaged or lacks its end: all before it is stored. Importing the"
            " whole file now would make its local posts and comments twice: begin with an empty"
            " data_dir or database"
        )
    return 0


def fill_demo(settings: Settings) -> None:
    """Fill an empty forum with sample content and tell who can sign in."""
    from moothall.archive.demo import filling
    from moothall.archive.progress import progress_on

    with opened_forum(settings) as forum:
        if not filling.is_unfinished(settings.data_dir):
            if not filling.is_empty(forum):
                sys.stderr.write(
                    "This forum is not empty: no sample content is added. The passwords were shown"
                    " when it was filled; `moothall user set-password NAME` sets another"
                    f" (the demo has {', '.join(filling.ACCOUNTS)}).\n"
                )
                return
            filling.prepare(settings.data_dir, forum.clock())
        _set_up_demo(forum, settings)
        password = _new_password()
        with progress_on(sys.stderr) as progress:
            filling.fill(forum, settings.data_dir, _hashed(password), progress)
    names = ", ".join(filling.ACCOUNTS)
    sys.stderr.write(f"Also: {names}, all with the password {password}\n")


def _set_up_demo(forum: Forum, settings: Settings) -> None:
    from moothall.actions.site import apply_setup_section

    setup = settings.setup
    name = setup.admin_username or "admin"
    password = setup.admin_password or _new_password()
    try:
        is_new = forum.act_now(
            apply_setup_section, name, _hashed(password), setup.site_name or "The Moot Hall"
        )
    except ForumError as error:
        raise SystemExit(f"moothall: [setup] cannot be applied: {error}") from None
    if is_new:
        shown = "the one of [setup]" if setup.admin_password else password
        sys.stderr.write(f"Sign in as {name}, password: {shown}\n")


def _new_password() -> str:
    return secrets.token_urlsafe(9)


def _hashed(password: str) -> str:
    from moothall.lib.passwords import hash_password

    low, high = _PASSWORD_LENGTH
    if not low <= len(password) <= high:
        raise SystemExit(f"moothall: a password has {low} to {high} characters")
    return hash_password(password)


def _act(settings: Settings, name: str, change: Callable[[Forum], object], done: str) -> int:
    """Change something about somebody, and say so with their name."""
    with opened_forum(settings) as forum:
        try:
            change(forum)
        except ForumError as error:
            words = _IN_WORDS.get(error.code, str(error))
            raise SystemExit(f"moothall: {name}: {words}") from None
    sys.stdout.write(f"{name} {done}\n")
    return 0
