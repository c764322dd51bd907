"""A small lively forum, for looking at pages: people, communities, links, a long thread."""

from typing import NamedTuple

from moothall.actions.community import follow_community
from moothall.actions.moderation import feature_post
from moothall.actions.private_message import create_message
from moothall.actions.removal import remove_comment
from moothall.actions.report import report_post
from moothall.actions.vote import vote_comment, vote_post
from moothall.domain.ids import CommentId, CommunityId, PostId
from moothall.domain.time import HOUR, MINUTE
from moothall.domain.user import Viewer
from moothall.forum import Forum
from tests.support.builders import a_comment, a_community, a_person, a_post
from tests.support.clock import Clock

_NAMES = ("ann", "bert", "cleo", "dilan", "edda", "finn", "grete", "hakan")
_COMMUNITIES = {
    "gardening": (
        "The kitchen garden",
        "Vegetables, herbs and the weather.\n\n- Be kind\n- No ads",
    ),
    "bread": ("Bread and other doughs", "Sourdough, rye, flat breads."),
    "trains": ("Trains and timetables", "For people who like to *arrive slowly*."),
    "retro": ("Old computers", "Everything with less than 16 MB of memory."),
}
_POSTS = (
    ("gardening", "When do you sow broad beans?", None, "I have **always** waited until March."),
    ("bread", "A rye loaf that keeps for a week", "https://bread.example/rye", None),
    ("trains", "Night trains in 2026: a map", "https://www.night-trains.example/map?y=2026", None),
    (
        "retro",
        "I got a 1987 modem to talk to this forum",
        None,
        "It took *four* evenings.\n\n    ATDT",
    ),
    ("gardening", "Slugs: what really helped", None, "Beer traps, copper, and going out at night."),
    (
        "bread",
        (
            "Why does my crumb tear? A long question about hydration, and an even longer title "
            "that has to be broken over several lines on a phone"
        ),
        None,
        "See above.",
    ),
    ("trains", "Which seat faces forward?", None, None),
    ("retro", "A museum of keyboards", "https://keys.example/", "Worth an afternoon."),
)
_REPLIES = (
    "I would wait another week; the soil is still too cold here.",
    "Here is what I do:\n\n1. soak them over night\n2. sow thickly\n3. hope",
    "> wait another week\n\nAgreed. Mine rotted last year.",
    "`sow --depth 5cm`, as my neighbour says. She has [a calendar](https://beans.example/calendar).",
    "::: spoiler The secret\nWood ash.\n:::",
    (
        "It depends on the sort. **Aquadulce** does not mind the cold at all, and you can have it in "
        "the ground by November; the others are best left until the days are longer."
    ),
)


class World(NamedTuple):
    """Who and what is there."""

    people: dict[str, Viewer]
    communities: dict[str, CommunityId]
    posts: list[PostId]
    thread: PostId
    comments: list[CommentId]


def fill(forum: Forum) -> World:
    """Make it. The forum's clock must be one that can be moved; it starts in the past."""
    clock = forum.clock
    assert isinstance(clock, Clock)
    people = {name: a_person(forum, name) for name in _NAMES}
    communities = _communities(forum, people)
    posts = []
    for number, (community, title, url, body) in enumerate(_POSTS):
        clock.advance(3 * HOUR)
        author = people[_NAMES[number % len(_NAMES)]]
        posts.append(a_post(forum, author, communities[community], title, url=url, body=body))
    _vote(forum, people, posts)
    comments = _discuss(forum, people, posts[0])
    _moderate(forum, people, posts, comments)
    return World(people, communities, posts, posts[0], comments)


def _communities(forum: Forum, people: dict[str, Viewer]) -> dict[str, CommunityId]:
    communities = {}
    for number, (name, (title, text)) in enumerate(_COMMUNITIES.items()):
        founder = people[_NAMES[number]]
        communities[name] = a_community(forum, founder, name, title=title, description=text)
        for follower in _NAMES[number : number + 4]:
            forum.act_now(follow_community, people[follower].doer, communities[name], follow=True)
    return communities


def _vote(forum: Forum, people: dict[str, Viewer], posts: list[PostId]) -> None:
    for place, post_id in enumerate(posts):
        for name in _NAMES[: 8 - place]:
            forum.act_now(vote_post, people[name].doer, post_id, 1)


def _discuss(forum: Forum, people: dict[str, Viewer], post_id: PostId) -> list[CommentId]:
    clock = forum.clock
    assert isinstance(clock, Clock)
    made: list[CommentId] = []
    for number in range(24):
        clock.advance(7 * MINUTE)
        author = people[_NAMES[(3 * number + 1) % len(_NAMES)]]
        parent = None if number % 5 == 0 else made[max(0, number - 1 - number % 3)]
        text = _REPLIES[number % len(_REPLIES)]
        made.append(a_comment(forum, author, post_id, parent, text))
    for comment_id in made[::3]:
        forum.act_now(vote_comment, people["ann"].doer, comment_id, 1)
    return made


def _moderate(
    forum: Forum, people: dict[str, Viewer], posts: list[PostId], comments: list[CommentId]
) -> None:
    ann = people["ann"].doer
    forum.act_now(feature_post, ann, posts[4], featured=True, in_community=True)
    forum.act_now(remove_comment, ann, comments[7], removed=True, reason="Off topic")
    forum.act_now(report_post, people["cleo"].doer, posts[4], "This is an advertisement.")
    forum.act_now(create_message, people["bert"].doer, people["ann"].person_id, "Hello Ann!")
