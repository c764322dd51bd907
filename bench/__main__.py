"""`make bench`: build the forum once, measure it beside the yardsticks, print and keep the table."""

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench import background, dataset, growth, load, report, server, yardstick
from bench.load import Result, median

CACHE = Path("bench-data")
RUNS = 3
_VOTES = 60_000
_COMMENTS = 20_000


@dataclass
class Bench:
    """One run: the forum, its yardstick, and what has been measured so far."""

    data: dataset.Dataset
    seconds: int
    results: dict[str, Result] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)

    def measure(self, **measures: Callable[[], Result]) -> None:
        """Take turns, so that a slow moment of the machine meets all of them; keep medians."""
        taken: dict[str, list[Result]] = {name: [] for name in measures}
        for _ in range(RUNS):
            for name, once in measures.items():
                taken[name].append(once())
        for name, results in taken.items():
            self.results[name] = median(results)
            sys.stderr.write(f"  {name}: {self.results[name]}\n")


def main() -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--size", type=int, default=20_000, help="number of posts")
    parser.add_argument("--seconds", type=int, default=5, help="length of each measurement")
    parser.add_argument("--workers", type=int, default=2, help="web workers")
    parser.add_argument("--keep", action="store_true", help="write docs/performance.md anew")
    given = parser.parse_args()
    name, table = _grow(given) if given.size > dataset.FULL else _measure(given)
    sys.stdout.write(table)
    if given.keep:
        report.keep(name, table)
    return 0


def _grow(given: argparse.Namespace) -> tuple[str, str]:
    small, large = (_dataset(size) for size in (growth.SMALL, given.size))
    found = growth.measure(small, large)
    return "growth", report.growth_table(found, growth.SMALL, given.size)


def _measure(given: argparse.Namespace) -> tuple[str, str]:
    bench = Bench(_dataset(given.size), given.seconds)
    _read(bench, given.workers)
    with _copy(bench.data) as copy:
        _write(bench, copy, given.workers)
        _work_in_background(bench, copy, given.workers)
        _memory_of_one(bench, copy)
    return "figures", report.table(bench.results, bench.facts, given)


def _dataset(size: int) -> dataset.Dataset:
    return dataset.build(CACHE / f"sqlite-{size}", "", size)


def _read(bench: Bench, workers: int) -> None:
    data = bench.data
    # The first start warms the file cache; the second is the one that counts.
    with server.forum(data.data_dir, data.database_url, data.domain, workers):
        pass
    with server.forum(data.data_dir, data.database_url, data.domain, workers) as forum:
        bench.facts["cold start"] = forum.started_in_s
        bench.facts["idle"] = forum.memory_mb()
        paths = _paths(data)
        pages = {name: yardstick.fetch(forum.url + path) for name, path in paths.items()}
        with yardstick.started(data, pages, workers) as bare, forum.watched() as memory:
            yardstick.compare(forum.url, paths, bare.url)
            _reads_of(bench, forum.url, bare.url, paths)
        bench.facts["loaded"] = max(memory)
        bench.facts["disk"] = _disk_mb(data)


def _paths(data: dataset.Dataset) -> dict[str, str]:
    thread = f"post_id={data.thread_200}&type_=All&sort=Hot&max_depth=50&limit=300"
    return {
        "api posts": "/api/v3/post/list?type_=All&sort=Hot&limit=20",
        "api posts new": "/api/v3/post/list?type_=All&sort=New&limit=20",
        "api comments 200": f"/api/v3/comment/list?{thread}",
        "html front": "/?listing=All&sort=Hot",
        "html community": f"/c/{data.community}?sort=Hot",
        "html thread 200": f"/post/{data.thread_200}",
        "html thread 300": f"/post/{data.thread_300}",
    }


def _reads_of(bench: Bench, forum: str, bare: str, paths: dict[str, str]) -> None:
    seconds = bench.seconds
    signed = {"Authorization": f"Bearer {bench.data.tokens[0]}"}

    def ask(url: str, headers: dict[str, str]) -> Callable[[], Result]:
        return lambda: load.get(url, headers, seconds)

    def plain(name: str) -> Callable[[], Result]:
        return ask(forum + paths[name], load.UNCACHED)

    bench.measure(
        **{
            "bare posts": ask(bare + "/posts", {}),
            "api posts": plain("api posts"),
            "api posts signed in": ask(forum + paths["api posts"], signed),
            "html front": plain("html front"),
            "html community": plain("html community"),
            "api posts new": plain("api posts new"),
        }
    )
    bench.measure(
        **{
            "bare comments": ask(bare + "/comments", {}),
            "api comments 200": plain("api comments 200"),
            "api comments signed in": ask(forum + paths["api comments 200"], signed),
            "html thread 200": plain("html thread 200"),
            "html thread 300": plain("html thread 300"),
        }
    )
    bench.measure(
        **{
            "bare front page": ask(bare + "/html-front", {}),
            "cached front page": ask(forum + paths["html front"], {}),
            "bare api page": ask(bare + "/api-posts", {}),
            "cached api page": ask(forum + paths["api posts"], {}),
        }
    )


def _write(bench: Bench, data: dataset.Dataset, workers: int) -> None:
    chance = random.Random(7)
    votes = [_vote(chance, data) for _ in range(_VOTES)]
    comments = [_comment(chance, data) for _ in range(_COMMENTS)]
    with server.forum(data.data_dir, data.database_url, data.domain, workers) as forum:
        like, answer = f"{forum.url}/api/v3/post/like", f"{forum.url}/api/v3/comment"
        with forum.watched() as memory:
            bench.measure(
                votes=lambda: load.post(like, {}, votes, bench.seconds),
                comments=lambda: load.post(answer, {}, comments, bench.seconds),
            )
        bench.facts["loaded"] = max(bench.facts["loaded"], *memory)


def _work_in_background(bench: Bench, data: dataset.Dataset, workers: int) -> None:
    chance = random.Random(8)
    # Not those who are banned or leave.
    voters = replace(data, tokens=data.tokens[5:])
    votes = [_vote(chance, voters) for _ in range(_VOTES)]
    background.prepare(data)
    started = server.forum(
        data.data_dir, data.database_url, data.domain, workers, with_metrics=True
    )
    with started as forum:
        like = f"{forum.url}/api/v3/post/like"
        bench.facts["hold"] = background.longest_hold_ms(
            forum, data, lambda: load.post(like, {}, votes, RUNS * bench.seconds)
        )


def _vote(chance: random.Random, data: dataset.Dataset) -> tuple[str, str]:
    post_id = chance.choice(data.post_ids)
    score = chance.choice((1, 1, 1, -1, 0))
    return chance.choice(data.tokens), f'{{"post_id":{post_id},"score":{score}}}'


def _comment(chance: random.Random, data: dataset.Dataset) -> tuple[str, str]:
    text = " ".join(chance.choices(("moot", "hall", "and", "the", "town", "talks"), k=30))
    post_id = chance.choice(data.post_ids)
    return chance.choice(data.tokens), f'{{"post_id":{post_id},"content":"{text}"}}'


def _memory_of_one(bench: Bench, data: dataset.Dataset) -> None:
    chance = random.Random(9)
    votes = [_vote(chance, data) for _ in range(_VOTES)]
    with server.forum(data.data_dir, data.database_url, data.domain, 1) as forum:
        bench.facts["idle, one worker"] = forum.memory_mb()
        with forum.watched() as memory:
            for path in _paths(data).values():
                load.get(forum.url + path, load.UNCACHED, 1)
            load.post(f"{forum.url}/api/v3/post/like", {}, votes, bench.seconds)
        bench.facts["loaded, one worker"] = max(memory)


def _disk_mb(data: dataset.Dataset) -> float:
    """The database and its log, while the server runs."""
    return sum(path.stat().st_size for path in data.data_dir.glob("moothall.sqlite*")) / 1e6


@contextmanager
def _copy(data: dataset.Dataset) -> Iterator[dataset.Dataset]:
    """What is written to must not spoil the data of the next run."""
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        shutil.copytree(data.data_dir, folder, dirs_exist_ok=True)
        yield data.at(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
