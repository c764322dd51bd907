"""What a client asked and what it got, written down once and asked again of every later version.

A recording is a file of JSON lines, one `Call` each, in their order. What differs between two runs
stands in it as a name: the server's host as `{host}`, what it gave to be sent back (tokens, cursors) as
`{jwt1}`, `{next_page2}`, …
"""

import http.server
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx

_GIVEN = ("jwt", "next_page")
_HEADERS = ("authorization", "content-type", "cookie")
# Of long lists with many alike, as many of each kind are kept as tell what there is.
_KEPT_ALIKE = 1


class Call(NamedTuple):
    """One call. `token` is the name of the caller's token.

    `gave` has the names of what the answer gave to be sent back, by field.
    """

    method: str
    path: str
    query: str
    token: str | None
    body: Any
    status: int
    answer: Any
    gave: dict[str, str] | None = None


def read_recording(file: Path) -> list[Call]:
    """The calls of a file."""
    with file.open(encoding="utf-8") as lines:
        return [Call(**json.loads(line)) for line in lines]


def write_recording(file: Path, calls: list[Call]) -> None:
    """Keep the calls, with lists cut to one of each kind of their entries."""
    lines = (
        json.dumps(call._replace(answer=thinned(call.answer))._asdict(), ensure_ascii=False)
        for call in calls
    )
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def shape(value: Any) -> Any:
    """The keys and types of a value; of a list, those of its entries in no order and once each."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in sorted(value.items())}
    if isinstance(value, list):
        kinds = {json.dumps(shape(each), sort_keys=True) for each in value}
        return sorted(kinds)
    return "number" if type(value) in (int, float) else type(value).__name__


def thinned(value: Any) -> Any:
    """The value with one of each kind of entry in its lists: its shape stays."""
    if isinstance(value, dict):
        return {name: thinned(each) for name, each in value.items()}
    if not isinstance(value, list):
        return value
    seen: dict[str, int] = {}
    kept = []
    for each in value:
        kind = json.dumps(shape(each), sort_keys=True)
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= _KEPT_ALIKE:
            kept.append(thinned(each))
    return kept


class Recorder:
    """Stands between a client and a server and writes down what passes."""

    def __init__(self, server_url: str) -> None:
        self.calls: list[Call] = []
        self._server_url = server_url
        self._host = urlsplit(server_url).netloc
        self._names: dict[str, str] = {}
        self._client = httpx.Client(base_url=server_url, timeout=30)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def forward(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> httpx.Response:
        """Pass a request on, and write it down if it is one of the API."""
        passed = {name: headers[name] for name in _HEADERS if name in headers}
        answer = self._client.request(method, target, headers=passed, content=body)
        path, _, query = target.partition("?")
        if path.startswith("/api/"):
            self.calls.append(self._call(method, path, query, headers, body, answer))
        return answer

    def _call(
        self,
        method: str,
        path: str,
        query: str,
        headers: dict[str, str],
        body: bytes,
        answer: httpx.Response,
    ) -> Call:
        gave = self._given(answer.json())
        own = headers.get("authorization", "").removeprefix("Bearer ")
        return Call(
            method,
            path,
            self._named(query),
            self._names.get(own, own or None),
            json.loads(self._named(body.decode())) if body else None,
            answer.status_code,
            json.loads(self._named(answer.text)),
            gave or None,
        )

    def _given(self, content: Any) -> dict[str, str]:
        found = content if isinstance(content, dict) else {}
        return {
            field: self._names.setdefault(found[field], f"{{{field}{len(self._names) + 1}}}")
            for field in _GIVEN
            if field in found
        }

    def _named(self, text: str) -> str:
        for value, name in self._names.items():
            text = text.replace(value, name)
        text = text.replace(self._host, "{host}")
        return text.replace(self._host.replace(":", "%3A"), "{host%}")


@contextmanager
def recording(server_url: str) -> Iterator[tuple[str, Recorder]]:
    """An address that passes everything on to the server, and what writes it down."""
    recorder = Recorder(server_url)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = recorder.forward(self.command, self.path, headers, self.rfile.read(length))
            self.send_response(answer.status_code)
            for name in ("content-type", "location"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = _pass_on  # noqa: N815 — the names that the library calls

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 — as above
            """Say nothing."""

    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{proxy.server_address[1]}", recorder
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()
        recorder.close()


class Replay:
    """Asks a server what a recording asked, one call after the other."""

    def __init__(self, server_url: str) -> None:
        self._host = urlsplit(server_url).netloc
        self._values: dict[str, str] = {}
        self._client = httpx.Client(base_url=server_url, timeout=30)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def ask(self, call: Call) -> httpx.Response:
        """One call; what its answer gives stands for what was recorded."""
        headers = {}
        if call.token is not None:
            headers["authorization"] = f"Bearer {self._values.get(call.token, call.token)}"
        content = None
        if call.body is not None:
            content = self._filled(json.dumps(call.body)).encode()
            headers["content-type"] = "application/json"
        target = f"{call.path}?{self._filled(call.query)}" if call.query else call.path
        answer = self._client.request(call.method, target, headers=headers, content=content)
        for field, name in (call.gave or {}).items():
            if answer.is_success and field in answer.json():
                self._values[name] = answer.json()[field]
        return answer

    def _filled(self, text: str) -> str:
        text = text.replace("{host}", self._host)
        text = text.replace("{host%}", self._host.replace(":", "%3A"))
        return re.sub(r"\{\w+\d\}", lambda found: self._values.get(found[0], found[0]), text)


def difference(call: Call, answer: httpx.Response) -> str | None:
    """How an answer differs from the recorded one: in status, code or shape."""
    if answer.status_code != call.status:
        return f"{call.status} became {answer.status_code}: {answer.text[:300]}"
    content = answer.json()
    if isinstance(content, dict) and "error" in content:
        if content["error"] != call.answer.get("error"):
            return f"{call.answer} became {content}"
        return None
    old, new = shape(call.answer), shape(content)
    return None if old == new else f"{_first_difference(old, new)}"


def _first_difference(old: Any, new: Any, where: str = "") -> str:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            if name not in new:
                return f"{where}.{name} is missing"
            if name not in old:
                return f"{where}.{name} is new"
            if old[name] != new[name]:
                return _first_difference(old[name], new[name], f"{where}.{name}")
    if isinstance(old, list) and isinstance(new, list):
        lost, come = [each for each in old if each not in new], [x for x in new if x not in old]
        if len(lost) == len(come) == 1:
            return _first_difference(json.loads(lost[0]), json.loads(come[0]), f"{where}[]")
        return f"{where}: {len(lost)} kinds of entries lost, {len(come)} new"
    return f"{where}: {old} became {new}"
