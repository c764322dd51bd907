"""Settings of one's own account, and the profile that others see."""

from typing import Any

from moothall.domain.account import MAX_BIO, SettingsChange
from moothall.domain.errors import Conflict, Invalid, NotSignedIn
from moothall.domain.languages import LANGUAGES
from moothall.domain.names import check_matrix_id, checked_display_name
from moothall.domain.site import Site
from moothall.domain.user import Account, Viewer
from moothall.storage import account as accounts
from moothall.storage import event
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction
from moothall.storage.user import get_person_view

from . import mail
from .media import replace_uses
from .text import prepare_body, prepare_picture, refuse_slurs

# Settings that stand in the column of the same name.
_PLAIN = (
    "show_nsfw",
    "blur_nsfw",
    "auto_expand",
    "show_avatars",
    "send_notifications_to_email",
    "show_scores",
    "show_bot_accounts",
    "show_read_posts",
    "open_links_in_new_tab",
    "infinite_scroll_enabled",
    "enable_keyboard_navigation",
    "enable_animated_images",
    "collapse_bot_comments",
    "default_sort_type",
    "default_listing_type",
    "default_comment_sort_type",
    "post_listing_mode",
)
_RENAMED = {
    # Asked for once, kept twice: by the account and by what it shows of votes.
    "show_scores": "votes_show_score",
    "show_vote_score": "votes_show_score",
    "show_upvotes": "votes_show_upvotes",
    "show_downvotes": "votes_show_downvotes",
    "show_upvote_percentage": "votes_show_percentage",
}
_MAX_WORD_CHARS = 60
_UNDETERMINED = 0
_LANGUAGE_IDS = frozenset(each.id for each in LANGUAGES)


def save_settings(tx: Transaction, viewer: Viewer, change: SettingsChange) -> None:
    """Change what is given; see SettingsChange.

    Raises Invalid or Conflict with the code of the field that is not right.
    """
    account = accounts.get_account(tx.conn, viewer.account_id)
    if account is None:
        raise NotSignedIn
    site = get_site(tx.conn)
    profile = _profile(tx, site, change)
    fields = _account_fields(change)
    fields |= _email(tx, site, account, change.email)
    if change.discussion_languages is not None:
        _set_languages(tx, viewer, change.discussion_languages)
    accounts.update_account(tx.conn, account.id, **fields)
    if profile:
        accounts.update_person(tx.conn, viewer.person_id, updated_at=tx.now, **profile)
        _note_pictures(tx, viewer, profile)
        event.add(tx.conn, "person_edited", tx.now, person_id=viewer.person_id)


def mark_donation_dialog_shown(tx: Transaction, viewer: Viewer) -> None:
    """Remember when a client asked for a donation, so that it need not ask again soon."""
    accounts.update_account(tx.conn, viewer.account_id, donation_dialog_at=tx.now)


def _account_fields(change: SettingsChange) -> dict[str, Any]:
    given = {name: value for name, value in change._asdict().items() if value is not None}
    fields = {name: given[name] for name in _PLAIN if name in given}
    fields |= {column: given[name] for name, column in _RENAMED.items() if name in given}
    for name in ("theme", "interface_language"):
        if name in given:
            fields[name] = _word(name, given[name])
    return fields


def _word(name: str, text: str) -> str:
    word = text.strip()
    if not word or len(word) > _MAX_WORD_CHARS or not word.isprintable():
        raise Invalid("unknown", f"{name} is no short word")
    return word


def _profile(tx: Transaction, site: Site, change: SettingsChange) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if change.display_name is not None:
        fields["display_name"] = _display_name(tx, site, change.display_name)
    if change.bio is not None:
        text, html = prepare_body(tx, change.bio, MAX_BIO, "bio_length_overflow")
        fields |= {"bio": text or None, "bio_html": html}
    for name in ("avatar", "banner"):
        address = getattr(change, name)
        if address is not None:
            fields[name] = prepare_picture(tx, address) if address else None
    if change.matrix_user_id is not None:
        if change.matrix_user_id:
            check_matrix_id(change.matrix_user_id)
        fields["matrix_user_id"] = change.matrix_user_id or None
    if change.bot_account is not None:
        fields["bot"] = change.bot_account
    return fields


def _note_pictures(tx: Transaction, viewer: Viewer, profile: dict[str, Any]) -> None:
    """An avatar or banner that was uploaded here goes when another takes its place."""
    before = get_person_view(tx.conn, viewer.person_id)
    if before is not None:
        shown = [profile.get(n, getattr(before.person, n)) for n in ("avatar", "banner", "bio")]
        replace_uses(tx, "person", viewer.person_id, viewer.person_id, *shown)


def _display_name(tx: Transaction, site: Site, text: str) -> str | None:
    if not text:
        return None
    refuse_slurs(tx, text)
    return checked_display_name(text, site.actor_name_max_length)


def _email(tx: Transaction, site: Site, account: Account, text: str | None) -> dict[str, Any]:
    """Columns for a new address; a mail goes out to prove it.

    Where addresses have to be proven, a proven one stays until its successor is proven too: a
    slip of the pen must not lock anybody out.
    """
    if text is None:
        return {}
    if not text:
        if site.require_email_verification:
            raise Invalid("email_required")
        return {"email": None, "email_key": None, "email_verified": False}
    email = mail.checked_email(text)
    if account.email is not None and email.lower() == account.email.lower():
        return {"email": email}
    if accounts.find_account_by_email(tx.conn, email) is not None:
        raise Conflict("email_already_exists")
    mail.send_verification(tx, account, email)
    if site.require_email_verification and account.email_verified:
        return {}
    return {"email": email, "email_key": email.lower(), "email_verified": False}


def _set_languages(tx: Transaction, viewer: Viewer, languages: list[Any]) -> None:
    wanted = set(languages)
    if not wanted <= _LANGUAGE_IDS:
        raise Invalid("language_not_allowed")
    # All of them is the same as no choice, which costs lists nothing.
    everything = not wanted or wanted | {_UNDETERMINED} == _LANGUAGE_IDS
    chosen = [] if everything else sorted(wanted | {_UNDETERMINED})
    accounts.set_languages(tx.conn, viewer.account_id, chosen)
