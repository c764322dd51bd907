"""The keys of our actors, made when somebody first asks for one."""

import asyncio

from moothall.actions.actor_key import store_key
from moothall.domain.actor import StoredKey, Subject
from moothall.forum import Forum
from moothall.lib.keys import generate_key_pair
from moothall.reads.actor import get_key


class Keys:
    """Gives every actor its key; makes one pair at a time, apart from the event loop."""

    def __init__(self, forum: Forum) -> None:
        self._forum = forum
        self._making = asyncio.Semaphore(1)

    async def of(self, subject: Subject, subject_id: int) -> StoredKey:
        """The key of an actor."""
        async with self._making:
            found = await self._forum.read(get_key, subject, subject_id)
            if found is not None:
                return found
            pair = await asyncio.to_thread(generate_key_pair)
            key = StoredKey(pair.public_pem, pair.private_pem)
            return await self._forum.act(store_key, subject, subject_id, key)
