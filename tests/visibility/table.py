"""Who may see what: the one table of cases. Rows are states, cells say for whom."""

from collections.abc import Mapping
from typing import NamedTuple

from tests.visibility.scene import PEOPLE

People = frozenset[str]
# What stands for what: names of things to those who are shown them.
Cells = dict[str, People]

EVERYBODY = frozenset(PEOPLE)
NOBODY: People = frozenset()
SIGNED_IN = EVERYBODY - {"nobody"}
# Who runs the communities, and the whole.
STAFF = frozenset({"mod", "admin"})
# Who follows all communities: whoever founded them, too.
FOLLOWERS = frozenset({"fan", "mod"})
INSIDERS = FOLLOWERS | STAFF
AUTHOR = frozenset({"author"})
ADMIN = frozenset({"admin"})
ADULTS = frozenset({"adult"})


class Row(NamedTuple):
    """One state. `opens`: by its address; `lists`: in All and Local, to whoever wants to see it."""

    opens: People
    lists: People
    # In the list of the community itself, in the author's profile, among what somebody saved.
    here: People
    on_profile: People
    kept: People
    nsfw: bool = False


def _row(
    opens: People,
    lists: People,
    *,
    here: People | None = None,
    on_profile: People | None = None,
    kept: People | None = None,
    nsfw: bool = False,
) -> Row:
    return Row(
        opens,
        lists,
        lists if here is None else here,
        lists if on_profile is None else on_profile,
        lists if kept is None else kept,
        nsfw,
    )


# In the hidden and the unlisted community: whoever has the address reads it, lists leave it out.
_OFF_THE_LISTS = _row(
    EVERYBODY, FOLLOWERS, here=EVERYBODY, on_profile=FOLLOWERS | AUTHOR, kept=EVERYBODY
)

POSTS: Mapping[str, Row] = {
    "normal": _row(EVERYBODY, EVERYBODY),
    "locked": _row(EVERYBODY, EVERYBODY),
    "nsfw": _row(EVERYBODY, EVERYBODY, nsfw=True),
    "gone": _row(STAFF | AUTHOR, NOBODY, on_profile=AUTHOR),
    "taken": _row(STAFF | AUTHOR, NOBODY, on_profile=ADMIN),
    "spicy": _row(EVERYBODY, EVERYBODY, nsfw=True),
    "hidden": _OFF_THE_LISTS,
    "unlisted": _OFF_THE_LISTS,
    "local": _row(SIGNED_IN, SIGNED_IN),
    "private": _row(INSIDERS | AUTHOR, INSIDERS),
    "deleted": _row(STAFF | AUTHOR, NOBODY),
    "removed": _row(STAFF | AUTHOR, NOBODY),
}
# A comment is seen where its post is; the text of one that is gone only by admins.
COMMENTS: Mapping[str, Row] = {
    "said": _row(EVERYBODY, EVERYBODY),
    "answer": _row(EVERYBODY, EVERYBODY),
    "unsaid": _row(ADMIN, ADMIN),
    "struck": _row(ADMIN, ADMIN),
    **{name: row._replace(nsfw=False) for name, row in POSTS.items() if name != "normal"},
    # What stands under a post that is gone is in no list, also where the post itself is.
    "gone": _row(STAFF | AUTHOR, NOBODY),
    "taken": _row(STAFF | AUTHOR, NOBODY),
    # Profiles have comments of hidden communities, posts not.
    "hidden": _OFF_THE_LISTS._replace(on_profile=EVERYBODY),
    "unlisted": _OFF_THE_LISTS._replace(on_profile=EVERYBODY),
    # Who runs a community that is gone still finds what was said in it.
    "deleted": _row(STAFF | AUTHOR, NOBODY, here=STAFF, on_profile=STAFF),
    "removed": _row(STAFF | AUTHOR, NOBODY, here=STAFF, on_profile=STAFF),
}
COMMUNITIES: Mapping[str, Row] = {
    "plaza": _row(EVERYBODY, EVERYBODY),
    "spicy": _row(EVERYBODY, EVERYBODY, nsfw=True),
    "hidden": _row(EVERYBODY, FOLLOWERS | ADMIN),
    "unlisted": _row(EVERYBODY, FOLLOWERS | ADMIN),
    "local": _row(SIGNED_IN, SIGNED_IN),
    "private": _row(INSIDERS, INSIDERS),
    # The directory shows admins what they may have to deal with.
    "deleted": _row(STAFF, ADMIN),
    "removed": _row(STAFF, ADMIN),
}

_OPENS: dict[str, People] = {}
for _name, _of in POSTS.items():
    _OPENS |= {f"title:{_name}": _of.opens, f"body:{_name}": _of.opens}
for _name, _of in COMMENTS.items():
    _OPENS[f"comment:{_name}"] = _of.opens
for _name, _of in COMMUNITIES.items():
    # Whoever wrote a post there still opens it, and sees where it stands.
    _OPENS |= {
        f"{kind}:{_name}": _of.opens | AUTHOR for kind in ("community", "heading", "description")
    }

# Their own words people always find; what stands around them no more than others.
_REMARKS = {f"remark:{name}": row.opens | {"guest"} for name, row in POSTS.items()}

# Who may ever see a text, on whatever way. What a way shows beyond that, it says itself.
MAY_SEE: Mapping[str, People] = {
    **_OPENS,
    **_REMARKS,
    **{f"person:{name}": EVERYBODY for name in PEOPLE},
    "person:leaver": NOBODY,
    "name:leaver": ADMIN,
    **{f"email:{name}": frozenset({name}) for name in PEOPLE},
    "email:applicant": ADMIN,
    "application": ADMIN,
    "message:plain": AUTHOR | {"member"},
    "message:reported": AUTHOR | {"member"},
    "message:gone": AUTHOR,
    **{f"report:{name}": STAFF for name in ("normal", "taken", "private", "said", "struck")},
    "report:message": ADMIN,
}
