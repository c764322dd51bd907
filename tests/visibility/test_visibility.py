"""Every way of seeing, by everybody: what is shown, what is not, and nothing on the side."""

from collections import defaultdict
from typing import Any

import pytest

from moothall.api.v3 import all_routes
from moothall.federation import documents
from moothall.storage.site import update_site
from moothall.web.build import all_routes as all_pages
from moothall.web.page import Table
from tests.visibility import table
from tests.visibility.scene import PEOPLE, Scene
from tests.visibility.ways import Way, all_ways

WAYS = all_ways()
# The queries differ by the kind of viewer only; on the slower database one of each looks, and
# those who see less or more than others of their kind.
LOOKERS = {"sqlite": PEOPLE, "postgresql": ("nobody", "former", "author", "mod", "admin")}


def wrong_in(text: str, scene: Scene, way: Way, who: str) -> list[str]:
    """What an answer shows too much or too little."""
    found = scene.found(text)
    wrong = []
    for key in scene.tokens:
        if key in way.shows:
            if (key in found) != (who in way.shows[key]):
                wrong.append(f"{who}: {key} is {'shown' if key in found else 'missing'}")
        elif key in found and who not in table.MAY_SEE[key] | way.also.get(key, table.NOBODY):
            wrong.append(f"{who}: {key} leaks")
    return wrong


@pytest.mark.parametrize("way", WAYS, ids=[way.name for way in WAYS])
def test_who_sees_what(scene: Scene, database_kind: str, way: Way) -> None:
    wrong = []
    for who in LOOKERS[database_kind]:
        wrong += wrong_in(way.ask(scene, who), scene, way, who)
    assert wrong == []


@pytest.mark.parametrize("is_private", [True, False])
def test_a_private_site_shows_nothing_to_strangers(scene: Scene, is_private: bool) -> None:
    scene.forum.act_now(lambda tx: update_site(tx.conn, private_instance=is_private))
    try:
        shown = set()
        for way in WAYS[::1] if is_private else WAYS[:1]:
            shown |= {
                key
                for key in scene.found(way.ask(scene, "nobody"))
                # A refused address comes back in the link to the form of signing in.
                if key not in way.also
            }
    finally:
        scene.forum.act_now(lambda tx: update_site(tx.conn, private_instance=False))
    # Who runs the site is told to everybody, so that they can be asked.
    assert (shown - {"person:admin"} == set()) == is_private


# What shows nothing that people wrote, or only to who writes it just then.
_API_WITHOUT_WORDS = {
    "/user/get_captcha",
    "/user/validate_auth",
    "/admin/registration_application/count",
    # By person; the list shows the same view.
    "/admin/registration_application",
    # Of other servers' pages.
    "/post/site_metadata",
    # Names of files and whose they are, for their owners and admins; and bytes.
    "/account/list_media",
    "/admin/list_all_media",
    "/image_proxy",
}
_PAGES_WITHOUT_WORDS = {
    "/login",
    "/signup",
    "/setup",
    "/password_reset",
    "/password_change/{token}",
    "/verify_email/{token}",
    "/create_community",
    "/legal",
    "/u/{name}/message",
}


class _Recorder:
    """Stands for a scene; remembers what it was asked."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.addresses: set[str] = set()
        self.documents: set[str] = set()
        self.sessions: dict[str, str] = {}
        self.posts = self.comments = self.remarks = defaultdict[str, int](int)
        self.communities = self.messages = defaultdict[str, int](int)

    @property
    def people(self) -> Any:
        class Somebody:
            person_id = 1

        return defaultdict(Somebody)

    def api(self, _: str, path: str, /, **query: Any) -> str:
        self.paths.add(path)
        return ""

    def document(self, path: str) -> str:
        found = documents._find({"type": "http", "method": "GET", "path": path, "headers": _WANTED})
        assert found is not None, path
        self.documents.add(found[1].__name__)
        return ""

    def page(self, _: str, address: str) -> str:
        self.addresses.add(address.partition("?")[0])
        return ""


_WANTED = [(b"accept", b"application/activity+json")]
# These are empty, whatever there is.
_EMPTY_DOCUMENTS = {"person_outbox", "site_outbox"}


def test_no_document_is_left_out() -> None:
    recorder = _Recorder()
    scene: Any = recorder
    for way in WAYS:
        way.ask(scene, "nobody")
    handlers = {*documents._SINGLE.values(), *documents._NAMED.values()}
    assert {each.__name__ for each in handlers} - recorder.documents == _EMPTY_DOCUMENTS


def test_nothing_that_shows_something_is_left_out() -> None:
    recorder = _Recorder()
    scene: Any = recorder
    for way in WAYS:
        way.ask(scene, "nobody")
    reads = {route.path for route in all_routes() if route.method == "GET"}
    assert reads - recorder.paths - _API_WITHOUT_WORDS == set()
    known = Table(all_pages())
    asked = {known.find(address)[0]["GET"].path for address in recorder.addresses}
    pages = {route.path for route in all_pages() if route.method == "GET"}
    assert pages - asked - _PAGES_WITHOUT_WORDS == set()
