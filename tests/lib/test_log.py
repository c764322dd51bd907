"""Logs: their form, what they never hold, and what they cost when nobody reads them."""

import io
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from moothall.lib import log
from moothall.lib.log import bound, get_logger, set_up


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield io.StringIO()
    log.structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def _lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_json_line_has_time_level_event_and_fields(stream: io.StringIO) -> None:
    set_up("info", "json", stream)

    get_logger().info("post_created", post_id=7, title='a "b"\nc', odd=object)

    (line,) = _lines(stream)
    assert list(line)[:3] == ["time", "level", "event"]
    assert line["time"].endswith("Z")
    assert (line["level"], line["event"], line["post_id"]) == ("info", "post_created", 7)
    assert line["title"] == 'a "b"\nc'
    assert line["odd"] == "<class 'object'>"


def test_a_console_line_stays_one_line_and_sends_nothing_to_the_terminal(
    stream: io.StringIO,
) -> None:
    set_up("info", "console", stream)

    get_logger().warning("odd_name", name="a\nb\x1b[2J", text='x = "y"', n=3, empty="")

    (line,) = stream.getvalue().splitlines()
    assert line.split(" ", 2)[1] == "warning"
    assert line.endswith(r"""name='a\nb\x1b[2J' text="x = \"y\"" n=3 empty="" """.rstrip())


def test_lines_below_the_level_are_left_out(stream: io.StringIO) -> None:
    set_up("warning", "json", stream)
    logger = get_logger()

    logger.info("quiet")
    logger.error("loud")

    assert [line["event"] for line in _lines(stream)] == ["loud"]


def test_the_fields_of_a_request_are_on_each_of_its_lines(stream: io.StringIO) -> None:
    set_up("info", "json", stream)
    logger = get_logger()

    with bound(request_id="r1"):
        logger.info("inside")
        with bound(job_id=3):
            logger.info("deeper")
    logger.info("outside")

    assert [(line.get("request_id"), line.get("job_id")) for line in _lines(stream)] == [
        ("r1", None),
        ("r1", 3),
        (None, None),
    ]


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(
    "name",
    [
        *("password", "new_password", "passwords", "totp_2fa_token", "jwt", "client_secret"),
        *("cookie", "authorization", "private_pem", "captcha_answer"),
    ],
)
def test_secrets_are_never_written(stream: io.StringIO, form: str, name: str) -> None:
    set_up("debug", form, stream)

    get_logger().info("login", **{name: "hunter2"}, user_id=7)

    assert "hunter2" not in stream.getvalue()
    assert "(hidden)" in stream.getvalue()


def test_ordinary_fields_are_not_taken_for_secrets(stream: io.StringIO) -> None:
    set_up("info", "json", stream)

    get_logger().info("token_event", secretary="Ada", tokenizer="x", event_id=1)

    assert _lines(stream)[0]["secretary"] == "Ada"
    assert "(hidden)" not in stream.getvalue()


def test_an_exception_is_written_without_the_values_of_variables(stream: io.StringIO) -> None:
    set_up("info", "json", stream)

    def broken(password: str) -> None:
        raise RuntimeError(f"it broke with {len(password)} characters")

    try:
        broken(f"hunter{1 + 1}")
    except RuntimeError:
        get_logger().exception("job_failed", job_id=3)

    (line,) = _lines(stream)
    assert (line["level"], line["job_id"]) == ("error", 3)
    assert line["traceback"].endswith("RuntimeError: it broke with 7 characters\n")
    assert "hunter2" not in line["traceback"]


def test_text_that_is_no_unicode_is_written_too(stream: io.StringIO) -> None:
    set_up("info", "json", stream)

    get_logger().info("strange", name="\ud800")

    assert _lines(stream)[0]["name"] == r"'\ud800'"


def test_libraries_log_in_the_same_form(stream: io.StringIO) -> None:
    set_up("warning", "json", stream)

    logging.getLogger("some.library").warning("pool %s is full", "a")
    logging.getLogger("some.library").info("details")

    (line,) = _lines(stream)
    assert (line["event"], line["logger"], line["level"]) == ("library", "some.library", "warning")
    assert line["message"] == "pool a is full"


def test_a_line_nobody_wants_costs_next_to_nothing(stream: io.StringIO) -> None:
    set_up("error", "json", stream)
    logger = get_logger()
    started = time.process_time()

    for number in range(100_000):
        logger.info("quiet", number=number, name="x")

    assert time.process_time() - started < 0.5
    assert stream.getvalue() == ""


def test_logging_does_not_load_rich() -> None:
    code = "import sys, moothall.lib.log\nassert 'rich' not in sys.modules\nimport rich.console\n"

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
