"""Which addresses belong to the public internet, in every form that an address can hide in.

Allowed is only what is globally reachable unicast by the registries of the IANA
(https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 twin); an IPv6 address
that carries an IPv4 address inside is judged by that one. Python's own `is_global` is not asked:
it follows the registries of the day when that Python was made.
"""

import ipaddress

IPv4 = ipaddress.IPv4Address
IPv6 = ipaddress.IPv6Address

_PRIVATE_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
_PRIVATE_V6 = tuple(
    ipaddress.IPv6Network(text)
    # Within 2000::/3: protocol assignments with Teredo, documentation, 6to4.
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
# Where a network without IPv4 finds the servers that have nothing else (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Whether this is the address of a machine on the public internet; False for what is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4):
        return _is_public_v4(address)
    return _is_public_v6(address)


def _is_public_v4(address: IPv4) -> bool:
    return not any(address in network for network in _PRIVATE_V4)


def _is_public_v6(address: IPv6) -> bool:
    if address.scope_id is not None:
        return False
    # The system connects a mapped address over IPv4.
    inner = address.ipv4_mapped
    if inner is None and address in _NAT64:
        inner = IPv4(int(address) & 0xFFFF_FFFF)
    if inner is not None:
        return _is_public_v4(inner)
    return address in _UNICAST_V6 and not any(address in network for network in _PRIVATE_V6)
