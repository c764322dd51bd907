"""An account's settings and lists as they travel from one server to another. Pure values."""

from dataclasses import dataclass, field

from .account import SettingsChange
from .user import AccountView

MAX_ENTRIES = 10_000
"""Of all lists together: what one import takes, and so what one export gives."""


@dataclass(frozen=True, slots=True)
class Lists:
    """What somebody follows, keeps and blocks: ids of things, and domains of servers."""

    followed_communities: list[str] = field(default_factory=list)
    blocked_communities: list[str] = field(default_factory=list)
    blocked_users: list[str] = field(default_factory=list)
    blocked_instances: list[str] = field(default_factory=list)
    saved_posts: list[str] = field(default_factory=list)
    saved_comments: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Backup:
    """All that an export holds."""

    account: AccountView
    lists: Lists


@dataclass(frozen=True, slots=True)
class Restore:
    """What an import asks for."""

    settings: SettingsChange
    lists: Lists
