"""Comments from forms: a browser can send one form twice, and that is still one comment.

It does so after a double click, and when somebody sends again because the answer did not come. An
app that sends twice means it; so this is for the pages, and `create_comment` for all others.
"""

from moothall.domain.comment import NewComment
from moothall.domain.ids import CommentId
from moothall.domain.time import SECOND, Time
from moothall.domain.user import Doer
from moothall.storage import comment_repeat
from moothall.storage.transaction import Transaction

from .comment import create_comment
from .text import MAX_BODY, prepare_words

# Long enough for an answer that got lost, too short for somebody to say the same again.
SAME_WITHIN = 30 * SECOND


def create_comment_once(tx: Transaction, by: Doer, new: NewComment) -> CommentId:
    """As `create_comment`; but where they have just said the same in this place, that comment."""
    comment_repeat.take_turn(tx.conn, by.person_id)
    content, _ = prepare_words(tx, new.content, MAX_BODY)
    since = Time(tx.now - SAME_WITHIN)
    said = comment_repeat.find_same(
        tx.conn, by.person_id, new.post_id, new.parent_id, content, since
    )
    return create_comment(tx, by, new) if said is None else said
