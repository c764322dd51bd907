"""Structured logs: a constant event name, values as fields, the request's or job's id on each line.

    log = get_logger()
    log.info("post_created", post_id=7, community_id=3)

Event names never hold values, so that they can be counted and searched. What is a secret by the
name of its field is never written.
"""

import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Protocol, TextIO

import msgspec


def _import_structlog() -> Any:
    """Import structlog without rich, which it loads wherever it is installed.

    rich draws tracebacks that nobody sees in a log file, for 6 MB and 170 ms in every process.
    """
    hide = "rich" not in sys.modules
    if hide:
        sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        import structlog

        return structlog
    finally:
        if hide:
            del sys.modules["rich"]


structlog = _import_structlog()

Event = MutableMapping[str, Any]

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_HIDDEN = "(hidden)"
_SECRET = re.compile(
    r"(^|_)(password|passwd|secret|token|jwt|authorization|cookie|private_pem|private_key|answer)"
    r"(_|$|s$)"
)


def set_up(level: str, form: str, stream: TextIO | None = None) -> None:
    """Send all lines from `level` up to the stream (standard error), as "json" or for the "console".

    What libraries log through `logging` comes out in the same form, as the event `library`.
    """
    out = stream or sys.stderr
    renderer = _render_json if form == "json" else _render_console
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _hide_secrets,
            _add_traceback,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(out),
        # A stream that was handed in gives way to the next one: loggers must not hold on to it.
        cache_logger_on_first_use=stream is None,
    )
    logging.basicConfig(level=_LEVELS[level], handlers=[_LibraryHandler()], force=True)


class Logger(Protocol):
    def debug(self, event: str, **fields: Any) -> Any: ...
    def info(self, event: str, **fields: Any) -> Any: ...
    def warning(self, event: str, **fields: Any) -> Any: ...
    def error(self, event: str, **fields: Any) -> Any: ...
    def exception(self, event: str, **fields: Any) -> Any: ...


def get_logger() -> Logger:
    """Return a logger; each module may keep one, made before or after `set_up`."""
    logger: Logger = structlog.get_logger()
    return logger


@contextmanager
def bound(**fields: Any) -> Iterator[None]:
    """Put these fields on every line that this task or thread writes inside the block."""
    with structlog.contextvars.bound_contextvars(**fields):
        yield


def _hide_secrets(_logger: Any, _method: str, event: Event) -> Event:
    for name, value in event.items():
        if value and name != "event" and _SECRET.search(name):
            event[name] = _HIDDEN
    return event


def _add_traceback(_logger: Any, _method: str, event: Event) -> Event:
    """Turn `exc_info` into text; the values of variables never appear in it."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["traceback"] = "".join(traceback.format_exception(error))
    return event


_ENCODER: Callable[[Any], bytes] = msgspec.json.Encoder(enc_hook=repr).encode


def _render_json(_logger: Any, _method: str, event: Event) -> str:
    first = {"time": event.pop("timestamp"), "level": event.pop("level")}
    line = {**first, "event": event.pop("event"), **event}
    try:
        return _ENCODER(line).decode()
    except (UnicodeEncodeError, ValueError, TypeError):  # a lone surrogate, an odd key in a value
        return _ENCODER({name: ascii(value) for name, value in line.items()}).decode()


def _render_console(_logger: Any, _method: str, event: Event) -> str:
    time, level, name = event.pop("timestamp"), event.pop("level"), event.pop("event")
    trace = event.pop("traceback", "")
    fields = "".join(f" {key}={_shown(value)}" for key, value in event.items())
    return f"{time[:19]}Z {level:<7} {_shown(name)}{fields}\n{trace}".rstrip("\n")


def _shown(value: Any) -> str:
    """Write a value so that it stays one word on one line, whatever a stranger put in it."""
    text = value if isinstance(value, str) else str(value)
    if text and text.isprintable() and not re.search(r"[\s=\"']", text):
        return text
    return _ENCODER(text).decode() if text.isprintable() else ascii(text)


class _LibraryHandler(logging.Handler):
    """Writes what a library logs as an event of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        method = "error" if record.levelno >= logging.ERROR else record.levelname.lower()
        write = getattr(structlog.get_logger(), method if method in _LEVELS else "info")
        write("library", logger=record.name, message=record.getMessage(), exc_info=record.exc_info)
