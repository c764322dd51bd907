"""The keys of our actors, made when somebody first asks for one."""

import asyncio
import time
from collections import deque

from moothall.actions.actor_key import store_key
from moothall.domain.actor import StoredKey, Subject
from moothall.domain.errors import TooMany
from moothall.forum import Forum
from moothall.lib.keys import generate_key_pair
from moothall.reads.actor import get_key

# Whoever walks over all our people would else have us make keys and nothing more.
_MADE_IN_A_MINUTE = 30


class Keys:
    """Gives every actor its key; makes one pair at a time, apart from the event loop."""

    def __init__(self, forum: Forum) -> None:
        self._forum = forum
        self._making = asyncio.Semaphore(1)
        self._made_at: deque[float] = deque(maxlen=_MADE_IN_A_MINUTE)

    async def of(self, subject: Subject, subject_id: int) -> StoredKey:
        """The key of an actor. Raises TooMany where too many were made in this minute."""
        found = await self._forum.read(get_key, subject, subject_id)
        if found is not None:
            return found
        async with self._making:
            # Somebody may have made it while we waited.
            found = await self._forum.read(get_key, subject, subject_id)
            return found or await self._make(subject, subject_id)

    async def _make(self, subject: Subject, subject_id: int) -> StoredKey:
        now = time.monotonic()
        is_full = len(self._made_at) == _MADE_IN_A_MINUTE
        if is_full and now - self._made_at[0] < 60:
            raise TooMany
        self._made_at.append(now)
        pair = await asyncio.to_thread(generate_key_pair)
        key = StoredKey(pair.public_pem, pair.private_pem)
        return await self._forum.act(store_key, subject, subject_id, key)
