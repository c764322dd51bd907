"""What it takes to keep, change and fetch pictures, put together: store, decoder, caches, client."""

from dataclasses import dataclass, field
from pathlib import Path

from .blobs import Blobs
from .fetch_turns import FetchTurns
from .file_cache import FileCache
from .http_client import HttpClient
from .once import Failures, Together
from .pictures import Extension, Pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLimits:
    """What is taken from one account, and from other servers. `videos`: whether any are."""

    max_upload_bytes: int = 40_000_000
    quota_bytes: int = 1_000_000_000
    videos: bool = False
    max_video_s: int = 120
    max_remote_bytes: int = 15_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaTools:
    """The tools of one process. `folder` holds what is on its way, and is empty else."""

    folder: Path
    blobs: Blobs
    thumbnails: FileCache
    remote: FileCache
    pictures: Pictures
    client: HttpClient
    limits: MediaLimits = field(default_factory=MediaLimits)
    fetching: FetchTurns = field(default_factory=FetchTurns)
    # Pictures of other servers on their way, and forms of pictures in the making.
    fetched: Together[tuple[Path, Extension]] = field(default_factory=Together)
    varied: Together[Path] = field(default_factory=Together)
    failures: Failures = field(default_factory=Failures)

    async def aclose(self) -> None:
        """End the decoder and close connections."""
        await self.pictures.aclose()
        await self.client.aclose()
