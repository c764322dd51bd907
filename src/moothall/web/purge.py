"""The page on which admins erase something for good, after they were told what that means."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from moothall.actions import purge as actions
from moothall.domain.errors import ForumError, Invalid, NotFound
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId
from moothall.domain.moderation import ModlogKind
from moothall.door import Bucket, Policy
from moothall.reads.comment import get_comment
from moothall.reads.community import get_community
from moothall.reads.post import get_post
from moothall.reads.user import get_profile

from .addresses import community_name, community_path, person_name, person_path, with_query
from .answer import Answer, see_other
from .forms import Form
from .page import Pages
from .visit import Visit
from .wording import count

pages = Pages()

_SHOWN_CHARS = 200


class PurgeForm(Form, frozen=True, kw_only=True):
    """What is to be erased, why, and whether it is really meant."""

    subject: str
    id: int
    reason: str = ""
    sure: bool = False


class Doomed(NamedTuple):
    """What the page says of it: its name, what goes with it, and where it stands."""

    name: str
    extent: str
    path: str


class Subject(NamedTuple):
    """One kind of thing that can be erased."""

    noun: str
    consequence: str
    look: Callable[[Visit, int], Awaitable[Doomed]]
    purge: Callable[..., Any]
    id: Callable[[int], Any]
    kind: ModlogKind


async def _post(visit: Visit, number: int) -> Doomed:
    view = await visit.read(get_post, PostId(number))
    return Doomed(view.post.name, count(view.counts.comments, "comment"), f"/post/{number}")


async def _comment(visit: Visit, number: int) -> Doomed:
    view = await visit.read(get_comment, CommentId(number))
    return Doomed(view.comment.content[:_SHOWN_CHARS], "", f"/comment/{number}")


async def _community(visit: Visit, number: int) -> Doomed:
    view = await visit.read(get_community, community_id=CommunityId(number))
    extent = f"{count(view.counts.posts, 'post')}, {count(view.counts.comments, 'comment')}"
    return Doomed(community_name(view.community), extent, community_path(view.community))


async def _person(visit: Visit, number: int) -> Doomed:
    view = await visit.read(get_profile, person_id=PersonId(number))
    counts = view.counts
    extent = f"{count(counts.post_count, 'post')}, {count(counts.comment_count, 'comment')}"
    return Doomed(person_name(view.person), extent, person_path(view.person))


_SUBJECTS = {
    "post": Subject(
        "this post",
        "The post and all comments under it are erased from the database, with their votes, reports"
        " and pictures.",
        _post,
        actions.purge_post,
        PostId,
        ModlogKind.PURGE_POST,
    ),
    "comment": Subject(
        "this comment",
        "The comment is erased from the database, with its votes and reports. Answers to it stay,"
        " and move up.",
        _comment,
        actions.purge_comment,
        CommentId,
        ModlogKind.PURGE_COMMENT,
    ),
    "community": Subject(
        "this community",
        "The community is erased from the database with every post and comment in it, whoever wrote"
        " them.",
        _community,
        actions.purge_community,
        CommunityId,
        ModlogKind.PURGE_COMMUNITY,
    ),
    "person": Subject(
        "this person",
        "Everything that this person wrote is overwritten, their messages, pictures, profile and"
        " account are erased, and they are banned. The bare name stays, so that nobody takes it.",
        _person,
        actions.purge_person,
        PersonId,
        ModlogKind.PURGE_PERSON,
    ),
}


def _subject(form: PurgeForm) -> Subject:
    found = _SUBJECTS.get(form.subject)
    if found is None:
        raise NotFound("unknown")
    return found


@pages.get("/admin/purge/{subject}/{id:int}", who=Policy.ADMIN)
async def ask(visit: Visit, form: PurgeForm, error: ForumError | None = None) -> Answer:
    """What would be erased, and the question whether it is really meant."""
    subject = _subject(form)
    doomed = await subject.look(visit, form.id)
    return visit.render("purge.html", form=form, error=error, subject=subject, doomed=doomed)


@pages.post("/admin/purge/{subject}/{id:int}", who=Policy.ADMIN, bucket=Bucket.MESSAGE, again=ask)
async def purge(visit: Visit, form: PurgeForm) -> Answer:
    """Erase it; the log says so."""
    subject = _subject(form)
    await visit.admit()
    if not form.sure:
        raise Invalid("not_sure", field="sure")
    await visit.act(subject.purge, subject.id(form.id), form.reason.strip() or None)
    return see_other(with_query("/modlog", kind=subject.kind.value))
