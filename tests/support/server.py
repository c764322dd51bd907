"""The real command as processes of its own: started, spoken to, stopped or killed.

    with Server(folder) as server:
        admin = server.log_in(ADMIN, PASSWORD)
        server.get("/site", admin)

Its output goes to a file in the folder, beside its configuration and its data.
"""

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import httpx

ADMIN = "mayor"
PASSWORD = "correct horse"
COMMAND = Path(sys.executable).with_name("moothall")

_START_SECONDS = 30.0
_STOP_SECONDS = 30.0
# Below the range from which the kernel takes ports for connections, so that none of those, by
# whatever runs beside the test, sits on the port while its server starts again.
_PORTS = range(18_000, 30_000)


def free_port() -> int:
    """A port of loopback on which nothing listens."""
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def until(is_so: Callable[[], bool], seconds: float, what: str = "it") -> None:
    """Wait for something that takes a moment."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not happen in {seconds} s"
        time.sleep(0.02)


def as_toml(settings: Mapping[str, Any]) -> str:
    """Write plain keys and, after them, sections."""
    plain = [(key, value) for key, value in settings.items() if not isinstance(value, dict)]
    lines = [f"{key} = {json.dumps(value)}" for key, value in plain]
    for section, keys in settings.items():
        if isinstance(keys, dict):
            lines.append(f"[{section}]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    return "\n".join(lines) + "\n"


class Server:
    """One server of this version; start it as often as you like, on the same address and data.

    Unless told otherwise it has an admin, two workers, metrics and no rate limits. `settings` are
    laid over these section by section.
    """

    def __init__(
        self,
        folder: Path,
        database_url: str = "",
        *,
        is_set_up: bool = True,
        program: Path = COMMAND,
        **settings: Any,
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self._program = program
        self.config = folder / "forum.toml"
        self.log_file = folder / "log"
        self.port, self.metrics_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._read_from = 0
        self.settings: dict[str, Any] = {
            "domain": f"127.0.0.1:{self.port}",
            "listen": f"127.0.0.1:{self.port}",
            "public_scheme": "http",
            "data_dir": str(folder / "data"),
            "database_url": database_url,
            "setup": {"admin_username": ADMIN, "admin_password": PASSWORD, "site_name": "Town"},
            "server": {"workers": 2, "metrics_listen": f"127.0.0.1:{self.metrics_port}"},
            "federation": {"enabled": False},
            "rate_limit": {"enabled": False},
        }
        if not is_set_up:
            del self.settings["setup"]
        for key, value in settings.items():
            is_section = isinstance(value, dict)
            self.settings[key] = {**self.settings.get(key, {}), **value} if is_section else value
        self.write_config()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- its life

    def write_config(self) -> None:
        """Put the settings down for the next start."""
        self.config.write_text(as_toml(self.settings))

    def start(self, *, wait: bool = True) -> None:
        """Start it, and wait until it is ready; what it wrote so far is no longer in `log`."""
        assert self._process is None or self._process.poll() is not None
        self._read_from = self.log_file.stat().st_size if self.log_file.exists() else 0
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                # The tests may be killed; their servers must not outlive them.
                [_setpriv(), "--pdeathsig=TERM", "--", *self.command("serve")],
                cwd=self.folder,
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if wait:
            until(self._is_ready_or_gone, _START_SECONDS, "the start")
            assert self.is_running, f"the server did not start:\n{self.log}"

    def command(self, *words: str) -> list[str]:
        """The words of a command for this forum."""
        return [str(self._program), *words, "--config", str(self.config)]

    def run(self, *words: str, text: str = "") -> "subprocess.CompletedProcess[str]":
        """Run another command for this forum to its end."""
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=clean_environment(),
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def _is_ready_or_gone(self) -> bool:
        return (
            not self.is_running
            or re.search(r'^Ready on |"event": "ready"', self.log, re.MULTILINE) is not None
        )

    @property
    def is_running(self) -> bool:
        """Whether the command has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process id of the command itself, the supervisor."""
        assert self._process is not None
        return self._process.pid

    def wait(self, seconds: float = _STOP_SECONDS) -> int:
        """Wait for the command to end by itself; returns its exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    def stop(self) -> int:
        """Ask it to stop; returns its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self.wait()

    def kill(self) -> None:
        """End the supervisor as a crash would; the kernel ends its children with it."""
        pids = self.children().values()
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        until(lambda: not any(_is_alive(pid) for pid in pids), 10, "the end of all processes")

    def children(self) -> dict[str, int]:
        """Process ids of the workers and the background process, by name."""
        found = {_name_of(pid): pid for pid in _children_of(self.pid)}
        return {name: pid for name, pid in found.items() if name != "moot-launcher"}

    def close(self) -> None:
        """Make sure that nothing of it is left."""
        if self.is_running:
            self.kill()

    # --- what it says

    @property
    def log(self) -> str:
        """All that it wrote since its last start."""
        with self.log_file.open("rb") as file:
            file.seek(self._read_from)
            return file.read().decode(errors="replace")

    @property
    def events(self) -> list[dict[str, Any]]:
        """The lines of its log since the last start, where the form is "json"."""
        lines = (line for line in self.log.splitlines() if line.startswith("{"))
        return [json.loads(line) for line in lines]

    @property
    def setup_token(self) -> str:
        """The token that a first start shows."""
        found = re.search(r"/setup\?token=([\w-]+)", self.log)
        assert found is not None, self.log
        return found[1]

    # --- speaking to it

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, token: str | None = None) -> httpx.Client:
        """A client of its own for many calls, below /api/v3."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=f"{self.url}/api/v3", headers=headers, timeout=20)

    def call(
        self, method: str, path: str, token: str | None = None, /, **given: Any
    ) -> dict[str, Any]:
        """One call of the API that must succeed; returns the answer."""
        with self.client(token) as client:
            kind = "params" if method == "GET" else "json"
            response = client.request(method, path, **{kind: given})  # type: ignore[arg-type]
        assert response.is_success, (path, response.status_code, response.text)
        answer: dict[str, Any] = response.json()
        return answer

    def get(self, path: str, token: str | None = None, /, **query: Any) -> dict[str, Any]:
        """GET that must succeed."""
        return self.call("GET", path, token, **query)

    def post(self, path: str, token: str | None = None, /, **body: Any) -> dict[str, Any]:
        """POST that must succeed."""
        return self.call("POST", path, token, **body)

    def put(self, path: str, token: str | None = None, /, **body: Any) -> dict[str, Any]:
        """PUT that must succeed."""
        return self.call("PUT", path, token, **body)

    def log_in(self, name: str = ADMIN, password: str = PASSWORD) -> str:
        """Sign in; returns the token."""
        answer = self.post("/user/login", username_or_email=name, password=password)
        return str(answer["jwt"])

    def register(self, name: str) -> str:
        """Make an account on a forum that is open to all; returns its token."""
        answer = self.post(
            "/user/register", username=name, password=PASSWORD, password_verify=PASSWORD
        )
        return str(answer["jwt"])

    def open_registration(self, admin: str) -> None:
        """Let everybody register, without a captcha."""
        self.put("/site", admin, registration_mode="Open", captcha_enabled=False)

    def metrics(self) -> str:
        """What Prometheus would read."""
        return httpx.get(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=10).text


def clean_environment() -> dict[str, str]:
    """The environment without settings of whoever runs the tests."""
    return {key: value for key, value in os.environ.items() if not key.startswith("MOOTHALL_")}


def _setpriv() -> str:
    found = shutil.which("setpriv")
    assert found is not None, "setpriv is part of every Debian (package util-linux)"
    return found


def _children_of(pid: int) -> list[int]:
    return [int(child) for child in _process_file(pid, f"task/{pid}/children").split()]


def _name_of(pid: int) -> str:
    return _process_file(pid, "comm").strip()


def _is_alive(pid: int) -> bool:
    state = _process_file(pid, "stat").rpartition(") ")[2][:1]
    return state not in {"", "Z", "X"}


def _process_file(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:  # ended
        return ""
