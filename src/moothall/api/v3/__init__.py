"""Version 3 of the Lemmy API: a file of routes for each subject, and their requests.

Each subject's file holds a table named `routes`; all of them together are the API.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from moothall.api.route import Route, Routes

PREFIX = "/api/v3"


def all_routes() -> Iterator[Route]:
    """Every route of every subject's file beside this one."""
    for module in pkgutil.iter_modules(__path__):
        if not module.ispkg:
            table: Routes = import_module(f"{__name__}.{module.name}").routes
            yield from table
