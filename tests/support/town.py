"""A community with everybody whom the rules of moderation tell apart."""

from dataclasses import dataclass, field

from sqlalchemy import insert

from moothall.actions.community import add_moderator
from moothall.domain.errors import ForumError
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId, PrivateMessageId
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.storage import ban as bans
from moothall.storage.statements import Row, Statement, param
from moothall.storage.tables import private_message
from moothall.storage.transaction import Transaction
from tests.support.builders import a_comment, a_community, a_post, a_signed_in_person

# From the highest to the lowest; the rest are no moderators of this community.
TEAM = ("top", "mod", "lower")
PEOPLE = ("senior", "admin", *TEAM, "elsewhere", "author", "user", "banned")


@dataclass
class Town:
    """`senior` and `admin` run the site, `elsewhere` moderates another community only.

    `author` has written what is moderated; `banned` is banned from the community.
    """

    forum: Forum
    community_id: CommunityId = field(init=False)
    elsewhere_id: CommunityId = field(init=False)
    people: dict[str, Viewer] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def id_of(self, name: str) -> PersonId:
        return self.people[name].person_id

    def post(self, name: str = "author") -> PostId:
        return a_post(self.forum, self.people[name], self.community_id, body="Words.")

    def comment(self, name: str = "author", post_id: PostId | None = None) -> CommentId:
        place = self.post("author") if post_id is None else post_id
        return a_comment(self.forum, self.people[name], place)

    def message(self, sender: str, recipient: str, content: str = "psst") -> PrivateMessageId:
        return self.forum.act_now(_message, self.id_of(sender), self.id_of(recipient), content)

    def ban(self, name: str) -> None:
        self.forum.act_now(_ban, self.community_id, self.id_of(name))


def a_town(forum: Forum) -> Town:
    """Everybody, in the order of their appointment."""
    town = Town(forum)
    for name in PEOPLE:
        is_admin = name in ("senior", "admin")
        town.people[name], town.tokens[name] = a_signed_in_person(forum, name, admin=is_admin)
    town.community_id = a_community(forum, town.people["top"], "town")
    for name in TEAM[1:]:
        forum.act_now(add_moderator, town.people["top"].doer, town.community_id, town.id_of(name))
    town.elsewhere_id = a_community(forum, town.people["elsewhere"], "village")
    town.ban("banned")
    # Who moderates is among the facts of a viewer.
    town.people = {
        name: viewer._replace(moderates=name in (*TEAM, "elsewhere"))
        for name, viewer in town.people.items()
    }
    return town


def code_of(forum: Forum, act: object, *args: object, **fields: object) -> str:
    """The code with which an action is refused; "done" if it is not."""
    try:
        forum.act_now(act, *args, **fields)  # type: ignore[arg-type]
    except ForumError as error:
        return error.code
    return "done"


def rows_of(forum: Forum, statement: Statement, **values: object) -> list[Row]:
    """What a query finds."""
    return forum.read_now(_all, statement, values)


def _all(tx: Transaction, statement: Statement, values: dict[str, object]) -> list[Row]:
    return tx.conn.all(statement, **values)


def _ban(tx: Transaction, community_id: CommunityId, person_id: PersonId) -> None:
    bans.ban_from_community(tx.conn, community_id, person_id, tx.now, None)


_ADD_MESSAGE = Statement(
    insert(private_message)
    .values(
        creator_id=param("creator_id"),
        recipient_id=param("recipient_id"),
        content=param("content"),
        created_at=param("now"),
    )
    .returning(private_message.c.id)
)


def _message(
    tx: Transaction, creator_id: PersonId, recipient_id: PersonId, content: str
) -> PrivateMessageId:
    found: int = tx.conn.value(
        _ADD_MESSAGE,
        creator_id=creator_id,
        recipient_id=recipient_id,
        content=content,
        now=tx.now,
    )
    return PrivateMessageId(found)
