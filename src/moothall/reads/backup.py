"""An account's settings and lists, for its owner to take along."""

from collections.abc import Iterable

from moothall.domain.backup import MAX_ENTRIES, Backup, Lists
from moothall.domain.user import Viewer
from moothall.storage import block, community_list, save
from moothall.storage.transaction import Transaction

from .user import account_view


def own_backup(tx: Transaction, viewer: Viewer) -> Backup:
    """Everything that `import_settings` takes; of what is saved the latest, if it is too much."""
    return Backup(account_view(tx, viewer), _lists(tx, viewer))


def _lists(tx: Transaction, viewer: Viewer) -> Lists:
    ties = community_list.list_ties(tx.conn, viewer.person_id)
    people = block.list_blocked_people(tx.conn, viewer.person_id)
    servers = block.list_blocked_instances(tx.conn, viewer.person_id)
    room = _Room()
    home = tx.home
    return Lists(
        followed_communities=room.take(
            each.ap_id or home.community_url(each.name) for each in ties.follows
        ),
        blocked_communities=room.take(
            each.ap_id or home.community_url(each.name) for each in ties.blocks
        ),
        blocked_users=room.take(each.ap_id or home.person_url(each.name) for each in people),
        blocked_instances=room.take(each.domain for each in servers),
        saved_posts=room.take(
            ap_id or home.post_url(post_id)
            for post_id, ap_id in save.list_saved_posts(tx.conn, viewer.person_id, MAX_ENTRIES)
        ),
        saved_comments=room.take(
            ap_id or home.comment_url(comment_id)
            for comment_id, ap_id in save.list_saved_comments(
                tx.conn, viewer.person_id, MAX_ENTRIES
            )
        ),
    )


class _Room:
    """Counts how many entries still have room in an export."""

    def __init__(self) -> None:
        self._left = MAX_ENTRIES

    def take(self, addresses: Iterable[str]) -> list[str]:
        taken = list(addresses)[: self._left]
        self._left -= len(taken)
        return taken
