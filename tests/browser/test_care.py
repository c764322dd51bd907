"""Whoever runs a community, and whoever writes messages, in a browser; and texts that must not go."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, assert_fine

Visit = Callable[..., Visitor]
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@pytest.mark.parametrize(
    "width, scheme, name, banned",
    [(360, "light", "bert", "hakan"), (1280, "dark", "cleo", "grete")],
)
def test_running_a_community(visit: Visit, width: int, scheme: str, name: str, banned: str) -> None:
    visitor = visit(width, color_scheme=scheme)
    visitor.log_in("ann")
    page = visitor.go("/c/gardening")
    assert_fine(visitor)
    page.get_by_role("link", name="Team").click()
    page.get_by_label("Appoint a moderator").fill(name)
    page.get_by_role("button", name="Appoint").click()
    expect(page.get_by_role("button", name=f"Dismiss {name}")).to_be_visible()
    page.get_by_text(f"Hand the community over to {name}").click()
    assert_fine(visitor)

    visitor.go("/c/gardening/bans")
    page.get_by_label("Ban somebody").fill(banned)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Reason").fill("Rude, twice")
    page.get_by_label("For how long").select_option("Three days")
    assert_fine(visitor)
    page.get_by_role("button", name="Ban", exact=True).click()
    expect(page.get_by_text(f"{banned} is banned from")).to_be_visible()
    assert_fine(visitor)
    visitor.go("/c/gardening/bans")
    assert_fine(visitor)
    page.get_by_role("link", name=f"Lift the ban of {banned}").click()
    assert_fine(visitor)
    page.get_by_role("button", name="Lift the ban").click()
    expect(page.get_by_text(f"{banned} is banned from")).to_have_count(0)

    visitor.go("/c/gardening/close")
    assert_fine(visitor)


@pytest.mark.parametrize("width", [360, 1280])
def test_an_admin_hides_and_shows_a_community(visit: Visit, width: int) -> None:
    visitor = visit(width)
    visitor.log_in("admin")
    page = visitor.go("/c/trains")
    page.get_by_role("link", name="Hide from lists").click()
    page.get_by_label("Reason").fill("Too many trains")
    assert_fine(visitor)
    page.get_by_role("button", name="Hide it").click()
    expect(page.get_by_text("not in lists")).to_be_visible()
    assert_fine(visitor)
    page.get_by_role("link", name="Show in lists").click()
    page.get_by_role("button", name="Show it again").click()
    expect(page.get_by_text("not in lists")).to_have_count(0)


@SCRIPTS
@pytest.mark.parametrize("width", [360, 1280])
def test_writing_to_each_other(visit: Visit, scripts: bool, width: int) -> None:
    words = f"Shall we meet? {width} {scripts}"
    visitor = visit(width, java_script_enabled=scripts)
    visitor.log_in("edda")
    page = visitor.go("/u/finn/message")
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Send").click()
    mine = page.locator("li.mine").filter(has_text=words)
    expect(mine).to_be_visible()
    mine.get_by_role("link", name="Edit").click()
    page.locator("form", has=page.get_by_role("button", name="Save")).get_by_label(
        "Your message"
    ).fill(f"{words} At noon.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"{words} At noon.")).to_be_visible()

    other = visit(width, java_script_enabled=scripts)
    other.log_in("finn")
    page = other.go("/u/edda/message")
    page.get_by_label("Your message").fill("Gladly")
    page.get_by_role("button", name="Send").click()
    got = page.locator("li.message").filter(has_text=f"{words} At noon.")
    got.get_by_role("link", name="Report").click()
    page.get_by_label("What is wrong?").fill("Just trying")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("The admins will look at it.")).to_be_visible()
    if scripts:
        other.go("/u/edda/message")
        assert_fine(other)
        other.go("/messages")
        assert_fine(other)


@SCRIPTS
def test_a_text_is_kept_when_the_session_has_ended(visit: Visit, scripts: bool) -> None:
    visitor = visit(360, java_script_enabled=scripts)
    visitor.log_in("dilan")
    page = visitor.go("/post/2")
    page.get_by_label("Your comment").fill("Long thoughts,\nin two lines")
    tab = page.context.new_page()
    tab.goto(visitor.server.url + "/settings")
    tab.get_by_label("Your account: dilan").click()
    tab.get_by_role("button", name="Log out").click()
    expect(tab.get_by_role("link", name="Log in", exact=True)).to_be_visible()
    tab.close()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="You have been signed out")).to_be_visible()
    if scripts:
        assert_fine(visitor)
    page.get_by_label("Name or mail address").fill("dilan")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_label("Your comment")).to_have_value("Long thoughts,\nin two lines")
    if scripts:
        assert_fine(visitor)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Long thoughts,").first).to_be_visible()
    visitor.errors.clear()  # the browser's own line about the status 401


def _sticks_out(page: Page) -> int:
    wider: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wider


@pytest.mark.parametrize("width", [320, 360, 700])
def test_menus_stay_on_the_screen(visit: Visit, width: int) -> None:
    visitor = visit(width)
    visitor.log_in("ann")
    page = visitor.go("/post/1")
    buttons = page.locator(".tools .menu > summary")
    assert buttons.count() > 10
    for number in range(buttons.count()):
        if not buttons.nth(number).is_visible():
            continue
        buttons.nth(number).click()
        box = page.locator(".tools .menu[open] > .drop").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert _sticks_out(page) <= 0
        page.keyboard.press("Escape")


def test_a_wide_table_scrolls_within_itself(visit: Visit) -> None:
    visitor = visit(360)
    visitor.log_in("ann")
    page = visitor.go("/post/3/reply")
    cell = "a rather long cell " * 12
    page.get_by_label("Your comment").fill(
        f"| key | what it does |\n|---|---|\n| `rate_limit.enabled` | {cell} |\n"
    )
    page.get_by_role("button", name="Send").click()
    table = page.locator(".comment table")
    code = table.locator("code").bounding_box()
    assert code is not None
    assert code["width"] > 100
    assert code["height"] < 40
    assert _sticks_out(page) <= 0
    assert_fine(visitor)
