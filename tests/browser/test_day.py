"""A day in the forum, with scripts and without: each button and form does what it says."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
WIDTHS = pytest.mark.parametrize("width", [360, 1280])

Visit = Callable[..., Visitor]


@SCRIPTS
def test_voting_and_taking_it_back(visit: Visit, scripts: bool) -> None:
    visitor = visit(java_script_enabled=scripts)
    visitor.log_in("hakan" if scripts else "grete")
    page = visitor.go("/post/1")
    box = page.locator('[data-vote="comment:2"]')
    button, score = box.get_by_role("button", name="Upvote"), box.locator("output")
    before = int(score.inner_text())
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(score).to_have_text(str(before + 1))
    page.reload()
    expect(score).to_have_text(str(before + 1))
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(score).to_have_text(str(before))


@SCRIPTS
def test_saving_a_post(visit: Visit, scripts: bool) -> None:
    visitor = visit(java_script_enabled=scripts)
    visitor.log_in("finn" if scripts else "edda")
    page = visitor.go("/post/3")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Saved")).to_be_visible()
    visitor.go("/saved")
    expect(page.get_by_role("link", name="Night trains in 2026: a map")).to_be_visible()


@SCRIPTS
@WIDTHS
def test_answering_a_comment(visit: Visit, scripts: bool, width: int) -> None:
    visitor = visit(width, java_script_enabled=scripts)
    visitor.log_in("dilan")
    page = visitor.go("/post/1")
    page.locator("#comment-1 > details > .inner > .tools").get_by_role("link", name="Reply").click()
    words = f"An answer, scripts {scripts}, {width} wide"
    page.get_by_label("Your answer").fill(words)
    page.locator("form").filter(has=page.get_by_label("Your answer")).get_by_role(
        "button", name="Send"
    ).click()
    expect(page).to_have_url(re.compile(r"/comment/\d+#comment-\d+$"))
    expect(page.get_by_text(words)).to_be_visible()


@SCRIPTS
def test_writing_a_post_in_a_community(visit: Visit, scripts: bool) -> None:
    visitor = visit(java_script_enabled=scripts)
    visitor.log_in("bert")
    page = visitor.go("/c/bread")
    page.get_by_role("main").get_by_role("link", name="New post").click()
    expect(page.get_by_label("Community", exact=True)).to_have_value("bread")
    page.get_by_label("Title").fill(f"A post with scripts {scripts}")
    page.get_by_label("Text (optional)").fill("Some **bold** words")
    page.get_by_role("button", name="Publish").click()
    expect(page).to_have_url(re.compile(r"/post/\d+$"))
    expect(page.locator("h1")).to_have_text(f"A post with scripts {scripts}")
    expect(page.locator(".whole .rich strong")).to_have_text("bold")


@SCRIPTS
def test_a_refused_post_keeps_what_was_typed(visit: Visit, scripts: bool) -> None:
    visitor = visit(java_script_enabled=scripts)
    visitor.log_in("bert")
    page = visitor.go("/create_post")
    page.get_by_label("Community", exact=True).fill("nowhere_at_all")
    page.get_by_label("Title").fill("A title")
    page.get_by_label("Text (optional)").fill("Long thoughts\nin two lines")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert")).to_contain_text("no such community")
    expect(page.get_by_label("Text (optional)")).to_have_value("Long thoughts\nin two lines")
    visitor.errors.clear()  # the browser's own line about the status of the refusal


@SCRIPTS
def test_reporting_and_removing(visit: Visit, scripts: bool) -> None:
    number = 9 if scripts else 10
    reporter = visit(java_script_enabled=scripts)
    reporter.log_in("cleo")
    page = reporter.go(f"/comment/{number}")
    tools = page.locator(f"#comment-{number} > details > .inner > .tools")
    tools.get_by_label("More for this comment").click()
    tools.get_by_role("link", name="Report").click()
    page.get_by_label("What is wrong?").fill("Rude")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()

    moderator = visit(java_script_enabled=scripts)
    moderator.log_in("ann")
    page = moderator.go("/reports")
    entry = (
        page.locator("li")
        .filter(has_text="Rude")
        .filter(has=page.locator(f'a[href="/comment/{number}"]'))
    )
    entry.get_by_role("link", name="Remove").click()
    page.get_by_label("Reason").fill("Against the rules")
    page.get_by_role("button", name="Remove").click()
    expect(
        page.locator(f"#comment-{number}").get_by_text("Removed by a moderator.")
    ).to_be_visible()
    page = moderator.go("/modlog")
    expect(page.get_by_text("Reason: Against the rules").first).to_be_visible()


@SCRIPTS
def test_joining_and_leaving(visit: Visit, scripts: bool) -> None:
    visitor = visit(java_script_enabled=scripts)
    page = visitor.go("/signup")
    name = f"newcomer_{'a' if scripts else 'b'}"
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill("correct horse")
    page.get_by_label("The same password again").fill("correct horse")
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_label(f"Your account: {name}")).to_be_visible()
    visitor.go("/settings/leave")
    page.get_by_label("Your password").fill("correct horse")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("link", name="Log in", exact=True)).to_be_visible()


@SCRIPTS
def test_reading_the_inbox(visit: Visit, scripts: bool) -> None:
    visitor = visit(java_script_enabled=scripts)
    visitor.log_in("cleo" if scripts else "finn")
    page = visitor.go("/inbox")
    first = page.locator(".lines > li").first
    first.get_by_role("button", name="Mark as read").click()
    expect(first.get_by_role("button", name="Mark as unread")).to_be_visible()


def test_folding_a_branch_with_the_keyboard(visit: Visit) -> None:
    visitor = visit()
    page = visitor.go("/post/1")
    fold = page.locator("#comment-1 > details > summary")
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#comment-1 > details > .inner")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#comment-1 > details > .inner")).to_be_visible()


def test_the_skip_link_is_the_first_stop(visit: Visit) -> None:
    page = visit().go("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to content")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_vote_that_is_refused_says_why(visit: Visit) -> None:
    visitor = visit()
    visitor.log_in("hakan")
    page = visitor.go("/post/2")
    page.evaluate("document.querySelector('#act [name=csrf]').value = 'wrong'")
    page.locator('[data-vote="post:2"]').get_by_role("button", name="Upvote").click()
    expect(page.get_by_role("alert")).to_contain_text("send it again")
    visitor.errors.clear()  # the browser's own line about the status of the refusal
