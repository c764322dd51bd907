"""The short lists that an admin keeps: taglines, blocked links, emoji, other servers."""

from collections import defaultdict
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    Text,
    and_,
    case,
    delete,
    exists,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy import null as sql_null

from moothall.domain.ids import EmojiId, InstanceId, LanguageId
from moothall.domain.site import (
    BlockedUrl,
    CustomEmoji,
    CustomEmojiView,
    FederatedInstances,
    Instance,
    SiteLists,
    Tagline,
)
from moothall.domain.time import Time

from . import columns
from .connection import Connection
from .dialects import insert_or_ignore
from .statements import Statement, any_of, param
from .tables import (
    actor_key,
    blocked_url,
    custom_emoji,
    custom_emoji_keyword,
    instance,
    instance_rule,
    site,
    site_language,
    tagline,
)

_no_text = sql_cast(sql_null(), Text)
_no_number = sql_cast(sql_null(), Integer)


def _part(kind: str, id_: Any, texts: list[Any], times: list[Any]) -> "Select[*tuple[Any, ...]]":
    """One list in the form that all share: kind, id, four texts, two times."""
    filled = [*texts, *[_no_text] * (4 - len(texts))]
    named = [part.label(f"text_{number}") for number, part in enumerate(filled)]
    moments = [part.label(f"time_{number}") for number, part in enumerate(times)]
    return select(literal(kind).label("kind"), id_.label("id"), *named, *moments)


# One query for all of them, since every client asks for all of them at every start.
_LISTS = Statement(
    union_all(
        _part("language", site_language.c.language_id, [], [_no_number, _no_number]),
        _part(
            "tagline",
            tagline.c.id,
            [tagline.c.content],
            [tagline.c.created_at, tagline.c.updated_at],
        ),
        _part(
            "blocked_url",
            blocked_url.c.id,
            [blocked_url.c.url],
            [blocked_url.c.created_at, blocked_url.c.updated_at],
        ),
        _part(
            "emoji",
            custom_emoji.c.id,
            [
                custom_emoji.c.shortcode,
                custom_emoji.c.image_url,
                custom_emoji.c.alt_text,
                custom_emoji.c.category,
            ],
            [custom_emoji.c.created_at, custom_emoji.c.updated_at],
        ),
        _part(
            "keyword",
            custom_emoji_keyword.c.custom_emoji_id,
            [custom_emoji_keyword.c.keyword],
            [_no_number, _no_number],
        ),
        _part("key", literal(1), [actor_key.c.public_pem], [_no_number, _no_number]).where(
            actor_key.c.subject == "site", actor_key.c.subject_id == 1
        ),
    ).order_by("kind", "id", "text_0")
)


def get_lists(conn: Connection) -> SiteLists:
    """Every list that the site's own answer shows, by id."""
    found: dict[str, list[Any]] = defaultdict(list)
    for kind, *rest in conn.all(_LISTS):
        found[kind].append(rest)
    keywords: dict[int, list[str]] = defaultdict(list)
    for emoji_id, keyword, *_ in found["keyword"]:
        keywords[emoji_id].append(keyword)
    return SiteLists(
        language_ids=[LanguageId(row[0]) for row in found["language"]],
        taglines=[Tagline(row[0], row[1], *row[-2:]) for row in found["tagline"]],
        blocked_urls=[BlockedUrl(row[0], row[1], *row[-2:]) for row in found["blocked_url"]],
        custom_emojis=[
            CustomEmojiView(CustomEmoji(EmojiId(row[0]), *row[1:]), keywords[row[0]])
            for row in found["emoji"]
        ],
        public_key=found["key"][0][1],
    )


_FORGET_TAGLINES = Statement(delete(tagline))
_ADD_TAGLINE = Statement(insert(tagline).values(content=param("content"), created_at=param("now")))


def set_taglines(conn: Connection, contents: list[str], now: Time) -> None:
    """Replace all taglines."""
    conn.run(_FORGET_TAGLINES)
    conn.run_many(_ADD_TAGLINE, ({"content": each, "now": now} for each in contents))


_FORGET_URLS = Statement(delete(blocked_url).where(any_of(blocked_url.c.url, "urls")))
_ADD_URL = insert_or_ignore(blocked_url, {"url": param("url"), "created_at": param("now")})


def remove_blocked_urls(conn: Connection, urls: list[str]) -> None:
    """Let these links be posted again."""
    conn.run(_FORGET_URLS, urls=urls)


def add_blocked_urls(conn: Connection, urls: list[str], now: Time) -> None:
    """Let nobody post these links."""
    conn.run_many(_ADD_URL, ({"url": each, "now": now} for each in urls))


_RULED = Statement(
    select(instance.c.domain, instance.c.id)
    .join(instance_rule, instance_rule.c.instance_id == instance.c.id)
    .where(instance_rule.c.kind == param("kind"))
    .order_by(instance.c.domain)
)
_KNOW = insert_or_ignore(instance, {"domain": param("domain"), "created_at": param("now")})
_IDS = Statement(select(instance.c.id).where(any_of(instance.c.domain, "domains")))
_RULE = insert_or_ignore(
    instance_rule,
    {"instance_id": param("instance_id"), "kind": param("kind"), "created_at": param("now")},
)
_UNRULE = Statement(
    delete(instance_rule).where(
        instance_rule.c.kind == param("kind"), any_of(instance_rule.c.instance_id, "instance_ids")
    )
)


def ruled_instances(conn: Connection, kind: str) -> dict[str, InstanceId]:
    """Servers on the list "allowed" or "blocked", by domain."""
    return {domain: InstanceId(found) for domain, found in conn.all(_RULED, kind=kind)}


def add_instance_rules(conn: Connection, kind: str, domains: list[str], now: Time) -> None:
    """Put servers on a list, also those that we have never heard of."""
    conn.run_many(_KNOW, ({"domain": each, "now": now} for each in domains))
    found = conn.all(_IDS, domains=domains)
    conn.run_many(_RULE, ({"instance_id": row[0], "kind": kind, "now": now} for row in found))


def remove_instance_rules(conn: Connection, kind: str, instance_ids: list[InstanceId]) -> None:
    """Take servers off a list."""
    conn.run(_UNRULE, kind=kind, instance_ids=instance_ids)


def _has_rule(kind: str) -> Any:
    in_force = instance_rule.c.expires_at.is_(None) | (instance_rule.c.expires_at > param("now"))
    return exists().where(
        and_(instance_rule.c.instance_id == instance.c.id, instance_rule.c.kind == kind, in_force)
    )


_FEDERATED = Statement(
    select(
        case((_has_rule("blocked"), "blocked"), (_has_rule("allowed"), "allowed"), else_="linked"),
        *columns.of(instance, Instance._fields),
    )
    .where(instance.c.id.not_in(select(site.c.instance_id)))
    .order_by(instance.c.domain)
)


def federated_instances(conn: Connection, now: Time) -> FederatedInstances:
    """Every server that we know, by domain."""
    found = FederatedInstances([], [], [])
    for kind, *rest in conn.all(_FEDERATED, now=now):
        server = Instance._make(rest)
        if kind == "blocked":
            found.blocked.append(server)
            continue
        found.linked.append(server)
        if kind == "allowed":
            found.allowed.append(server)
    return found
