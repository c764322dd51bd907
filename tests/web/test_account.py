"""Pages of accounts: first start, joining, signing in and out, mailed links, settings."""

import pytest

from moothall.actions.site import ensure_site
from moothall.forum import Forum
from moothall.lib.tokens import hash_token
from moothall.storage import mail_token
from moothall.storage.site import update_site
from moothall.storage.transaction import Transaction
from tests.support.builders import PASSWORD, a_person, a_signed_in_person
from tests.support.pages import Browser, Page


def _log_in(browser: Browser, name: str, password: str, next_page: str = "/") -> Page:
    form = browser.get(f"/login?next={next_page}").form("/login")
    return browser.submit(form, name=name, password=password)


def test_signing_in_and_out(forum: Forum) -> None:
    a_person(forum, "ann")
    browser = Browser(forum)
    page = _log_in(browser, "ANN", PASSWORD, "/communities")
    assert (page.status, page.headers["location"]) == (303, "/communities")
    page = browser.get("/communities")
    assert "Your account: ann" in page.text
    token = browser.cookies["session"]
    assert browser.submit(page.form("/logout")).status == 303
    assert "session" not in browser.cookies
    # Not only forgotten here: whoever kept a copy is out too.
    assert "Your account" not in Browser(forum, session=token).get("/").text


@pytest.mark.parametrize("name, password", [("ann", "wrong password"), ("nobody", PASSWORD)])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    forum: Forum, name: str, password: str
) -> None:
    a_person(forum, "ann")
    page = _log_in(Browser(forum), name, password)
    assert page.status == 401
    assert "Name or password is not right." in page.text
    assert password not in page.text


def test_signing_in_leads_nowhere_else(forum: Forum) -> None:
    a_person(forum, "ann")
    for address in ("https://evil.example", "//evil.example", "/%5Cevil.example"):
        assert _log_in(Browser(forum), "ann", PASSWORD, address).headers["location"] == "/"


def test_joining(forum: Forum) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, captcha_enabled=False))
    browser = Browser(forum)
    form = browser.get("/signup").form("/signup")
    page = browser.submit(form, name="newcomer", password=PASSWORD, password_again=PASSWORD)
    assert "Your account: newcomer" in browser.follow(page).text


@pytest.mark.parametrize(
    "fields, reason",
    [
        ({"name": "x"}, "A name has at least 3"),
        ({"name": "ann"}, "This name is taken."),
        ({"password": "short", "password_again": "short"}, "10 to 60"),
        ({"password_again": "another one"}, "not the same"),
        ({"email": "no address"}, "not a mail address"),
        ({"website": "https://spam.example"}, "hidden field"),
    ],
)
def test_joining_refused(forum: Forum, fields: dict[str, str], reason: str) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, captcha_enabled=False))
    a_person(forum, "ann")
    browser = Browser(forum)
    form = browser.get("/signup").form("/signup")
    given = {"name": "newcomer", "password": PASSWORD, "password_again": PASSWORD, **fields}
    page = browser.submit(form, **given)
    assert page.status in (400, 409)
    assert reason in page.text
    assert page.form("/signup").fields["name"] == given["name"]
    assert "session" not in browser.cookies


def test_a_wrong_captcha_gets_a_new_one(forum: Forum) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, captcha_enabled=True))
    browser = Browser(forum)
    page = browser.get("/signup")
    assert 'src="data:image/png;base64,' in page.text
    form = page.form("/signup")
    given = {"name": "newcomer", "password": PASSWORD, "password_again": PASSWORD}
    page = browser.submit(form, **given, captcha="WRONG")
    assert "do not match the picture" in page.text
    assert page.form("/signup").fields["captcha_id"] != form.fields["captcha_id"]


def test_a_closed_site_takes_nobody(forum: Forum) -> None:
    browser = Browser(forum)
    form = browser.get("/signup").form("/signup")
    forum.act_now(lambda tx: update_site(tx.conn, registration_mode="Closed"))
    page = browser.submit(form, name="newcomer", password=PASSWORD, password_again=PASSWORD)
    assert page.status == 403
    assert "no new accounts" in page.text


def test_applying_and_being_let_in(forum: Forum) -> None:
    forum.act_now(
        lambda tx: update_site(
            tx.conn, captcha_enabled=False, registration_mode="RequireApplication"
        )
    )
    _, token = a_signed_in_person(forum, "root", admin=True)
    browser = Browser(forum)
    form = browser.get("/signup").form("/signup")
    given = {"name": "newcomer", "password": PASSWORD, "password_again": PASSWORD}
    assert browser.submit(form, **given).status == 400
    page = browser.submit(form, **given, answer="I like cats.")
    assert "Almost there" in page.text
    assert _log_in(browser, "newcomer", PASSWORD).status == 403
    admin = Browser(forum, session=token)
    waiting = admin.get("/registration_applications")
    assert "I like cats." in waiting.text
    let_in, say_no = [
        form for form in waiting.forms() if form.action == "/registration_applications/1"
    ]
    # Enter in the field of the reason sends that form, and it is the one that says no.
    assert (let_in.fields["approve"], "reason" in let_in.fields) == ("true", False)
    assert (say_no.fields["approve"], say_no.fields["reason"]) == ("false", "")
    undecided = {"csrf": say_no.fields["csrf"], "reason": "spam"}
    assert admin.post(say_no.action, undecided).status == 400
    assert "I like cats." in admin.get("/registration_applications").text
    admin.submit(say_no, reason="spam")
    assert _log_in(browser, "newcomer", PASSWORD).status == 403
    assert "Reason: spam" in admin.get("/registration_applications?decided=true").text
    admin.submit(let_in)
    assert _log_in(browser, "newcomer", PASSWORD).status == 303


def test_applications_are_for_admins(forum: Forum) -> None:
    _, token = a_signed_in_person(forum, "ann")
    assert Browser(forum, session=token).get("/registration_applications").status == 403
    assert Browser(forum).get("/registration_applications").status == 303


def test_the_first_start(raw_forum: Forum) -> None:
    token = raw_forum.act_now(ensure_site)
    browser = Browser(raw_forum)
    form = browser.get(f"/setup?token={token}").form("/setup")
    assert form.fields["token"] == token
    given = {
        "site_name": "The Hall",
        "name": "root",
        "password": PASSWORD,
        "password_again": PASSWORD,
    }
    page = browser.submit(form, **given, token="a guess")
    assert page.status == 403
    assert browser.get("/").status == 303
    page = browser.submit(form, **given)
    assert page.status == 303, page.text
    front = browser.get("/")
    assert "The Hall" in front.text
    assert "Your account: root" in front.text
    assert browser.get("/setup").headers["location"] == "/"
    again = browser.submit(form, **given, csrf=front.form("/act").fields["csrf"])
    assert again.status in (303, 409)


def test_a_forgotten_password_gets_the_same_answer_for_every_address(forum: Forum) -> None:
    a_person(forum, "ann", email="ann@mail.example", email_key="ann@mail.example")
    browser = Browser(forum)
    form = browser.get("/password_reset").form("/password_reset")
    pages = [
        browser.follow(browser.submit(form, email=email)).text
        for email in ("ann@mail.example", "nobody@mail.example")
    ]
    assert pages[0] == pages[1]
    assert "a mail with a link is on its way" in pages[0]


@pytest.mark.parametrize("address", ["/password_change/guess", "/verify_email/guess"])
def test_a_wrong_mailed_link_says_so(forum: Forum, address: str) -> None:
    browser = Browser(forum)
    fields = {**browser.get("/login").form("/login").fields, "password": PASSWORD}
    # Already before anything is typed, and again if it was used meanwhile.
    for page in (
        browser.get(address),
        browser.post(address, {**fields, "password_again": PASSWORD}),
    ):
        assert page.status == 404
        assert "no longer works" in page.text


def test_mailed_links_work(forum: Forum) -> None:
    ann = a_person(forum, "ann", email="ann@mail.example", email_key="ann@mail.example")

    def add_tokens(tx: Transaction) -> None:
        for token, purpose in (("one", "reset_password"), ("two", "verify_email")):
            key = hash_token(token).hex()
            mail_token.add(tx.conn, key, ann.account_id, purpose, tx.now, email="ann@mail.example")

    forum.act_now(add_tokens)
    browser = Browser(forum)
    for address, fields in (
        ("/password_change/one", {"password": "a new one!", "password_again": "a new one!"}),
        ("/verify_email/two", {}),
    ):
        # A program that opens every link uses nothing up.
        [form] = [browser.get(address), browser.get(address)][1].forms()
        assert browser.post(address, {**form.fields, **fields}).status == 303
        assert browser.get(address).status == 404
    assert _log_in(browser, "ann", "a new one!").status == 303


def test_a_forum_without_mail_says_so(forum: Forum) -> None:
    a_person(forum, "boss", admin=True)
    browser = Browser(forum, sends_mail=False)
    page = browser.get("/password_reset")
    assert "sends no mail" in page.text
    assert "/u/boss" in page.text
    assert not any(form.method == "post" for form in page.forms())
    assert "sends no mail" in browser.get("/signup").text
    key = browser.get("/login").form("/login").fields
    assert browser.post("/password_reset", {**key, "email": "a@b.example"}).status == 400
    forum.act_now(lambda tx: update_site(tx.conn, require_email_verification=True))
    page = browser.get("/signup")
    assert "At the moment nobody can join" in page.text
    joining = {"name": "eve", "email": "eve@mail.example", "password": PASSWORD}
    refused = browser.post("/signup", {**key, **joining, "password_again": PASSWORD})
    assert refused.status == 400
    assert browser.get("/u/eve").status == 404


def test_settings_are_kept(forum: Forum) -> None:
    _, token = a_signed_in_person(forum, "ann")
    browser = Browser(forum, session=token)
    form = browser.get("/settings").form("/settings")
    page = browser.submit(form, bio="I *garden*.", sort="New", show_nsfw="true")
    assert "Your settings are stored." in browser.follow(page).text
    shown = browser.get("/settings").form("/settings").fields
    assert (shown["bio"], shown["sort"], shown["show_nsfw"]) == ("I *garden*.", "New", "true")
    assert "<em>garden</em>" in browser.get("/u/ann").text


def test_settings_refused(forum: Forum) -> None:
    _, token = a_signed_in_person(forum, "ann")
    browser = Browser(forum, session=token)
    form = browser.get("/settings").form("/settings")
    page = browser.submit(form, bio="x" * 1001)
    assert page.status == 400
    assert page.form("/settings").fields["bio"] == "x" * 1001


def test_a_new_password_ends_other_sessions(forum: Forum) -> None:
    _, token = a_signed_in_person(forum, "ann")
    browser = Browser(forum, session=token)
    form = browser.get("/settings/safety").form("/settings/safety")
    new = {"new": "a better password", "new_again": "a better password"}
    page = browser.submit(form, old="not it at all", **new)
    assert page.status == 401
    assert "The password is not right." in page.text
    assert browser.submit(form, old=PASSWORD, **new).status == 303
    assert "Your account: ann" in browser.get("/").text
    assert "Your account" not in Browser(forum, session=token).get("/").text


def test_sessions_are_signed_out_by_their_owner_only(forum: Forum) -> None:
    _, token = a_signed_in_person(forum, "ann")
    _, other = a_signed_in_person(forum, "bert")
    browser = Browser(forum, session=token)
    form = browser.get("/settings/safety").form("/settings/sessions/0")
    page = browser.post("/settings/sessions/2", form.fields)
    assert page.status == 404
    assert "Your account: bert" in Browser(forum, session=other).get("/").text


def test_leaving_needs_the_password(forum: Forum) -> None:
    _, token = a_signed_in_person(forum, "ann")
    browser = Browser(forum, session=token)
    form = browser.get("/settings/leave").form("/settings/leave")
    assert browser.submit(form, password="not it at all").status == 401
    assert browser.submit(form, password=PASSWORD).status == 303
    assert browser.get("/u/ann").status == 404
