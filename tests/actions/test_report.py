"""Reports: how they are made and settled, and who sees them."""

from typing import Any

import pytest
from sqlalchemy import select, update

from moothall.actions import removal
from moothall.actions import report as actions
from moothall.actions.comment import delete_comment, edit_comment
from moothall.actions.post import delete_post
from moothall.domain.errors import ForumError
from moothall.domain.ids import CommentId, CommunityId, PostId, PrivateMessageId, ReportId
from moothall.domain.moderation import Report, ReportQuery
from moothall.forum import Forum
from moothall.reads import report as reads
from moothall.storage import report as rows
from moothall.storage.account import update_account
from moothall.storage.report import ReportRow
from moothall.storage.site import update_site
from moothall.storage.statements import Statement
from moothall.storage.tables import community, private_message, report
from moothall.storage.transaction import Transaction
from tests.support.builders import a_comment, a_post
from tests.support.mailbox import mails
from tests.support.town import Town, a_town, code_of, rows_of


@pytest.fixture
def town(forum: Forum) -> Town:
    return a_town(forum)


def report_post(town: Town, name: str, post_id: PostId, reason: str = "rude") -> ReportId:
    return town.forum.act_now(actions.report_post, town.people[name].doer, post_id, reason)


def report_comment(town: Town, name: str, comment_id: CommentId) -> ReportId:
    by = town.people[name].doer
    return town.forum.act_now(actions.report_comment, by, comment_id, "rude")


def report_message(town: Town, name: str, message_id: PrivateMessageId) -> ReportId:
    by = town.people[name].doer
    return town.forum.act_now(actions.report_private_message, by, message_id, "rude")


def post_reports(town: Town, name: str, **query: Any) -> list[Report]:
    found = town.forum.read_now(reads.list_post_reports, town.people[name], ReportQuery(**query))
    return [each.report for each in found]


def comment_reports(town: Town, name: str, **query: Any) -> list[Report]:
    found = town.forum.read_now(reads.list_comment_reports, town.people[name], ReportQuery(**query))
    return [each.report for each in found]


def code_of_read(forum: Forum, work: Any, *args: Any) -> str:
    try:
        forum.read_now(work, *args)
    except ForumError as error:
        return error.code
    return "done"


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "report_reason_required"),
        (" \n\t ", "report_reason_required"),
        ("x" * 1_001, "report_too_long"),
        ("😀" * 501, "report_too_long"),
        ("x" * 1_000, "done"),
        ("  x  ", "done"),
        ("you heck", "slurs"),
    ],
)
def test_a_reason(town: Town, reason: str, code: str) -> None:
    town.forum.act_now(lambda tx: update_site(tx.conn, slur_filter_regex="heck"))
    by, forum = town.people["user"].doer, town.forum
    assert code_of(forum, actions.report_post, by, town.post(), reason) == code
    assert code_of(forum, actions.report_comment, by, town.comment(), reason) == code
    message_id = town.message("author", "user")
    assert code_of(forum, actions.report_private_message, by, message_id, reason) == code
    if code == "done":
        reasons = {each[0] for each in rows_of(forum, Statement(select(report.c.reason)))}
        assert reasons == {reason.strip()}


def test_one_report_for_each_person_and_thing(town: Town) -> None:
    post_id, by = town.post(), town.people["user"].doer
    report_post(town, "user", post_id)
    report_post(town, "elsewhere", post_id)
    code = code_of(town.forum, actions.report_post, by, post_id, "again")
    assert code == "couldnt_create_report"
    # Comments have ids of their own.
    report_comment(town, "user", town.comment(post_id=post_id))


def test_the_words_are_kept_as_they_were(town: Town) -> None:
    forum, author = town.forum, town.people["author"]
    post_id = a_post(
        forum, author, town.community_id, name="A title", body="before", url="https://a.example/"
    )
    comment_id = a_comment(forum, author, post_id, content="before")
    report_post(town, "user", post_id)
    report_comment(town, "user", comment_id)
    forum.act_now(edit_comment, author.doer, comment_id, "after", None)
    (of_post,) = post_reports(town, "mod")
    assert of_post.original_title == "A title"
    assert of_post.original_url == "https://a.example/"
    assert of_post.original_text == "before"
    (of_comment,) = comment_reports(town, "mod")
    assert of_comment.original_text == "before"


def test_what_is_gone_is_not_reported(town: Town) -> None:
    forum, author, user = town.forum, town.people["author"].doer, town.people["user"].doer
    post_id, other = town.post(), town.post()
    comment_id, below = town.comment(post_id=other), town.comment("user", post_id)
    forum.act_now(delete_post, author, post_id, deleted=True)
    forum.act_now(delete_comment, author, comment_id, deleted=True)
    forum.act_now(removal.remove_post, town.people["mod"].doer, other, removed=True)
    assert code_of(forum, actions.report_post, user, post_id, "rude") == "deleted"
    assert code_of(forum, actions.report_post, user, other, "rude") == "deleted"
    assert code_of(forum, actions.report_comment, user, comment_id, "rude") == "deleted"
    assert code_of(forum, actions.report_comment, user, below, "rude") == "deleted"


@pytest.mark.parametrize("column", ["deleted", "removed"])
def test_a_message_that_is_gone_is_not_reported(town: Town, column: str) -> None:
    message_id = town.message("author", "user")
    gone = update(private_message).values({column: True})
    town.forum.act_now(lambda tx: tx.conn.run(Statement(gone)))
    by = town.people["user"].doer
    assert code_of(town.forum, actions.report_private_message, by, message_id, "x") == "deleted"


def test_what_one_cannot_see_one_cannot_report(town: Town) -> None:
    """Nor find out that it is there."""
    post_id = town.post()
    comment_id = town.comment(post_id=post_id)
    town.forum.act_now(_set_visibility, town.community_id, "Private")
    by = town.people["elsewhere"].doer
    assert code_of(town.forum, actions.report_post, by, post_id, "x") == "couldnt_find_post"
    code = code_of(town.forum, actions.report_comment, by, comment_id, "x")
    assert code == "couldnt_find_comment"
    report_post(town, "lower", post_id)


def _set_visibility(tx: Transaction, community_id: CommunityId, visibility: str) -> None:
    change = update(community).where(community.c.id == community_id)
    tx.conn.run(Statement(change.values(visibility=visibility)))


def test_the_queue_has_an_order(town: Town) -> None:
    made = [report_post(town, "user", town.post()) for _ in range(3)]
    by = town.people["mod"].doer
    town.forum.act_now(actions.resolve_post_report, by, made[1], resolved=True)
    assert [each.id for each in post_reports(town, "mod")] == made[::-1]
    open_ones = post_reports(town, "mod", unresolved_only=True)
    assert [each.id for each in open_ones] == [made[0], made[2]]
    pages = [post_reports(town, "mod", limit=2, page=page) for page in (1, 2, 3)]
    assert [[each.id for each in page] for page in pages] == [[made[2], made[1]], [made[0]], []]
    (settled,) = [each for each in post_reports(town, "mod") if each.resolved]
    assert settled.resolver_id == town.id_of("mod")
    town.forum.act_now(actions.resolve_post_report, by, made[1], resolved=False)
    assert len(post_reports(town, "mod", unresolved_only=True)) == 3


def test_the_queue_can_be_narrowed(town: Town) -> None:
    post_id = town.post()
    comment_id = town.comment(post_id=post_id)
    away = a_post(town.forum, town.people["author"], town.elsewhere_id)
    here = [report_post(town, name, post_id) for name in ("user", "elsewhere")]
    there = report_post(town, "user", away)
    about = report_comment(town, "user", comment_id)
    report_comment(town, "user", town.comment(post_id=post_id))
    listed = post_reports(town, "admin", community_id=town.elsewhere_id)
    assert [each.id for each in listed] == [there]
    listed = post_reports(town, "admin", subject_id=post_id)
    assert [each.id for each in listed] == here[::-1]
    listed = comment_reports(town, "admin", subject_id=comment_id)
    assert [each.id for each in listed] == [about]


# Whose queue has a report of "town", and whose of "village".
QUEUES = {
    "lower": "town",
    "mod": "town",
    "top": "town",
    "elsewhere": "village",
    "admin": "town village",
    "senior": "town village",
}


@pytest.mark.parametrize("name", QUEUES)
def test_whose_queue_has_what(town: Town, name: str) -> None:
    author, communities = town.people["author"], (town.community_id, town.elsewhere_id)
    for community_id, place in zip(communities, ("town", "village"), strict=True):
        post_id = a_post(town.forum, author, community_id)
        report_post(town, "user", post_id, place)
        by = town.people["user"].doer
        comment_id = a_comment(town.forum, author, post_id)
        town.forum.act_now(actions.report_comment, by, comment_id, place)
    expected = set(QUEUES[name].split())
    assert {each.reason for each in post_reports(town, name)} == expected
    assert {each.reason for each in comment_reports(town, name)} == expected
    # A filter opens nothing.
    for community_id, place in zip(communities, ("town", "village"), strict=True):
        listed = post_reports(town, name, community_id=community_id)
        assert {each.reason for each in listed} == expected & {place}
    counts = town.forum.read_now(reads.count_reports, town.people[name])
    assert (counts.posts, counts.comments) == (len(expected), len(expected))


@pytest.mark.parametrize("name", ["user", "author", "banned"])
def test_others_have_no_queue(town: Town, name: str) -> None:
    viewer = town.people[name]
    for work in (reads.list_post_reports, reads.list_comment_reports):
        assert code_of_read(town.forum, work, viewer, ReportQuery()) == "not_a_mod_or_admin"
    assert code_of_read(town.forum, reads.count_reports, viewer) == "not_a_mod_or_admin"


def test_a_banned_moderator_reads_no_reports(town: Town) -> None:
    report_post(town, "user", town.post())
    assert len(post_reports(town, "lower")) == 1
    town.ban("lower")
    assert post_reports(town, "lower") == []
    assert town.forum.read_now(reads.count_reports, town.people["lower"]).posts == 0


def test_messages_are_for_admins(town: Town) -> None:
    made = report_message(town, "user", town.message("author", "user", "secret"))
    (found,) = town.forum.read_now(
        reads.list_private_message_reports, town.people["admin"], ReportQuery()
    )
    assert found.report.id == made
    assert found.report.original_text == "secret"
    assert found.message_creator.name == "author"
    assert found.reporter.name == "user"
    for name in ("top", "user", "elsewhere"):
        work = reads.list_private_message_reports
        assert code_of_read(town.forum, work, town.people[name], ReportQuery()) == "not_an_admin"


def test_counts(town: Town) -> None:
    forum = town.forum
    first = report_post(town, "user", town.post())
    report_comment(town, "user", town.comment())
    report_message(town, "user", town.message("author", "user"))
    assert forum.read_now(reads.count_reports, town.people["admin"]) == (1, 1, 1)
    assert forum.read_now(reads.count_reports, town.people["mod"]) == (1, 1, None)
    here, there = town.community_id, town.elsewhere_id
    assert forum.read_now(reads.count_reports, town.people["admin"], here) == (1, 1, None)
    assert forum.read_now(reads.count_reports, town.people["admin"], there) == (0, 0, None)
    assert forum.read_now(reads.count_reports, town.people["mod"], there) == (0, 0, None)
    by = town.people["mod"].doer
    forum.act_now(actions.resolve_post_report, by, first, resolved=True)
    assert forum.read_now(reads.count_reports, town.people["mod"]) == (0, 1, None)


# Who may read one report by its id: of a post or comment in town, and of a message to "user".
ONE = {
    "user": "done done done",
    "lower": "done done couldnt_find_private_message_report",
    "elsewhere": (
        "couldnt_find_post_report couldnt_find_comment_report couldnt_find_private_message_report"
    ),
    "author": (
        "couldnt_find_post_report couldnt_find_comment_report couldnt_find_private_message_report"
    ),
    "banned": (
        "couldnt_find_post_report couldnt_find_comment_report couldnt_find_private_message_report"
    ),
    "admin": "done done done",
}


@pytest.mark.parametrize("name", ONE)
def test_who_reads_a_foreign_report(town: Town, name: str) -> None:
    made = (
        (reads.get_post_report, report_post(town, "user", town.post())),
        (reads.get_comment_report, report_comment(town, "user", town.comment())),
        (
            reads.get_private_message_report,
            report_message(town, "user", town.message("author", "user")),
        ),
    )
    for (work, report_id), code in zip(made, ONE[name].split(), strict=True):
        assert code_of_read(town.forum, work, town.people[name], report_id) == code
        missing = code_of_read(town.forum, work, town.people[name], 999)
        assert missing.startswith("couldnt_find_")


def test_an_id_of_another_kind_of_report_is_none(town: Town) -> None:
    made = report_message(town, "user", town.message("author", "user", "secret"))
    for work in (reads.get_post_report, reads.get_comment_report):
        assert code_of_read(town.forum, work, town.people["user"], made).startswith("couldnt_find")
    by = town.people["top"].doer
    for act in (actions.resolve_post_report, actions.resolve_comment_report):
        assert code_of(town.forum, act, by, made, resolved=True).startswith("couldnt_find")


def test_a_reporter_does_not_read_on_what_was_removed(town: Town) -> None:
    comment_id = a_comment(town.forum, town.people["author"], town.post(), content="secret")
    made = report_comment(town, "user", comment_id)
    by = town.people["mod"].doer
    town.forum.act_now(removal.remove_comment, by, comment_id, removed=True)
    seen = town.forum.read_now(reads.get_comment_report, town.people["user"], made)
    assert seen.comment.comment.content == ""
    seen = town.forum.read_now(reads.get_comment_report, town.people["mod"], made)
    assert seen.comment.comment.content == "secret"


def test_removing_settles_open_reports(town: Town) -> None:
    post_id = town.post()
    comment_id = town.comment(post_id=post_id)
    for name in ("user", "elsewhere"):
        report_post(town, name, post_id)
        report_comment(town, name, comment_id)
    other = report_post(town, "user", town.post())
    by = town.people["mod"].doer
    town.forum.act_now(removal.remove_comment, by, comment_id, removed=True)
    assert comment_reports(town, "mod", unresolved_only=True) == []
    town.forum.act_now(removal.remove_post, by, post_id, removed=True)
    assert [each.id for each in post_reports(town, "mod", unresolved_only=True)] == [other]


def test_reports_in_a_removed_community_are_still_settled(town: Town) -> None:
    made = report_post(town, "user", town.post())
    change = update(community).values(removed=True)
    town.forum.act_now(lambda tx: tx.conn.run(Statement(change)))
    by = town.people["mod"].doer
    act = actions.resolve_post_report
    assert code_of(town.forum, act, by, made, resolved=True) == "done"


@pytest.mark.parametrize("subject", ["person", "community"])
def test_people_and_communities_can_be_stored_as_reported(town: Town, subject: str) -> None:
    row = ReportRow(
        creator_id=town.id_of("user"),
        subject=subject,
        subject_id=1,
        community_id=None,
        reason="rude",
        original_title="A name",
        original_url=None,
        original_text=None,
        local=True,
        created_at=town.forum.clock(),
    )
    assert town.forum.act_now(lambda tx: rows.add_report(tx.conn, row)) is not None
    assert town.forum.act_now(lambda tx: rows.add_report(tx.conn, row)) is None


def test_admins_are_mailed_if_they_want(town: Town) -> None:
    forum = town.forum
    admin = town.people["admin"]
    forum.act_now(
        lambda tx: update_account(
            tx.conn, admin.account_id, email="admin@a.example", email_key="admin@a.example"
        )
    )
    report_post(town, "user", town.post(), "first")
    assert mails(forum) == []
    forum.act_now(lambda tx: update_site(tx.conn, reports_email_admins=True))
    report_post(town, "user", town.post(), "second")
    (mail,) = mails(forum)
    assert mail["to"] == "admin@a.example"
    assert "second" in mail["text"]
