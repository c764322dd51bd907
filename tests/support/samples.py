"""The documents of other programs that lie beside the repository, where they do."""

import json
import os
from pathlib import Path
from typing import Any

import pytest


def activitypub_documents() -> list[Any]:
    """Return the recorded ActivityPub documents, parsed; skip the test in a clone without them."""
    shared = Path(os.environ.get("MOOTHALL_SHARED", "../shared"))
    paths = sorted((shared / "samples" / "activitypub").rglob("*.json"))
    if not paths:
        pytest.skip("no sample documents: set MOOTHALL_SHARED to the folder that holds samples/")
    return [json.loads(path.read_bytes()) for path in paths]
