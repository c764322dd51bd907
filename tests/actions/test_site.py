"""The site's beginning and its settings."""

from moothall.actions.site import ensure_site
from moothall.domain.site import Site
from moothall.forum import Forum
from moothall.lib.tokens import hash_token
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction


def site_of(tx: Transaction) -> Site:
    return get_site(tx.conn)


def test_first_start_makes_a_site_that_waits(raw_forum: Forum) -> None:
    site = raw_forum.read_now(site_of)
    assert (site.name, site.is_set_up, site.registration_mode) == (
        "New Site",
        False,
        "RequireApplication",
    )


def test_every_start_makes_a_new_setup_token(raw_forum: Forum) -> None:
    first = raw_forum.act_now(ensure_site)
    second = raw_forum.act_now(ensure_site)
    assert first is not None
    assert second is not None
    assert first != second
    assert raw_forum.read_now(site_of).setup_token_hash == hash_token(second).hex()


def test_a_site_that_is_set_up_needs_no_token(forum: Forum) -> None:
    assert forum.act_now(ensure_site) is None
