"""Installing as the documentation says: the wheel, the settings, the unit."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

from moothall import __version__
from moothall.settings import Settings, load
from tests.conftest import ROOT
from tests.support.documents import OPERATE, example, examples
from tests.support.programs import required_program
from tests.support.server import Server

UNIT = ROOT / "packaging" / "moothall.service"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the documented line, from a copy of what a build needs."""
    folder = tmp_path_factory.mktemp("build")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    [line] = [
        line
        for line in example("install.md", "sh", "pip wheel").splitlines()
        if "pip wheel" in line
    ]
    words = line.replace(".venv/bin/python", sys.executable).split()
    subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=120)
    [built] = (folder / "dist").iterdir()
    return built


def test_the_wheel_holds_the_program_and_nothing_else(wheel: Path) -> None:
    assert wheel.name == f"moothall-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    places = {name.split("/")[0] for name in names}
    assert places == {"moothall", f"moothall-{__version__}.dist-info"}
    for needed in (
        r"moothall/web/templates/.+\.html",
        r"moothall/web/static/.+\.css",
        r"moothall/storage/migrations/versions/0001_.+\.py",
        r".+\.dist-info/licenses/LICENSE",
    ):
        assert any(re.fullmatch(needed, name) for name in names), needed


def test_an_installed_wheel_serves(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "opt"
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    lib = (
        place / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    )
    install = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    line = "pip install --no-deps --no-index moothall-*.whl"
    assert line in example("install.md", "sh", "pip install")
    subprocess.run(
        [*install, "--no-deps", "--no-index", wheel], check=True, capture_output=True, timeout=120
    )
    # The libraries are those of the tests: a path in a file is not followed further, so our own
    # package, which is installed there by such a file, is not found in its source.
    (lib / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    where = subprocess.run(
        [python, "-c", "import moothall; print(moothall.__file__)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(place)
    with Server(tmp_path / "forum", program=place / "bin" / "moothall") as server:
        page = httpx.get(server.url)
        assert page.status_code == 200
        style = re.search(r'href="(/static/[^"]+\.css)"', page.text)
        assert style is not None
        assert httpx.get(server.url + style[1]).status_code == 200
        assert server.stop() == 0


def test_the_examples_of_settings_are_settings(tmp_path: Path) -> None:
    for document in ("install.md", "proxy.md"):
        for number, block in enumerate(examples(document, "toml")):
            file = tmp_path / f"{number}.toml"
            file.write_text(block if "domain" in block else f'domain = "forum.example"\n{block}')
            settings = load(file, {})
            assert settings.host == "forum.example"
            assert tomllib.loads(block)


def test_the_unit_starts_what_the_documentation_installs() -> None:
    text = UNIT.read_text()
    [program, *rest] = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)[0].split()
    document = (OPERATE / "install.md").read_text()
    assert f"{program} --version" in document
    assert rest == ["serve", "--config", "/etc/moothall/forum.toml"]
    assert "/etc/moothall/forum.toml" in document
    [folder] = re.findall(r"^StateDirectory=(.+)$", text, re.MULTILINE)
    assert f'data_dir = "/var/lib/{folder}"' in document


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    analyze = required_program("systemd-analyze", "systemd")
    unit = tmp_path / UNIT.name
    # It wants the program, the user and the documentation to exist on this machine.
    text = UNIT.read_text().replace("/opt/moothall/bin/moothall", sys.executable)
    unit.write_text(re.sub(r"^(User|Group|Documentation)=.*\n", "", text, flags=re.MULTILINE))
    done = subprocess.run(
        [analyze, "verify", "--man=no", unit],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
    )
    ours = [line for line in done.stderr.splitlines() if UNIT.name in line]
    assert (done.returncode, ours) == (0, [])
    worse = unit.with_name("worse.service")
    worse.write_text(unit.read_text().replace("KillMode=mixed", "KillMode=mixd"))
    refused = subprocess.run(
        [analyze, "verify", "--man=no", worse], capture_output=True, text=True, check=False
    )
    assert "mixd" in refused.stderr, "the check would say what is wrong"


def test_every_document_that_is_pointed_to_is_there() -> None:
    for document in OPERATE.glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name} points to {target}"


def test_what_is_said_of_durability_is_what_is_set(tmp_path: Path) -> None:
    file = tmp_path / "forum.toml"
    file.write_text('domain = "forum.example"\n' + example("durability.md", "toml"))
    assert load(file, {}).storage == Settings().storage, "the example shows the default"
