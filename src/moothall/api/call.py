"""One call of the API: what its handler is given."""

from moothall.domain.site import Site
from moothall.domain.user import Viewer
from moothall.door import Door
from moothall.forum import Forum

from .client import Client
from .parts import Parts
from .route import Route


class Call(Door):
    """Facts of one call and its door to the forum."""

    __slots__ = ("client",)

    def __init__(
        self, forum: Forum, parts: Parts, route: Route, site: Site, client: Client
    ) -> None:
        super().__init__(
            forum,
            parts,
            site,
            address=client.address,
            user_agent=client.user_agent,
            token_hash=client.token_hash,
        )
        self.enter(route.who, route.bucket)
        self.client = client

    @property
    def viewer(self) -> Viewer | None:
        """Who calls. Known after the first `read` or `act`, or after `admit`."""
        if not self._admitted:
            raise RuntimeError("the caller is not known yet: read, act or admit first")
        return self._viewer
