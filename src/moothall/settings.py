"""What an operator can set: one typed, frozen object, read once from a TOML file and the environment.

Every key is declared here once, with its default, its documentation and the check of its value;
`load` reads them, `describe` prints them. Only `app` and `cli` import this module: everything below
is handed plain values.
"""

# ruff: noqa: RUF009 -- `_key` and `_section` only call dataclasses.field
from __future__ import annotations

import dataclasses
import ipaddress
import json
import re
import textwrap
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
Check = Callable[[Any], Any]

ENV_PREFIX = "MOOTHALL_"
# Names with our prefix that are not settings: the test suite's own.
_FOREIGN_ENV = re.compile(r"MOOTHALL_(SHARED$|TEST_)")
_HIDDEN = "(hidden)"
_DEFAULT_PORTS = {"http": 80, "https": 443}


class SettingsError(Exception):
    """The settings cannot be used; the text is one line made for the operator."""


# --- checks: each returns the value, perhaps tidied, or raises ValueError with what is allowed


def _one_of(*allowed: str) -> Check:
    def check(value: str) -> str:
        if value not in allowed:
            raise ValueError("must be one of " + ", ".join(json.dumps(each) for each in allowed))
        return value

    return check


def _between(low: int, high: int) -> Check:
    def check(value: int) -> int:
        if not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return value

    return check


def _is_host(text: str) -> bool:
    """Tell whether this is a DNS name in ASCII, an IPv4 address or an IPv6 address in brackets."""
    try:
        if text.startswith("[") and text.endswith("]"):
            return bool(ipaddress.IPv6Address(text[1:-1]))
        if re.fullmatch(r"[0-9.]+", text):
            return bool(ipaddress.IPv4Address(text)) or True
    except ValueError:
        return False
    label = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    return len(text) <= 253 and re.fullmatch(rf"{label}(\.{label})*", text) is not None


def _is_port(text: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{0,4}", text) is not None and int(text) <= 65535


def _split_port(text: str) -> tuple[str, str]:
    """Split `host[:port]`; the port is empty when there is none."""
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        return text, ""
    return host, port or "missing"


def _domain(value: str) -> str:
    host, port = _split_port(value.strip().lower())
    if value and not (_is_host(host) and (not port or _is_port(port))):
        raise ValueError(
            "must be a host name with an optional port, without scheme, path or spaces, such as "
            '"forum.example" (a name with other letters in its xn-- form)'
        )
    return value.strip().lower()


def _listen(value: str) -> str:
    host, port = _split_port(value)
    if not (_is_host(host.lower()) and _is_port(port)):
        raise ValueError('must be ADDRESS:PORT, such as "127.0.0.1:8536" or "[::1]:8536"')
    return value


def _listen_or_off(value: str) -> str:
    return _listen(value) if value else ""


def _database_url(value: str) -> str:
    allowed = 'must be empty (SQLite) or start with "postgresql://" and name a database'
    if value and not value.startswith("postgresql://"):
        raise ValueError(allowed)
    try:
        parts = urlsplit(value)
        valid = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError(allowed) from None
    if value and not (valid and len(parts.path) > 1):
        raise ValueError(allowed)
    return value


def _smtp_host(value: str) -> str:
    if value and not _is_host(value.lower()):
        raise ValueError("must be a host name or an address, without a port, or empty (no mail)")
    return value.lower()


def _mail_address(value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]+", value):
        raise ValueError('must be a bare mail address, such as "forum@forum.example"')
    return value


def _static_hosts(value: dict[str, Any]) -> dict[str, str]:
    return {_static_name(name): _static_base(base) for name, base in value.items()}


def _static_name(name: str) -> str:
    host, port = _split_port(name.lower())
    if not (_is_host(host) and (not port or _is_port(port))):
        raise ValueError(f"{json.dumps(name)} is not a host name with an optional port")
    return name.lower()


def _static_base(base: object) -> str:
    match = re.fullmatch(r"https?://([^/?#@\s]+)/?", base) if isinstance(base, str) else None
    if match:
        host, port = _split_port(match[1].lower())
        if _is_host(host) and (not port or _is_port(port)):
            return str(base).rstrip("/")
    raise ValueError(
        f'{json.dumps(base, default=str)} is not an address such as "http://127.0.0.1:9001"'
    )


# --- the keys


def _key(default: T, doc: str, check: Check | None = None, *, secret: bool = False) -> T:
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
    workers: int = _key(0, "Number of web processes; 0 means one per core.", _between(0, 256))
    metrics_listen: str = _key(
        "",
        "Address and port that answer GET /metrics for Prometheus; empty switches it off. "
        "It asks for no password: keep it off the public network.",
        _listen_or_off,
    )
    trusted_proxies: int = _key(
        0,
        "How many proxies of yours stand in front: that many entries at the end of X-Forwarded-For "
        "are believed. 0 takes the address of the connection.",
        _between(0, 16),
    )


@dataclass(frozen=True, slots=True)
class Smtp:
    host: str = _key("", "Mail server that accepts our mail; empty means no mail.", _smtp_host)
    port: int = _key(587, "Port of the mail server.", _between(1, 65535))
    username: str = _key("", "Name to log in with at the mail server; empty means no login.")
    password: str = _key("", "Password to log in with at the mail server.", secret=True)
    from_address: str = _key(
        "", "Address that our mail comes from; needed when smtp.host is set.", _mail_address
    )
    tls: Literal["none", "starttls", "tls"] = _key(
        "starttls",
        'Encryption: "starttls" (usually port 587), "tls" from the first byte (port 465) or '
        '"none" (a mail server on this machine).',
        _one_of("none", "starttls", "tls"),
    )


@dataclass(frozen=True, slots=True)
class Log:
    level: str = _key(
        "info",
        'The least important lines to write: "debug", "info", "warning" or "error".',
        _one_of("debug", "info", "warning", "error"),
    )
    format: str = _key(
        "console",
        'Form of a line: "console" for eyes, "json" for programs that collect logs.',
        _one_of("json", "console"),
    )


@dataclass(frozen=True, slots=True)
class Storage:
    synchronous: str = _key(
        "full",
        'SQLite only: "full" keeps every acknowledged write through a power cut, "normal" is '
        "faster and may lose the last moments then (never by a crash of the program alone).",
        _one_of("full", "normal"),
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
        _static_hosts,
    )


@dataclass(frozen=True, slots=True)
class Media:
    remote_images: str = _key(
        "proxy",
        '"proxy": pictures of other servers come through us, from a cache with a byte budget. '
        '"link": clients fetch them themselves (our own pages still proxy).',
        _one_of("proxy", "link"),
    )


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
        _domain,
    )
    listen: str = _key(
        "127.0.0.1:8536", "Address and port that the server listens on, over plain HTTP.", _listen
    )
    public_scheme: str = _key(
        "https",
        'Scheme of public addresses: "https", or "http" only for tests and private networks.',
        _one_of("https", "http"),
    )
    data_dir: Path = _key(
        Path("./data"),
        "Folder of the database, media and keys; seen from the folder the server starts in.",
    )
    database_url: str = _key(
        "",
        "Empty for SQLite in data_dir, or the address of a PostgreSQL database: "
        "postgresql://USER:PASSWORD@HOST/DATABASE.",
        _database_url,
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
        return _split_port(self.domain)[0]


def split_listen(value: str) -> tuple[str, int]:
    """Split a checked `listen` or `metrics_listen` into the address, without brackets, and port."""
    host, port = _split_port(value)
    return host.strip("[]"), int(port)


# --- loading


@dataclass(frozen=True, slots=True)
class _Key:
    name: str  # with its section: "server.workers"
    default: Any
    doc: str
    check: Check | None
    secret: bool

    @property
    def env_name(self) -> str:
        return ENV_PREFIX + self.name.replace(".", "__").upper()


@dataclass(frozen=True, slots=True)
class _Given:
    value: Any
    source: str  # "" for the file, else the variable's name


def _fields(kind: type[Any], prefix: str = "") -> Iterator[_Key]:
    for each in dataclasses.fields(kind):
        if "check" in each.metadata:
            is_map = each.default is dataclasses.MISSING
            default = {} if is_map else each.default
            known = each.metadata
            yield _Key(prefix + each.name, default, known["doc"], known["check"], known["secret"])


def _sections() -> Iterator[tuple[str, type[Any], str]]:
    for each in dataclasses.fields(Settings):
        if "section" in each.metadata:
            yield each.name, each.metadata["section"], each.metadata["doc"]


def _all_keys() -> dict[str, _Key]:
    keys = {key.name: key for key in _fields(Settings)}
    for name, kind, _ in _sections():
        keys |= {key.name: key for key in _fields(kind, f"{name}.")}
    return keys


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the settings from a TOML file, if any, and the environment, which wins.

    Raises SettingsError for a file that cannot be read, an unknown key, or a bad value.
    """
    keys = _all_keys()
    given = _from_file(path, keys) if path else {}
    given |= _from_environment(environ, keys)
    values = {name: _checked(keys[name], each) for name, each in given.items()}
    settings = _assemble(values)
    if not settings.domain and path:
        raise SettingsError('domain is not set: name your public host, such as "forum.example"')
    if not settings.domain:
        settings = _trial(settings, values)
    _check_together(settings)
    return settings


def _from_file(path: Path, keys: Mapping[str, _Key]) -> dict[str, _Given]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or not TOML
        reason = error.strerror if isinstance(error, OSError) else " ".join(str(error).split())
        raise SettingsError(f"cannot read the configuration file {path}: {reason}") from None
    sections = {name for name, _, _ in _sections()}
    given: dict[str, _Given] = {}
    for name, value in tables.items():
        if name not in sections:
            given[_known(name, keys)] = _Given(value, "")
        elif isinstance(value, dict):
            given |= {_known(f"{name}.{each}", keys): _Given(v, "") for each, v in value.items()}
        else:
            raise SettingsError(f"{name} is a section: write [{name}] and its keys below it")
    return given


def _from_environment(environ: Mapping[str, str], keys: Mapping[str, _Key]) -> dict[str, _Given]:
    by_variable = {key.env_name: key for key in keys.values()}
    given = {}
    for variable, text in environ.items():
        if not variable.startswith(ENV_PREFIX) or _FOREIGN_ENV.match(variable):
            continue
        if variable not in by_variable:
            nearest = _nearest(variable, by_variable)
            raise SettingsError(f"unknown variable {variable}: did you mean {nearest}?")
        key = by_variable[variable]
        given[key.name] = _Given(_parsed(key, text, variable), variable)
    return given


def _known(name: str, keys: Mapping[str, _Key]) -> str:
    if name not in keys:
        shown = name if re.fullmatch(r"[\w.-]+", name) else json.dumps(name)
        raise SettingsError(f"unknown key {shown}: did you mean {_nearest(name, keys)}?")
    return name


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    import difflib  # only for a mistake

    return difflib.get_close_matches(name, list(known), n=1, cutoff=0.0)[0]


def _parsed(key: _Key, text: str, variable: str) -> Any:
    """Turn an environment variable's text into the type of its key."""
    if isinstance(key.default, bool):
        words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        return words.get(text.strip().lower(), text)
    if isinstance(key.default, int):
        return int(text) if re.fullmatch(r"\s*[0-9]{1,9}\s*", text, re.ASCII) else text
    if isinstance(key.default, dict):
        return _parsed_table(key, text, variable)
    return text


def _parsed_table(key: _Key, text: str, variable: str) -> Any:
    try:
        # One line only, so that the text cannot hold another key.
        return tomllib.loads(f"value = {text}")["value"] if "\n" not in text else text
    except tomllib.TOMLDecodeError:
        allowed = 'must be a TOML table in one line, such as {"a.example" = "http://127.0.0.1:1"}'
        raise _refusal(key, _Given(text, variable), allowed) from None


def _checked(key: _Key, given: _Given) -> Any:
    try:
        value = _typed(key, given.value)
        return key.check(value) if key.check else value
    except ValueError as error:
        raise _refusal(key, given, str(error)) from None


def _typed(key: _Key, value: Any) -> Any:
    if isinstance(key.default, bool):
        wanted: type[Any] = bool
        name = "true or false"
    elif isinstance(key.default, int):
        wanted, name = int, "a whole number"
    elif isinstance(key.default, dict):
        wanted, name = dict, "a table"
    else:
        wanted, name = str, "text"
    # bool is a kind of int in Python, and not in a configuration file.
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise ValueError(f"must be {name}")
    if wanted is str and not value.isprintable():
        raise ValueError("must not hold line breaks or control characters")
    return _path(value) if isinstance(key.default, Path) else value


def _path(value: str) -> Path:
    if not value:
        raise ValueError("must name a folder")
    return Path(value)


def _refusal(key: _Key, given: _Given, allowed: str) -> SettingsError:
    value = given.value
    shown = _HIDDEN if key.secret else json.dumps(value, ensure_ascii=False, default=str)
    source = f" (from {given.source})" if given.source else ""
    return SettingsError(f"{key.name} = {shown}: {allowed}{source}")


def _assemble(values: Mapping[str, Any]) -> Settings:
    parts: dict[str, Any] = {name: value for name, value in values.items() if "." not in name}
    for section, kind, _ in _sections():
        prefix = f"{section}."
        own = {k.removeprefix(prefix): v for k, v in values.items() if k.startswith(prefix)}
        parts[section] = kind(**own)
    return Settings(**parts)


def _trial(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Complete settings that name no domain: this machine only, unless said otherwise."""
    host, port = _split_port(settings.listen)
    local = "127.0.0.1" if host in ("0.0.0.0", "[::]") else host.lower()  # noqa: S104 (compared, not bound)
    scheme = settings.public_scheme if "public_scheme" in values else "http"
    federation = settings.federation
    if "federation.enabled" not in values:
        federation = dataclasses.replace(federation, enabled=False)
    return dataclasses.replace(
        settings,
        domain=f"{local}:{port}",
        public_scheme=scheme,
        federation=federation,
        is_trial=True,
    )


def _check_together(settings: Settings) -> None:
    """Refuse values that are fine alone and wrong together."""
    port = _split_port(settings.domain)[1]
    if port == str(_DEFAULT_PORTS[settings.public_scheme]):
        raise SettingsError(
            f'domain = "{settings.domain}": leave the port out, it is the usual one '
            f"of {settings.public_scheme}"
        )
    if settings.smtp.host and not settings.smtp.from_address:
        raise SettingsError("smtp.from_address is not set: it is needed when smtp.host is set")
    setup = settings.setup
    if bool(setup.admin_username) != bool(setup.admin_password):
        missing = "admin_password" if setup.admin_username else "admin_username"
        raise SettingsError(f"setup.{missing} is not set: name and password belong together")


# --- printing


def describe(settings: Settings) -> str:
    """Print the effective settings as TOML, each key under its documentation, secrets masked."""
    lines = [line for key in _fields(Settings) for line in _entry(key, settings)]
    for name, kind, doc in _sections():
        section = getattr(settings, name)
        lines += [f"[{name}]", *_comment(doc), ""]
        for key in _fields(kind):
            lines += _entry(key, section, name)
    return "\n".join(lines).rstrip() + "\n"


def _entry(key: _Key, owner: Any, section: str = "") -> list[str]:
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
        return _HIDDEN if value else ""
    parts = urlsplit(value)
    user, at, host = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    netloc = f"{name}{colon}{_HIDDEN if colon else ''}{at}{host}"
    query = f"?{_HIDDEN}" if parts.query else ""
    return f"postgresql://{netloc}{parts.path}{query}"
