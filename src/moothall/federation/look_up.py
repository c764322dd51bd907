"""Looking up what is not known here: an address or a handle becomes a row of ours."""

import asyncio

from moothall.actions.remote_actor import store_community, store_person
from moothall.domain.errors import ForumError
from moothall.domain.names import split_handle
from moothall.domain.remote import RemoteCommunity, RemotePerson
from moothall.domain.time import DAY
from moothall.forum import Forum
from moothall.lib import urls
from moothall.lib.log import get_logger
from moothall.reads.actor import asked_at

from .fetch import Fetcher, FetchFailed
from .reading.actor import read_actor
from .reading.document import Unreadable, is_id
from .webfinger import Kind, find_actor

log = get_logger()


class LookUp:
    """Fetches people and communities of other servers."""

    def __init__(self, forum: Forum, fetcher: Fetcher) -> None:
        self._forum = forum
        self._fetcher = fetcher

    async def __call__(self, text: str) -> bool:
        """Fetch what an address, `@name@host` or `!name@host` means; whether it is here now.

        What was asked for within a day is left as it is.
        """
        try:
            url = await self._address(text.strip())
            if url is None:
                return False
            await self._fetch(url)
        except (FetchFailed, Unreadable, ForumError) as error:
            log.info("look_up_failed", sought=text[:200], reason=str(error)[:500])
            return False
        return True

    async def _address(self, text: str) -> str | None:
        if "://" in text:
            return text if is_id(text) else None
        kind: Kind | None = "Group" if text.startswith("!") else None
        if text.startswith("@"):
            kind = "Person"
        name, host = split_handle(text.removeprefix("!"), self._forum.home.domain)
        if not name or host is None or urls.authority_of(f"https://{host}/") != host:
            return None
        return await find_actor(self._fetcher, name, host, kind)

    async def _fetch(self, url: str) -> None:
        asked = await self._forum.read(asked_at, url)
        if asked is not None and self._forum.clock() - asked < DAY:
            return
        document = await self._fetcher.document(url)
        # A long text in HTML takes its time.
        found = await asyncio.to_thread(read_actor, document)
        if isinstance(found, RemotePerson):
            await self._forum.act(store_person, found)
        elif isinstance(found, RemoteCommunity):
            await self._forum.act(store_community, found)
        else:
            raise Unreadable("it is the actor of a whole server")
