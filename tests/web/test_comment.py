"""Pages of comments: answering, changing, one branch; and what each refuses."""

import html
import re

import pytest

from moothall.actions.moderation import lock_post
from moothall.domain.comment import CommentSort
from moothall.domain.ids import CommunityId, PostId
from moothall.forum import Forum
from tests.support.builders import a_comment, a_community, a_person, a_post, a_signed_in_person
from tests.support.pages import Browser


@pytest.fixture
def bert(forum: Forum) -> Browser:
    """The browser of `bert`, on a forum where `ann` has posted and commented."""
    ann = a_person(forum, "ann")
    a_community(forum, ann, "cats")
    a_post(forum, ann, CommunityId(1), "A post")
    a_comment(forum, ann, PostId(1), content="A *comment*")
    return Browser(forum, session=a_signed_in_person(forum, "bert")[1])


def test_answering_a_post(bert: Browser) -> None:
    form = bert.get("/post/1").form("/post/1/reply")
    page = bert.submit(form, content="Well **said**")
    assert page.headers["location"] == "/post/1?sort=New#comment-2"
    assert "<strong>said</strong>" in bert.follow(page).text


@pytest.mark.parametrize(
    "text, reason",
    [(" ", "nothing to read"), ("x" * 10_001, "10,001 characters where 10,000 fit")],
)
def test_a_text_that_is_not_taken_is_told_why(bert: Browser, text: str, reason: str) -> None:
    page = bert.submit(bert.get("/post/1/reply").form("/post/1/reply"), content=text)
    assert (page.status, reason in page.text) == (400, True)


def test_answering_a_comment(bert: Browser) -> None:
    page = bert.get("/comment/1/reply")
    assert "<em>comment</em>" in page.text
    page = bert.submit(page.form("/comment/1/reply"), content="I agree")
    assert page.headers["location"] == "/comment/2#comment-2"
    branch = bert.follow(page).text
    assert branch.index("<em>comment</em>") < branch.index("I agree")


@pytest.mark.parametrize("address", ["/post/1/reply", "/comment/1/reply"])
def test_a_form_that_is_sent_twice_is_one_answer(bert: Browser, address: str) -> None:
    form = bert.get(address).form(address)
    first, second = (bert.submit(form, content="Only once") for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert bert.get("/post/1").text.count("Only once") == 1


@pytest.mark.parametrize("address", ["/post/1/reply", "/comment/1/reply"])
def test_a_refused_answer_is_shown_again(bert: Browser, address: str) -> None:
    form = bert.get(address).form(address)
    page = bert.submit(form, content="x" * 10_001)
    assert page.status == 400
    assert "too long" in page.text
    assert page.form(address).fields["content"] == "x" * 10_001


def test_a_locked_post_takes_no_answer(forum: Forum, bert: Browser) -> None:
    form = bert.get("/post/1").form("/post/1/reply")
    moderator = a_person(forum, "root", admin=True)
    forum.act_now(lock_post, moderator.doer, PostId(1), locked=True)
    page = bert.submit(form, content="One more thing")
    assert page.status == 403
    assert "One more thing" in page.text
    shown = bert.get("/post/1")
    assert all(each.action != "/post/1/reply" for each in shown.forms())


def test_changing_ones_own_comment(bert: Browser) -> None:
    bert.submit(bert.get("/post/1").form("/post/1/reply"), content="First words")
    form = bert.get("/comment/2/edit").form("/comment/2/edit")
    assert form.fields["content"] == "First words"
    assert bert.submit(form, content="Second thoughts").status == 303
    assert "Second thoughts" in bert.get("/comment/2").text


def test_nobody_changes_the_words_of_others(bert: Browser) -> None:
    csrf = bert.get("/comment/1").form("/act").fields["csrf"]
    words = {"csrf": csrf, "content": "Words put into a mouth"}
    for page in (bert.get("/comment/1/edit"), bert.post("/comment/1/edit", words)):
        assert page.status == 403
        assert "Only its author" in page.text
    assert "Words put" not in bert.get("/comment/1").text


def test_a_missing_comment(bert: Browser) -> None:
    for address in ("/comment/99", "/comment/99/reply", "/comment/99/edit"):
        assert bert.get(address).status == 404


def test_a_deep_branch_goes_on_on_its_own_page(forum: Forum, bert: Browser) -> None:
    ann = a_person(forum, "cleo")
    parent = None
    for depth in range(12):
        parent = a_comment(forum, ann, PostId(1), parent, f"At depth {depth}.")
    page = bert.get("/post/1").text
    assert "At depth 7." in page
    assert "At depth 8." not in page
    assert "4 more answers" in page
    assert "At depth 8." in bert.get("/comment/9").text


def test_strangers_are_asked_to_log_in(forum: Forum, bert: Browser) -> None:
    page = Browser(forum).get("/comment/1/reply")
    assert page.headers["location"] == "/login?next=%2Fcomment%2F1%2Freply"


# ---- long threads ----


def _links(text: str) -> set[str]:
    """Where a thread goes on: the next page, and answers that are left out here."""
    found = re.findall(r'rel="next" href="([^"]+)"|class="small" href="(/comment/[^"]+)"', text)
    return {html.unescape(one or other).partition("#")[0] for one, other in found}


def test_every_comment_of_a_long_thread_is_reached(forum: Forum, bert: Browser) -> None:
    ann = a_person(forum, "cleo")
    said = [a_comment(forum, ann, PostId(1), content="Wide.") for _ in range(340)]
    said += [a_comment(forum, ann, PostId(1), said[5]) for _ in range(320)]
    for _ in range(45):
        said.append(a_comment(forum, ann, PostId(1), said[-1]))
    assert len(said) > 700
    for sort in CommentSort:
        waiting, asked, seen = {f"/post/1?sort={sort}"}, set(), set()
        while waiting:
            address = waiting.pop()
            asked.add(address)
            page = bert.get(address)
            assert page.status == 200
            shown = [int(one) for one in re.findall(r'id="comment-([0-9]+)"', page.text)]
            assert len(set(shown)) == len(shown) <= 305
            seen |= set(shown)
            waiting |= _links(page.text) - asked
        assert seen >= set(said)


def test_the_first_page_of_a_long_thread_leads_on_and_the_last_does_not(
    forum: Forum, bert: Browser
) -> None:
    ann = a_person(forum, "cleo")
    for number in range(310):
        a_comment(forum, ann, PostId(1), content=f"Number {number}.")
    first = bert.get("/post/1?sort=Old")
    assert "More comments" in first.text
    assert "Number 305." not in first.text
    [address] = _links(first.text)
    second = bert.get(address)
    assert "Number 309." in second.text
    assert "Number 1." not in second.text
    assert "More comments" not in second.text
    assert "From the beginning" in second.text
    assert bert.get("/post/1?sort=Top&after=0_1").status == 400


def test_a_comment_that_is_gone_is_neither_edited_nor_voted_on(bert: Browser) -> None:
    form = bert.get("/post/1").form("/post/1/reply")
    bert.submit(form, content="First words")
    bert.submit(bert.get("/comment/2/edit").form("/comment/2/edit"), content="Second words")
    page = bert.get("/post/1")
    assert ">edited<" in page.text
    assert "vote:comment:2:" in page.text
    bert.submit(page.form("/act"), do="delete:comment:2:1")
    gone = bert.get("/post/1").text
    assert "Deleted by its author." in gone
    assert ">edited<" not in gone
    assert "vote:comment:2:" not in gone
    assert "delete:comment:2:0" in gone
