"""Programs and files from outside of the repository that some tests cannot do without."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

# Places of programs that Debian keeps out of an ordinary PATH.
_MORE_PLACES = ("/usr/sbin", "/usr/lib/postgresql/15/bin")


def go_without(reason: str) -> NoReturn:
    """Skip the test, or fail it where everything must be there: under `CI=true`."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; the build runs every test", pytrace=False)
    pytest.skip(reason)


def required_program(name: str, package: str) -> Path:
    """Return the path of the program `name`, which Debian's `package` brings."""
    places = os.pathsep.join((os.environ.get("PATH", os.defpath), *_MORE_PLACES))
    found = shutil.which(name, path=places)
    if found is None:
        go_without(f"the program {name} is missing (Debian's package {package} brings it)")
    return Path(found)
