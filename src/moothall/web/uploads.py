"""Forms that bring pictures: a file becomes an upload, and its address stands in a field.

A file input is named for that field: `file:url` puts the address into `url`, `add:body` adds the
picture to the text in `body`. All else of such a form is read as of any other.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from moothall.domain.errors import ForumError, Invalid
from moothall.domain.media import ROUTE
from moothall.door import Bucket
from moothall.lib.multipart_body import File, Form, FormLimits, Malformed, read_form
from moothall.lib.request_body import TooLarge, discard
from moothall.media.uploads import take_upload

from .forms import CSRF_FIELD, MAX_FORM_BYTES, check_origin
from .visit import Visit

_INTO = "file"
_ADD = "add"
_MAX_FILES = 2


class Received(NamedTuple):
    """A form in the encoding of those without files; `error`: why a file was not taken."""

    encoded: bytes
    error: ForumError | None


async def receive(visit: Visit, headers: Mapping[bytes, bytes], body: Any) -> Received:
    """Read a form with files, and make the files uploads of who sends it.

    Nothing of a foreign form is taken, nor of somebody who is not signed in: they are told so as
    with any form, and keep what they typed. Raises Invalid for what is no form.
    """
    kind, length = headers.get(b"content-type", b""), headers.get(b"content-length")
    try:
        check_origin(headers, visit.home.base_url)
        is_known = await visit.recognised() is not None
    except ForumError:
        await discard(body, length)
        raise
    limits = FormLimits(
        max_file_bytes=visit.parts.tools().limits.max_upload_bytes,
        max_files=_MAX_FILES,
        max_text_bytes=MAX_FORM_BYTES,
        keeps_files=is_known,
    )
    try:
        async with read_form(body, kind, length, visit.parts.tools().folder, limits) as form:
            return await _taken(visit, form)
    except Malformed as error:
        raise Invalid("unknown", str(error)) from error
    except TooLarge:
        limit = limits.max_file_bytes // 1_000_000
        raise Invalid("too_large", f"a file may have {limit} MB") from None


async def _taken(visit: Visit, form: Form) -> Received:
    changed: dict[str, str] = {}
    error: ForumError | None = None
    files = [file for file in form.files if file.size]
    if files:
        typed = dict(reversed(form.fields))
        visit.check_own_form(typed.get(CSRF_FIELD, ""))
        try:
            visit.count_also(Bucket.IMAGE)
            for file in files:
                _put({**typed, **changed}, changed, file.name, await _upload(visit, file))
        except ForumError as caught:
            error = caught
    kept = [pair for pair in form.fields if pair[0] not in changed]
    return Received(urlencode([*kept, *changed.items()], errors="replace").encode(), error)


async def _upload(visit: Visit, file: File) -> str:
    upload = await take_upload(visit, visit.parts.tools(), file.path, file.size)
    return f"{visit.home.base_url}{ROUTE}{upload.alias}"


def _put(typed: Mapping[str, str], changed: dict[str, str], input_name: str, url: str) -> None:
    kind, _, name = input_name.partition(":")
    if kind == _INTO:
        changed[name] = url
    elif kind == _ADD:
        text = typed.get(name, "").rstrip()
        changed[name] = f"{text}\n\n![]({url})" if text else f"![]({url})"
