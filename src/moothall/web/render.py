"""Templates to bytes, and the words that templates may use beside Jinja's own.

Templates get typed values and never query anything. Autoescape is always on; only what the
Markdown renderer made, and what functions here make of numbers, goes in as HTML.
"""

import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from moothall.domain.site import Home
from moothall.domain.time import DAY, HOUR, MINUTE, MONTH, SECOND, YEAR, to_datetime
from moothall.lib import markdown as lib_markdown

from . import addresses, fragments, wording
from .static_files import StaticFiles

if TYPE_CHECKING:
    from collections.abc import Callable

_HUES = 8


class Renderer:
    """All templates, compiled once."""

    def __init__(self, static_files: StaticFiles, software_version: str) -> None:
        self._environment = Environment(
            loader=PackageLoader("moothall.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(
            {each.__name__: each for each in _FUNCTIONS},
            static=static_files.address,
            software_version=software_version,
            wording=wording,
        )
        self._templates = {
            name: self._environment.get_template(name)
            for name in self._environment.list_templates(extensions=["html"])
        }

    def render(self, template: str, **values: Any) -> bytes:
        """A template with these values."""
        return self._templates[template].render(values).encode("utf-8", "replace")


def when(moment: int, now: int) -> Markup:
    """A point in time as a reader wants it, exact for whoever points at it."""
    # Whole minutes: a page of comments asks for few different pairs.
    return _when(moment // SECOND, max(0, now - moment) // MINUTE)


@lru_cache(4096)
def _when(second: int, age_minutes: int) -> Markup:
    exact = to_datetime(second * SECOND)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        exact.strftime("%Y-%m-%dT%H:%M:%SZ"),
        exact.strftime("%-d %B %Y, %H:%M UTC"),
        _age(age_minutes * MINUTE),
    )


def _age(age: int) -> str:
    if age < MINUTE:
        return "just now"
    for unit, limit, name in (
        (MINUTE, HOUR, "min"),
        (HOUR, DAY, "h"),
        (DAY, MONTH, "d"),
        (MONTH, YEAR, "mo"),
    ):
        if age < limit:
            return f"{age // unit} {name} ago"
    return f"{age // YEAR} y ago"


def until(moment: int) -> str:
    """A date that lies ahead: the end of a ban."""
    return to_datetime(moment).strftime("%-d %B %Y")


def rich(html: str | None, text: str | None) -> Markup:
    """A text that somebody wrote: its stored HTML, or itself where it holds no formatting."""
    if html is not None:
        return Markup(html)  # noqa: S704 — sanitised when it was stored
    return Markup(lib_markdown.plain(text)) if text else Markup("")  # noqa: S704 — escaped by `plain`


def markdown(text: str, home: Home) -> Markup:
    """A text that is stored without its HTML: descriptions of communities, of people."""
    return _markdown(text, home)


@lru_cache(512)
def _markdown(text: str, home: Home) -> Markup:
    links = lib_markdown.Links(base_url=home.base_url, domain=home.domain)
    return Markup(lib_markdown.render(text, links))  # noqa: S704 — sanitised by `render`


@lru_cache(4096)
def hue(name: str) -> int:
    """Which of the drawn placeholders' colours belongs to a name."""
    return zlib.crc32(name.lower().encode("utf-8", "replace")) % _HUES


def initial(name: str) -> str:
    """The letter on a placeholder."""
    return next((char.upper() for char in name if char.isalnum()), "·")


_FUNCTIONS: "tuple[Callable[..., Any], ...]" = (
    when,
    until,
    rich,
    markdown,
    wording.short,
    wording.count,
    fragments.vote,
    fragments.comment_tools,
    fragments.person_link,
    hue,
    initial,
    addresses.person_path,
    addresses.person_name,
    addresses.community_path,
    addresses.community_name,
    addresses.host_of,
    addresses.with_query,
)
