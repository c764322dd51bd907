"""What the HTML face is given beside the forum."""

from dataclasses import dataclass

from moothall import door


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(door.Parts):
    """Means and settings of the face. `secure_cookies` is true where browsers come by https."""

    secure_cookies: bool
