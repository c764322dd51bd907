"""What pages say in words: figures, reasons of refusals, names of orders and listings."""

import math

from moothall.domain.comment import CommentSort
from moothall.domain.errors import (
    Conflict,
    ForumError,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooMany,
    Unavailable,
)
from moothall.domain.languages import LANGUAGES
from moothall.domain.moderation import ModlogEntry, ModlogKind
from moothall.domain.post import Listing, PostSort
from moothall.domain.site import PostListingMode, RegistrationMode

POST_SORTS = {
    PostSort.ACTIVE: "Active",
    PostSort.HOT: "Hot",
    PostSort.SCALED: "Scaled",
    PostSort.NEW: "New",
    PostSort.OLD: "Old",
    PostSort.TOP_HOUR: "Top of the hour",
    PostSort.TOP_SIX_HOUR: "Top of six hours",
    PostSort.TOP_TWELVE_HOUR: "Top of twelve hours",
    PostSort.TOP_DAY: "Top of the day",
    PostSort.TOP_WEEK: "Top of the week",
    PostSort.TOP_MONTH: "Top of the month",
    PostSort.TOP_THREE_MONTHS: "Top of three months",
    PostSort.TOP_SIX_MONTHS: "Top of six months",
    PostSort.TOP_NINE_MONTHS: "Top of nine months",
    PostSort.TOP_YEAR: "Top of the year",
    PostSort.TOP_ALL: "Top of all time",
    PostSort.MOST_COMMENTS: "Most comments",
    PostSort.NEW_COMMENTS: "Newest comments",
    PostSort.CONTROVERSIAL: "Controversial",
}
COMMENT_SORTS = {
    CommentSort.HOT: "Hot",
    CommentSort.TOP: "Top",
    CommentSort.NEW: "New",
    CommentSort.OLD: "Old",
    CommentSort.CONTROVERSIAL: "Controversial",
}
LISTINGS = {
    Listing.ALL: "All",
    Listing.LOCAL: "Local",
    Listing.SUBSCRIBED: "Subscribed",
    Listing.MODERATOR_VIEW: "Moderated",
}

LISTING_MODES = {
    PostListingMode.LIST: "List",
    PostListingMode.CARD: "Cards",
    PostListingMode.SMALL_CARD: "Small cards",
}
REGISTRATION_MODES = {
    RegistrationMode.OPEN: "Everybody",
    RegistrationMode.REQUIRE_APPLICATION: "Whoever an admin lets in",
    RegistrationMode.CLOSED: "Nobody",
}
CAPTCHA_DIFFICULTIES = {"easy": "Easy", "medium": "Medium", "hard": "Hard"}
# What limits of rate are about, by the name of the setting.
LIMITS = {
    "rate_message": "Messages, votes, and everything else that is small",
    "rate_post": "New posts and communities",
    "rate_comment": "Comments",
    "rate_image": "Pictures",
    "rate_search": "Searches",
    "rate_register": "Joining and signing in",
}

# As the heading of a list of such acts.
ACTS = {
    ModlogKind.REMOVE_POST: "Removed posts",
    ModlogKind.LOCK_POST: "Locked posts",
    ModlogKind.FEATURE_POST: "Pinned posts",
    ModlogKind.REMOVE_COMMENT: "Removed comments",
    ModlogKind.DISTINGUISH_COMMENT: "Distinguished comments",
    ModlogKind.REMOVE_COMMUNITY: "Removed communities",
    ModlogKind.HIDE_COMMUNITY: "Hidden communities",
    ModlogKind.BAN_FROM_COMMUNITY: "Bans from communities",
    ModlogKind.BAN: "Bans from the site",
    ModlogKind.ADD_COMMUNITY: "Moderators",
    ModlogKind.TRANSFER_COMMUNITY: "Transferred communities",
    ModlogKind.ADD: "Admins",
    ModlogKind.PURGE_PERSON: "Purged people",
    ModlogKind.PURGE_COMMUNITY: "Purged communities",
    ModlogKind.PURGE_POST: "Purged posts",
    ModlogKind.PURGE_COMMENT: "Purged comments",
}
# What was done, and what its undoing is called.
_DEEDS = {
    ModlogKind.REMOVE_POST: ("removed a post", "restored a post"),
    ModlogKind.LOCK_POST: ("locked a post", "unlocked a post"),
    ModlogKind.FEATURE_POST: ("pinned a post", "unpinned a post"),
    ModlogKind.REMOVE_COMMENT: ("removed a comment", "restored a comment"),
    ModlogKind.DISTINGUISH_COMMENT: ("distinguished a comment", "took a distinction back"),
    ModlogKind.REMOVE_COMMUNITY: ("removed the community", "restored the community"),
    ModlogKind.HIDE_COMMUNITY: ("hid the community", "showed the community again"),
    ModlogKind.BAN_FROM_COMMUNITY: ("banned from the community", "lifted a ban"),
    ModlogKind.BAN: ("banned from the site", "lifted a ban from the site"),
    ModlogKind.ADD_COMMUNITY: ("appointed a moderator", "dismissed a moderator"),
    ModlogKind.TRANSFER_COMMUNITY: ("handed the community over", "handed the community over"),
    ModlogKind.ADD: ("appointed an admin", "dismissed an admin"),
    ModlogKind.PURGE_PERSON: ("purged a person", "purged a person"),
    ModlogKind.PURGE_COMMUNITY: ("purged a community", "purged a community"),
    ModlogKind.PURGE_POST: ("purged a post", "purged a post"),
    ModlogKind.PURGE_COMMENT: ("purged a comment", "purged a comment"),
}
LANGUAGE_CHOICES = [(str(each.id), each.name) for each in LANGUAGES]

_BY_CODE = {
    "address_too_long": "This address is too long. Ask for less at once.",
    "alt_text_length_overflow": "The description of the picture is too long.",
    "application_question_required": "Please write a question for those who want to join.",
    "ban_expiration_in_past": "The ban would be over already.",
    "banned": "This person is banned.",
    "banned_from_community": "You are banned from this community.",
    "bio_length_overflow": "The text about you is too long.",
    "blocked_url": "Your text contains a link that this site does not allow.",
    "cannot_leave_admin": "You are the only admin: appoint another one first.",
    "cant_enable_private_instance_and_federation_together": "A site that only members see cannot "
    "talk with other servers: choose one of the two.",
    "cant_block_admin": "Admins cannot be blocked.",
    "cant_block_local_instance": "This is the server that you are on.",
    "cant_block_yourself": "You cannot block yourself.",
    "captcha_incorrect": "The letters do not match the picture. Here is a new one.",
    "community_already_exists": "A community of this name exists already.",
    "community_missing": "Please say in which community.",
    "couldnt_create_comment": "The comment could not be stored.",
    "couldnt_create_report": "You have reported this before.",
    "couldnt_find_comment": "There is no such comment, or it is not for you to see.",
    "couldnt_find_community": "There is no such community.",
    "couldnt_find_object": "That server does not know it, or does not answer.",
    "couldnt_find_person": "There is nobody of this name.",
    "couldnt_find_private_message": "There is no such message, or it is not for you to see.",
    "couldnt_find_post": "There is no such post, or it is not for you to see.",
    "community_moderator_already_exists": "They are in the team already.",
    "community_user_already_banned": "There is no such ban any more.",
    "couldnt_update_comment": "It is so already.",
    "couldnt_update_community": "It is so already.",
    "couldnt_update_post": "It is so already.",
    "couldnt_update_user": "It is so already, or there is nobody of this name.",
    "deleted": "It has been deleted.",
    "downvotes_are_disabled": "This site has no downvotes.",
    "edit_private_message_not_allowed": "Only its sender can change a message.",
    "email_already_exists": "There is already an account with this mail address.",
    "email_not_verified": "Please confirm your mail address first: the link is in your mail.",
    "email_required": "This site needs your mail address.",
    "field_too_long": "A text in what you sent is too long. Go back and shorten it.",
    "foreign_form": "This form was sent from another site, so nothing was done.",
    "form_expired": "This page was open for long, so nothing was sent. Please send it again.",
    "form_too_large": "What you sent is too large: a form takes 1 MB at most.",
    "honeypot_failed": "Please leave the hidden field empty.",
    "incorrect_login": "Name or password is not right.",
    "incorrect_totp_token": "The one-time code is not right, or it has been used: each works once. "
    "Wait for the next one.",
    "invalid_body_field": "The text is too long, or there is nothing to read in it.",
    "invalid_bot_action": "Accounts of bots cannot do this.",
    "invalid_display_name": "The displayed name is too short or too long, or has unusual characters.",
    "invalid_email_address": "This is not a mail address.",
    "invalid_name": "A name has at least 3 characters: letters from a to z without accents (or only "
    "Cyrillic or only Arabic ones), digits and underscores.",
    "invalid_password": "A password has 10 to 60 characters.",
    "invalid_post_title": "A title has 3 to 200 characters, on one line.",
    "invalid_regex": "This pattern cannot be read.",
    "invalid_url": "This is not the address of a page.",
    "invalid_url_scheme": "A link must begin with http:// or https://.",
    "language_not_allowed": "This community or site does not use that language.",
    "locked": "This post is locked: nothing can be added.",
    "max_comment_depth_reached": "This branch is too deep. Answer a comment further up.",
    "missing_totp_token": "Please enter your one-time code as well.",
    "no_comment_edit_allowed": "Only its author can change a comment.",
    "no_post_edit_allowed": "Only its author can change a post.",
    "not_a_mod_or_admin": "This page is for moderators.",
    "not_a_moderator": "Only moderators of this community can do this.",
    "not_an_admin": "This page is for admins.",
    "no_email_setup": "This server sends no mail, so nobody could confirm an address.",
    "not_a_number": "Please give a whole number, 1 or more.",
    "not_higher_admin": "This admin was appointed before you, so you cannot act on them.",
    "not_higher_mod": "This moderator was appointed before you, so you cannot act on them.",
    "not_sure": "Nothing was erased: please tick that you mean it.",
    "not_top_mod": "Only the highest moderator can do this.",
    "nsfw_not_allowed": "This site has nothing that is not safe for work.",
    "only_admins_can_create_communities": "On this site, admins open communities.",
    "only_mods_can_post_in_community": "In this community only moderators post.",
    "password_incorrect": "The password is not right.",
    "passwords_do_not_match": "The two passwords are not the same.",
    "object_not_local": "This person has their account on another server.",
    "permissive_regex": "This pattern would match nearly every text.",
    "person_is_blocked": "One of you two blocks the other, so the message cannot be sent.",
    "rate_limit_error": "That was too fast. Please wait a moment and try again.",
    "registration_application_answer_required": "Please answer the question, so that an admin "
    "can decide.",
    "registration_application_is_pending": "An admin still has to read your application.",
    "registration_closed": "This site takes no new accounts at the moment.",
    "registration_denied": "Your application was not accepted.",
    "report_reason_required": "Please say what is wrong.",
    "report_too_long": "The reason is too long.",
    "setup_token_required": "This is not the token of the server's log.",
    "signed_in_again": "You are signed in again, and this is what you wrote. Nothing has been sent yet.",
    "signed_in_again_without_file": "You are signed in again, and this is what you wrote. Nothing "
    "has been sent yet. Choose the picture again: it could not be kept.",
    "signed_out": "You have been signed out, so nothing was done.",
    "site_already_exists": "This site is set up already.",
    "site_ban": "This account is banned from the site.",
    "site_description_length_overflow": "The description has at most 150 characters.",
    "site_name_length_overflow": "The name of the site has at most 20 characters.",
    "site_name_required": "Please give the site a name.",
    "slurs": "Your text contains a word that this site does not allow.",
    "too_many_fields": "This form has more fields than any of ours.",
    "too_many_items": "This list is too long.",
    "totp_already_enabled": "The second factor is on already.",
    "missing_totp_secret": "There is no secret to confirm: begin again.",
    "took_too_long": "This took too long. Please ask for something narrower, or try again later.",
    "undecided": "Please say yes or no: nothing has been decided.",
    "unreadable_field": "A field in what you sent cannot be read; if it was a link, it may be "
    "incomplete.",
    "url_length_overflow": "The link is too long.",
    "user_already_exists": "This name is taken.",
}
_BY_CLASS: dict[type[ForumError], tuple[int, str]] = {
    NotSignedIn: (401, "Please log in for this."),
    NotAllowed: (403, "You may not do this."),
    NotFound: (404, "There is nothing at this address, or it is not for you to see."),
    Invalid: (400, "Something in what you sent does not fit."),
    Conflict: (409, "It is already so, or it has just been changed by somebody else."),
    TooMany: (429, "That was too fast. Please wait a moment and try again."),
    Unavailable: (
        503,
        (
            "The server cannot store anything at the moment. Your text is safe: go back and try again"
            " later; if it stays so, tell an admin."
        ),
    ),
}
_TITLES = {
    400: "That does not fit",
    401: "Please log in",
    403: "That is not allowed",
    404: "Nothing here",
    405: "Not that way",
    409: "Something has changed",
    429: "One moment, please",
    500: "This is our fault",
    503: "One moment, please",
}
_ADVICE = {
    400: "Go back and try again; if you followed a link, it may be incomplete.",
    401: "Log in and come back to this page.",
    403: "If you think you should be able to, write to a moderator or admin.",
    404: "It may have been deleted or removed. The search may find what you are looking for.",
    405: "This address only takes a form that has been filled in.",
    409: "Go back, reload the page and look again.",
    429: "Your text is safe: go back, wait a little, and send it again.",
    500: "The error has been written down. Try again in a moment; if it stays, tell an admin the "
    "number below.",
    503: "The server is very busy. Go back and try again in a few seconds.",
}


def deed(entry: ModlogEntry) -> str:
    """What a moderator did, as the middle of a sentence."""
    done, undone = _DEEDS[ModlogKind(entry.kind)]
    return undone if entry.undone else done


def status_of(error: ForumError) -> int:
    """The HTTP status of a refusal."""
    return next(status for kind, (status, _) in _BY_CLASS.items() if isinstance(error, kind))


# Refusals of pictures, which say themselves what was too much: the number is the operator's.
_OF_PICTURES = {
    "not_an_image_type": "The file was not taken",
    "too_large": "The file was not taken",
    "pictrs_response_error": "The file was not taken",
}


def reason(error: ForumError) -> str:
    """A refusal in a sentence for people."""
    if error.message and error.code in _OF_PICTURES:
        return f"{_OF_PICTURES[error.code]}: {error.message}."
    if error.message and error.code == "invalid_body_field":
        return f"The text was not taken: {error.message}."
    if isinstance(error, TooMany) and error.wait_s is not None:
        return f"That was too fast. You can go on in {duration(error.wait_s)}."
    known = _BY_CODE.get(error.code)
    if known is not None:
        return known
    return next(text for kind, (_, text) in _BY_CLASS.items() if isinstance(error, kind))


def duration(seconds: float) -> str:
    """A time to wait: in seconds, in minutes where it is longer; never told too short."""
    whole = max(1, math.ceil(seconds))
    if whole < 100:
        return f"{whole} second{'' if whole == 1 else 's'}"
    return f"{math.ceil(whole / 60)} minutes"


def title_of(status: int) -> str:
    """The heading of an error page."""
    return _TITLES.get(status, _TITLES[500])


def advice_for(status: int) -> str:
    """What to do next."""
    return _ADVICE.get(status, _ADVICE[500])


def short(number: int) -> str:
    """A figure in few characters: 950, 1.2k, 34k, 5.6m."""
    size = abs(number)
    for limit, unit in ((1_000_000, "m"), (1_000, "k")):
        if size >= limit:
            digits = f"{size / limit:.1f}" if size < 10 * limit else str(size // limit)
            return f"{'−' if number < 0 else ''}{digits.removesuffix('.0')}{unit}"
    return str(number) if number >= 0 else f"−{size}"


def count(number: int, one: str, many: str | None = None) -> str:
    """A figure with its noun: "1 comment", "1.2k comments"."""
    return f"{short(number)} {one if number == 1 else many or one + 's'}"
