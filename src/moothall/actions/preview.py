"""Previews of links: asked for when a post is written, fetched by a job, stored on the post."""

from typing import Any

from moothall.domain.ids import PostId
from moothall.domain.media import LinkFacts, upload_alias
from moothall.storage import event, jobs, media
from moothall.storage import post as posts
from moothall.storage.transaction import Transaction

from .media import note_remote_picture

JOB = "preview_link"


def ask_for_preview(tx: Transaction, post_id: PostId, url: str | None) -> None:
    """Have the link of a post looked at soon; what we hold ourselves is known at once."""
    if url is None or not url.startswith(("http://", "https://")):
        return
    alias = upload_alias(url, tx.home.base_url)
    upload = None if alias is None else media.find_upload(tx.conn, alias)
    if upload is None:
        payload = {"post_id": post_id, "url": url}
        jobs.add(tx.conn, JOB, payload, tx.now, lane=jobs.Lane.PREVIEW)
        return
    facts = LinkFacts(content_type=upload.content_type, width=upload.width, height=upload.height)
    _store(tx, post_id, url, facts)


def store_preview(tx: Transaction, post_id: PostId, url: str, facts: LinkFacts) -> None:
    """Note what a link is, unless the post is gone or has another link by now."""
    if _store(tx, post_id, url, facts):
        event.add(tx.conn, "post_previewed", tx.now, post_id=post_id)


def _store(tx: Transaction, post_id: PostId, url: str, facts: LinkFacts) -> bool:
    post = posts.lock_post(tx.conn, post_id)
    if post is None or post.url != url:
        return False
    # A picture is its own preview; else what the author chose goes before what the page says.
    image = url if facts.is_picture else post.thumbnail_url or facts.image
    note_remote_picture(tx, image)
    changes: dict[str, Any] = {
        "url_content_type": facts.content_type,
        "embed_title": facts.title,
        "embed_description": facts.description,
        "embed_video_url": facts.video,
        "thumbnail_url": image,
        "image_width": facts.width,
        "image_height": facts.height,
    }
    posts.update_post(tx.conn, post_id, **changes)
    return True
