"""Pages of private messages: both sides of a conversation, changing, taking back, reporting."""

import pytest

from moothall.forum import Forum
from tests.support.builders import a_signed_in_person
from tests.support.pages import Browser


@pytest.fixture
def people(forum: Forum) -> dict[str, Browser]:
    """Browsers of `ann`, who has written to `bert`; of `cleo`, and of `root`, an admin."""
    tokens = {
        name: a_signed_in_person(forum, name, admin=name == "root")[1]
        for name in ("ann", "bert", "cleo", "root")
    }
    browsers = {name: Browser(forum, session=token) for name, token in tokens.items()}
    form = browsers["ann"].get("/u/bert/message").form("/u/bert/message")
    assert browsers["ann"].submit(form, content="Hello *there*").status == 303
    return browsers


def test_both_see_the_conversation_and_nobody_else(people: dict[str, Browser]) -> None:
    form = people["bert"].get("/u/ann/message").form("/u/ann/message")
    page = people["bert"].submit(form, content="Good morning")
    assert page.headers["location"] == "/u/ann/message#message-2"
    for name, other in (("ann", "bert"), ("bert", "ann")):
        talk = people[name].get(f"/u/{other}/message").text
        assert talk.index("Good morning") < talk.index("Hello <em>there</em>")
        assert "Good morning" in people[name].get("/messages").text
    for name in ("cleo", "root"):
        assert "Hello" not in people[name].get("/u/bert/message").text
        assert "Hello" not in people[name].get("/u/ann/message").text
        assert "Hello" not in people[name].get("/messages").text


def test_a_long_conversation_has_pages(people: dict[str, Browser]) -> None:
    form = people["ann"].get("/u/bert/message").form("/u/bert/message")
    for number in range(24):
        people["ann"].submit(form, content=f"Message number {number}.")
    for address in ("/messages", "/u/bert/message"):
        first = people["ann"].get(address).text
        assert ("Message number 23." in first, "Hello" in first) == (True, False)
        assert "Hello" in people["ann"].get(f"{address}?page=2").text


def test_its_sender_changes_a_message(people: dict[str, Browser]) -> None:
    form = people["ann"].get("/message/1/edit").form("/message/1/edit")
    assert form.fields["content"] == "Hello *there*"
    page = people["ann"].submit(form, content="Good evening")
    assert page.headers["location"] == "/u/bert/message#message-1"
    assert "Good evening" in people["bert"].get("/u/ann/message").text


@pytest.mark.parametrize("who, status", [("bert", 403), ("cleo", 404), ("root", 404)])
def test_nobody_else_does(people: dict[str, Browser], who: str, status: int) -> None:
    assert people[who].get("/message/1/edit").status == status
    form = people["ann"].get("/message/1/edit").form("/message/1/edit")
    csrf = people[who].get("/messages").form("/act").fields["csrf"]
    page = people[who].submit(form, content="Words put into a mouth", csrf=csrf)
    assert page.status == status
    assert "Words put" not in people["ann"].get("/u/bert/message").text


def test_a_message_taken_back_is_gone_for_both(people: dict[str, Browser]) -> None:
    page = people["ann"].get("/u/bert/message")
    assert people["ann"].submit(page.form("/act"), do="delete:message:1:1").status == 303
    for name, other in (("ann", "bert"), ("bert", "ann")):
        assert "Hello" not in people[name].get(f"/u/{other}/message").text
        assert "Hello" not in people[name].get("/inbox").text


def test_whoever_received_it_reports_it_to_the_admins(people: dict[str, Browser]) -> None:
    form = people["bert"].get("/message/1/report").form("/message/1/report")
    assert people["bert"].submit(form, reason=" ").status == 400
    assert "Thank you" in people["bert"].submit(form, reason="This is rude").text
    queue = people["root"].get("/reports")
    assert "This is rude" in queue.text
    assert "Hello *there*" in queue.text


@pytest.mark.parametrize("who", ["ann", "cleo", "root"])
def test_for_all_others_there_is_nothing_to_report(people: dict[str, Browser], who: str) -> None:
    assert people[who].get("/message/1/report").status == 404
    csrf = people[who].get("/messages").form("/act").fields["csrf"]
    fields = {"csrf": csrf, "reason": "Mine"}
    assert people[who].post("/message/1/report", fields).status == 404


@pytest.mark.parametrize(
    ("text", "reason"),
    [("x" * 10_001, "10,001"), ("\u200b", "nothing to read"), ("  ", "nothing to read")],
)
def test_what_cannot_be_read_is_not_sent(
    people: dict[str, Browser], text: str, reason: str
) -> None:
    form = people["ann"].get("/u/bert/message").form("/u/bert/message")
    page = people["ann"].submit(form, content=text)
    assert page.status == 400
    assert reason in page.text
    assert page.form("/u/bert/message").fields["content"] == text
    assert people["ann"].get("/u/nobody/message").status == 404
