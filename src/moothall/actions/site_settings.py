"""The site's settings: checked, stored, and each change written down with who made it."""

import json
from collections.abc import Iterable
from typing import Any

from moothall.domain.errors import Invalid, blame
from moothall.domain.permissions import may_administer, require
from moothall.domain.site import RegistrationMode, Site, SiteChanges
from moothall.domain.site_rules import MAX_TEXT, check_site, checked_host, checked_site_name
from moothall.domain.text import storable
from moothall.domain.user import Doer
from moothall.storage import event, site_list
from moothall.storage import language as languages
from moothall.storage import site as rows
from moothall.storage.transaction import Transaction

from .media import replace_uses
from .text import checked_pattern, prepare_body, prepare_picture, refuse_slurs, without_scheme

_LISTS = (
    "discussion_languages",
    "taglines",
    "blocked_urls",
    "allowed_instances",
    "blocked_instances",
)


def edit_site(tx: Transaction, by: Doer, changes: SiteChanges, *, sends_mail: bool = False) -> None:
    """Change settings of the site, as an admin.

    `sends_mail`: whether a mail server is set up. Raises Invalid with the code of the field, and
    with its name.
    """
    require(may_administer(by))
    apply_changes(tx, by, changes, sends_mail=sends_mail)
    event.add(tx.conn, "site_edited", tx.now, doer_id=by.person_id)


def apply_changes(tx: Transaction, by: Doer, changes: SiteChanges, *, sends_mail: bool) -> None:
    """Check and store what is given, with an entry for each setting that is now another."""
    site = rows.get_site(tx.conn)
    if not tx.home.federates:
        # Forms send back what they were shown, so what admins decided on federation stays as it is
        # while the operator has switched it off; but a private site will never federate.
        site = site._replace(federation_enabled=False)
    check_site(site, changes)
    if not tx.home.federates:
        changes = changes._replace(federation_enabled=False if changes.private_instance else None)
    if changes.require_email_verification and not sends_mail:
        # Nobody could prove an address, so nobody new could ever sign in.
        raise Invalid("no_email_setup", field="require_email_verification")
    values = _columns(tx, changes)
    for name, new in values.items():
        old = getattr(site, name)
        if old != new and name != "sidebar_html":
            _write_down(tx, by, name, old, new)
    rows.update_site(tx.conn, updated_at=tx.now, **values)
    shown = [values.get(name, getattr(site, name)) for name in ("icon", "banner", "sidebar")]
    replace_uses(tx, "site", site.id, by.person_id, *shown)
    _let_in_who_is_here(tx, site, changes)
    _set_lists(tx, by, changes)


def _columns(tx: Transaction, changes: SiteChanges) -> dict[str, Any]:
    """The columns that are given, as they are stored."""
    given = {
        name: value
        for name, value in changes._asdict().items()
        if value is not None and name not in _LISTS
    }
    values = {name: _stored(name, value) for name, value in given.items()}
    if "name" in given:
        with blame("name"):
            refuse_slurs(tx, given["name"])
            values["name"] = checked_site_name(storable(given["name"]))
    if "description" in given:
        with blame("description"):
            refuse_slurs(tx, given["description"])
    if "sidebar" in given:
        with blame("sidebar"):
            body, html = prepare_body(tx, given["sidebar"], MAX_TEXT)
        values |= {"sidebar": body or None, "sidebar_html": html or None}
    for name in ("icon", "banner"):
        if given.get(name):
            with blame(name):
                values[name] = prepare_picture(tx, given[name])
    if given.get("slur_filter_regex"):
        with blame("slur_filter_regex"):
            checked_pattern(given["slur_filter_regex"])
    # An interval of 0 means "as it is".
    return {name: value for name, value in values.items() if not _is_no_interval(name, value)}


def _stored(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # The theme and the names of modes are never nothing; other texts are cleared by "".
    text = storable(value).strip()
    return text or ("browser" if name == "default_theme" else None)


def _is_no_interval(name: str, value: Any) -> bool:
    return name.startswith("rate_") and name.endswith("_s") and value == 0


def _let_in_who_is_here(tx: Transaction, site: Site, changes: SiteChanges) -> None:
    """Ask neither an application nor a proof of address from those who came without."""
    mode = changes.registration_mode
    if mode == RegistrationMode.REQUIRE_APPLICATION and site.registration_mode != mode:
        rows.accept_all_accounts(tx.conn)
    if changes.require_email_verification and not site.require_email_verification:
        rows.verify_all_emails(tx.conn)


def _set_lists(tx: Transaction, by: Doer, changes: SiteChanges) -> None:
    stored = site_list.get_lists(tx.conn)
    if changes.discussion_languages is not None:
        chosen = sorted(set(changes.discussion_languages))
        _write_down_list(tx, by, "discussion_languages", stored.language_ids, chosen)
        languages.set_site_languages(tx.conn, chosen)
    if changes.taglines is not None:
        with blame("taglines"):
            lines = [prepare_body(tx, each, MAX_TEXT)[0].strip() for each in changes.taglines]
        kept = [line for line in lines if line]
        _write_down_list(tx, by, "taglines", [each.content for each in stored.taglines], kept)
        site_list.set_taglines(tx.conn, kept, tx.now)
    if changes.blocked_urls is not None:
        with blame("blocked_urls"):
            blocked = [without_scheme(each) for each in changes.blocked_urls if each.strip()]
        gone, new = _write_down_list(
            tx, by, "blocked_urls", [each.url for each in stored.blocked_urls], blocked
        )
        site_list.remove_blocked_urls(tx.conn, gone)
        site_list.add_blocked_urls(tx.conn, new, tx.now)
    _set_rules(tx, by, "allowed", changes.allowed_instances)
    _set_rules(tx, by, "blocked", changes.blocked_instances)


def _set_rules(tx: Transaction, by: Doer, kind: str, wanted: list[str] | None) -> None:
    if wanted is None:
        return
    field = f"{kind}_instances"
    with blame(field):
        hosts = [checked_host(each) for each in wanted if each.strip()]
    own_host = tx.home.domain.rsplit(":", 1)[0]
    if kind == "blocked" and own_host in hosts:
        raise Invalid("cant_block_local_instance", field=field)
    known = site_list.ruled_instances(tx.conn, kind)
    gone, new = _write_down_list(tx, by, field, known, [host for host in hosts if host != own_host])
    site_list.remove_instance_rules(tx.conn, kind, [known[each] for each in gone])
    site_list.add_instance_rules(tx.conn, kind, new, tx.now)


def _write_down_list(
    tx: Transaction, by: Doer, setting: str, old: Iterable[Any], new: Iterable[Any]
) -> tuple[list[Any], list[Any]]:
    """Write down what left a list and what came in; returns both."""
    before, after = list(dict.fromkeys(old)), list(dict.fromkeys(new))
    known, wanted = set(before), set(after)
    gone = [each for each in before if each not in wanted]
    came = [each for each in after if each not in known]
    if gone or came:
        _write_down(tx, by, setting, gone, came)
    return gone, came


def _write_down(tx: Transaction, by: Doer, setting: str, old: Any, new: Any) -> None:
    rows.add_settings_change(tx.conn, by.person_id, setting, _text(old), _text(new), tx.now)


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
