"""Letting time pass on a forum."""

from moothall.forum import Forum
from tests.support.clock import Clock


def advance(forum: Forum, duration: int) -> None:
    """Let microseconds pass on the forum's clock."""
    assert isinstance(forum.clock, Clock)
    forum.clock.advance(duration)
