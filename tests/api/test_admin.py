"""Applications, by whole requests."""

import pytest

from moothall.forum import Forum
from moothall.storage.site import update_site
from tests.support.api import ApiClient, outcome
from tests.support.builders import PASSWORD, a_signed_in_person

PATH = "/admin/registration_application"


@pytest.fixture
def api(forum: Forum) -> ApiClient:
    forum.act_now(lambda tx: update_site(tx.conn, registration_mode="RequireApplication"))
    client = ApiClient(forum)
    client.post(
        "/user/register",
        username="ann",
        password=PASSWORD,
        password_verify=PASSWORD,
        answer="I like it.",
    )
    return client


def test_an_admin_lets_somebody_in(forum: Forum, api: ApiClient) -> None:
    _, token = a_signed_in_person(forum, "boss", admin=True)
    assert api.get(f"{PATH}/count", token).json() == {"registration_applications": 1}
    [view] = api.get(f"{PATH}/list", token, unread_only=True).json()["registration_applications"]
    assert list(view) == ["registration_application", "creator_local_user", "creator"]
    assert view["registration_application"]["answer"] == "I like it."
    person_id = view["creator"]["id"]
    assert api.get(PATH, token, person_id=person_id).json() == {"registration_application": view}
    answer = api.put(
        f"{PATH}/approve", token, id=view["registration_application"]["id"], approve=True
    ).json()["registration_application"]
    assert answer["admin"]["name"] == "boss"
    assert answer["creator_local_user"]["accepted_application"] is True
    login = api.post("/user/login", username_or_email="ann", password=PASSWORD)
    assert login.is_success
    assert api.get(f"{PATH}/count", token).json() == {"registration_applications": 0}
    assert len(api.get(f"{PATH}/list", token).json()["registration_applications"]) == 1


def test_who_is_denied_hears_why(forum: Forum, api: ApiClient) -> None:
    _, token = a_signed_in_person(forum, "boss", admin=True)
    [view] = api.get(f"{PATH}/list", token).json()["registration_applications"]
    application_id = view["registration_application"]["id"]
    for reason in ("Spam.", None):
        fields = {"id": application_id, "approve": False, "deny_reason": reason}
        assert api.put(f"{PATH}/approve", token, **fields).is_success
        login = api.post("/user/login", username_or_email="ann", password=PASSWORD)
        assert login.status_code == 400
        assert login.json() == {"error": "registration_denied", "message": reason or ""}


def test_others_may_not(forum: Forum, api: ApiClient) -> None:
    _, token = a_signed_in_person(forum, "bob")
    for answer in (
        api.get(f"{PATH}/count", token),
        api.get(f"{PATH}/list", token),
        api.get(PATH, token, person_id=1),
        api.put(f"{PATH}/approve", token, id=1, approve=True),
    ):
        assert outcome(answer) == (400, "not_an_admin")


def test_what_is_not_there(forum: Forum, api: ApiClient) -> None:
    _, token = a_signed_in_person(forum, "boss", admin=True)
    missing = "couldnt_find_registration_application"
    assert outcome(api.get(PATH, token, person_id=99999)) == (400, missing)
    refused = api.put(f"{PATH}/approve", token, id=99999, approve=True)
    assert outcome(refused) == (400, missing)
    for page in ({"page": 0}, {"limit": 51}, {"page": 101}):
        assert outcome(api.get(f"{PATH}/list", token, **page)) == (400, "unknown")
