"""Templates to bytes, and the words that templates may use beside Jinja's own.

Templates get typed values and never query anything. Autoescape is always on; only what the
Markdown renderer made, and what functions here make of numbers, goes in as HTML.
"""

import contextlib
from functools import lru_cache
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

import jinja2
from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemBytecodeCache,
    PackageLoader,
    StrictUndefined,
    Template,
)
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

from moothall.domain.site import Home
from moothall.domain.time import to_datetime
from moothall.lib import markdown as lib_markdown

from . import addresses, fragments, pictures, post_line, wording
from .static_files import StaticFiles

if TYPE_CHECKING:
    from collections.abc import Callable


class Renderer:
    """All templates, compiled once."""

    def __init__(
        self,
        static_files: StaticFiles,
        software_version: str,
        compiled_templates: Path | None = None,
    ) -> None:
        self._environment = _Environment(
            loader=PackageLoader("moothall.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=_kept_in(compiled_templates, software_version),
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


class _Template(Template):
    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002
        """What a template exports to one that imports it.

        All globals are those of the environment. Jinja compares them with those of the importing
        template at each import, which takes a tenth of the time of a page.
        """
        return super()._get_default_module(None)


class _Environment(Environment):
    template_class = _Template


def _kept_in(folder: Path | None, software_version: str) -> BytecodeCache | None:
    """Compiled templates in a folder, which is made if it can be; None: nothing is kept."""
    if folder is None:
        return None
    try:
        # Not its parents: at the very first start somebody else makes the data folder just now.
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return _Compiled(folder, software_version)


class _Compiled(FileSystemBytecodeCache):
    """Forgets what another version of this program, of Jinja or of Python has compiled."""

    def __init__(self, folder: Path, software_version: str) -> None:
        super().__init__(str(folder), "%s.compiled")
        self._versions = f"{software_version} {jinja2.__version__}"

    def get_source_checksum(self, source: str) -> str:
        """What has to be the same for a compiled template to be used."""
        return super().get_source_checksum(f"{self._versions} {source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a template back; one that was cut short, by a power cut, counts as none."""
        try:
            super().load_bytecode(bucket)
        except (EOFError, ValueError, TypeError, UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template; a folder that cannot be written to only costs time."""
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def until(moment: int) -> str:
    """A date that lies ahead: the end of a ban."""
    return to_datetime(moment).strftime("%-d %B %Y")


def rich(html: str | None, text: str | None) -> Markup:
    """A text that somebody wrote: its stored HTML, or itself where it holds no formatting."""
    if html is not None:
        return Markup(html)  # noqa: S704 — sanitised when it was stored
    return Markup(lib_markdown.plain(text)) if text else Markup("")  # noqa: S704 — escaped by `plain`


def markdown(text: str, home: Home) -> Markup:
    """A text that is stored without its HTML, and seldom shown: the site's legal notes."""
    return _markdown(text, home)


@lru_cache(512)
def _markdown(text: str, home: Home) -> Markup:
    links = lib_markdown.Links(base_url=home.base_url, domain=home.domain)
    return Markup(lib_markdown.render(text, links))  # noqa: S704 — sanitised by `render`


_FUNCTIONS: "tuple[Callable[..., Any], ...]" = (
    until,
    pictures.picture_path,
    pictures.video_path,
    rich,
    markdown,
    wording.short,
    wording.count,
    fragments.when,
    fragments.vote,
    fragments.comment_tools,
    fragments.person_link,
    fragments.community_link,
    fragments.hue,
    fragments.initial,
    fragments.link_menu,
    post_line.post_tags,
    post_line.post_lines,
    addresses.person_path,
    addresses.person_name,
    addresses.community_path,
    addresses.community_name,
    addresses.host_of,
    addresses.with_query,
)
