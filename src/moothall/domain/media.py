"""Uploads: pictures and short videos that people bring here, and where pictures are found in texts."""

import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, unquote

from .ids import AccountId, UploadId
from .time import Time
from .user import Person

ROUTE = "/pictrs/image/"
"""Where an upload is found, before its alias: the address that every client builds."""
PROXY = "/api/v3/image_proxy?url="
"""Where a picture of another server is found, before its percent-encoded address."""

MAX_REMOTE_URL = 2_000
_PICTURE_IN_TEXT = re.compile(
    r"(!\[[^\]\n]{0,1000}\]\(<?)(https?://(?:[^\s()<>]|\([^\s()<>]{0,200}\)){1,2000})"
)
_MAX_IN_TEXT = 100
_ALIAS = r"[0-9A-Za-z-]{1,60}\.[a-z0-9]{2,5}"
_ALIAS_IN_TEXT = re.compile(rf"{re.escape(ROUTE)}({_ALIAS})(?![0-9A-Za-z-]|\.[0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one account may keep here, and what it may bring."""

    quota_bytes: int
    videos: bool


class NewUpload(NamedTuple):
    """A content that is in the store and becomes somebody's upload."""

    sha256: str
    extension: str
    content_type: str
    width: int
    height: int
    size_bytes: int


class Upload(NamedTuple):
    """An upload, in the order of its columns. The alias is its name in addresses."""

    id: UploadId
    alias: str
    delete_token: str
    sha256: str
    content_type: str
    width: int
    height: int
    size_bytes: int
    account_id: AccountId | None
    created_at: Time


class UploadView(NamedTuple):
    """An upload and whose it is."""

    upload: Upload
    person: Person


class LinkFacts(NamedTuple):
    """What is found at a link; sizes are those of a picture or video that it is itself."""

    title: str | None = None
    description: str | None = None
    image: str | None = None
    video: str | None = None
    content_type: str | None = None
    width: int | None = None
    height: int | None = None

    @property
    def is_picture(self) -> bool:
        """Whether the link is a picture itself."""
        return (self.content_type or "").startswith("image/")


def is_alias(text: str) -> bool:
    """Whether an upload can have this name."""
    return re.fullmatch(_ALIAS, text) is not None


def aliases_in(*texts: str | None) -> list[str]:
    """The uploads that texts and addresses name, each once, at most a hundred."""
    found: dict[str, None] = {}
    for text in texts:
        if text and ROUTE in text:
            found.update(dict.fromkeys(_ALIAS_IN_TEXT.findall(text)[:_MAX_IN_TEXT]))
    return list(found)[:_MAX_IN_TEXT]


def is_own_url(url: str, base_url: str) -> bool:
    """Whether an address is one of this server's."""
    return url.startswith(f"{base_url}/")


def upload_alias(url: str, base_url: str) -> str | None:
    """The alias of the upload at this address, None where it is none of ours."""
    found = aliases_in(url) if is_own_url(url, base_url) else []
    return found[0] if found else None


def proxied_url(url: str, base_url: str) -> str:
    """The address at which we pass on a picture of another server; our own stay as they are."""
    if is_own_url(url, base_url) or not url.startswith(("https://", "http://")):
        return url
    return f"{base_url}{PROXY}{quote(url, safe='')}"


def with_proxied_pictures(text: str, base_url: str) -> str:
    """A Markdown text whose pictures of other servers are at our proxy."""
    if "![" not in text:
        return text
    return _PICTURE_IN_TEXT.sub(lambda m: m[1] + proxied_url(m[2], base_url), text)


def unproxied(text: str, base_url: str) -> str:
    """An address, or a text, with what `proxied_url` made of addresses undone."""
    start = f"{base_url}{PROXY}"
    if start not in text:
        return text
    return re.sub(
        re.escape(start) + r"([^\s&)\"'<>\]]*)(?:&[\w=&-]*)?", lambda m: unquote(m[1]), text
    )
