"""Addresses on the web: one spelling for each, and strictness about what an address may be.

The spelling follows the URL standard of the browsers (https://url.spec.whatwg.org) where it
matters for comparing: scheme and host in lower case, the host in ASCII, no usual port, dot segments
resolved, a slash for an empty path, everything outside of ASCII percent-encoded.
"""

import ipaddress
import re
from urllib.parse import SplitResult, quote, unquote_plus, urlsplit

MAX_UTF16_UNITS = 2000

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# Kept as they are; everything else in a path, query or fragment is percent-encoded.
_SAFE = "!$%&'()*+,-./:;=?@_~[]|"

# Parameters that tell a site where a reader came from, and change nothing about the page.
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "matomo_", "hsa_", "oly_", "vero_", "__hs", "ga_")
_TRACKING = frozenset(
    {
        *("fbclid", "fb_action_ids", "fb_action_types", "fb_source", "fb_ref"),
        *(
            "gclid",
            "gclsrc",
            "dclid",
            "gbraid",
            "wbraid",
            "gad_source",
            "gad_campaignid",
            "srsltid",
        ),
        *("msclkid", "yclid", "ysclid", "twclid", "ttclid", "li_fat_id", "igshid", "igsh", "epik"),
        *(
            "mc_cid",
            "mc_eid",
            "mkt_tok",
            "_hsenc",
            "_hsmi",
            "hsctatracking",
            "_openstat",
            "wickedid",
        ),
        *(
            "s_cid",
            "s_kwcid",
            "irclickid",
            "irgwc",
            "rb_clickid",
            "ml_subscriber",
            "ml_subscriber_hash",
        ),
        *("at_medium", "at_campaign", "at_custom1", "at_custom2", "at_custom3", "at_custom4"),
        *("_branch_match_id", "_branch_referrer", "ref_src", "ref_url", "cmpid", "ncid", "dicbo"),
    }
)


class UrlError(Exception):
    """Not an address that we accept."""


class InvalidUrl(UrlError):
    """It cannot be read as an address, or is one that could deceive."""


class InvalidUrlScheme(UrlError):
    """The scheme is none of those allowed here."""


class UrlTooLong(UrlError):
    """More than 2000 UTF-16 code units, before or after encoding."""


def normalise_url(url: str) -> str:
    """Write an http, https or magnet address in its one spelling, without tracking parameters.

    Normalising twice changes nothing more. Raises InvalidUrl, InvalidUrlScheme or UrlTooLong.
    User names, passwords and control characters are refused: their use is deception.
    """
    url = url.strip(" \t\r\n\f")
    if len(url.encode("utf-16-le", "surrogatepass")) // 2 > MAX_UTF16_UNITS:
        raise UrlTooLong
    if _CONTROL.search(url):
        raise InvalidUrl
    scheme, colon, rest = url.partition(":")
    scheme = scheme.lower()
    if not colon or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme):
        raise InvalidUrl
    if scheme == "magnet":
        normal = _magnet(rest)
    elif scheme in _DEFAULT_PORTS:
        normal = _web(scheme, rest)
    else:
        raise InvalidUrlScheme
    if len(normal) > MAX_UTF16_UNITS:
        raise UrlTooLong
    return normal


def host_of(url: str) -> str:
    """Return the host without its port, in lower case; empty where there is none."""
    parts = _split(url)
    return (parts.hostname or "").removesuffix(".") if parts else ""


def authority_of(url: str) -> str:
    """Return `host[:port]` in lower case, without the port that is usual for the scheme."""
    parts = _split(url)
    name = host_of(url)
    if not parts or not name:
        return ""
    host = f"[{name}]" if ":" in name else name
    usual = str(parts.port) == _DEFAULT_PORTS.get(parts.scheme)
    return host if parts.port is None or usual else f"{host}:{parts.port}"


def same_host(one: str, other: str) -> bool:
    """Tell whether two addresses belong to one server: equal host and equal port.

    Two servers can share a machine, so the port counts. False where either has no host.
    """
    authority = authority_of(one)
    return bool(authority) and authority == authority_of(other)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _magnet(rest: str) -> str:
    if not rest.startswith("?") or not re.search(r"[?&]xt(\.[0-9]+)?=urn:", rest):
        raise InvalidUrl
    return f"magnet:{quote(rest, safe=_SAFE)}"


def _web(scheme: str, rest: str) -> str:
    match = re.match(r"//([^/?#\\]*)([^?#]*)(\?[^#]*)?(#.*)?$", rest, re.DOTALL)
    if not match:
        raise InvalidUrl
    authority, path, query, fragment = match.groups(default="")
    path = _without_dots(quote(path.replace("\\", "/") or "/", safe=_SAFE))
    query = _without_tracking(quote(query, safe=_SAFE))
    fragment = "#" + quote(fragment[1:], safe=_SAFE) if len(fragment) > 1 else ""
    return f"{scheme}://{_authority(scheme, authority)}{path}{query}{fragment}"


def _authority(scheme: str, authority: str) -> str:
    match = re.fullmatch(r"(\[[^\]]*\]|[^:@\[\]]*)(?::([0-9]{0,6}))?", authority, re.ASCII)
    if not match:  # an "@" too: a name before the host
        raise InvalidUrl
    host, port = _host(match[1]), match[2]
    if not port:
        return host
    if not 0 < int(port) < 65536:
        raise InvalidUrl
    return host if str(int(port)) == _DEFAULT_PORTS[scheme] else f"{host}:{int(port)}"


def _host(host: str) -> str:
    if host.startswith("["):
        return _ipv6(host[1:-1])
    name = _ascii(host).removesuffix(".")
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidUrl
    # A name that ends in a number is an IPv4 address to a browser, in whatever strange notation.
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        return _ipv4(name)
    return name


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    import idna  # most hosts are ASCII

    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        raise InvalidUrl from None


def _ipv4(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        raise InvalidUrl from None


def _ipv6(text: str) -> str:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        raise InvalidUrl from None
    if address.scope_id:
        raise InvalidUrl
    return f"[{address.compressed}]"


def _without_dots(path: str) -> str:
    """Resolve `.` and `..`, also where they are percent-encoded (RFC 3986 section 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for position, segment in enumerate(segments):
        plain = re.sub("%2e", ".", segment, flags=re.IGNORECASE)
        if plain not in (".", ".."):
            kept.append(segment)
            continue
        if plain == ".." and kept:
            kept.pop()
        if position == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _without_tracking(query: str) -> str:
    """Drop tracking parameters and leave the others exactly as they are."""
    kept = [each for each in query[1:].split("&") if each and not _is_tracking(each)]
    return "?" + "&".join(kept) if kept else ""


def _is_tracking(parameter: str) -> bool:
    name = unquote_plus(parameter.partition("=")[0]).lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
