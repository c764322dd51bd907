"""A forum in which everything has every state once, and every text a token found nowhere else.

So that any leak is found by looking for tokens in the whole of an answer, wherever they stand.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from moothall.actions import ban, comment, community, moderation, post, registration, removal, user
from moothall.actions import private_message as messages
from moothall.actions import report as reports
from moothall.actions.vote import vote_comment, vote_post
from moothall.domain.account import Device, Proof, Registration
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId, PrivateMessageId
from moothall.domain.moderation import Ban
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.storage import account as accounts
from moothall.storage import membership
from moothall.storage.community import update_community
from moothall.storage.site import update_site
from moothall.storage.transaction import Transaction
from tests.support.api import ApiClient
from tests.support.builders import (
    PASSWORD_HASH,
    a_comment,
    a_community,
    a_person,
    a_post,
    a_signed_in_person,
)
from tests.support.pages import Browser
from tests.support.peer import Peer

# nobody: not signed in. member: has to do with nothing, but reported a few things. fan: follows
# every community, saved and likes everything, and is named in every comment. former: the same, but
# follows nothing any more and blocks what is closed.
# author: wrote everything. mod: founded every community. elsewhere: moderates another one only.
# guest: has commented on everything. banned: from `plaza`. blocker: blocks the author. adult: wants to see NSFW.
PEOPLE = (
    "nobody",
    "member",
    "fan",
    "former",
    "author",
    "guest",
    "mod",
    "elsewhere",
    "admin",
    "banned",
    "blocker",
    "adult",
)
# The word that is in every text, so that a search for it finds all that may be found.
WORD = "lantern"
# The address of every post, so that each is a cross-post of all others.
LINK = "https://lantern.example/shared"

COMMUNITIES: dict[str, dict[str, Any]] = {
    "plaza": {},
    "spicy": {"nsfw": True},
    "hidden": {"hidden": True},
    "local": {"visibility": "LocalOnly"},
    "private": {"visibility": "Private"},
    "unlisted": {"visibility": "Unlisted"},
    "deleted": {"deleted": True},
    "removed": {"removed": True},
}
CLOSED = ("private", "deleted", "removed")
# Posts of plaza by their state; every other community has one post, named after it.
PLAZA_POSTS = ("normal", "gone", "taken", "nsfw", "locked")
# Comments under `normal` by their state; every other post has one comment, named after it.
PLAZA_COMMENTS = ("said", "unsaid", "struck", "answer")


def token(key: str) -> str:
    """The word that only this text has. Also good as a name."""
    return "zq" + hashlib.sha256(key.encode()).hexdigest()[:10]


@dataclass
class Scene:
    """What there is, by name; `tokens` are all of them, by what they stand for."""

    forum: Forum
    people: dict[str, Viewer] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    communities: dict[str, CommunityId] = field(default_factory=dict)
    posts: dict[str, PostId] = field(default_factory=dict)
    comments: dict[str, CommentId] = field(default_factory=dict)
    remarks: dict[str, CommentId] = field(default_factory=dict)
    messages: dict[str, PrivateMessageId] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._client = ApiClient(self.forum)
        self._browser = Browser(self.forum)
        self._peer = Peer(self.forum)

    def text(self, key: str) -> str:
        """A text that search finds and that is recognised."""
        self.tokens[key] = token(key)
        return f"{WORD} {token(key)}"

    def api(self, who: str, path: str, /, **query: Any) -> str:
        """The whole answer of a GET, headers too."""
        return _whole(self._client.get(path, self.sessions.get(who), **query))

    def send(self, who: str, method: str, path: str, /, **body: Any) -> httpx.Response:
        """Another call."""
        found: httpx.Response = getattr(self._client, method.lower())(
            path, self.sessions.get(who), **body
        )
        return found

    def page(self, who: str, address: str) -> str:
        """The whole answer of a page, headers too."""
        # Everybody has the same browser; nothing of the one before stays in it.
        session = self.sessions.get(who)
        self._browser.cookies = {} if session is None else {"session": session}
        answer = self._browser.get(address)
        assert answer.status < 500, f"{who} {address}: {answer.status}"
        return f"{answer.headers}\n{answer.text}"

    def document(self, path: str) -> str:
        """What another server gets."""
        answer = self._peer.get(path)
        assert answer.status_code < 500, f"{path}: {answer.text}"
        return f"{answer.headers}\n{answer.text}"

    def found(self, text: str) -> set[str]:
        """What of all there is stands in an answer."""
        return {key for key, value in self.tokens.items() if value in text}


def _whole(answer: httpx.Response) -> str:
    assert answer.status_code < 500, f"{answer.request.url}: {answer.text}"
    return f"{answer.headers}\n{answer.text}"


def a_scene(forum: Forum) -> Scene:
    """Make it all while it may still be seen, then let it go."""
    scene = Scene(forum)
    for name in PEOPLE[1:]:
        _add_person(scene, name)
    _add_communities(scene)
    _add_posts(scene)
    _add_remarks(scene)
    _add_messages(scene)
    _add_ties(scene, "fan")
    _add_ties(scene, "former")
    _add_reports(scene)
    _add_applicant(scene)
    _let_go(scene)
    return scene


def _add_person(scene: Scene, name: str) -> None:
    viewer, session = a_signed_in_person(
        scene.forum,
        name,
        admin=name == "admin",
        email=f"{scene.tokens.setdefault(f'email:{name}', token(f'email:{name}'))}@x.example",
        show_nsfw=name == "adult",
        bio=scene.text(f"person:{name}"),
    )
    scene.people[name], scene.sessions[name] = viewer, session


def _add_communities(scene: Scene) -> None:
    for state in COMMUNITIES:
        scene.tokens[f"community:{state}"] = token(f"community:{state}")
        scene.communities[state] = a_community(
            scene.forum,
            scene.people["mod"],
            token(f"community:{state}"),
            title=scene.text(f"heading:{state}"),
            description=scene.text(f"description:{state}"),
        )
    a_community(scene.forum, scene.people["elsewhere"], "village")


def _add_posts(scene: Scene) -> None:
    places = dict.fromkeys(PLAZA_POSTS, "plaza") | {
        state: state for state in COMMUNITIES if state != "plaza"
    }
    for name, place in places.items():
        scene.posts[name] = a_post(
            scene.forum,
            scene.people["author"],
            scene.communities[place],
            name=scene.text(f"title:{name}"),
            body=scene.text(f"body:{name}"),
            alt_text=f"{WORD} {token(f'body:{name}')}",
            url=LINK,
            nsfw=name == "nsfw",
        )
    for name, post_id in scene.posts.items():
        if name != "normal":
            _add_comment(scene, name, post_id)
    for name in PLAZA_COMMENTS[:-1]:
        _add_comment(scene, name, scene.posts["normal"])
    _add_comment(scene, "answer", scene.posts["normal"], scene.comments["struck"])


def _add_remarks(scene: Scene) -> None:
    """The comments of somebody who may see no more than others, but for their own words."""
    for name, post_id in scene.posts.items():
        content = scene.text(f"remark:{name}")
        scene.remarks[name] = a_comment(
            scene.forum, scene.people["guest"], post_id, content=content
        )


def _add_comment(
    scene: Scene, name: str, post_id: PostId, parent_id: CommentId | None = None
) -> None:
    # Everybody who is mentioned keeps a row that leads here, whatever becomes of it.
    text = f"{scene.text(f'comment:{name}')} @fan@forum.example @former@forum.example"
    scene.comments[name] = a_comment(
        scene.forum, scene.people["author"], post_id, parent_id, content=text
    )


def _add_messages(scene: Scene) -> None:
    author, member = scene.people["author"], scene.people["member"]
    for name in ("plain", "gone", "reported"):
        scene.messages[name] = scene.forum.act_now(
            messages.create_message, author.doer, member.person_id, scene.text(f"message:{name}")
        )


def _add_ties(scene: Scene, name: str) -> None:
    """Follow, save, like and answer everything."""
    forum, viewer = scene.forum, scene.people[name]
    for community_id in scene.communities.values():
        forum.act_now(community.follow_community, viewer.doer, community_id, follow=True)
    for post_id in scene.posts.values():
        forum.act_now(post.save_post, viewer, post_id, save=True)
        forum.act_now(vote_post, viewer.doer, post_id, 1)
    for comment_id in scene.comments.values():
        forum.act_now(comment.save_comment, viewer, comment_id, save=True)
        forum.act_now(vote_comment, viewer.doer, comment_id, 1)


def _add_reports(scene: Scene) -> None:
    forum, member = scene.forum, scene.people["member"]
    for name in ("normal", "taken", "private"):
        forum.act_now(
            reports.report_post, member.doer, scene.posts[name], scene.text(f"report:{name}")
        )
    for name in ("said", "struck"):
        forum.act_now(
            reports.report_comment, member.doer, scene.comments[name], scene.text(f"report:{name}")
        )
    forum.act_now(
        reports.report_private_message,
        member.doer,
        scene.messages["reported"],
        scene.text("report:message"),
    )


def _add_applicant(scene: Scene) -> None:
    forum = scene.forum
    forum.act_now(lambda tx: update_site(tx.conn, registration_mode="RequireApplication"))
    key = "email:applicant"
    scene.tokens[key] = token(key)
    asked = Registration(
        name="applicant",
        password="long enough",
        password_verify="long enough",
        email=f"{token(key)}@x.example",
        answer=scene.text("application"),
    )
    forum.act_now(
        registration.register, asked, PASSWORD_HASH, Device(None, None), captcha_passed=True
    )
    forum.act_now(lambda tx: update_site(tx.conn, registration_mode="Open"))


def _let_go(scene: Scene) -> None:
    """From here on, things have the states that they are named after."""
    _let_people_go(scene)
    _let_posts_go(scene)
    _let_communities_go(scene)
    forum, people = scene.forum, scene.people
    forum.act_now(
        messages.delete_message, people["author"].doer, scene.messages["gone"], deleted=True
    )


def _let_people_go(scene: Scene) -> None:
    forum, people = scene.forum, scene.people
    here = scene.communities["plaza"]
    person_ids = {name: PersonId(viewer.person_id) for name, viewer in people.items()}
    forum.act_now(
        ban.ban_from_community, people["mod"].doer, here, person_ids["banned"], Ban("rude")
    )
    forum.act_now(user.block_person, people["blocker"], person_ids["author"], block=True)
    scene.tokens["name:leaver"] = token("name:leaver")
    leaver = a_person(forum, token("name:leaver"), bio=scene.text("person:leaver"))
    account = forum.read_now(lambda tx: accounts.get_account(tx.conn, leaver.account_id))
    assert account is not None
    proof = Proof(account.id, account.password_hash)
    forum.act_now(user.delete_account, leaver, proof, delete_content=False)
    people["leaver"] = leaver


def _let_posts_go(scene: Scene) -> None:
    forum, author, mod = scene.forum, scene.people["author"], scene.people["mod"].doer
    posts, comments = scene.posts, scene.comments
    forum.act_now(post.delete_post, author.doer, posts["gone"], deleted=True)
    # Locked first, so that the modlog leads there by an act that took nothing away.
    for name in ("gone", "taken", "locked", *COMMUNITIES):
        if name in posts and name != "gone":
            forum.act_now(moderation.lock_post, mod, posts[name], locked=True)
    forum.act_now(removal.remove_post, mod, posts["taken"], removed=True)
    forum.act_now(comment.delete_comment, author.doer, comments["unsaid"], deleted=True)
    forum.act_now(removal.remove_comment, mod, comments["struck"], removed=True)


def _let_communities_go(scene: Scene) -> None:
    forum = scene.forum
    former = scene.people["former"]
    for name, community_id in scene.communities.items():
        forum.act_now(_unfollow, community_id, former.person_id)
        if name in CLOSED:
            forum.act_now(community.block_community, former, community_id, block=True)
        # An admin removes that one below, as in life, so that the modlog says so.
        if name != "removed" and COMMUNITIES[name]:
            forum.act_now(_change, community_id, COMMUNITIES[name])
    forum.act_now(
        community.remove_community,
        scene.people["admin"].doer,
        scene.communities["removed"],
        removed=True,
        reason=None,
    )


def _unfollow(tx: Transaction, community_id: CommunityId, person_id: PersonId) -> None:
    membership.remove_follow(tx.conn, community_id, person_id)


def _change(tx: Transaction, community_id: CommunityId, changes: dict[str, Any]) -> None:
    update_community(tx.conn, community_id, **changes)


def everybody_but(*names: str) -> frozenset[str]:
    """All others."""
    return frozenset(PEOPLE) - set(names)


def only(*names: str) -> frozenset[str]:
    """Nobody else."""
    return frozenset(names)


def keys(kind: str, names: Iterable[str]) -> set[str]:
    """Names as keys of tokens."""
    return {f"{kind}:{name}" for name in names}
