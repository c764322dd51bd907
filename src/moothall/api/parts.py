"""What the JSON face is given beside the forum."""

from dataclasses import dataclass

from moothall import door

# The version of the client contract that we keep; clients choose their dialect by it.
API_VERSION = "0.19.20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(door.Parts):
    """Means and settings of the face."""

    nodeinfo_as_lemmy: bool = False
