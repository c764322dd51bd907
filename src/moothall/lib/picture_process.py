"""The process that decodes pictures: one child for each, bounded by the kernel.

Started by `lib.pictures`. Reads tasks as lines of JSON from its standard input and answers each
with a line. The libraries are loaded once; each task runs in a fork, which may crash, swell or
loop without harm: memory, time and what it writes have limits, and it holds nothing but the one
picture. Ends with its parent, or when its input ends.
"""

import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from . import picture_work, process_guard
from .videos import NotAVideo, is_video, read_video

# Answers a crash, and whatever the kernel put an end to.
_NO_ANSWER = json.dumps({"error": "limit", "reason": "too much time or memory"}).encode()
_MAX_ANSWER = 4096


def main() -> None:
    """Work until the input ends."""
    process_guard.die_with_parent(int(sys.argv[1]))
    process_guard.name_process("moot-pictures")
    os.nice(10)  # nobody who reads waits for a picture
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(_in_child(json.loads(line)) + b"\n")
        sys.stdout.buffer.flush()


def _in_child(task: dict[str, Any]) -> bytes:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        _run_and_exit(task, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        answer = answers.read(_MAX_ANSWER)
    os.waitpid(child, 0)
    return answer or _NO_ANSWER


def _run_and_exit(task: dict[str, Any], writer: int) -> None:
    try:
        process_guard.die_with_parent(os.getppid())
        _limit(task)
        os.write(writer, json.dumps(_answer(task)).encode()[:_MAX_ANSWER])
    except BaseException as error:  # noqa: BLE001 — the process ends here, and says why
        sys.stderr.write(f"picture not decoded: {error!r}\n")
        sys.stderr.flush()
    finally:
        os._exit(0)


def _limit(task: dict[str, Any]) -> None:
    seconds = int(task["seconds"])
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    memory = pages * resource.getpagesize() + int(task["memory_bytes"])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    largest = int(task["max_file_bytes"])
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Longer than any line that we read; a file too large is an error and not the end.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _answer(task: dict[str, Any]) -> dict[str, Any]:
    source, target = Path(task["source"]), Path(task["target"])
    bounds = picture_work.Bounds(*task["bounds"])
    try:
        if task["kind"] == "vary":
            side = task["max_side"]
            made = picture_work.vary(source, target, task["extension"], side, bounds)
            return made._asdict()
        with source.open("rb") as file:
            head = file.read(64)
        if is_video(head):
            return {"video": read_video(source)._asdict()}
        if task["kind"] == "measure":
            return picture_work.measure(source, bounds)._asdict()
        return picture_work.rewrite(source, target, bounds)._asdict()
    except picture_work.NotAPicture as error:
        return {"error": "not_a_picture", "reason": str(error)[:200]}
    except NotAVideo as error:
        return {"error": "not_a_video", "reason": str(error)[:200]}
    except picture_work.TooMuchPicture as error:
        return {"error": "too_much", "reason": str(error)}
    except MemoryError:
        return {"error": "limit", "reason": "too much memory"}


if __name__ == "__main__":
    main()
