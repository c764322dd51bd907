"""A few records of an archive that are being stored: each wrong one is refused alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from moothall.domain.archive import Numbered, Problem
from moothall.domain.errors import ForumError, Invalid
from moothall.domain.languages import LANGUAGES
from moothall.domain.text import storable
from moothall.domain.time import YEAR, Time
from moothall.lib import urls
from moothall.storage import archive as rows
from moothall.storage.transaction import Transaction

from .media import note_remote_picture

LANGUAGE_IDS = {language.code: language.id for language in LANGUAGES}
# Older than the longest window of "active users".
_FORGOTTEN = YEAR // 2


@dataclass(slots=True)
class Batch:
    """Records of one kind that are being stored, and what is wrong with some of them."""

    tx: Transaction
    run_id: int
    problems: list[Problem] = field(default_factory=list)
    stored: int = 0

    def rows(self, kind: str, ids: Sequence[int | None]) -> dict[int, int]:
        """The rows that records of this kind became."""
        wanted = [each for each in ids if each is not None]
        return rows.find_rows(self.tx.conn, self.run_id, kind, wanted)


def each_of(
    batch: Batch, records: Sequence[Numbered], work: Callable[[Any], object]
) -> list[Numbered]:
    """Do something with each record; those that it refuses are problems, the others returned."""
    good = []
    for numbered in records:
        try:
            work(numbered.record)
        except ForumError as error:
            batch.problems.append(Problem(numbered.line, error.message or error.code))
        else:
            good.append(numbered)
    return good


def refuse(reason: str) -> ForumError:
    """The error for a record that cannot be stored."""
    return Invalid("bad_line", reason)


def need(found: dict[int, int], kind: str, wanted: int) -> int:
    """The row that a number of the archive became; refuses a number without one."""
    row_id = found.get(wanted)
    if row_id is None:
        raise refuse(f"there is no {kind} {wanted} before this line")
    return row_id


def refuse_duplicate(kind: str, archive_id: int, *known: dict[int, Any]) -> None:
    """Refuse a number that an earlier record had."""
    if any(archive_id in each for each in known):
        raise refuse(f"{kind} {archive_id} stands in an earlier line")


def clean(text: str | None) -> str | None:
    """A text without what no database takes."""
    return None if text is None else storable(text)


def address_of(local: bool, ap_id: str | None) -> str | None:
    """What is local has no address of its own: it follows from the name or the id."""
    if local:
        return None
    if ap_id is None:
        raise refuse("ap_id: what is of another server needs its address")
    return _web_address("ap_id", ap_id)


def picture(tx: Transaction, url: str | None) -> str | None:
    """The address of a picture, which our pages will show; refuses what is none."""
    if url is None:
        return None
    # As it stands in the archive; the proxy knows it in its one spelling.
    address = _web_address("picture", url)
    note_remote_picture(tx, urls.normalise_url(url))
    return address


def video(url: str | None) -> str | None:
    """The address of a video, to which our pages link; refuses what is none."""
    return None if url is None else _web_address("video", url)


def _web_address(name: str, url: str) -> str:
    try:
        normal = urls.normalise_url(url)
    except urls.UrlError:
        normal = ""
    if not normal.startswith("http"):
        raise refuse(f"{name}: no http or https address")
    return url


def remember(
    latest: dict[tuple[int, int], Time], community_id: int, person_id: int, created: Time
) -> None:
    """Note when somebody did something in a community, for `note_activities`."""
    key = (community_id, person_id)
    latest[key] = max(created, latest.get(key, created))


def note_activities(tx: Transaction, latest: dict[tuple[int, int], Time]) -> None:
    """Store who was active where, as far as it still counts."""
    since = tx.now - _FORGOTTEN
    rows.note_activities(tx.conn, {key: at for key, at in latest.items() if at > since})
