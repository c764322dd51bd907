"""Made-up people, communities, posts and comments, made by the real actions."""

from typing import Any

from sqlalchemy import insert

from moothall.actions.comment import create_comment
from moothall.actions.community import create_community
from moothall.actions.post import create_post
from moothall.actions.session import open_session
from moothall.actions.user import create_account
from moothall.domain.account import Device
from moothall.domain.comment import NewComment
from moothall.domain.community import NewCommunity
from moothall.domain.ids import CommentId, CommunityId, InstanceId, PostId
from moothall.domain.post import NewPost
from moothall.domain.user import Account, Viewer
from moothall.forum import Forum
from moothall.lib.tokens import hash_token
from moothall.reads.user import viewer_by_token_hash
from moothall.storage import account as accounts
from moothall.storage.statements import Statement, param
from moothall.storage.tables import instance
from moothall.storage.transaction import Transaction

PASSWORD = "correct horse"
# The hash of PASSWORD, made once: hashing takes longer than most tests.
PASSWORD_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$Il/ZxSe/Hf/LkVnjQ1XOrg"
    "$PxrPDKabTOuGdNx05ecyxWJV0KIl2XyxvuMXV681tXo"
)


def a_person(forum: Forum, name: str, admin: bool = False, **settings: Any) -> Viewer:
    """A person of this server, signed in; `settings` are columns of their account or person."""
    return forum.act_now(_person, name, admin, settings)[0]


def a_signed_in_person(
    forum: Forum, name: str, admin: bool = False, **settings: Any
) -> tuple[Viewer, str]:
    """The same, and their token for the API."""
    return forum.act_now(_person, name, admin, settings)


def _person(
    tx: Transaction, name: str, admin: bool, settings: dict[str, Any]
) -> tuple[Viewer, str]:
    mine = {key: value for key, value in settings.items() if key in Account._fields}
    public = {key: value for key, value in settings.items() if key not in mine}
    account_id = create_account(tx, name, PASSWORD_HASH, is_admin=admin, **mine)
    account = accounts.get_account(tx.conn, account_id)
    assert account is not None
    accounts.update_person(tx.conn, account.person_id, **public)
    token = open_session(tx, account_id, Device())
    viewer = viewer_by_token_hash(tx, hash_token(token).hex())
    assert viewer is not None
    return viewer, token


def a_community(forum: Forum, viewer: Viewer, name: str, **fields: Any) -> CommunityId:
    """A community that this person founds; `fields` are those of `NewCommunity`."""
    new = NewCommunity(name=name, **{"title": name.title(), **fields})
    return forum.act_now(create_community, viewer.doer, new)


_ADD_SERVER = Statement(
    insert(instance)
    .values(domain=param("domain"), created_at=param("now"))
    .returning(instance.c.id)
)


def a_server(tx: Transaction, domain: str) -> InstanceId:
    """Another server that we know of."""
    found: int = tx.conn.value(_ADD_SERVER, domain=domain, now=tx.now)
    return InstanceId(found)


def a_comment(
    forum: Forum,
    viewer: Viewer,
    post_id: PostId,
    parent_id: CommentId | None = None,
    content: str = "Well said.",
    **fields: Any,
) -> CommentId:
    """A comment; `fields` are those of `NewComment`."""
    new = NewComment(post_id, content, parent_id, **fields)
    return forum.act_now(create_comment, viewer.doer, new)


def a_post(
    forum: Forum, viewer: Viewer, community_id: CommunityId, name: str = "A post", **fields: Any
) -> PostId:
    """A post of this person; `fields` are those of `NewPost`."""
    new = NewPost(community_id=community_id, name=name, **fields)
    return forum.act_now(create_post, viewer.doer, new)
