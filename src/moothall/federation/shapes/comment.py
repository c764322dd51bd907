"""A comment as Note."""

from moothall.domain.actor import CommentObject, Mentioned
from moothall.domain.site import Home

from .base import (
    PUBLIC,
    Document,
    community_id,
    language,
    mention_tags,
    person_id,
    text_fields,
    when,
    without_nulls,
    without_repeats,
)


def note(value: CommentObject, home: Home) -> Document:
    """A local comment.

    It names its community as somebody mentioned, so that an answer from a microblog is addressed
    to the community too and comes back to it.
    """
    comment, view = value.view.comment, value.view
    group = community_id(view.community, home)
    author = person_id(view.creator, home)
    named = [each.ap_id for each in value.mentions]
    return without_nulls(
        {
            "id": comment.ap_id or home.comment_url(comment.id),
            "type": "Note",
            "attributedTo": author,
            "to": [PUBLIC],
            "cc": without_repeats((group, value.answered, *named), author),
            "audience": group,
            "inReplyTo": value.answers,
            **text_fields("content", comment.content, comment.content_html),
            "tag": mention_tags(_tagged(value, group)),
            "distinguished": comment.distinguished,
            "language": language(comment.language_id),
            "published": when(comment.created_at),
            "updated": when(comment.updated_at),
        }
    )


def _tagged(value: CommentObject, group: str) -> list[Mentioned]:
    if any(each.ap_id == group for each in value.mentions):
        return value.mentions
    community = value.view.community
    host = group.split("/")[2]
    return [*value.mentions, Mentioned(f"!{community.name}@{host}", group)]
