"""The keys, each declared once: its name, default, documentation, and the check of its value."""

# ruff: noqa: RUF009 -- `_key` and `_section` only call dataclasses.field
from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from . import checks

T = TypeVar("T")

ENV_PREFIX = "MOOTHALL_"
HIDDEN = "(hidden)"
"""What is shown instead of a secret."""


def _key(default: T, doc: str, check: checks.Check | None = None, *, secret: bool = False) -> T:
    metadata = {"doc": doc, "check": check, "secret": secret}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)  # type: ignore[return-value]
    return field(default=default, metadata=metadata)


def _section(kind: type[T], doc: str) -> T:
    return field(default_factory=kind, metadata={"doc": doc, "section": kind})


@dataclass(frozen=True, slots=True)
class Setup:
    admin_username: str = _key("", "Name of the first admin.")
    admin_password: str = _key("", "Password of the first admin.", secret=True)
    site_name: str = _key("", "Name of the site.")


@dataclass(frozen=True, slots=True)
class Server:
    workers: int = _key(0, "Number of web processes; 0 means one per core.", checks.between(0, 256))
    metrics_listen: str = _key(
        "",
        "Address and port that answer GET /metrics for Prometheus; empty switches it off. "
        "It asks for no password: keep it off the public network.",
        checks.listen_or_off,
    )
    trusted_proxies: int = _key(
        0,
        "How many proxies of yours stand in front: that many entries at the end of X-Forwarded-For "
        "are believed. 0 takes the address of the connection.",
        checks.between(0, 16),
    )


@dataclass(frozen=True, slots=True)
class Smtp:
    host: str = _key(
        "", "Mail server that accepts our mail; empty means no mail.", checks.smtp_host
    )
    port: int = _key(587, "Port of the mail server.", checks.between(1, 65535))
    username: str = _key("", "Name to log in with at the mail server; empty means no login.")
    password: str = _key("", "Password to log in with at the mail server.", secret=True)
    from_address: str = _key(
        "", "Address that our mail comes from; needed when smtp.host is set.", checks.mail_address
    )
    tls: Literal["none", "starttls", "tls"] = _key(
        "starttls",
        'Encryption: "starttls" (usually port 587), "tls" from the first byte (port 465) or '
        '"none" (a mail server on this machine).',
        checks.one_of("none", "starttls", "tls"),
    )


@dataclass(frozen=True, slots=True)
class Log:
    level: str = _key(
        "info",
        'The least important lines to write: "debug", "info", "warning" or "error".',
        checks.one_of("debug", "info", "warning", "error"),
    )
    format: str = _key(
        "console",
        'Form of a line: "console" for eyes, "json" for programs that collect logs.',
        checks.one_of("json", "console"),
    )


@dataclass(frozen=True, slots=True)
class Storage:
    synchronous: str = _key(
        "full",
        'SQLite only: "full" keeps every acknowledged write through a power cut, "normal" is '
        "faster and may lose the last moments then (never by a crash of the program alone).",
        checks.one_of("full", "normal"),
    )


@dataclass(frozen=True, slots=True)
class Federation:
    enabled: bool = _key(default=True, doc="Talk to other servers.")
    allow_private_addresses: bool = _key(
        default=False,
        doc="True only for tests and private networks: permits other servers on private addresses, "
        "and also http, ports and single-label names.",
    )
    static_hosts: dict[str, str] = _key(
        {},
        "For tests and private networks: where a host really is, such as "
        '"ds9.lemmy.ml" = "http://127.0.0.1:9001". The Host header and the ids keep the name.',
        checks.static_hosts,
    )


@dataclass(frozen=True, slots=True)
class Media:
    remote_images: str = _key(
        "proxy",
        '"proxy": pictures of other servers come through us, from a cache with a byte budget. '
        '"link": clients fetch them themselves (our own pages still proxy).',
        checks.one_of("proxy", "link"),
    )
    max_upload_mb: int = _key(
        40, "Largest picture or video that is taken, in megabytes.", checks.between(1, 2000)
    )
    quota_mb: int = _key(
        1000, "How much each account may keep here, in megabytes.", checks.between(1, 10_000_000)
    )
    max_megapixels: int = _key(
        40,
        "Largest picture that is decoded. One takes up to 12 bytes of memory for each pixel, for "
        "a second or two, in a process of its own.",
        checks.between(1, 400),
    )
    videos: bool = _key(
        default=False,
        doc="Take short videos too (MP4, WebM). They are served as they are, never decoded.",
    )
    max_video_seconds: int = _key(
        120, "Longest video that is taken, in seconds.", checks.between(1, 36_000)
    )
    thumbnail_cache_mb: int = _key(
        1000,
        "Budget for pictures made smaller, in megabytes; they are made again when needed.",
        checks.between(1, 10_000_000),
    )
    remote_cache_mb: int = _key(
        500,
        "Budget for pictures of other servers, in megabytes; the least used go first.",
        checks.between(1, 10_000_000),
    )
    remote_cache_hours: int = _key(
        72, "How long a picture of another server is kept at most.", checks.between(1, 10_000)
    )
    s3_bucket: str = _key(
        "", "Bucket of an S3-compatible store for uploads; empty keeps them in data_dir."
    )
    s3_endpoint: str = _key("", "Address of that store; empty means Amazon's.", checks.web_address)
    s3_region: str = _key("us-east-1", "Region of the bucket.")
    s3_prefix: str = _key("", 'What our keys in the bucket begin with, such as "moothall/".')
    s3_access_key: str = _key("", "Access key of the store.", secret=True)
    s3_secret_key: str = _key("", "Secret key of the store.", secret=True)


@dataclass(frozen=True, slots=True)
class Compat:
    nodeinfo_as_lemmy: bool = _key(
        default=False,
        doc="Present the software as `lemmy` in NodeInfo, for the apps that insist on it.",
    )


@dataclass(frozen=True, slots=True)
class RateLimit:
    enabled: bool = _key(default=True, doc="Limit how often one address may do the same thing.")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; made by `load`, or directly in tests (then unchecked)."""

    domain: str = _key(
        "",
        "Public host, with its port if it is not the usual one; part of every id, so it is chosen "
        "once: a start with another domain than the database has is refused. Needed in every "
        "configuration file; without any file the server runs for a trial on this machine only, "
        "with the listen address as its domain, over http and without federation.",
        checks.domain,
    )
    listen: str = _key(
        "127.0.0.1:8536",
        "Address and port that the server listens on, over plain HTTP.",
        checks.listen,
    )
    public_scheme: str = _key(
        "https",
        'Scheme of public addresses: "https", or "http" only for tests and private networks.',
        checks.one_of("https", "http"),
    )
    data_dir: Path = _key(
        Path("./data"),
        "Folder of the database, media and keys; seen from the folder the server starts in.",
    )
    database_url: str = _key(
        "",
        "Empty for SQLite in data_dir, or the address of a PostgreSQL database: "
        "postgresql://USER:PASSWORD@HOST/DATABASE.",
        checks.database_url,
        secret=True,
    )
    setup: Setup = _section(Setup, "Applied once, on an empty database.")
    server: Server = _section(Server, "Processes and what stands in front of them.")
    smtp: Smtp = _section(Smtp, "Outgoing mail.")
    log: Log = _section(Log, "What is written to the standard error stream.")
    storage: Storage = _section(Storage, "The database.")
    federation: Federation = _section(Federation, "Talking to other servers.")
    media: Media = _section(Media, "Pictures.")
    compat: Compat = _section(Compat, "Concessions to particular clients.")
    rate_limit: RateLimit = _section(RateLimit, "Protection from too many requests.")
    is_trial: bool = False  # not a key: true when nobody named a domain

    @property
    def base_url(self) -> str:
        """Public address without a slash at the end."""
        return f"{self.public_scheme}://{self.domain}"

    @property
    def host(self) -> str:
        """The domain without its port."""
        return checks.split_port(self.domain)[0]


# --- looking at them


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is declared."""

    name: str  # with its section: "server.workers"
    default: Any
    doc: str
    check: checks.Check | None
    secret: bool

    @property
    def env_name(self) -> str:
        """The variable that sets it."""
        return ENV_PREFIX + self.name.replace(".", "__").upper()


def keys_of(kind: type[Any], prefix: str = "") -> Iterator[Key]:
    """The keys of a section, or those of no section."""
    for each in dataclasses.fields(kind):
        if "check" in each.metadata:
            is_map = each.default is dataclasses.MISSING
            default = {} if is_map else each.default
            known = each.metadata
            yield Key(prefix + each.name, default, known["doc"], known["check"], known["secret"])


def sections() -> Iterator[tuple[str, type[Any], str]]:
    """Name, class and documentation of each section."""
    for each in dataclasses.fields(Settings):
        if "section" in each.metadata:
            yield each.name, each.metadata["section"], each.metadata["doc"]


def all_keys() -> dict[str, Key]:
    """Every key by its full name."""
    keys = {key.name: key for key in keys_of(Settings)}
    for name, kind, _ in sections():
        keys |= {key.name: key for key in keys_of(kind, f"{name}.")}
    return keys
