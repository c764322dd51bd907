"""Any file can be read line by line, in little memory."""

import gzip
import tracemalloc
from pathlib import Path

import pytest

from moothall.archive.reading import MAX_LINE_BYTES, ArchiveError, Text, fingerprint_of, open_lines


def _read(path: Path) -> list[Text]:
    with open_lines(path) as lines:
        return list(lines)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.bin"])
def test_gzip_is_known_by_its_name_or_its_content(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = b"one\ntwo"
    path.write_bytes(content if name == "a.jsonl" else gzip.compress(content))
    assert _read(path) == [Text(1, b"one\n"), Text(2, b"two")]


def test_a_line_that_is_too_long_is_passed_over_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"first\n")
        for _ in range(64):
            file.write(b"x" * MAX_LINE_BYTES)
        file.write(b"\nlast\n")
    tracemalloc.start()
    lines = _read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == [Text(1, b"first\n"), Text(2, None, "longer than 1 MiB"), Text(3, b"last\n")]
    assert peak < 12 * MAX_LINE_BYTES


def test_a_line_of_just_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    longest = b"x" * (MAX_LINE_BYTES - 1) + b"\n"
    path.write_bytes(longest + b"x" + longest + b"end\n")
    assert [text.text and len(text.text) for text in _read(path)] == [MAX_LINE_BYTES, None, 4]


def test_a_damaged_file_ends_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    content = b"".join(b"%d\n" % number for number in range(100_000))
    path.write_bytes(gzip.compress(content)[:-2000])
    lines = _read(path)
    assert lines[0].text == b"0\n"
    assert lines[-1].text is None
    assert "damaged" in lines[-1].reason


def test_a_file_that_only_claims_to_be_gzip_is_damaged_from_the_start(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(b"plain\n")
    (only,) = _read(path)
    assert only.number == 1
    assert "damaged" in only.reason


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="No such file"):
        _read(tmp_path / "none")
    with pytest.raises(ArchiveError, match="No such file"):
        fingerprint_of(tmp_path / "none")


def test_the_fingerprint_tells_files_apart(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"x" * 3_000_000)
    other.write_bytes(b"x" * 2_999_999 + b"y")
    assert fingerprint_of(one) != fingerprint_of(other)
    other.write_bytes(one.read_bytes())
    assert fingerprint_of(one) == fingerprint_of(other)
