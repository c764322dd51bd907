"""Every main page in a real browser: accessible, within its window, whole in the dark."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor, assert_fine

_ANONYMOUS = (
    "/",
    "/c/gardening",
    "/post/1",
    "/comment/4",
    "/u/ann",
    "/u/ann?show=comments",
    "/communities",
    "/modlog",
    "/login",
    "/signup",
    "/password_reset",
    "/nothing/here",
)
_SIGNED_IN = (
    "/",
    "/post/1",
    "/inbox",
    "/saved",
    "/reports",
    "/create_post",
    "/create_community",
    "/c/gardening/edit",
    "/comment/4/reply",
    "/comment/4/remove",
    "/post/2/report",
    "/ban/1/4",
    "/u/bert/message",
    "/settings",
    "/settings/safety",
    "/settings/blocks",
    "/settings/leave",
)


@pytest.mark.parametrize("width, scheme", [(360, "light"), (1280, "light"), (360, "dark")])
def test_pages_for_everybody(visit: Callable[..., Visitor], width: int, scheme: str) -> None:
    visitor = visit(width, color_scheme=scheme)
    for path in _ANONYMOUS:
        visitor.go(path)
        assert_fine(visitor)
        if path == "/nothing/here":
            visitor.errors.clear()  # the browser's own line about the status 404


@pytest.mark.parametrize("width, scheme", [(360, "light"), (1280, "dark")])
def test_pages_for_who_is_signed_in(visit: Callable[..., Visitor], width: int, scheme: str) -> None:
    visitor = visit(width, color_scheme=scheme)
    visitor.log_in("ann")
    for path in _SIGNED_IN:
        visitor.go(path)
        assert_fine(visitor)
