"""Settings: each field, what clears it, and what is refused."""

from typing import Any

import pytest
from sqlalchemy import select

from moothall.actions.mail import verify_email
from moothall.actions.settings import mark_donation_dialog_shown, save_settings
from moothall.domain.account import SettingsChange
from moothall.domain.comment import CommentSort
from moothall.domain.errors import ForumError, NotFound
from moothall.domain.languages import LANGUAGES
from moothall.domain.post import Listing, PostSort
from moothall.domain.site import PostListingMode
from moothall.domain.time import DAY
from moothall.domain.user import AccountView, Viewer
from moothall.forum import Forum
from moothall.reads.user import account_view
from moothall.storage.site import update_site
from moothall.storage.statements import Statement
from moothall.storage.tables import account_language, person
from tests.support.builders import a_person
from tests.support.mailbox import mailed_token, mails
from tests.support.waiting import advance


def save(forum: Forum, viewer: Viewer, **fields: Any) -> AccountView:
    forum.act_now(save_settings, viewer, SettingsChange(**fields))
    return forum.read_now(account_view, viewer)


ACCOUNT_CHANGES: list[tuple[str, Any, str]] = [
    ("show_nsfw", True, "show_nsfw"),
    ("blur_nsfw", False, "blur_nsfw"),
    ("auto_expand", True, "auto_expand"),
    ("theme", "dark", "theme"),
    ("default_sort_type", PostSort.SCALED, "default_sort_type"),
    ("default_listing_type", Listing.SUBSCRIBED, "default_listing_type"),
    ("default_comment_sort_type", CommentSort.NEW, "default_comment_sort_type"),
    ("interface_language", "de", "interface_language"),
    ("post_listing_mode", PostListingMode.CARD, "post_listing_mode"),
    ("show_avatars", False, "show_avatars"),
    ("send_notifications_to_email", True, "send_notifications_to_email"),
    ("show_scores", False, "show_scores"),
    ("show_vote_score", True, "votes_show_score"),
    ("show_upvotes", False, "votes_show_upvotes"),
    ("show_downvotes", False, "votes_show_downvotes"),
    ("show_upvote_percentage", True, "votes_show_percentage"),
    ("show_bot_accounts", False, "show_bot_accounts"),
    ("show_read_posts", False, "show_read_posts"),
    ("open_links_in_new_tab", True, "open_links_in_new_tab"),
    ("infinite_scroll_enabled", True, "infinite_scroll_enabled"),
    ("enable_keyboard_navigation", True, "enable_keyboard_navigation"),
    ("enable_animated_images", False, "enable_animated_images"),
    ("collapse_bot_comments", True, "collapse_bot_comments"),
]
PERSON_CHANGES: list[tuple[str, str, str]] = [
    ("display_name", "Ann B.", "display_name"),
    ("bio", "I *write*.", "bio"),
    ("avatar", "https://pictures.example/a.png", "avatar"),
    ("banner", "https://pictures.example/b.png", "banner"),
    ("matrix_user_id", "@ann:matrix.example", "matrix_user_id"),
]


def test_every_field_is_tried() -> None:
    tried = {name for name, *_ in (*ACCOUNT_CHANGES, *PERSON_CHANGES)}
    others = {"email", "bot_account", "discussion_languages"}
    assert tried | others == set(SettingsChange._fields)


@pytest.mark.parametrize(("field", "value", "column"), ACCOUNT_CHANGES)
def test_a_setting_changes_alone(forum: Forum, field: str, value: Any, column: str) -> None:
    ann = a_person(forum, "ann")
    before = forum.read_now(account_view, ann)
    after = save(forum, ann, **{field: value})
    changed = {column: value}
    if field == "show_scores":
        changed["votes_show_score"] = value
    assert after.account == before.account._replace(**changed)
    assert before.account != after.account
    assert after.person == before.person


@pytest.mark.parametrize(("field", "value", "column"), PERSON_CHANGES)
def test_an_empty_text_clears(forum: Forum, field: str, value: str, column: str) -> None:
    ann = a_person(forum, "ann")
    assert getattr(save(forum, ann, **{field: value}).person, column) == value
    # What is not given stays.
    assert getattr(save(forum, ann, blur_nsfw=True).person, column) == value
    assert getattr(save(forum, ann, **{field: ""}).person, column) is None


def test_a_bio_is_rendered(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    save(forum, ann, bio="I *write*.")
    html = forum.read_now(lambda tx: tx.conn.all(Statement(select(person.c.bio_html))))
    assert html == [("<p>I <em>write</em>.</p>\n",)]


def test_one_may_declare_oneself_a_bot(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    assert save(forum, ann, bot_account=True).person.bot
    assert not save(forum, ann, bot_account=False).person.bot


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"display_name": "@nn"}, "invalid_display_name"),
        ({"display_name": "a badword"}, "slurs"),
        ({"bio": "x" * 1001}, "bio_length_overflow"),
        ({"avatar": "nowhere"}, "invalid_url"),
        ({"banner": "javascript:alert(1)"}, "invalid_url_scheme"),
        (
            {"avatar": "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a"},
            "invalid_url_scheme",
        ),
        ({"avatar": "https://blocked.example/a.png"}, "blocked_url"),
        ({"avatar": "https://a.example/" + "x" * 2000}, "url_length_overflow"),
        ({"matrix_user_id": "ann"}, "invalid_matrix_id"),
        ({"email": "no address"}, "invalid_email_address"),
        ({"email": "BOB@mail.example"}, "email_already_exists"),
        ({"theme": ""}, "unknown"),
        ({"theme": "x" * 61}, "unknown"),
        ({"interface_language": "a\nb"}, "unknown"),
        ({"discussion_languages": [99999]}, "language_not_allowed"),
    ],
)
def test_what_is_refused_changes_nothing(forum: Forum, fields: dict[str, Any], code: str) -> None:
    from sqlalchemy import insert

    from moothall.storage.tables import blocked_url

    block = Statement(insert(blocked_url).values(url="blocked.example", created_at=0))
    forum.act_now(lambda tx: tx.conn.run(block))
    forum.act_now(lambda tx: update_site(tx.conn, slur_filter_regex="badword"))
    a_person(forum, "bob", email="bob@mail.example")
    ann = a_person(forum, "ann")
    before = forum.read_now(account_view, ann)
    with pytest.raises(ForumError) as refused:
        save(forum, ann, auto_expand=True, **fields)
    assert refused.value.code == code
    assert forum.read_now(account_view, ann) == before


def test_slurs_are_cut_out_of_a_bio(forum: Forum) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, slur_filter_regex="badword"))
    assert save(forum, a_person(forum, "ann"), bio="a badword").person.bio == "a *removed*"


def test_a_new_address_is_proven_by_mail(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    view = save(forum, ann, email="Ann@Mail.example")
    assert (view.account.email, view.account.email_verified) == ("Ann@mail.example", False)
    [mail] = mails(forum)
    assert mail["to"] == "Ann@mail.example"
    token = mailed_token(mail)
    forum.act_now(verify_email, token)
    assert forum.read_now(account_view, ann).account.email_verified
    with pytest.raises(NotFound, match="token_not_found"):
        forum.act_now(verify_email, token)


def test_another_spelling_of_ones_own_address_is_no_news(forum: Forum) -> None:
    ann = a_person(forum, "ann", email="ann@mail.example", email_verified=True)
    view = save(forum, ann, email="ANN@mail.example")
    assert (view.account.email, view.account.email_verified) == ("ANN@mail.example", True)
    assert mails(forum) == []


def test_where_addresses_must_be_proven_the_old_one_stays_until_then(forum: Forum) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, require_email_verification=True))
    ann = a_person(forum, "ann", email="old@mail.example", email_verified=True)
    view = save(forum, ann, email="new@mail.example")
    assert (view.account.email, view.account.email_verified) == ("old@mail.example", True)
    forum.act_now(verify_email, mailed_token(mails(forum)[0]))
    view = forum.read_now(account_view, ann)
    assert (view.account.email, view.account.email_verified) == ("new@mail.example", True)


def test_an_address_can_be_cleared_unless_the_site_needs_one(forum: Forum) -> None:
    ann = a_person(forum, "ann", email="ann@mail.example")
    assert save(forum, ann, email="").account.email is None
    forum.act_now(lambda tx: update_site(tx.conn, require_email_verification=True))
    with pytest.raises(ForumError, match="email_required"):
        save(forum, ann, email="")


def test_who_proves_an_address_second_does_not_get_it(forum: Forum) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, require_email_verification=True))
    ann = a_person(forum, "ann", email="ann@mail.example", email_verified=True)
    bob = a_person(forum, "bob", email="bob@mail.example", email_verified=True)
    save(forum, ann, email="both@mail.example")
    save(forum, bob, email="both@mail.example")
    first, second = (mailed_token(mail) for mail in mails(forum))
    forum.act_now(verify_email, first)
    with pytest.raises(ForumError, match="email_already_exists"):
        forum.act_now(verify_email, second)
    assert forum.read_now(account_view, bob).account.email == "bob@mail.example"


def test_a_link_works_for_a_week(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    save(forum, ann, email="ann@mail.example")
    advance(forum, 7 * DAY)
    with pytest.raises(NotFound, match="token_not_found"):
        forum.act_now(verify_email, mailed_token(mails(forum)[0]))


def languages_of(forum: Forum) -> list[int]:
    query = Statement(select(account_language.c.language_id).order_by("language_id"))
    return [row[0] for row in forum.read_now(lambda tx: tx.conn.all(query))]


def test_languages_always_include_the_undetermined(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    save(forum, ann, discussion_languages=[37, 2, 37])
    assert languages_of(forum) == [0, 2, 37]
    save(forum, ann, discussion_languages=[])
    assert languages_of(forum) == []


def test_all_languages_are_no_choice(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    save(forum, ann, discussion_languages=[each.id for each in LANGUAGES if each.id])
    assert languages_of(forum) == []


def test_a_client_remembers_that_it_asked_for_a_donation(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    before = forum.read_now(account_view, ann).account.donation_dialog_at
    forum.act_now(mark_donation_dialog_shown, ann)
    assert forum.read_now(account_view, ann).account.donation_dialog_at > before
