"""Tokens: long, different each time, and stored only as a hash."""

import hashlib
import re

from moothall.lib.tokens import hash_token, new_token


def test_tokens_are_url_safe_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(1000)}

    assert len(tokens) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", each) for each in tokens)
    assert len(new_token(16)) == 22


def test_the_stored_form_is_sha_256() -> None:
    assert hash_token("abc") == hashlib.sha256(b"abc").digest()
    assert hash_token("abc") != hash_token("abd")


def test_a_hostile_token_is_hashed_too() -> None:
    assert len(hash_token("\ud800 ü" * 1000)) == 32
