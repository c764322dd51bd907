"""Rules of talking to other servers."""

from typing import NamedTuple

from .site import Site


class InstanceRules(NamedTuple):
    """Hosts without their ports. While anybody is allowed by name, nobody else is."""

    allowed: frozenset[str]
    blocked: frozenset[str]


def is_open(site: Site) -> bool:
    """Whether this site takes part in any conversation with other servers."""
    return site.federation_enabled and not site.private_instance


def may_talk_to(host: str, rules: InstanceRules) -> bool:
    """Whether we hear a server and tell it anything."""
    if host in rules.blocked:
        return False
    return not rules.allowed or host in rules.allowed
