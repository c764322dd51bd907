"""The real server with a small lively forum in it, and Debian's Chromium in front of it."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from moothall.actions.site import apply_setup_section, ensure_site
from moothall.domain.site import Home
from moothall.domain.time import DAY, system_clock
from moothall.forum import Forum
from moothall.storage.migrations import migrate
from moothall.storage.opening import database_at
from moothall.storage.site import update_site
from moothall.storage.transaction import Transaction
from tests.support.builders import PASSWORD_HASH
from tests.support.clock import Clock
from tests.support.world import World, fill

_PATIENCE_S = 30


class Server(NamedTuple):
    """A running server and what is in it."""

    url: str
    world: World


class Visitor:
    """One page of one browser, which notes whatever goes wrong on it."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.strangers: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._see)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda line: self.errors.append(line.text) if line.type == "error" else None,
        )

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self.server.url, "data:")):
            self.strangers.append(request.url)

    def go(self, path: str) -> Page:
        """Open a page of the server."""
        self.page.goto(self.server.url + path)
        return self.page

    def log_in(self, name: str) -> None:
        """Sign in by the form, as one of the people of the world."""
        self.go("/login")
        self.page.get_by_label("Name or mail address").fill(name)
        self.page.get_by_label("Password").fill("correct horse")
        self.page.get_by_role("main").get_by_role("button", name="Log in").click()
        self.page.wait_for_url(self.server.url + "/")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server on a free port of this machine, filled."""
    folder = tmp_path_factory.mktemp("browser")
    address = f"127.0.0.1:{_free_port()}"
    world = _filled(folder / "data", address)
    config = folder / "moothall.toml"
    config.write_text(
        f'domain = "{address}"\nlisten = "{address}"\npublic_scheme = "http"\n'
        f'data_dir = "{folder / "data"}"\n'
        "[federation]\nenabled = false\n[rate_limit]\nenabled = false\n[server]\nworkers = 1\n"
    )
    with _running(config, folder / "log", f"http://{address}"):
        yield Server(f"http://{address}", world)


@contextmanager
def _running(config: Path, log: Path, url: str) -> Iterator[None]:
    command = [str(Path(sys.executable).parent / "moothall"), "serve", "--config", str(config)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        _wait_for(url, process, log)
        yield
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urlopen(f"{url}/readyz", timeout=1).close()
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the server did not start:\n{log.read_text()}")


def _filled(data_dir: Path, address: str) -> World:
    data_dir.mkdir()
    migrate("", data_dir)
    database = database_at("", data_dir, synchronous="normal")
    database.open()
    try:
        home = Home(domain=address, base_url=f"http://{address}")
        forum = Forum(database, home, Clock(system_clock() - 2 * DAY))  # type: ignore[arg-type]
        forum.act_now(ensure_site)
        forum.act_now(apply_setup_section, "admin", PASSWORD_HASH, "The Old Hall")
        forum.act_now(_open_doors)
        return fill(forum)
    finally:
        database.close()


def _open_doors(tx: Transaction) -> None:
    update_site(tx.conn, registration_mode="Open", captcha_enabled=False)


@pytest.fixture(scope="module")
def engine(chromium: Path) -> Iterator[Browser]:
    """Return a running Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(engine: Browser, server: Server) -> Iterator[Callable[..., Visitor]]:
    """Return a function that opens a fresh browser; afterwards nothing may have gone wrong in it.

    Its arguments are those of a browser context: `java_script_enabled`, `viewport`, `color_scheme`.
    """
    opened: list[tuple[BrowserContext, Visitor]] = []

    def open_one(width: int = 1280, **options: object) -> Visitor:
        context = engine.new_context(
            viewport={"width": width, "height": 900},
            **options,  # type: ignore[arg-type]
        )
        visitor = Visitor(context.new_page(), server)
        opened.append((context, visitor))
        return visitor

    yield open_one
    for context, visitor in opened:
        context.close()
        assert visitor.strangers == [], "a page asked another host for something"
        assert visitor.errors == []


def assert_fine(visitor: Visitor) -> None:
    """The page has no barrier that axe finds, and nothing sticks out of its window."""
    found = Axe().run(visitor.page, options={"runOnly": ["wcag2a", "wcag2aa", "best-practice"]})
    assert found.violations_count == 0, found.generate_report()
    assert len(found.response["passes"]) > 15, "axe hardly looked"
    wider = visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, f"{wider} pixels stick out"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
