"""Forms with files, as they arrive from browsers and from those who mean no good."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from moothall.lib.multipart_body import Form, FormLimits, Malformed, is_form, read_form
from moothall.lib.request_body import Disconnected, TooLarge

LIMITS = FormLimits(max_file_bytes=10_000, max_text_bytes=1000, max_parts=20)
TYPE = b"multipart/form-data; boundary=xyz"


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    file = "" if filename is None else f'; filename="{filename}"'
    head = f'--xyz\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


END = b"--xyz--\r\n"


def receiving(chunks: Iterable[bytes], *, cut: bool = False) -> Any:
    messages = [{"type": "http.request", "body": each, "more_body": True} for each in chunks]
    if not cut:
        messages[-1]["more_body"] = False
    messages.append({"type": "http.disconnect"})
    waiting = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(waiting)

    return receive


def read(
    folder: Path,
    chunks: Iterable[bytes],
    *,
    kind: bytes = TYPE,
    length: bytes | None = None,
    limits: FormLimits = LIMITS,
    cut: bool = False,
) -> tuple[Form, list[bytes]]:
    async def run() -> tuple[Form, list[bytes]]:
        receive = receiving(chunks, cut=cut)
        async with read_form(receive, kind, length, folder, limits) as form:
            return form, [file.path.read_bytes() for file in form.files]

    try:
        return asyncio.run(run())
    finally:
        assert not folder.exists() or list(folder.iterdir()) == []


def test_fields_and_files_come_in_any_pieces(tmp_path: Path) -> None:
    body = (
        part("title", "Grüße\r\nan alle".encode())
        + part("file", b"\0\r\n--xy" * 500, "a.png")
        + END
    )
    for size in (1, 7, 100, len(body)):
        pieces = [body[n : n + size] for n in range(0, len(body), size)]
        form, contents = read(tmp_path / "in", pieces)
        assert form.fields == [("title", "Grüße\nan alle")]
        assert [(f.name, f.filename, f.size) for f in form.files] == [("file", "a.png", 3500)]
        assert contents == [b"\0\r\n--xy" * 500]


def test_an_empty_file_is_a_file_of_nothing(tmp_path: Path) -> None:
    form, contents = read(tmp_path / "in", [part("file", b"", "") + END])
    assert (form.files[0].size, contents) == (0, [b""])


def test_a_name_of_a_file_is_never_a_path(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    form, _ = read(folder, [part("file", b"x", "../../evil.png") + END])
    assert form.files[0].path.parent == folder


@pytest.mark.parametrize(
    "body",
    [
        part("file", b"x" * 10_001, "a.png") + END,
        part("text", b"x" * 1001) + END,
        b"".join(part(f"text{n}", b"x" * 300) for n in range(4)) + END,
    ],
    ids=["file", "text", "texts"],
)
def test_too_much_is_refused(tmp_path: Path, body: bytes) -> None:
    pieces = [body[n : n + 1000] for n in range(0, len(body), 1000)]
    with pytest.raises(TooLarge):
        read(tmp_path / "in", pieces)


def test_a_large_file_is_passed_over_where_its_reader_says_so(tmp_path: Path) -> None:
    pieces = [
        part("file", b"x" * 10_001, "a.png"),
        part("text", "Grüße".encode()),
        part("other", b"fine", "b.png") + END,
    ]
    limits = LIMITS._replace(max_files=2, passes_over_large=True)
    form, files = read(tmp_path / "in", pieces, limits=limits)
    assert (form.fields, form.passed_over) == ([("text", "Grüße")], ["file"])
    assert files == [b"fine"]


@pytest.mark.parametrize("keeps_files", [True, False])
def test_what_is_passed_over_has_an_end(tmp_path: Path, keeps_files: bool) -> None:
    begun = part("file", b"x" * 10_001, "a.png").removesuffix(b"\r\n")
    limits = LIMITS._replace(keeps_files=keeps_files, passes_over_large=True)
    with pytest.raises(TooLarge):
        read(tmp_path / "in", [begun] + [b"y" * 10_000] * 20, limits=limits)


@pytest.mark.parametrize("length", [b"4294967296", b"99999999999999999999", b"-1", b"x"])
def test_what_announces_too_much_is_not_begun(tmp_path: Path, length: bytes) -> None:
    with pytest.raises(TooLarge):
        read(tmp_path / "in", [b"x"], length=length)


@pytest.mark.parametrize(
    "body, kind",
    [
        (b"", TYPE),
        (b"hello", TYPE),
        (part("file", b"x", "a.png"), TYPE),
        (part("", b"x") + END, TYPE),
        (b"--xyz\r\nContent-Type: text/plain\r\n\r\nx\r\n" + END, TYPE),
        (part("a", b"x", "a.png") + part("b", b"x", "b.png") + END, TYPE),
        (b"".join(part("a", b"x") for _ in range(30)) + END, TYPE),
        (b"--xyz\r\n" + b"X-Long: " + b"y" * 10_000 + b"\r\n\r\n\r\n" + END, TYPE),
        (part("a", b"x") + END, b"multipart/form-data"),
        (part("a", b"x") + END, b'multipart/form-data; boundary="a\nb"'),
        (part("a", b"x") + END, b"multipart/form-data; boundary=other"),
    ],
)
def test_what_is_no_such_form_is_refused(tmp_path: Path, body: bytes, kind: bytes) -> None:
    with pytest.raises(Malformed):
        read(tmp_path / "in", [body], kind=kind)


def test_what_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Disconnected):
        read(tmp_path / "in", [part("file", b"x" * 5000, "a.png")], cut=True)


def test_what_is_too_slow_is_given_up(tmp_path: Path) -> None:
    async def run() -> None:
        async def receive() -> dict[str, Any]:
            await asyncio.sleep(30)
            return {}

        limits = LIMITS._replace(total_s=0.1)
        async with read_form(receive, TYPE, None, tmp_path, limits):
            pass

    with pytest.raises(Disconnected):
        asyncio.run(run())


def test_a_form_is_told_by_its_type() -> None:
    assert is_form(b"Multipart/Form-Data; boundary=x")
    assert not is_form(b"application/json")
    assert not is_form(None)
