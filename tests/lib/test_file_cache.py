"""The cache of files: what it gives, what it forgets, and its budget."""

from pathlib import Path

from moothall.lib.file_cache import FileCache


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def put(cache: FileCache, group: str, name: str, size: int) -> Path:
    written = cache.new_file(group, name)
    written.write_bytes(b"x" * size)
    return cache.put(group, name, written)


def total(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_what_is_put_is_given_and_what_is_dropped_is_not(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 1000)
    path = put(cache, "abcd", "64.webp", 10)
    put(cache, "abcd", "96.webp", 10)
    put(cache, "abff", "64.webp", 10)
    assert cache.get("abcd", "64.webp") == path
    assert cache.get("abcd", "32.webp") is None
    assert set(cache.groups("ab")) == {"abcd", "abff"}
    cache.drop("abcd")
    assert cache.get("abcd", "64.webp") is None
    assert cache.get("abcd", "96.webp") is None
    assert cache.get("abff", "64.webp") is not None


def test_the_least_used_go_first(tmp_path: Path) -> None:
    clock = Clock()
    cache = FileCache(tmp_path, 1000, clock=clock)
    for number in range(10):
        clock.now += 10
        put(cache, f"a{number}", "x", 100)
    clock.now += 10
    assert cache.get("a0", "x") is not None
    clock.now += 10
    put(cache, "b0", "x", 100)
    assert cache.get("a1", "x") is None
    assert cache.get("a0", "x") is not None
    assert cache.get("b0", "x") is not None
    assert total(tmp_path) <= 1000


def test_the_budget_holds_with_many_small_ones_and_after_a_restart(tmp_path: Path) -> None:
    for _ in range(3):
        cache = FileCache(tmp_path, 10_000)
        for number in range(400):
            put(cache, f"{number:04x}", "x", 100)
        assert total(tmp_path) <= 10_500


def test_what_is_too_old_is_forgotten(tmp_path: Path) -> None:
    clock = Clock()
    cache = FileCache(tmp_path, 1000, max_age_s=60, clock=clock)
    path = put(cache, "ab", "x", 10)
    clock.now += 50
    assert cache.get("ab", "x") is not None
    clock.now += 50  # being used does not make it younger
    assert cache.get("ab", "x") is None
    assert not path.exists()
