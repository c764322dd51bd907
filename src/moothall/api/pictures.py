"""The picture routes below /pictrs, as clients of the Lemmy API use them.

They are no calls of version 3: bodies are forms with files, answers are bytes or have a shape of
their own, and a name is part of the path.
"""

import secrets
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar.handlers import ASGIRouteHandler, asgi
from litestar.types import Receive, Scope, Send

from moothall.actions import media as actions
from moothall.domain.errors import ForumError, Invalid, NotFound
from moothall.domain.media import Upload
from moothall.door import Bucket, Door, Policy
from moothall.forum import Forum
from moothall.lib import access
from moothall.lib.log import get_logger
from moothall.lib.media_tools import MediaTools
from moothall.lib.multipart_body import FormLimits, Malformed, is_form, read_form
from moothall.lib.request_body import Disconnected, TooLarge, discard
from moothall.media.forms import shape_of
from moothall.media.uploads import find_upload, take_upload

from .answer import PREFLIGHT, Answer, Headers, bug, empty, encode, refusal, send_answer
from .client import client_of
from .decode import QueryReader
from .fields import Int32, Request
from .media_answer import send_found
from .parts import Parts

log = get_logger()

PREFIX = "/pictrs"
_FIELD = "images[]"


class GetPicture(Request, frozen=True, kw_only=True):
    """In which form a picture is asked for."""

    format: str | None = None
    thumbnail: Int32 | None = None


class Details(msgspec.Struct):
    """What is known of an upload."""

    width: int
    height: int
    content_type: str
    created_at: str


class UploadedFile(msgspec.Struct):
    """An upload: its name in addresses, and what clients delete it by."""

    file: str
    delete_token: str
    details: Details


class Uploaded(msgspec.Struct):
    """The answer to an upload."""

    msg: str
    files: list[UploadedFile]


class UploadRefused(msgspec.Struct):
    """The answer to one that was not taken; clients show `msg`."""

    msg: str
    error: str


def mounted(forum: Forum, parts: Parts) -> ASGIRouteHandler:
    """The handler of all addresses below /pictrs."""
    pictures = Pictures(forum, parts)

    @asgi(PREFIX, is_mount=True, copy_scope=False)
    async def serve_pictures(scope: Scope, receive: Receive, send: Send) -> None:
        await pictures(scope, receive, send)

    return serve_pictures


class Pictures:
    """Answers the picture routes."""

    def __init__(self, forum: Forum, parts: Parts) -> None:
        self._forum = forum
        self._parts = parts
        self._read_query = QueryReader(GetPicture).read

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one HTTP request; `scope["path"]` is the path below the mount."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 200, "headers": list(PREFLIGHT)})
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            await self._route(scope, receive, send)
        except ForumError as error:
            await send_answer(send, refusal(error), may_share=False)
        except Disconnected:
            return
        except Exception:
            request_id = secrets.token_hex(8)
            log.exception("picture_call_failed", request_id=request_id)
            await send_answer(send, bug(request_id), may_share=False)

    async def _route(self, scope: Any, receive: Any, send: Any) -> None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        match (method, *scope["path"].strip("/").split("/")):
            case ("POST", "image"):
                access.name_route(scope, "/pictrs/image")
                await send_answer(send, await self._upload(scope, receive), may_share=False)
            case ("GET", "image", "delete", token, alias):
                access.name_route(scope, "/pictrs/image/delete")
                await send_answer(send, await self._delete(scope, alias, token), may_share=False)
            case ("GET", "image", alias):
                access.name_route(scope, "/pictrs/image/…")
                await self._show(scope, send, alias)
            case ("GET", "healthz"):
                await send_answer(send, empty(200), may_share=False)
            case (_, "image") | (_, "image", _) | (_, "image", "delete", _, _) | (_, "healthz"):
                await send_answer(send, empty(405), may_share=False)
            case _:
                await send_answer(send, empty(404), may_share=False)

    async def _door(self, scope: Any, policy: Policy, bucket: Bucket | None) -> Door:
        client = client_of(scope, self._parts.trusted_proxies)
        door = Door(
            self._forum,
            self._parts,
            await self._forum.site(),
            address=client.address,
            user_agent=client.user_agent,
            token_hash=client.token_hash,
        )
        door.enter(policy, bucket)
        return door

    async def _upload(self, scope: Any, receive: Any) -> Answer:
        headers = dict(scope["headers"])
        try:
            door = await self._door(scope, Policy.USER, Bucket.IMAGE)
            door.count_address()
            # Whoever may not is refused before a byte is taken.
            await door.admit()
        except ForumError as error:
            await discard(receive, headers.get(b"content-length"))
            return _refused(error)
        try:
            upload = await self._take(door, headers, receive)
        except ForumError as error:
            return _refused(error)
        return Answer(encode(Uploaded("ok", [_uploaded(upload)])), status=201)

    async def _take(self, door: Door, headers: dict[bytes, bytes], receive: Any) -> Upload:
        tools = self._parts.tools()
        kind, length = headers.get(b"content-type", b""), headers.get(b"content-length")
        if not is_form(kind):
            await discard(receive, length)
            raise Invalid("no_content_type_header", "Content-Type must be multipart/form-data")
        limits = FormLimits(max_file_bytes=tools.limits.max_upload_bytes)
        try:
            async with read_form(receive, kind, length, tools.folder, limits) as form:
                for file in form.files:
                    if file.name == _FIELD:
                        return await take_upload(door, tools, file.path, file.size)
                raise Invalid("unknown", f"the form has no file named {_FIELD}")
        except Malformed as error:
            raise Invalid("unknown", str(error)) from error
        except TooLarge:
            limit = tools.limits.max_upload_bytes // 1_000_000
            raise Invalid("too_large", f"a file may have {limit} MB") from None

    async def _delete(self, scope: Any, alias: str, token: str) -> Answer:
        door = await self._door(scope, Policy.USER, Bucket.MESSAGE)
        door.count_address()
        await door.act_own(actions.delete_upload, alias, token)
        return empty(204)

    async def _show(self, scope: Any, send: Any, alias: str) -> None:
        tools: MediaTools = self._parts.tools()
        door = await self._door(scope, Policy.ANYONE, None)
        request: GetPicture = self._read_query(scope["query_string"])
        shape = shape_of(request.format, request.thumbnail, alias)
        try:
            found = await find_upload(door, tools, alias, shape)
        except NotFound as error:
            await send_answer(send, refusal(error), may_share=True)
            return
        await send_found(scope, send, tools, found)


def _uploaded(upload: Upload) -> UploadedFile:
    moment = datetime.fromtimestamp(upload.created_at / 1_000_000, UTC)
    details = Details(
        upload.width, upload.height, upload.content_type, moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    )
    return UploadedFile(upload.alias, upload.delete_token, details)


_JSON: Headers = ((b"content-type", b"application/json"), (b"cache-control", b"no-store"))


def _refused(error: ForumError) -> Answer:
    status = 413 if error.code == "too_large" else refusal(error).status
    body = UploadRefused(error.message or error.code, error.code)
    return Answer(encode(body), _JSON, status)
