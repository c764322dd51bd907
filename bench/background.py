"""How long background work keeps others from writing: all of it that can be called up, under load.

Somebody who wrote a great deal is banned with removal of everything, somebody else leaves and has
everything erased, the longest thread is purged; a day's events are due to be forgotten, and the
ranks of a week are counted anew, as after every start. Meanwhile others vote.
"""

import json
import re
import sqlite3
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from bench.dataset import Dataset
from bench.server import Running
from moothall.actions.operator import make_admin
from moothall.domain.site import Home
from moothall.domain.time import DAY
from moothall.forum import Forum
from moothall.storage.opening import database_at

_PASSWORD = "correct horse"  # noqa: S105 — of every account of the dataset, and of no other
_BANNED, _ADMIN, _LEAVER = "person_0001", 1, 2  # the first by name, the others by their token
_TIMEOUT_S = 120
_HOLD = re.compile(
    r'^moothall_write_lock_longest_hold_seconds\{process="background"\} (\S+)$', re.MULTILINE
)


def prepare(data: Dataset) -> None:
    """Before the server starts: there is an admin, and all events are old enough to be forgotten."""
    database = database_at("", data.data_dir)
    database.open()
    try:
        forum = Forum(database, Home(data.domain, f"https://{data.domain}"))
        forum.act_now(make_admin, "person_0004")
    finally:
        database.close()
    raw = sqlite3.connect(data.data_dir / "moothall.sqlite")
    raw.execute("UPDATE event SET created_at = created_at - ?", (2 * DAY,))
    raw.commit()
    raw.close()


def longest_hold_ms(server: Running, data: Dataset, load: Callable[[], object]) -> float:
    """Call up the work, repeat `load` beside it until all is done, and ask the server's metrics."""
    loaded = threading.Thread(target=load, name="load")
    loaded.start()
    admin, leaver = data.tokens[_ADMIN], data.tokens[_LEAVER]
    banned = _call(server, "GET", f"user?username={_BANNED}", admin)["person_view"]["person"]["id"]
    _call(server, "POST", "user/ban", admin, person_id=banned, ban=True, remove_data=True)
    _call(server, "POST", "admin/purge/post", admin, post_id=data.thread_300)
    _call(server, "POST", "user/delete_account", leaver, password=_PASSWORD, delete_content=True)
    loaded.join()
    _wait_for_jobs(data)
    with urllib.request.urlopen(server.metrics_url, timeout=30) as answer:
        found = _HOLD.search(answer.read().decode())
    if found is None:
        raise RuntimeError("the background process has not written anything")
    return float(found[1]) * 1000


def _call(server: Running, method: str, path: str, token: str, **fields: Any) -> Any:
    request = urllib.request.Request(
        f"{server.url}/api/v3/{path}",
        json.dumps(fields).encode() if fields else None,
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def _wait_for_jobs(data: Dataset) -> None:
    raw = sqlite3.connect(data.data_dir / "moothall.sqlite")
    deadline = time.monotonic() + _TIMEOUT_S
    try:
        while raw.execute("SELECT count(*) FROM job").fetchone()[0]:
            if time.monotonic() > deadline:
                raise RuntimeError(f"jobs are left after {_TIMEOUT_S} s")
            time.sleep(0.2)
    finally:
        raw.close()
