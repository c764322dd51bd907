"""Rules of talking to other servers."""

from typing import NamedTuple


class InstanceRules(NamedTuple):
    """Hosts without their ports. While anybody is allowed by name, nobody else is."""

    allowed: frozenset[str]
    blocked: frozenset[str]


def may_talk_to(host: str, rules: InstanceRules) -> bool:
    """Whether we hear a server and tell it anything."""
    if host in rules.blocked:
        return False
    return not rules.allowed or host in rules.allowed
