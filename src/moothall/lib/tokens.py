"""Random tokens for links, sessions and forms, and the form in which a database keeps them."""

import base64
import hashlib
import hmac
import secrets


def new_token(n_bytes: int = 32) -> str:
    """Make an unguessable URL-safe token (32 bytes: 43 characters)."""
    return secrets.token_urlsafe(n_bytes)


def hash_token(token: str) -> bytes:
    """Hash a token for storage: 32 bytes, no salt, since a random token cannot be guessed.

    Whoever reads a copy of the database cannot use what stands there.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def derived(secret: str, purpose: str) -> str:
    """A key for one purpose, made from a secret that it does not tell: 43 URL-safe characters."""
    digest = hmac.digest(secret.encode(), purpose.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
