"""Printing the effective settings with their documentation."""

import json
import textwrap
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .keys import HIDDEN, Key, Settings, keys_of, sections


def describe(settings: Settings) -> str:
    """Print the effective settings as TOML, each key under its documentation, secrets masked."""
    lines = [line for key in keys_of(Settings) for line in _entry(key, settings)]
    for name, kind, doc in sections():
        section = getattr(settings, name)
        lines += [f"[{name}]", *_comment(doc), ""]
        for key in keys_of(kind):
            lines += _entry(key, section, name)
    return "\n".join(lines).rstrip() + "\n"


def _entry(key: Key, owner: Any, section: str = "") -> list[str]:
    value = getattr(owner, key.name)
    comment = _comment(f"{key.doc} (secret)" if key.secret else key.doc)
    if isinstance(value, dict):
        rows = [f"{_toml(name)} = {_toml(each)}" for name, each in value.items()]
        return [*comment, f"[{section}.{key.name}]", *rows, ""]
    return [*comment, f"{key.name} = {_toml(_masked(value) if key.secret else value)}", ""]


def _comment(doc: str) -> list[str]:
    return textwrap.wrap(doc, 98, initial_indent="# ", subsequent_indent="# ")


def _toml(value: Any) -> str:
    if isinstance(value, Path):
        value = str(value)
    return json.dumps(value, ensure_ascii=False)  # printable text, numbers and flags agree in both


def _masked(value: str) -> str:
    """Hide a secret; of a database's address only what may hold the password."""
    if not value.startswith("postgresql://"):
        return HIDDEN if value else ""
    parts = urlsplit(value)
    user, at, host = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    netloc = f"{name}{colon}{HIDDEN if colon else ''}{at}{host}"
    query = f"?{HIDDEN}" if parts.query else ""
    return f"postgresql://{netloc}{parts.path}{query}"
