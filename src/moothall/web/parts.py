"""What the HTML face is given beside the forum."""

from dataclasses import dataclass
from pathlib import Path

from moothall import door


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(door.Parts):
    """Means and settings of the face.

    `secure_cookies` is true where browsers come by https. `compiled_templates` is a folder that
    keeps compiled templates from start to start; None: they are compiled at each.
    """

    secure_cookies: bool
    compiled_templates: Path | None = None
