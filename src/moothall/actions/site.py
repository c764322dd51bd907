"""The site: its beginning, its settings and the people who run it."""

import secrets

from moothall.domain.errors import Invalid
from moothall.lib.keys import generate_key_pair
from moothall.lib.tokens import hash_token, new_token
from moothall.storage import language as language_rows
from moothall.storage import site as site_rows
from moothall.storage.transaction import Transaction

_NAME = "New Site"
_QUESTION = "To keep spam out, please say in a few words why you would like to join."


def ensure_site(tx: Transaction) -> str | None:
    """Make what every forum needs (own instance, site, languages) if it is not there yet.

    Returns a fresh setup token until the site is set up; it is shown once and only its hash is
    kept. Raises Invalid `other_domain` if the database belongs to another domain.
    """
    site = site_rows.find_site(tx.conn)
    if site is None:
        _add_site(tx)
    elif site.domain != tx.home.domain:
        raise Invalid(
            "other_domain",
            f"the database belongs to {site.domain}, the settings say {tx.home.domain}",
        )
    elif site.is_set_up:
        return None
    token = new_token()
    site_rows.update_site(tx.conn, setup_token_hash=hash_token(token).hex())
    return token


def _add_site(tx: Transaction) -> None:
    instance_id = site_rows.add_instance(tx.conn, tx.home.domain, tx.now)
    site_rows.add_site(
        tx.conn,
        instance_id=instance_id,
        domain=tx.home.domain,
        name=_NAME,
        application_question=_QUESTION,
        token_secret=secrets.token_hex(32),
        now=tx.now,
    )
    keys = generate_key_pair()
    site_rows.add_site_key(tx.conn, keys.public_pem, keys.private_pem, tx.now)
    language_rows.add_languages(tx.conn)
