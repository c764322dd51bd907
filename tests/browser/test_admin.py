"""An admin runs the site in a browser; somebody makes their account safer."""

import re
import time
from collections.abc import Callable

import pyotp
import pytest

from tests.browser.conftest import Visitor, assert_fine

_PAGES = (
    "/admin",
    "/admin/lists",
    "/admin/joining",
    "/admin/rules",
    "/admin/reach",
    "/admin/limits",
    "/admin/admins",
    "/registration_applications",
    "/admin/purge/post/1",
    "/admin/purge/person/2",
    "/settings/second_factor",
)


@pytest.mark.parametrize("width, scheme", [(360, "light"), (1280, "dark")])
def test_pages_for_admins(visit: Callable[..., Visitor], width: int, scheme: str) -> None:
    visitor = visit(width, color_scheme=scheme)
    visitor.log_in("admin")
    for path in _PAGES:
        visitor.go(path)
        assert_fine(visitor)


@pytest.mark.parametrize("with_scripts", [True, False])
def test_changing_settings(visit: Callable[..., Visitor], with_scripts: bool) -> None:
    visitor = visit(360, java_script_enabled=with_scripts)
    visitor.log_in("admin")
    page = visitor.go("/admin/joining")
    page.get_by_label("Question to who applies").fill("What do you grow?")
    page.get_by_label("Who may join?").select_option("Whoever an admin lets in")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The settings are stored.").wait_for()
    assert visit().go("/signup").get_by_text("What do you grow?").is_visible()

    page.get_by_label("Question to who applies").fill("")
    page.get_by_role("button", name="Save").click()
    field = page.get_by_label("Question to who applies")
    assert field.get_attribute("aria-invalid") == "true"
    # The line at the top leads to the field.
    page.get_by_role("alert").get_by_role("link").click()
    assert page.url.endswith("#f-application_question")
    visitor.errors.clear()  # the browser's own line about the status 400
    if with_scripts:
        assert_fine(visitor)


def test_trying_a_rule(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.log_in("admin")
    page = visitor.go("/admin/rules")
    page.get_by_label("Words that nobody may write (optional)").fill("beer traps?")
    page.get_by_label("A text").fill("Beer traps, copper")
    page.get_by_role("button", name="Try").click()
    assert "*removed*, copper" in page.get_by_role("status").inner_text()
    assert_fine(visitor)


def test_a_second_factor(visit: Callable[..., Visitor]) -> None:
    visitor = visit(360)
    visitor.log_in("finn")
    page = visitor.go("/settings/safety")
    page.get_by_role("link", name="Second factor").click()
    page.get_by_role("button", name="Set it up").click()
    picture = page.get_by_role("img", name=re.compile("QR code"))
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    assert_fine(visitor)
    secret = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    moment = time.time()
    page.get_by_label("The six digits that the app shows").fill(secret.at(int(moment)))
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_text("The second factor is on.").wait_for()
    assert_fine(visitor)

    elsewhere = visit(java_script_enabled=False)
    page = elsewhere.go("/login")
    page.get_by_label("Name or mail address").fill("finn")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.get_by_label("Password").fill("correct horse")
    # A code works once, so here it is the next one.
    page.get_by_label("One-time code").fill(secret.at(int(moment) + 30))
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url(elsewhere.server.url + "/")
    elsewhere.errors.clear()

    page = visitor.go("/settings/second_factor")
    page.get_by_label("Your password").fill("correct horse")
    page.get_by_role("button", name="Turn it off").click()
    page.get_by_text("The second factor is off.").wait_for()
