"""A town where anything that an action allows may happen next."""

import random

from moothall.actions.comment import delete_comment, edit_comment
from moothall.actions.community import follow_community
from moothall.actions.moderation import distinguish_comment, feature_post, lock_post
from moothall.actions.post import delete_post, edit_post
from moothall.actions.removal import remove_comment, remove_post
from moothall.actions.vote import vote_comment, vote_post
from moothall.domain.ids import CommentId, CommunityId, PostId
from moothall.domain.post import PostEdit
from moothall.domain.time import HOUR
from moothall.domain.user import Viewer
from moothall.forum import Forum
from tests.support.builders import a_comment, a_community, a_person, a_post
from tests.support.clock import Clock

TEXTS = ("Well said.", "**No**, I do not think so.", "- one\n- two", "`x`", "Ünïcode ✓ 🍞")


class RandomTown:
    """People, and what they did so far."""

    def __init__(self, forum: Forum, chance: random.Random) -> None:
        self.forum = forum
        self.chance = chance
        self.people: list[Viewer] = [a_person(forum, "mayor", admin=True)]
        self.people += [a_person(forum, f"person{number}") for number in range(4)]
        self.communities: list[CommunityId] = [
            a_community(forum, person, f"place{number}")
            for number, person in enumerate(self.people[:2])
        ]
        self.posts: list[PostId] = [a_post(forum, self.people[1], self.communities[0])]
        self.comments: list[CommentId] = []

    def something_happens(self) -> None:
        """Somebody does something; raises what the action raises."""
        clock = self.forum.clock
        assert isinstance(clock, Clock)
        clock.advance(self.chance.randrange(3 * HOUR))
        by = self.chance.choice(self.people)
        self.chance.choice((self._write, self._write, self._vote, self._vote, self._change))(by)

    def _write(self, by: Viewer) -> None:
        text = self.chance.choice(TEXTS)
        if self.chance.random() < 0.25:
            community = self.chance.choice(self.communities)
            self.posts.append(a_post(self.forum, by, community, body=text))
            return
        post = self.chance.choice(self.posts)
        parent = self.chance.choice([None, *self.comments[-4:]])
        self.comments.append(a_comment(self.forum, by, post, parent, text))

    def _vote(self, by: Viewer) -> None:
        score = self.chance.choice((1, 1, -1, 0))
        if self.comments and self.chance.random() < 0.5:
            comment = self.chance.choice(self.comments)
            self.forum.act_now(vote_comment, by.doer, comment, score)
        else:
            self.forum.act_now(vote_post, by.doer, self.chance.choice(self.posts), score)

    def _change(self, by: Viewer) -> None:
        post = self.chance.choice(self.posts)
        yes = self.chance.random() < 0.6
        act = self.chance.randrange(8)
        forum = self.forum
        if act == 0:
            forum.act_now(delete_post, by.doer, post, deleted=yes)
        elif act == 1:
            forum.act_now(remove_post, by.doer, post, removed=yes)
        elif act == 2:
            forum.act_now(lock_post, by.doer, post, locked=yes)
        elif act == 3:
            forum.act_now(feature_post, by.doer, post, featured=yes, in_community=True)
        elif act == 4:
            forum.act_now(edit_post, by.doer, post, PostEdit(body="Changed"))
        elif act == 5:
            community = self.chance.choice(self.communities)
            forum.act_now(follow_community, by.doer, community, follow=yes)
        elif self.comments:
            self._change_comment(by, act, yes=yes)

    def _change_comment(self, by: Viewer, act: int, *, yes: bool) -> None:
        comment = self.chance.choice(self.comments)
        if act == 6:
            self.forum.act_now(remove_comment, by.doer, comment, removed=yes)
        elif yes:
            self.forum.act_now(delete_comment, by.doer, comment, deleted=yes)
        else:
            self.forum.act_now(edit_comment, by.doer, comment, "Changed")
            self.forum.act_now(distinguish_comment, by.doer, comment, distinguished=True)
