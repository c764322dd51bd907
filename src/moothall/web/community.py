"""Pages to found a community and to change what it says of itself."""

from moothall.actions.community import create_community, edit_community
from moothall.domain.community import CommunityChanges, NewCommunity, Visibility
from moothall.domain.errors import ForumError
from moothall.door import Bucket, Policy
from moothall.reads.community import get_community

from .addresses import community_path
from .answer import Answer, see_other
from .forms import Form
from .page import Pages
from .visit import Visit

pages = Pages()


class CommunityForm(Form, frozen=True, kw_only=True):
    """What a community says of itself, and who may do what."""

    title: str = ""
    description: str = ""
    nsfw: bool = False
    only_moderators_post: bool = False
    local_only: bool = False

    @property
    def visibility(self) -> Visibility:
        """Who sees it."""
        return Visibility.LOCAL_ONLY if self.local_only else Visibility.PUBLIC


class NewForm(CommunityForm, frozen=True, kw_only=True):
    """The same, and the name that stands in its address."""

    community_name: str = ""


@pages.get("/create_community", who=Policy.USER)
async def show_new(visit: Visit, form: NewForm, error: ForumError | None = None) -> Answer:
    """The form to found a community."""
    await visit.admit()
    return visit.render("new_community.html", form=form, error=error)


@pages.post("/create_community", who=Policy.USER, bucket=Bucket.POST, again=show_new)
async def found(visit: Visit, form: NewForm) -> Answer:
    """Found it."""
    new = NewCommunity(
        name=form.community_name.strip(),
        title=form.title.strip(),
        description=form.description or None,
        nsfw=form.nsfw,
        posting_restricted_to_mods=form.only_moderators_post,
        visibility=form.visibility,
    )
    community_id = await visit.act(create_community, new)
    view = await visit.read(get_community, community_id=community_id)
    return see_other(community_path(view.community))


class EditForm(CommunityForm, frozen=True, kw_only=True):
    """Which one is changed."""

    name: str


@pages.get("/c/{name}/edit", who=Policy.USER)
async def show_edit(visit: Visit, form: EditForm, error: ForumError | None = None) -> Answer:
    """The form with what the community says now, or what was typed."""
    view = await visit.read(get_community, name=form.name)
    community = view.community
    values = form
    if error is None:
        values = EditForm(
            name=form.name,
            title=community.title,
            description=community.description or "",
            nsfw=community.nsfw,
            only_moderators_post=community.posting_restricted_to_mods,
            local_only=community.visibility == Visibility.LOCAL_ONLY,
        )
    return visit.render("edit_community.html", form=values, community=community, error=error)


@pages.post("/c/{name}/edit", who=Policy.USER, bucket=Bucket.POST, again=show_edit)
async def take_edit(visit: Visit, form: EditForm) -> Answer:
    """Change it."""
    view = await visit.read(get_community, name=form.name)
    changes = CommunityChanges(
        title=form.title.strip(),
        description=form.description,
        nsfw=form.nsfw,
        posting_restricted_to_mods=form.only_moderators_post,
        visibility=form.visibility,
    )
    await visit.act(edit_community, view.community.id, changes)
    return see_other(community_path(view.community))
