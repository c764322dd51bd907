"""Whether this process is alive, and whether it can answer."""

from moothall.forum import Forum
from moothall.lib.log import get_logger
from moothall.reads.site import get_site

from .answer import Answer, json_answer

log = get_logger()


class Health:
    """The answers to a supervisor or a load balancer."""

    def __init__(self, forum: Forum) -> None:
        self._forum = forum

    async def alive(self) -> Answer:
        """The process runs and its event loop turns."""
        return json_answer({"status": "ok"}, {"Cache-Control": "no-store"})

    async def ready(self) -> Answer:
        """The database answers."""
        try:
            await self._forum.read(get_site)
        except Exception:
            log.exception("not_ready")
            answer = json_answer({"status": "unavailable"}, {"Cache-Control": "no-store"})
            return answer._replace(status=503)
        return await self.alive()
