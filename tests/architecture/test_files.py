"""What lies in the repository works on any machine: no private paths, no registry, locked parts."""

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

MACHINE_PATH = re.compile(r"(?<![\w.~-])/(work|root|farm)/[\w.]")
REGISTRY_HOST = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.org|npmjs\.com|yarnpkg\.com|crates\.io"
    r"|proxy\.golang\.org|deb\.debian\.org|repo1?\.maven"
)
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
REQUIREMENT = re.compile(r"^([a-z0-9][\w.-]*)==(\S+)((?:.*\\\n)+.*\n)", re.MULTILINE)


def _tracked_texts() -> Iterator[tuple[str, str]]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so nothing says which files belong to the repository")
    names = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in names.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" not in content:
            yield name, content.decode("utf-8", "replace")


@pytest.mark.parametrize(
    "pattern",
    [pytest.param(MACHINE_PATH, id="path"), pytest.param(REGISTRY_HOST, id="registry")],
)
def test_no_file_names_a_place_of_one_machine(pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}: {match.group()}"
        for name, text in _tracked_texts()
        if (match := pattern.search(text))
    ]
    assert found == []


def test_the_patterns_find_what_they_are_for() -> None:
    assert MACHINE_PATH.search("see /" + "work/main")
    assert not MACHINE_PATH.search("https://forum.example/" + "work/1")
    assert REGISTRY_HOST.search("https://registry.npmjs" + ".org/x")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_with_hashes(path: Path) -> None:
    text = path.read_text()
    entries = REQUIREMENT.findall(text)
    assert len(entries) == len([line for line in text.splitlines() if re.match(r"[a-z]", line)])
    assert all("--hash=sha256:" in rest for _, _, rest in entries)


def test_the_lock_holds_every_dependency_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {_normal(re.split(r"[\[<>=~!; ]", line)[0]) for line in project["dependencies"]}
    locked = {
        _normal(name)
        for name, _, _ in REQUIREMENT.findall((ROOT / "requirements/base.txt").read_text())
    }
    assert wanted <= locked


def test_what_runs_is_what_is_tested() -> None:
    base, dev = (
        {name: version for name, version, _ in REQUIREMENT.findall(path.read_text())}
        for path in (ROOT / "requirements/base.txt", ROOT / "requirements/dev.txt")
    )
    assert base.items() <= dev.items()


def test_the_npm_lock_has_hashes_and_no_addresses() -> None:
    lock = json.loads((ROOT / "tests/clients/package-lock.json").read_text())
    packages = [package for name, package in lock["packages"].items() if name]
    assert packages
    for package in packages:
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package
