"""The HTML face: pages, forms, cookies, CSRF, templates and static files.

A page is a row in the table of its subject's file (`page.py` says how), a template, and one or two
calls of `reads` and `actions`. Everything works without JavaScript; scripts only spare reloads.
"""

from .build import build
from .parts import Parts

__all__ = ["Parts", "build"]
