"""Running the yardstick beside the forum, and making sure that both say the same."""

import pickle
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.bare import Argument
from bench.dataset import Dataset
from bench.server import Running, free_port, running

Page = tuple[bytes, bytes]


def fetch(url: str) -> Page:
    """The content type and body of a page."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.headers["Content-Type"]).encode(), answer.read()


@contextmanager
def started(data: Dataset, pages: dict[str, Page], workers: int) -> Iterator[Running]:
    """Serve `bench.bare` on the same server, with as many workers."""
    argument = Argument(
        data.data_dir / "moothall.sqlite",
        f"https://{data.domain}",
        data.thread_200,
        {f"/{name.replace(' ', '-')}": page for name, page in pages.items()},
    )
    port = free_port()
    with tempfile.NamedTemporaryFile(suffix=".pickle") as file:
        Path(file.name).write_bytes(pickle.dumps(argument))
        command = [sys.executable, "-m", "bench.yardstick", file.name, str(port), str(workers)]
        with running(command, {}, port, "/posts") as bare:
            yield bare


def compare(forum: str, paths: dict[str, str], bare: str) -> None:
    """Refuse to measure a yardstick that answers something else than the forum."""
    for name, path in (("api posts", "/posts"), ("api comments 200", "/comments")):
        ours, theirs = fetch(forum + paths[name])[1], fetch(bare + path)[1]
        if ours != theirs:
            raise RuntimeError(f"{name}: the yardstick differs: {_difference(ours, theirs)}")


def _difference(ours: bytes, theirs: bytes) -> str:
    place = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), 0)
    return f"{ours[place - 60 : place + 60]!r} against {theirs[place - 60 : place + 60]!r}"


def _serve(path: str, port: str, workers: str) -> int:
    from moothall.processes import Program, run_group

    argument = pickle.loads(Path(path).read_bytes())  # written by `started` just now
    program = Program("bench.bare:create_app", "bench.bare:idle", argument)
    return run_group(program, listen=("127.0.0.1", int(port)), workers=int(workers))


if __name__ == "__main__":
    sys.exit(_serve(*sys.argv[1:]))
