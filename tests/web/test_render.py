"""Compiled templates are kept from start to start, as long as they are those of this version."""

from pathlib import Path

import pytest

from moothall.web.fragments import link_menu
from moothall.web.render import Renderer
from moothall.web.static_files import StaticFiles


def _kept(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.name: (path.stat().st_ino, path.stat().st_size) for path in folder.iterdir()}


def test_the_second_start_finds_what_the_first_has_compiled(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    Renderer(StaticFiles(), "1", folder)
    first = _kept(folder)
    assert len(first) > 40
    assert all(size > 500 for _, size in first.values())
    Renderer(StaticFiles(), "1", folder)
    assert _kept(folder) == first


def test_another_version_compiles_anew_in_the_same_files(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    Renderer(StaticFiles(), "1", folder)
    first = _kept(folder)
    Renderer(StaticFiles(), "2", folder)
    second = _kept(folder)
    assert second.keys() == first.keys()
    assert all(second[name][0] != first[name][0] for name in first)


def test_a_spoiled_file_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    Renderer(StaticFiles(), "1", folder)
    sizes = {path: path.stat().st_size for path in folder.iterdir()}
    for path in sizes:
        path.write_bytes(path.read_bytes()[:60])
    Renderer(StaticFiles(), "1", folder)
    assert {path: path.stat().st_size for path in folder.iterdir()} == sizes


@pytest.mark.parametrize("place", ["missing/templates", "file/templates"])
def test_without_such_a_folder_it_works_too(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("in the way")
    Renderer(StaticFiles(), "1", tmp_path / place)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_menu_escapes_what_it_is_given() -> None:
    items = [("<b>", '/c/"x"', False), ("New", "/new", True)]
    menu = link_menu("a & b", items)
    assert "a &amp; b<span" in menu
    assert '<a href="/c/&#34;x&#34;">&lt;b&gt;</a>' in menu
    assert '<a href="/new" aria-current="true">New</a>' in menu
