"""What programs ask about pages: where they are (robots.txt, sitemap) and what they say (oEmbed)."""

import json
from typing import Any, Literal
from xml.etree import ElementTree as ET

from moothall.domain.address import OwnAddress, own_address
from moothall.domain.errors import NotFound
from moothall.domain.ids import CommentId, PostId
from moothall.domain.user import Person, Viewer
from moothall.door import Policy
from moothall.reads.comment import get_comment
from moothall.reads.community import get_community
from moothall.reads.feed import list_sitemap
from moothall.reads.post import get_post
from moothall.reads.user import get_profile

from .addresses import person_name, person_path
from .answer import Answer
from .feed_xml import sitemap
from .forms import Form
from .page import Pages
from .visit import Visit

pages = Pages()

_XML = (b"content-type", b"text/xml; charset=utf-8")
_JSON = (b"content-type", b"application/json")
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_HOUR = (b"cache-control", b"public, max-age=3600")
# Forms, what is somebody's own, and what has no end.
_NOT_FOR_ROBOTS = (
    "/login",
    "/signup",
    "/password_reset",
    "/password_change",
    "/verify_email",
    "/setup",
    "/settings",
    "/inbox",
    "/saved",
    "/search",
    "/modlog",
    "/reports",
    "/admin",
    "/create_post",
    "/create_community",
    "/feeds/front",
    "/feeds/inbox",
    "/feeds/modlog",
)


@pages.get("/robots.txt", who=Policy.ANYONE)
async def show_robots(visit: Visit) -> Answer:
    """What search engines need not look at: https://www.rfc-editor.org/rfc/rfc9309."""
    await visit.admit()
    lines = ["User-agent: *"]
    if visit.site.private_instance:
        lines.append("Disallow: /")
    else:
        lines += [f"Disallow: {path}" for path in _NOT_FOR_ROBOTS]
        lines += ["", f"Sitemap: {visit.home.base_url}/sitemap.xml"]
    return Answer("\n".join([*lines, ""]).encode(), (_TEXT, _HOUR))


@pages.get("/sitemap.xml", who=Policy.PUBLIC)
async def show_sitemap(visit: Visit) -> Answer:
    """The posts of the last month."""
    # Fifty thousand of them take a moment to write: so that is done away from the event loop too.
    body = await visit.read_long(lambda tx, viewer: sitemap(list_sitemap(tx, viewer)))
    return Answer(body, (_XML, _HOUR))


class EmbedForm(Form, frozen=True, kw_only=True):
    """A page of ours, and the form of the answer."""

    url: str
    format: Literal["json", "xml"] = "json"


@pages.get("/oembed", who=Policy.PUBLIC)
async def show_embed(visit: Visit, form: EmbedForm) -> Answer:
    """What a link to a page of ours should be shown as: https://oembed.com."""
    own = own_address(visit.home, form.url)
    if own is None:
        raise NotFound("unknown")
    title, author = await visit.read(_describe, own)
    told = {
        "version": "1.0",
        "type": "link",
        "title": title,
        "provider_name": visit.site.name,
        "provider_url": visit.home.base_url,
    }
    if author is not None:
        told["author_name"] = person_name(author)
        told["author_url"] = author.ap_id or visit.home.base_url + person_path(author)
    if form.format == "json":
        return Answer(json.dumps(told).encode(), (_JSON,))
    return Answer(_embed_xml(told), (_XML,))


def _describe(tx: Any, viewer: Viewer | None, own: OwnAddress) -> tuple[str, Person | None]:
    """The title of a page, and who wrote what stands there."""
    if own.kind == "c":
        return get_community(tx, viewer, name=own.name).community.title, None
    if own.kind == "u":
        person = get_profile(tx, viewer, name=own.name).person
        return person_name(person), person
    if own.number is None:
        raise NotFound("unknown")
    if own.kind == "post":
        post = get_post(tx, viewer, PostId(own.number))
        return post.post.name, post.creator
    comment = get_comment(tx, viewer, CommentId(own.number))
    return f"{person_name(comment.creator)} on {comment.post.name}", comment.creator


def _embed_xml(told: dict[str, str]) -> bytes:
    root = ET.Element("oembed")
    for name, value in told.items():
        ET.SubElement(root, name).text = value
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
