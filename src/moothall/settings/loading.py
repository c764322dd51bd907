"""Reading the settings from a TOML file and the environment."""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .checks import split_port
from .keys import ENV_PREFIX, HIDDEN, Key, Settings, all_keys, sections

# Names with our prefix that are not settings: the test suite's own.
_FOREIGN_ENV = re.compile(r"MOOTHALL_(SHARED$|TEST_)")
# How alike two names are, from 0 to 1, when one may be a slip of the other.
_LIKE = 0.6
_DEFAULT_PORTS = {"http": 80, "https": 443}


class SettingsError(Exception):
    """The settings cannot be used; the text is one line made for the operator."""


@dataclass(frozen=True, slots=True)
class _Given:
    value: Any
    source: str  # "" for the file, else the variable's name


def split_listen(value: str) -> tuple[str, int]:
    """Split a checked `listen` or `metrics_listen` into the address, without brackets, and port."""
    host, port = split_port(value)
    return host.strip("[]"), int(port)


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the settings from a TOML file, if any, and the environment, which wins.

    Raises SettingsError for a file that cannot be read, an unknown key, or a bad value.
    """
    keys = all_keys()
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


def _from_file(path: Path, keys: Mapping[str, Key]) -> dict[str, _Given]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or not TOML
        reason = error.strerror if isinstance(error, OSError) else " ".join(str(error).split())
        raise SettingsError(f"cannot read the configuration file {path}: {reason}") from None
    section_names = {name for name, _, _ in sections()}
    given: dict[str, _Given] = {}
    for name, value in tables.items():
        if name not in section_names:
            others = section_names if isinstance(value, dict) else keys
            given[_known(name, keys, others)] = _Given(value, "")
        elif isinstance(value, dict):
            given |= {
                _known(f"{name}.{each}", keys, keys): _Given(v, "") for each, v in value.items()
            }
        else:
            raise SettingsError(f"{name} is a section: write [{name}] and its keys below it")
    return given


def _from_environment(environ: Mapping[str, str], keys: Mapping[str, Key]) -> dict[str, _Given]:
    by_variable = {key.env_name: key for key in keys.values()}
    given = {}
    for variable, text in environ.items():
        if not variable.startswith(ENV_PREFIX) or _FOREIGN_ENV.match(variable):
            continue
        if variable not in by_variable:
            raise SettingsError(f"unknown variable {variable}: {_hint(variable, by_variable)}")
        key = by_variable[variable]
        given[key.name] = _Given(_parsed(key, text, variable), variable)
    return given


def _known(name: str, keys: Mapping[str, Key], like: Collection[str]) -> str:
    """`name`, if there is such a key; else it is refused with the nearest name of `like`."""
    if name not in keys:
        shown = name if re.fullmatch(r"[\w.-]+", name) else json.dumps(name)
        kind = "key" if like is keys else "section"
        raise SettingsError(f"unknown {kind} {shown}: {_hint(name, like)}")
    return name


def _hint(name: str, known: Collection[str]) -> str:
    """The nearest name, which may be one's own in another section."""
    from difflib import SequenceMatcher  # only for a mistake

    def likeness(other: str) -> float:
        last = re.split(r"\.|__", other)[-1]
        return max(SequenceMatcher(None, name, each).ratio() for each in {other, last})

    nearest = max(sorted(known), key=likeness)
    if likeness(nearest) < _LIKE:
        return f"the nearest is {nearest}; `moothall config` shows all"
    return f"did you mean {nearest}?"


def _parsed(key: Key, text: str, variable: str) -> Any:
    """Turn an environment variable's text into the type of its key."""
    if isinstance(key.default, bool):
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    if isinstance(key.default, int):
        return int(text) if re.fullmatch(r"\s*[0-9]{1,9}\s*", text, re.ASCII) else text
    if isinstance(key.default, dict):
        return _parsed_table(key, text, variable)
    return text


def _parsed_table(key: Key, text: str, variable: str) -> Any:
    try:
        # One line only, so that the text cannot hold another key.
        return tomllib.loads(f"value = {text}")["value"] if "\n" not in text else text
    except tomllib.TOMLDecodeError:
        allowed = 'must be a TOML table in one line, such as {"a.example" = "http://127.0.0.1:1"}'
        raise _refusal(key, _Given(text, variable), allowed) from None


def _checked(key: Key, given: _Given) -> Any:
    try:
        value = _typed(key, given.value)
        return key.check(value) if key.check else value
    except ValueError as error:
        raise _refusal(key, given, str(error)) from None


def _typed(key: Key, value: Any) -> Any:
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


def _refusal(key: Key, given: _Given, allowed: str) -> SettingsError:
    value = given.value
    shown = HIDDEN if key.secret else json.dumps(value, ensure_ascii=False, default=str)
    source = f" (from {given.source})" if given.source else ""
    return SettingsError(f"{key.name} = {shown}: {allowed}{source}")


def _assemble(values: Mapping[str, Any]) -> Settings:
    parts: dict[str, Any] = {name: value for name, value in values.items() if "." not in name}
    for section, kind, _ in sections():
        prefix = f"{section}."
        own = {k.removeprefix(prefix): v for k, v in values.items() if k.startswith(prefix)}
        parts[section] = kind(**own)
    return Settings(**parts)


def _trial(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Complete settings that name no domain: this machine only, unless said otherwise."""
    host, port = split_port(settings.listen)
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
    port = split_port(settings.domain)[1]
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
