"""Which language a post or comment is in."""

from moothall.domain.errors import Invalid
from moothall.domain.ids import CommunityId, LanguageId, PersonId
from moothall.domain.languages import LANGUAGES, UNDETERMINED
from moothall.storage import text_rules
from moothall.storage.transaction import Transaction


def language_for(
    tx: Transaction, author_id: PersonId, community_id: CommunityId, wanted: LanguageId | None
) -> LanguageId:
    """The language of a new text.

    Without a wish: the one that author and community share, if there is exactly one. Raises
    Invalid `language_not_allowed` for one that the community does not have.
    """
    allowed = text_rules.allowed_languages(tx.conn, community_id)
    if wanted is not None:
        if not 0 <= wanted < len(LANGUAGES) or (allowed and wanted not in allowed):
            raise Invalid("language_not_allowed")
        return wanted
    chosen = text_rules.author_languages(tx.conn, author_id)
    shared = (allowed & chosen if allowed and chosen else allowed or chosen) - {UNDETERMINED}
    return shared.pop() if len(shared) == 1 else UNDETERMINED
