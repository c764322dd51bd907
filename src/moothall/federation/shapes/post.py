"""A post as Page, and what tells of its creation."""

from moothall.domain.actor import PostObject
from moothall.domain.site import Home

from .base import (
    PUBLIC,
    Document,
    community_id,
    image,
    language,
    mention_tags,
    person_id,
    text_fields,
    when,
    without_nulls,
    without_repeats,
)


def page(value: PostObject, home: Home) -> Document:
    """A local post."""
    post, view = value.view.post, value.view
    group = community_id(view.community, home)
    named = without_repeats((each.ap_id for each in value.mentions), group)
    return without_nulls(
        {
            "id": post_id(post.id, post.ap_id, home),
            "type": "Page",
            "attributedTo": person_id(view.creator, home),
            "to": [group, PUBLIC],
            "cc": named,
            "audience": group,
            "name": post.name,
            **text_fields("content", post.body, post.body_html),
            "attachment": _attachments(value),
            "image": image(post.thumbnail_url),
            "sensitive": post.nsfw or view.community.nsfw,
            "commentsEnabled": not post.locked,
            "stickied": post.featured_community,
            "language": language(post.language_id),
            "tag": mention_tags(value.mentions),
            "published": when(post.created_at),
            "updated": when(post.updated_at),
        }
    )


def creation(value: PostObject, home: Home) -> Document:
    """Its Create, whose id follows from the post's, so that it is the same wherever it stands."""
    document = page(value, home)
    return {
        "id": f"{home.base_url}/activities/create/post-{value.view.post.id}",
        "type": "Create",
        "actor": document["attributedTo"],
        "to": document["to"],
        "cc": document["cc"],
        "audience": document["audience"],
        "object": document,
        "published": document["published"],
    }


def post_id(number: int, ap_id: str | None, home: Home) -> str:
    """The id of a post, local or not."""
    return ap_id or home.post_url(number)


def _attachments(value: PostObject) -> list[Document]:
    post = value.view.post
    if post.url is None:
        return []
    if (post.url_content_type or "").startswith("image/"):
        return [without_nulls({"type": "Image", "url": post.url, "name": post.alt_text})]
    link = {"type": "Link", "href": post.url, "mediaType": post.url_content_type}
    return [without_nulls(link)]
