"""Keeping the store in order: contents that nobody wants any more are erased."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from moothall.actions import media as actions
from moothall.forum import Forum
from moothall.lib.blobs import PREFIXES
from moothall.lib.media_tools import MediaTools
from moothall.reads import media as reads

# Younger ones may belong to an upload that is under way.
_ORPHAN_S = 24 * 3600.0
_BATCH = 500


def erase_blob(forum: Forum, tools: MediaTools, sha256: str) -> None:
    """Erase a content and all that was made of it, unless an upload has it; again is harmless.

    Nothing is asked of the store within a transaction: until it has answered the content is marked,
    and whoever uploads it again waits.
    """
    if not forum.act_now(actions.begin_erasing, sha256):
        return
    tools.blobs.delete(sha256)
    tools.thumbnails.drop(sha256)
    forum.act_now(actions.end_erasing, sha256)


class Sweep:
    """Looks through the store bit by bit for what crashes have left; a step for each 256th."""

    def __init__(self, forum: Forum, tools: MediaTools) -> None:
        self._forum = forum
        self._tools = tools
        self._left: list[str] = []

    def __call__(self) -> bool:
        """Do the next step; returns whether the round is not through."""
        if not self._left:
            self._left = list(PREFIXES)
            _clear(self._tools.folder)
            self._forum.act_now(actions.resume_erasing)
        prefix = self._left[0]
        before = time.time() - _ORPHAN_S
        stored = self._tools.blobs.listed(prefix)
        old = (each.key for each in stored if each.stored_at < before)
        for key in self._orphans(old):
            erase_blob(self._forum, self._tools, key)
        for key in self._orphans(self._tools.thumbnails.groups(prefix)):
            self._tools.thumbnails.drop(key)
        # Only now: where the store was away, the next try begins here again.
        del self._left[0]
        return bool(self._left)

    def _orphans(self, keys: Iterator[str]) -> Iterator[str]:
        while batch := list(islice(keys, _BATCH)):
            wanted = self._forum.read_now(reads.wanted_contents, batch)
            yield from (key for key in batch if key not in wanted)


def _clear(folder: Path) -> None:
    """Drop what arrived and was never taken: its process has died."""
    before = time.time() - _ORPHAN_S
    for parent, folders, names in os.walk(folder, topdown=False):
        for path in (Path(parent, name) for name in names):
            with suppress(FileNotFoundError):  # taken meanwhile
                if path.stat().st_mtime < before:
                    path.unlink()
        for path in (Path(parent, name) for name in folders):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before and not any(path.iterdir()):
                    path.rmdir()
