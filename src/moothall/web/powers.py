"""What somebody may do with a community, so that pages show no button that would be refused.

The rules are those that the actions ask; only the facts come from what a page has read anyway.
"""

from collections.abc import Sequence
from typing import NamedTuple

from moothall.domain.community import CommunityModeratorView, CommunityView, Standing
from moothall.domain.permissions import (
    may_act_on,
    may_delete_community,
    may_moderate,
    may_run_community,
    may_transfer_community,
)
from moothall.domain.time import Time
from moothall.domain.user import Viewer


class Powers(NamedTuple):
    """`run`: its settings and team. `ban`: who takes part. `administer`: remove and hide it."""

    run: bool = False
    ban: bool = False
    close: bool = False
    transfer: bool = False
    administer: bool = False

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return any(self)


def powers(
    viewer: Viewer | None, view: CommunityView, team: Sequence[CommunityModeratorView]
) -> Powers:
    """The powers of a viewer in a community with this team, the highest first."""
    if viewer is None:
        return Powers()
    standing = _standing(viewer, view, team)
    is_top = bool(team) and team[0].moderator.id == viewer.person_id
    run = may_run_community(view.community, standing) is None
    may_hand_over = may_transfer_community(is_top_moderator=is_top, standing=standing) is None
    return Powers(
        run=run,
        ban=may_moderate(view.community, standing) is None,
        close=may_delete_community(is_top_moderator=is_top) is None,
        transfer=run and may_hand_over and len(team) > 1,
        administer=viewer.is_admin,
    )


class Member(NamedTuple):
    """One of a team, and whether the viewer may dismiss them."""

    view: CommunityModeratorView
    is_own: bool
    may_dismiss: bool


def members(
    viewer: Viewer, view: CommunityView, team: Sequence[CommunityModeratorView]
) -> list[Member]:
    """A team as its page shows it."""
    own = _standing(viewer, view, team)
    return [_member(viewer, own, each, rank) for rank, each in enumerate(team)]


def _member(viewer: Viewer, own: Standing, view: CommunityModeratorView, rank: int) -> Member:
    is_own = view.moderator.id == viewer.person_id
    refusal = may_act_on(own, _ranked(rank), same_person=is_own)
    return Member(view, is_own, refusal is None)


def _standing(
    viewer: Viewer, view: CommunityView, team: Sequence[CommunityModeratorView]
) -> Standing:
    ids = [each.moderator.id for each in team]
    is_moderator = viewer.person_id in ids
    return Standing(
        is_admin=viewer.is_admin,
        is_moderator=is_moderator,
        is_banned=view.banned_from_community,
        moderator_since=Time(ids.index(viewer.person_id)) if is_moderator else None,
        admin_since=viewer.admin_since,
    )


def _ranked(rank: int) -> Standing:
    # The place in the team stands for the time of the appointment. Whether one of them runs the
    # site is not known here: the action refuses to dismiss them.
    return Standing(is_admin=False, is_moderator=True, is_banned=False, moderator_since=Time(rank))
