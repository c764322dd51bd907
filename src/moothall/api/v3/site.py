"""The site: what clients read at every start, its settings, its admins and other servers."""

from typing import Any

import msgspec

from moothall.actions import site as actions
from moothall.actions.site_settings import edit_site as edit
from moothall.api.call import Call
from moothall.api.parts import API_VERSION
from moothall.api.route import Routes
from moothall.api.shapes import account as own
from moothall.api.shapes import site as shapes
from moothall.api.shapes.responses import (
    AddAdminResponse,
    FederatedInstances,
    GetFederatedInstancesResponse,
    GetSiteResponse,
    SiteResponse,
)
from moothall.api.shapes.user import person_view
from moothall.domain.community import CommunityModeratorView
from moothall.domain.ids import PersonId
from moothall.domain.languages import LANGUAGES
from moothall.domain.site import Home, Instance, OwnInfo, Site, SiteChanges, SitePage
from moothall.door import Bucket, Policy
from moothall.reads import site as reads

from .requests import moderation as admin_requests
from .requests import site as requests

routes = Routes()

_LANGUAGES = [shapes.language(each) for each in LANGUAGES]


class _LastAnswer:
    """The answer without `my_user`, kept as long as the site's row is: a second at most."""

    def __init__(self) -> None:
        self._site: Site | None = None
        self._answer: GetSiteResponse | None = None

    async def get(self, call: Call) -> GetSiteResponse:
        """The answer to this call; read again when the row of the site was."""
        if self._answer is None or self._site is not call.site:
            page = await _page(call)
            self._answer, self._site = _site_response(page, call.home), call.site
        return self._answer


_last_answer = _LastAnswer()


@routes.get("/site", who=Policy.ANYONE, bucket=Bucket.MESSAGE)
async def get_site(call: Call) -> GetSiteResponse:
    """What a client needs to begin: the site, its admins, languages, and who is signed in."""
    if await call.admit() is None:
        return await _last_answer.get(call)
    mine = await call.read_own(reads.own_info)
    answer = await _last_answer.get(call)
    return msgspec.structs.replace(answer, my_user=_my_user(mine, call.home))


@routes.post("/site", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def create_site(call: Call, request: requests.CreateSite) -> SiteResponse:
    """Set the site up, once, with the token of the server's log."""
    # Lists of servers and languages are not for the first moment, and ignored as ever.
    changes = _changes(request)._replace(
        discussion_languages=None, allowed_instances=None, blocked_instances=None
    )
    mail = call.parts.sends_mail
    await call.act(actions.create_site, request.setup_token, changes, sends_mail=mail)
    return await _changed_site(call)


@routes.put("/site", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def edit_site(call: Call, request: requests.EditSite) -> SiteResponse:
    """Change settings."""
    await call.act(edit, _changes(request), sends_mail=call.parts.sends_mail)
    return await _changed_site(call)


@routes.post("/admin/add", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def add_admin(call: Call, request: admin_requests.AddAdmin) -> AddAdminResponse:
    """Appoint an admin, or dismiss one of lower rank."""
    act = actions.add_admin if request.added else actions.remove_admin
    await call.act(act, PersonId(request.person_id))
    call.site_changed()
    found = await call.read(lambda tx, _: reads.list_admins(tx))
    return AddAdminResponse([person_view(each, call.home) for each in found])


@routes.post("/user/leave_admin", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def leave_admin(call: Call) -> GetSiteResponse:
    """Cease to be an admin, unless nobody else is one."""
    await call.act(actions.leave_admin)
    call.site_changed()
    return _site_response(await _page(call), call.home)


@routes.get("/federated_instances", who=Policy.ANYONE, bucket=Bucket.MESSAGE)
async def get_federated_instances(call: Call) -> GetFederatedInstancesResponse:
    """The servers that this one knows."""
    found = await call.read_long(lambda tx, _: reads.federated_instances(tx))
    if found is None:
        return GetFederatedInstancesResponse()
    return GetFederatedInstancesResponse(FederatedInstances(*(_instances(each) for each in found)))


async def _page(call: Call) -> SitePage:
    return await call.read(lambda tx, _: reads.get_site_page(tx))


def _instances(found: list[Instance]) -> list[shapes.InstanceWithFederationState]:
    return [shapes.instance_with_state(each, None) for each in found]


async def _changed_site(call: Call) -> SiteResponse:
    call.site_changed()
    answer = _site_response(await _page(call), call.home)
    return SiteResponse(answer.site_view, answer.taglines)


def _site_response(page: SitePage, home: Home) -> GetSiteResponse:
    site, lists = page.site, page.lists
    return GetSiteResponse(
        site_view=shapes.site_view(site, home, lists.public_key),
        admins=[person_view(each, home) for each in page.admins],
        version=API_VERSION,
        all_languages=_LANGUAGES,
        discussion_languages=list(lists.language_ids or (each.id for each in LANGUAGES)),
        taglines=[shapes.tagline(each, site.id) for each in lists.taglines],
        custom_emojis=[shapes.custom_emoji_view(each, site.id) for each in lists.custom_emojis],
        blocked_urls=[shapes.blocked_url(each) for each in lists.blocked_urls],
    )


def _my_user(mine: OwnInfo, home: Home) -> own.MyUserInfo:
    person = mine.account.person
    return own.my_user(
        mine.account,
        home,
        follows=mine.communities.follows,
        moderates=[CommunityModeratorView(each, person) for each in mine.communities.moderates],
        blocked_communities=mine.communities.blocks,
        blocked_instances=mine.blocked_instances,
        blocked_persons=mine.blocked_people,
        languages=list(mine.language_ids),
    )


def _changes(request: requests.SiteFields) -> SiteChanges:
    """The request's fields under the names of the columns."""
    given: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(request).items():
        column = _column(name)
        if column in SiteChanges._fields:
            given[column] = value
    return SiteChanges(**given)


def _column(name: str) -> str:
    if not name.startswith("rate_limit_"):
        return name
    # What the API calls "per second" is the length of the interval, in seconds.
    short = name.replace("rate_limit_", "rate_")
    return short.replace("_per_second", "_s")
