"""Puts the parts together: the only module that knows them all.

`moothall serve` runs three functions of this module in processes of their own: `prepare` before
all others, `create_web_app` in each web worker, `run_background` once. The supervisor imports this module
too, to make their argument, and stays small: so everything heavy is imported where it is used.
"""

import sqlite3
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moothall import __version__
from moothall.lib.file_lock import is_locked, take_lock
from moothall.lib.limiter import Limiter, NoLimiter
from moothall.lib.log_line import write_line
from moothall.settings import Settings

if TYPE_CHECKING:
    from moothall.domain.site import Home
    from moothall.federation.look_up import LookUp
    from moothall.forum import Forum
    from moothall.lib.media_tools import MediaTools
    from moothall.storage.database import Database


_MB = 1_000_000


_SERVER_LOCK = "server.lock"


@dataclass(frozen=True, slots=True)
class Argument:
    """What every process of the group is given: the settings, and the buckets they share."""

    settings: Settings
    limiter: Limiter


def argument_for(settings: Settings) -> Argument:
    """Made once, before the processes are forked, so that limits hold across all of them."""
    if not settings.rate_limit.enabled:
        return Argument(settings, NoLimiter())
    from moothall.lib.shared_buckets import SharedBuckets

    return Argument(settings, SharedBuckets())


def home_of(settings: Settings) -> "Home":
    """Where this server lives."""
    from moothall.domain.site import Home

    return Home(
        domain=settings.domain,
        base_url=settings.base_url,
        proxies_pictures=settings.media.remote_images == "proxy",
        federates=settings.federation.enabled,
    )


def database_of(settings: Settings) -> "Database":
    """The database of these settings, not yet open."""
    from moothall.storage.opening import database_at

    return database_at(
        settings.database_url, settings.data_dir, synchronous=settings.storage.synchronous
    )


@contextmanager
def opened_forum(settings: Settings) -> "Iterator[Forum]":
    """A forum for commands: migrated, its site made, closed at the end."""
    from moothall.forum import Forum

    bring_up_to_date(settings)
    database = database_of(settings)
    database.open()
    try:
        forum = Forum(database, home_of(settings))
        if not _has_site(forum):
            _ensure_site(forum, settings)
        yield forum
    finally:
        database.close()


def bring_up_to_date(settings: Settings) -> None:
    """Migrate the database and no more: a new one is not tied to a domain by this."""
    _refuse_to_upgrade_a_running_one(settings)
    _migrate(settings)


def media_tools_of(settings: Settings) -> "MediaTools":
    """What a process needs for pictures; nothing is opened or started before it is used."""
    from moothall.lib.blobs import FileBlobs, S3Address, S3Blobs
    from moothall.lib.file_cache import FileCache
    from moothall.lib.http_client import HttpClient, Rules
    from moothall.lib.media_tools import MediaLimits, MediaTools
    from moothall.lib.pictures import Bounds, Pictures

    keys, federation = settings.media, settings.federation
    folder = settings.data_dir / "media"
    address = S3Address(
        bucket=keys.s3_bucket,
        endpoint=keys.s3_endpoint,
        region=keys.s3_region,
        access_key=keys.s3_access_key,
        secret_key=keys.s3_secret_key,
        prefix=keys.s3_prefix,
    )
    pixels = keys.max_megapixels * 1_000_000
    bounds = Bounds(
        max_pixels=pixels,
        max_total_pixels=10 * pixels,
        memory_bytes=256 * _MB + 12 * pixels,
        max_file_bytes=2 * keys.max_upload_mb * _MB,
    )
    rules = Rules(federation.allow_private_addresses, federation.static_hosts)
    return MediaTools(
        folder=folder / "incoming",
        blobs=S3Blobs(address) if keys.s3_bucket else FileBlobs(folder / "uploads"),
        thumbnails=FileCache(folder / "thumbnails", keys.thumbnail_cache_mb * _MB),
        remote=FileCache(
            folder / "remote", keys.remote_cache_mb * _MB, keys.remote_cache_hours * 3600
        ),
        pictures=Pictures(bounds),
        client=HttpClient(rules, user_agent_of(settings)),
        limits=MediaLimits(
            max_upload_bytes=keys.max_upload_mb * _MB,
            quota_bytes=keys.quota_mb * _MB,
            videos=keys.videos,
            max_video_s=keys.max_video_seconds,
        ),
    )


def user_agent_of(settings: Settings) -> str:
    """How we name ourselves to other servers."""
    return f"Moothall/{__version__}; +{settings.base_url}"


def _refuse_to_upgrade_a_running_one(settings: Settings) -> None:
    from moothall.storage.migrations import is_current

    if settings.database_url or not is_locked(settings.data_dir / _SERVER_LOCK):
        return
    if not is_current(settings.data_dir):
        raise SystemExit(
            f"moothall: a server of another version is running on {settings.data_dir}; stop it first"
        )


# --- before everything else


def hold_data_folder(settings: Settings) -> None:
    """See that no other server works on the same SQLite database, now or later.

    Two would each think that limits, caches and jobs are theirs alone. Several servers on one forum
    are what PostgreSQL is for; commands may run beside a server on either.
    """
    if settings.database_url:
        return
    _make_data_folder(settings)
    if not take_lock(settings.data_dir / _SERVER_LOCK):
        raise SystemExit(
            f"moothall: another server is running on data_dir {settings.data_dir}; several servers"
            " for one forum need PostgreSQL (database_url)"
        )


def prepare(argument: Argument) -> None:
    """Make the data folder, bring the database up to date, and see to the very first start.

    Raises SystemExit with one line for the operator where that is not possible.
    """
    from moothall.forum import Forum
    from moothall.lib import log

    settings = argument.settings
    log.set_up(settings.log.level, settings.log.format)
    _migrate(settings)
    database = database_of(settings)
    database.open()
    try:
        forum = Forum(database, home_of(settings))
        setup_token = _ensure_site(forum, settings)
        _renew_index(forum)
        if settings.setup.admin_username:
            _apply_setup(forum, settings)
        elif setup_token is not None:
            _show_setup_address(settings, setup_token)
    finally:
        database.close()


def _make_data_folder(settings: Settings) -> None:
    try:
        # It will hold keys, addresses and the hashes of passwords.
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = settings.data_dir / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SystemExit(
            f"moothall: cannot write to data_dir {settings.data_dir}: {error.strerror}"
        ) from None


def _migrate(settings: Settings) -> None:
    from moothall.storage.migrations import DatabaseTooNew, OtherTables, migrate

    _make_data_folder(settings)
    try:
        copy = migrate(settings.database_url, settings.data_dir)
    except (DatabaseTooNew, OtherTables) as error:
        raise SystemExit(f"moothall: {error}") from None
    except Exception as error:
        if not _is_of_the_operator(error):
            raise
        reason = str(error).strip().splitlines()[0]
        raise SystemExit(f"moothall: cannot use the database: {reason}") from None
    if copy is not None:
        from moothall.lib import log

        log.get_logger().info("database_upgraded", copy_set_aside=str(copy))


def _is_of_the_operator(error: Exception) -> bool:
    """Tell a database that is away, damaged or full from a mistake in our own statements."""
    if isinstance(error, sqlite3.DatabaseError):
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return (code & 0xFF) not in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT)
    kind = type(error)
    return kind.__name__ == "OperationalError" and kind.__module__.startswith("psycopg")


def _has_site(forum: "Forum") -> bool:
    """Whether all is made already: then a command leaves a setup token that waits to be used."""
    from moothall.domain.errors import ForumError
    from moothall.reads.site import get_site

    try:
        return forum.read_now(get_site).domain == forum.home.domain
    except ForumError:
        return False


def _ensure_site(forum: "Forum", settings: Settings) -> str | None:
    from moothall.actions.site import ensure_site
    from moothall.domain.errors import ForumError

    try:
        return forum.act_now(ensure_site)
    except ForumError as error:
        if error.code != "other_domain":
            raise
        raise SystemExit(
            f"moothall: {error.message}; all its ids would change."
            f" {_other_domain_cure(forum, settings)}"
        ) from None


def _other_domain_cure(forum: "Forum", settings: Settings) -> str:
    from moothall.reads.site import get_site

    own = forum.read_now(get_site).domain
    if not settings.is_trial:
        return f'Set domain = "{own}", or name another database for another forum'
    return (
        f"Set MOOTHALL_DOMAIN={own} MOOTHALL_PUBLIC_SCHEME=http MOOTHALL_FEDERATION__ENABLED=false"
        " to go on with it, or another MOOTHALL_DATA_DIR for another forum"
    )


def _renew_index(forum: "Forum") -> None:
    from moothall.actions.text_index import is_index_current, renew_index
    from moothall.lib import log

    if not forum.read_now(is_index_current):
        forum.act_now(renew_index)
        log.get_logger().info("search_index_renewed")


def _apply_setup(forum: "Forum", settings: Settings) -> None:
    from moothall.actions.site import apply_setup_section
    from moothall.domain.account import MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS
    from moothall.domain.errors import ForumError
    from moothall.lib.passwords import hash_password
    from moothall.reads.site import get_site

    if forum.read_now(get_site).is_set_up:
        return
    setup = settings.setup
    if not MIN_PASSWORD_CHARS <= len(setup.admin_password) <= MAX_PASSWORD_CHARS:
        raise SystemExit(
            f"moothall: [setup] admin_password must have {MIN_PASSWORD_CHARS} to"
            f" {MAX_PASSWORD_CHARS} characters"
        )
    password_hash = hash_password(setup.admin_password)
    try:
        forum.act_now(apply_setup_section, setup.admin_username, password_hash, setup.site_name)
    except ForumError as error:
        raise SystemExit(f"moothall: [setup] cannot be applied: {error}") from None


def _show_setup_address(settings: Settings, setup_token: str) -> None:
    address = f"{settings.base_url}/setup?token={setup_token}"
    if settings.log.format == "json":
        write_line("json", "info", "setup_needed", address=address)
        return
    sys.stderr.write(
        f"\nThis forum has no admin yet. Open this address to create one:\n\n    {address}\n\n"
    )
    sys.stderr.flush()


# --- web workers


def create_web_app(argument: Argument) -> Any:
    """The ASGI application of a web worker; nothing is opened before its start-up."""
    from litestar import Litestar

    from moothall.api.build import HEALTH_PATHS
    from moothall.api.build import build as build_api
    from moothall.federation.discovery import Discovery
    from moothall.federation.documents import Documents
    from moothall.federation.fetch import Fetcher
    from moothall.federation.keys import Keys
    from moothall.federation.look_up import LookUp
    from moothall.forum import Forum
    from moothall.lib import log
    from moothall.lib.access import Watched
    from moothall.lib.framework import Application
    from moothall.lib.page_cache import PageCache
    from moothall.web.build import build as build_web

    settings = argument.settings
    log.set_up(settings.log.level, settings.log.format)
    database = database_of(settings)
    forum = Forum(database, home_of(settings))
    tools = media_tools_of(settings)
    keys = Keys(forum)
    look_up = None
    if settings.federation.enabled:
        look_up = LookUp(forum, Fetcher(forum, tools.client, keys))
    api_parts = _api_parts(argument, tools, look_up)
    web_parts = _web_parts(argument, api_parts)

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        database.open()
        yield
        await tools.aclose()
        database.close()

    app = Application(
        route_handlers=[*build_api(forum, api_parts), *build_web(forum, web_parts)],
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,
    )
    whole: Any = app
    if settings.federation.enabled:
        whole = Discovery(Documents(app, forum, keys), forum)
    cached = PageCache(whole, forum.change_mark, never=HEALTH_PATHS)
    is_watched = settings.server.metrics_listen or settings.log.level == "debug"
    return Watched(cached) if is_watched else cached


def _api_parts(argument: Argument, tools: "MediaTools", look_up: "LookUp | None") -> Any:
    from moothall.api.parts import Parts

    settings = argument.settings
    return Parts(
        software_version=__version__,
        limiter=argument.limiter,
        trusted_proxies=settings.server.trusted_proxies,
        sends_mail=bool(settings.smtp.host),
        media=tools,
        look_up=look_up,
        nodeinfo_as_lemmy=settings.compat.nodeinfo_as_lemmy,
    )


def _web_parts(argument: Argument, api_parts: Any) -> Any:
    from moothall.web.parts import Parts

    settings = argument.settings
    return Parts(
        passwords=api_parts.passwords,
        media=api_parts.media,
        look_up=api_parts.look_up,
        software_version=__version__,
        secure_cookies=settings.public_scheme == "https",
        compiled_templates=settings.data_dir / "templates",
        limiter=argument.limiter,
        trusted_proxies=settings.server.trusted_proxies,
        sends_mail=bool(settings.smtp.host),
    )


# --- the background process


def run_background(argument: Argument, stop: threading.Event) -> None:
    """Jobs and upkeep, until told to stop."""
    from moothall.background import jobs_of, media_upkeep, upkeep_of
    from moothall.domain.time import system_clock
    from moothall.forum import Forum
    from moothall.lib import log
    from moothall.storage import jobs as queue
    from moothall.worker.loop import LaneWorker, Rounds, run_all

    settings = argument.settings
    log.set_up(settings.log.level, settings.log.format)
    database = database_of(settings)
    database.open()
    try:
        forum = Forum(database, home_of(settings))
        tools = media_tools_of(settings)
        jobs = jobs_of(forum, settings, tools)
        lanes = [
            LaneWorker(queue.JobQueue(database, lane), jobs, system_clock) for lane in queue.Lane
        ]
        # A store of uploads that does not answer holds up neither bans nor ranks.
        rounds = (
            Rounds(each, system_clock) for each in (upkeep_of(forum), media_upkeep(forum, tools))
        )
        run_all([*lanes, *rounds], stop)
    finally:
        database.close()
