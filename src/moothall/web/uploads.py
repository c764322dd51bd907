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
from .interrupted import LOST_FILE_FIELD
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
        passes_over_large=True,
    )
    try:
        async with read_form(body, kind, length, visit.parts.tools().folder, limits) as form:
            if not is_known:
                lost = [(LOST_FILE_FIELD, "true")] if form.passed_over else []
                return Received(_encoded([*form.fields, *lost]), None)
            taken = await _taken(visit, form)
            return taken._replace(error=_too_large(limits)) if form.passed_over else taken
    except Malformed as error:
        raise Invalid("unknown", str(error)) from error
    except TooLarge:
        raise _too_large(limits) from None


def _too_large(limits: FormLimits) -> Invalid:
    return Invalid("too_large", f"a file may have {limits.max_file_bytes // 1_000_000} MB")


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
    # Where no file was chosen, a browser sends a part without a name.
    if any(file.filename and not file.size for file in form.files):
        error = error or Invalid("not_an_image_type", "it is empty")
    kept = [pair for pair in form.fields if pair[0] not in changed]
    return Received(_encoded([*kept, *changed.items()]), error)


def _encoded(fields: list[tuple[str, str]]) -> bytes:
    return urlencode(fields, errors="replace").encode()


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
