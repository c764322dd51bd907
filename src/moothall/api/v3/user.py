"""People: profiles, one's own settings, blocks, and leaving."""

from moothall import signing_in
from moothall.actions import settings
from moothall.actions import user as actions
from moothall.actions.backup import import_settings as take_over
from moothall.api.call import Call
from moothall.api.paging import page_of
from moothall.api.route import Routes
from moothall.api.shapes import account as own
from moothall.api.shapes.comment import comment_views
from moothall.api.shapes.community import moderator_view
from moothall.api.shapes.post import post_views
from moothall.api.shapes.responses import (
    SUCCESS,
    BlockInstanceResponse,
    BlockPersonResponse,
    GetPersonDetailsResponse,
    SuccessResponse,
    UserSettingsBackup,
)
from moothall.api.shapes.user import person_view
from moothall.domain.account import SettingsChange
from moothall.domain.backup import Lists, Restore
from moothall.domain.ids import CommunityId, InstanceId, LanguageId, PersonId
from moothall.domain.post import PostSort
from moothall.door import Bucket, Policy
from moothall.reads import backup, profile
from moothall.reads import user as reads

from .requests import user as requests
from .requests.site import BlockInstance

routes = Routes()


@routes.get("/user", who=Policy.PUBLIC, bucket=Bucket.MESSAGE)
async def get_person(call: Call, request: requests.GetPersonDetails) -> GetPersonDetailsResponse:
    """A profile with what the person wrote, or with what the caller saved."""
    page = page_of(request.page, request.limit)
    query = profile.ProfileQuery(
        person_id=None if request.person_id is None else PersonId(request.person_id),
        name=request.username,
        sort=request.sort or PostSort.HOT,
        community_id=None if request.community_id is None else CommunityId(request.community_id),
        saved_only=bool(request.saved_only),
        limit=page.limit,
        page=page.number,
    )
    found = await call.read(profile.get_person_details, query, site=call.site)
    return GetPersonDetailsResponse(
        person_view=person_view(found.person, call.home),
        comments=comment_views(found.comments, call.home),
        posts=post_views(found.posts, call.home),
        moderates=[moderator_view(each, call.home) for each in found.moderates],
    )


@routes.post("/user/block", who=Policy.USER, bucket=Bucket.MESSAGE)
async def block_person(call: Call, request: requests.BlockPerson) -> BlockPersonResponse:
    """Stop seeing somebody, or see them again."""
    person_id = PersonId(request.person_id)
    await call.act_own(actions.block_person, person_id, block=request.block)
    view = await call.read(reads.get_profile, person_id=person_id)
    return BlockPersonResponse(person_view(view, call.home), request.block)


@routes.post("/site/block", who=Policy.USER, bucket=Bucket.MESSAGE)
async def block_instance(call: Call, request: BlockInstance) -> BlockInstanceResponse:
    """Stop seeing the communities of a server, or see them again."""
    instance_id = InstanceId(request.instance_id)
    await call.act_own(actions.block_instance, instance_id, block=request.block)
    return BlockInstanceResponse(request.block)


@routes.put("/user/save_user_settings", who=Policy.USER, bucket=Bucket.MESSAGE)
async def save_user_settings(call: Call, request: requests.SaveUserSettings) -> SuccessResponse:
    """Change what is given."""
    given = {name: getattr(request, name) for name in request.__struct_fields__}
    if request.discussion_languages is not None:
        given["discussion_languages"] = [LanguageId(each) for each in request.discussion_languages]
    await call.act_own(settings.save_settings, SettingsChange(**given))
    return SUCCESS


@routes.post("/user/donation_dialog_shown", who=Policy.USER, bucket=Bucket.MESSAGE)
async def donation_dialog_shown(call: Call) -> SuccessResponse:
    """Remember that a client asked for a donation."""
    await call.act_own(settings.mark_donation_dialog_shown)
    return SUCCESS


@routes.post("/user/delete_account", who=Policy.USER, bucket=Bucket.MESSAGE)
async def delete_account(call: Call, request: requests.DeleteAccount) -> SuccessResponse:
    """Leave for good."""
    await signing_in.leave(call, request.password, delete_content=request.delete_content)
    return SUCCESS


@routes.get("/user/export_settings", who=Policy.USER, bucket=Bucket.IMPORT)
async def export_settings(call: Call) -> UserSettingsBackup:
    """One's settings, and what one follows, keeps and blocks."""
    found = await call.read_own(backup.own_backup)
    person = found.account.person
    return UserSettingsBackup(
        display_name=person.display_name,
        bio=person.bio,
        avatar=person.avatar,
        banner=person.banner,
        matrix_id=person.matrix_user_id,
        bot_account=person.bot,
        settings=own.local_user(found.account.account),
        vote_display_mode_settings=own.vote_display_mode(found.account.account),
        **{name: getattr(found.lists, name) for name in Lists.__dataclass_fields__},
    )


@routes.post("/user/import_settings", who=Policy.USER, bucket=Bucket.IMPORT)
async def import_settings(call: Call, request: requests.ImportSettings) -> SuccessResponse:
    """Take over an export: the settings at once, the lists soon."""
    lists = {name: getattr(request, name) or [] for name in Lists.__dataclass_fields__}
    await call.act_own(take_over, Restore(_imported(request), Lists(**lists)))
    return SUCCESS


def _imported(request: requests.ImportSettings) -> SettingsChange:
    # What a backup leaves out stays as it is. Pictures are not taken over: they belong to another
    # server, or to an account that may be deleted.
    settings = request.settings or requests.BackupSettings()
    votes = request.vote_display_mode_settings or requests.BackupVoteDisplay()
    return SettingsChange(
        **{name: getattr(settings, name) for name in settings.__struct_fields__},
        show_vote_score=votes.score,
        show_upvotes=votes.upvotes,
        show_downvotes=votes.downvotes,
        show_upvote_percentage=votes.upvote_percentage,
        display_name=request.display_name,
        bio=request.bio,
        matrix_user_id=request.matrix_id,
        bot_account=request.bot_account,
    )
