"""Actors and objects of this server, as any other server may fetch them: what strangers see."""

from moothall.domain.actor import (
    CommentObject,
    Elsewhere,
    Gone,
    GroupActor,
    Mentioned,
    PersonActor,
    PostObject,
    StoredKey,
    Subject,
)
from moothall.domain.errors import NotFound
from moothall.domain.federation import InstanceRules
from moothall.domain.ids import CommentId, CommunityId, LanguageId, PostId
from moothall.domain.post import PostQuery, PostSort, PostView
from moothall.domain.time import Time
from moothall.domain.user import Person
from moothall.lib.markdown import MentionKind, mentions
from moothall.lib.urls import host_of
from moothall.storage import actor_key, gone, remote_actor, site_list
from moothall.storage import community as communities
from moothall.storage import user as users
from moothall.storage.language import site_languages
from moothall.storage.transaction import Transaction

from .comment import get_comment
from .community import get_community_team, languages
from .post import get_post, list_posts

# The peers' own limit on whom a text may name.
_MAX_MENTIONS = 20
# Pinned posts stand first in every order; nobody pins more of them.
_MAX_FEATURED = 50
_LOOKED_AT = 50
# What is not for everybody's eyes says so; each server decides what it shows to whom.
_ALL_POSTS = PostQuery(sort=PostSort.NEW, show_nsfw=True, with_html=True)


def get_person_actor(tx: Transaction, name: str) -> PersonActor | Gone:
    """A local person. Raises NotFound."""
    found = users.find_person(tx.conn, name, None)
    view = None if found is None else users.get_person_view(tx.conn, found.id)
    if view is None:
        raise NotFound("couldnt_find_person", by_name=True)
    if view.person.deleted:
        return Gone(view.person.name)
    return PersonActor(view, _public_pem(tx, "person", view.person.id))


def get_group_actor(tx: Transaction, name: str) -> GroupActor | Gone:
    """A local community. Raises NotFound."""
    try:
        team = get_community_team(tx, None, name=name)
    except NotFound:
        known_as = gone.gone_community(tx.conn, name)
        if known_as is None:
            raise
        return Gone(known_as)
    community_id = team.view.community.id
    pem = _public_pem(tx, "community", community_id)
    return GroupActor(team, languages(tx, community_id), pem)


def list_site_languages(tx: Transaction) -> list[LanguageId]:
    """The languages that the site says it is in."""
    return site_languages(tx.conn)


def list_rules(tx: Transaction) -> InstanceRules:
    """Whom the site allows and blocks."""
    return InstanceRules(
        *(
            frozenset(host_of(f"//{domain}") for domain in site_list.ruled_instances(tx.conn, kind))
            for kind in ("allowed", "blocked")
        )
    )


def asked_at(tx: Transaction, ap_id: str) -> Time | None:
    """When a person or community of another server was fetched last; None: it is not here."""
    return remote_actor.refreshed_at(tx.conn, ap_id)


def get_key(tx: Transaction, subject: Subject, subject_id: int) -> StoredKey | None:
    """Both halves of an actor's key, None if it has none yet."""
    return actor_key.get_key(tx.conn, subject, subject_id)


def get_post_object(tx: Transaction, post_id: PostId) -> PostObject | Gone | Elsewhere:
    """A post. Raises NotFound."""
    try:
        view = get_post(tx, None, post_id, html=True)
    except NotFound:
        if gone.is_post_gone(tx.conn, post_id):
            return Gone()
        raise
    if view.post.ap_id is not None:
        return Elsewhere(view.post.ap_id)
    return _post_object(tx, view)


def get_comment_object(tx: Transaction, comment_id: CommentId) -> CommentObject | Gone | Elsewhere:
    """A comment. Raises NotFound."""
    try:
        view = get_comment(tx, None, comment_id, with_html=True)
    except NotFound:
        if gone.is_comment_gone(tx.conn, comment_id):
            return Gone()
        raise
    comment = view.comment
    if comment.deleted or comment.removed:
        return Gone()
    if comment.ap_id is not None:
        return Elsewhere(comment.ap_id)
    answers, answered = _parent(tx, view.comment.path, view.post.id)
    return CommentObject(view, answers, answered, _mentioned(tx, comment.content))


def list_outbox(tx: Transaction, community_id: CommunityId, limit: int) -> list[PostObject]:
    """The newest posts of a community that were written here, the newest first.

    Looked for among the newest of all: what others wrote their own servers tell.
    """
    query = _ALL_POSTS._replace(community_id=community_id, limit=_LOOKED_AT)
    found = [view for view in list_posts(tx, None, query).posts if view.post.local]
    return [_post_object(tx, view) for view in found[:limit]]


def list_featured(tx: Transaction, community_id: CommunityId) -> list[PostObject]:
    """The posts that are pinned in a community, the newest first."""
    query = _ALL_POSTS._replace(community_id=community_id, limit=_MAX_FEATURED)
    found = list_posts(tx, None, query).posts
    return [_post_object(tx, view) for view in found if view.post.featured_community]


def _post_object(tx: Transaction, view: PostView) -> PostObject:
    return PostObject(view, _mentioned(tx, view.post.body or ""))


def _parent(tx: Transaction, path: str, post_id: PostId) -> tuple[str, str]:
    """The id of what a comment answers, and of who wrote that.

    Shown even where it was deleted meanwhile: the answer names it still.
    """
    labels = path.split(".")[1:-1]
    if labels:
        above = get_comment(tx, None, CommentId(int(labels[-1])))
        ap_id = above.comment.ap_id or tx.home.comment_url(above.comment.id)
        return ap_id, _person_id(tx, above.creator)
    view = get_post(tx, None, post_id)
    return view.post.ap_id or tx.home.post_url(post_id), _person_id(tx, view.creator)


def _person_id(tx: Transaction, person: Person) -> str:
    return person.ap_id or tx.home.person_url(person.name)


def _mentioned(tx: Transaction, text: str) -> list[Mentioned]:
    found = []
    for each in mentions(text)[:_MAX_MENTIONS]:
        domain = None if each.host == tx.home.domain.lower() else each.host
        if each.kind == MentionKind.PERSON:
            person = users.find_person(tx.conn, each.name, domain)
            if person is not None and not person.deleted:
                handle = f"@{each.name}@{each.host}"
                found.append(Mentioned(handle, _person_id(tx, person)))
        else:
            community = communities.find_community(tx.conn, each.name, domain)
            if community is not None:
                ap_id = community.ap_id or tx.home.community_url(community.name)
                found.append(Mentioned(f"!{each.name}@{each.host}", ap_id))
    return found


def _public_pem(tx: Transaction, subject: Subject, subject_id: int) -> str | None:
    key = actor_key.get_key(tx.conn, subject, subject_id)
    return None if key is None else key.public_pem
