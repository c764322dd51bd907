"""Where our pages load pictures from: always from us, and no larger than they are shown."""

from functools import lru_cache
from urllib.parse import quote

from moothall.domain.media import PROXY, ROUTE, is_own_url, upload_alias
from moothall.domain.site import Home

_VIDEOS = (".mp4", ".webm")
_FORM = "format=webp&thumbnail="


@lru_cache(4096)
def picture_path(url: str | None, side: int, home: Home) -> str | None:
    """The path of a picture whose sides are at most so long; None where nothing can be shown."""
    if not url:
        return None
    alias = upload_alias(url, home.base_url)
    if alias is not None:
        return None if alias.endswith(_VIDEOS) else f"{ROUTE}{alias}?{_FORM}{side}"
    if is_own_url(url, home.base_url) or not url.startswith(("https://", "http://")):
        return None
    return f"{PROXY}{quote(url, safe='')}&{_FORM}{side}"


def video_path(url: str | None, home: Home) -> str | None:
    """The path of a video that was brought here; those of others are links."""
    alias = upload_alias(url, home.base_url) if url else None
    return f"{ROUTE}{alias}" if alias is not None and alias.endswith(_VIDEOS) else None
