"""People: profiles, one's own settings, blocks, and leaving."""

from moothall.actions import password, settings
from moothall.actions import user as actions
from moothall.api.call import Call
from moothall.api.route import Bucket, Routes, Who
from moothall.api.shapes.responses import (
    SUCCESS,
    BlockPersonResponse,
    SuccessResponse,
)
from moothall.api.shapes.user import person_view
from moothall.domain.account import SettingsChange
from moothall.domain.ids import LanguageId, PersonId
from moothall.reads import user as reads

from .requests import user as requests

routes = Routes()


@routes.post("/user/block", who=Who.USER, bucket=Bucket.MESSAGE)
async def block_person(call: Call, request: requests.BlockPerson) -> BlockPersonResponse:
    """Stop seeing somebody, or see them again."""
    person_id = PersonId(request.person_id)
    await call.act_own(actions.block_person, person_id, block=request.block)
    view = await call.read(reads.get_profile, person_id=person_id)
    return BlockPersonResponse(person_view(view, call.home), request.block)


@routes.put("/user/save_user_settings", who=Who.USER, bucket=Bucket.MESSAGE)
async def save_user_settings(call: Call, request: requests.SaveUserSettings) -> SuccessResponse:
    """Change what is given."""
    given = {name: getattr(request, name) for name in request.__struct_fields__}
    if request.discussion_languages is not None:
        given["discussion_languages"] = [LanguageId(each) for each in request.discussion_languages]
    await call.act_own(settings.save_settings, SettingsChange(**given))
    return SUCCESS


@routes.post("/user/donation_dialog_shown", who=Who.USER, bucket=Bucket.MESSAGE)
async def donation_dialog_shown(call: Call) -> SuccessResponse:
    """Remember that a client asked for a donation."""
    await call.act_own(settings.mark_donation_dialog_shown)
    return SUCCESS


@routes.post("/user/delete_account", who=Who.USER, bucket=Bucket.MESSAGE)
async def delete_account(call: Call, request: requests.DeleteAccount) -> SuccessResponse:
    """Leave for good."""
    found = await call.read_own(reads.own_credentials)
    proof = await password.prove(call.parts.passwords, found, request.password)
    await call.act_own(actions.delete_account, proof, delete_content=request.delete_content)
    return SUCCESS
