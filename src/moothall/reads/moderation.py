"""What moderators and everybody see of moderation: the modlog, and who is banned.

The modlog is public, the words of what was taken away are not: bodies of posts and comments that
are deleted or removed, or stand where all is, are shown to admins and to moderators of their
community only; so is what such a community says of itself. Titles stay, so that an act can be told
from another.
"""

from moothall.domain.comment import Comment
from moothall.domain.community import Community
from moothall.domain.errors import NotFound
from moothall.domain.ids import CommunityId, PersonId
from moothall.domain.moderation import CommunityBan, ModlogQuery, ModlogView
from moothall.domain.permissions import may_administer, may_moderate, require
from moothall.domain.post import Post
from moothall.domain.user import PersonView, Viewer
from moothall.domain.visibility import is_there, without_description, without_text
from moothall.storage import ban, modlog_list
from moothall.storage import community as communities
from moothall.storage.modlog_list import Act
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction

# More than that nobody reads in one list.
_MAX_BANNED = 5_000


def modlog(tx: Transaction, viewer: Viewer | None, query: ModlogQuery) -> list[ModlogView]:
    """Acts of moderators and admins, newest first."""
    return _read(tx, viewer, query, each=False)


def modlog_by_kind(tx: Transaction, viewer: Viewer | None, query: ModlogQuery) -> list[ModlogView]:
    """The same page of every kind of act at once."""
    return _read(tx, viewer, query, each=True)


def list_banned(tx: Transaction, viewer: Viewer) -> list[PersonView]:
    """The people of this server who are banned from it. Raises NotAllowed `not_an_admin`."""
    require(may_administer(viewer.doer))
    return ban.list_banned(tx.conn, _MAX_BANNED)


def list_banned_there(
    tx: Transaction, viewer: Viewer, community_id: CommunityId, *, page: int = 1, limit: int = 50
) -> list[CommunityBan]:
    """Who is banned from a community, the latest first; for those who could ban them.

    Raises NotFound `couldnt_find_community` and what `may_moderate` says.
    """
    community = communities.get_community(tx.conn, community_id)
    if community is None:
        raise NotFound("couldnt_find_community")
    standing = communities.standing(tx.conn, community_id, viewer.person_id, tx.now)
    require(may_moderate(community, standing))
    offset = (page - 1) * limit
    return ban.list_banned_there(tx.conn, community_id, tx.now, limit=limit, offset=offset)


def list_bans_of(tx: Transaction, viewer: Viewer | None, person_id: PersonId) -> list[CommunityBan]:
    """From which communities somebody is banned: all of them for themselves and for admins.

    Moderators are told of those that they moderate, nobody else of any: everybody can read in the
    modlog that it was done, but it is nothing for the head of a profile.
    """
    if viewer is None:
        return []
    if viewer.is_admin or viewer.person_id == person_id:
        return ban.list_bans_of(tx.conn, person_id, tx.now, None)
    if not viewer.moderates:
        return []
    return ban.list_bans_of(tx.conn, person_id, tx.now, viewer.person_id)


def _read(
    tx: Transaction, viewer: Viewer | None, query: ModlogQuery, *, each: bool
) -> list[ModlogView]:
    names = _may_know_moderators(tx, viewer)
    if not names:
        query = query._replace(moderator_id=None)
    acts = modlog_list.list_acts(tx.conn, viewer, query, each=each)
    return [_shown(act, names=names) for act in acts]


def _may_know_moderators(tx: Transaction, viewer: Viewer | None) -> bool:
    if viewer is not None and (viewer.is_admin or viewer.moderates):
        return True
    return not get_site(tx.conn).hide_modlog_mod_names


def _shown(act: Act, *, names: bool) -> ModlogView:
    view = act.view
    if not names:
        view = view._replace(moderator=None, entry=view.entry._replace(moderator_id=None))
    if act.may_read:
        return view
    # What stands in something that is gone is gone with it.
    community, post, comment = view.community, view.post, view.comment
    outer_gone = _is_gone(community)
    inner_gone = outer_gone or _is_gone(post)
    if community is not None and outer_gone:
        community = without_description(community)
    if post is not None and inner_gone:
        post = without_text(post)
    if comment is not None and (inner_gone or _is_gone(comment)):
        comment = comment._replace(content="", content_html=None)
    return view._replace(community=community, post=post, comment=comment)


def _is_gone(thing: Community | Post | Comment | None) -> bool:
    return thing is not None and not is_there(thing)
