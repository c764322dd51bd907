"""What the forum remembers of its site, and when it lets go of it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from moothall.actions.site_settings import edit_site
from moothall.domain.site import SiteChanges
from moothall.forum import Forum
from moothall.storage.site import update_site
from tests.support.builders import a_person


def test_a_moved_mark_drops_the_remembered_site(forum: Forum) -> None:
    admin = a_person(forum, "admin", admin=True).doer

    async def visit() -> None:
        await forum.change_mark()
        assert not (await forum.site()).private_instance
        await forum.act(
            edit_site, admin, SiteChanges(private_instance=True, federation_enabled=False)
        )
        assert not (await forum.site()).private_instance, "remembered for a second"
        await forum.change_mark()
        assert (await forum.site()).private_instance

    asyncio.run(visit())


def test_a_site_read_before_the_mark_moved_is_not_remembered(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = a_person(forum, "admin", admin=True).doer
    read = forum.read

    async def read_and_be_late(work: Callable[..., Any]) -> Any:
        value = await read(work)
        await forum.act(
            edit_site, admin, SiteChanges(private_instance=True, federation_enabled=False)
        )
        await forum.change_mark()
        return value

    async def visit() -> None:
        await forum.change_mark()
        with monkeypatch.context() as patch:
            patch.setattr(forum, "read", read_and_be_late)
            assert not (await forum.site()).private_instance
        assert (await forum.site()).private_instance

    asyncio.run(visit())


def test_a_forum_that_waits_for_its_admin_looks_each_time(raw_forum: Forum) -> None:
    async def visit() -> None:
        assert not (await raw_forum.site()).is_set_up
        await raw_forum.act(lambda tx: update_site(tx.conn, is_set_up=True))
        assert (await raw_forum.site()).is_set_up

    asyncio.run(visit())
