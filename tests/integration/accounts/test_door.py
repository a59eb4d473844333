"""Default deny, the way to the right sign-in page, and "not yours" looking like "not there"."""

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from diversion.accounts.enums import Role
from diversion.accounts.guards import Guard, public
from diversion.accounts.navigation import HOMES, MENU, home_url
from tests.factories.people import make_user
from tests.integration.accounts.doors import body
from tests.integration.signed_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.accounts.door_urls")]


def every_pattern(resolver=None):
    for entry in (resolver or get_resolver("diversion.urls")).url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from every_pattern(entry)


def test_every_route_of_the_product_has_a_guard():
    bare = [
        str(entry.pattern) for entry in every_pattern() if not isinstance(getattr(entry.callback, "guard", None), Guard)
    ]
    assert bare == []


def test_a_public_page_says_why():
    with pytest.raises(ValueError, match="why"):
        public("")


@pytest.mark.parametrize("role", list(Role))
def test_a_view_without_a_guard_is_run_for_nobody(client, role):
    assert client.get("/test/unguarded/").status_code == 404
    sign_in(client, make_user(role))
    assert client.get("/test/unguarded/").status_code == 404
    assert client.get("/test/signed-in/").content == b"inside"


def test_the_way_in_fits_the_page(client):
    assert client.get("/test/public/").content == b"inside"
    assert client.get("/test/invite/?a=1").headers["Location"] == "/account/login/?next=/test/invite/%3Fa%3D1"
    assert client.get("/my/test/").headers["Location"] == "/my/sign-in/?next=/my/test/"
    lost = client.post("/test/invite/")
    assert (lost.status_code, lost.headers["Location"]) == (303, "/account/login/")


@pytest.mark.parametrize("role", list(Role))
def test_a_page_not_granted_is_the_page_that_does_not_exist(client, role):
    user = make_user(role)
    sign_in(client, user)
    for method in (client.get, client.post):
        there, missing = method("/test/invite/"), method("/test/nothing/")
        if role in (Role.SUPERVISOR, Role.PROVIDER_ADMINISTRATOR):
            assert there.content == b"inside"
            continue
        assert there.status_code == missing.status_code == 404
        assert body(there) == body(missing)
        assert dict(there.headers) == dict(missing.headers)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_a_home_and_a_menu_of_what_it_may_open(client, role):
    user = make_user(role)
    sign_in(client, user)
    assert client.get("/home/").headers["Location"] == home_url(user)
    page = client.get(home_url(user))
    assert page.status_code == 200, home_url(user)
    menu = page.context["navigation"]
    assert [line["active"] for line in menu].count(True) == 1
    for line in menu if role != Role.PARTICIPANT else []:  # theirs ask for a case, which this one has not
        assert client.get(line["url"]).status_code in (200, 302), line["url"]


def test_every_role_and_route_of_the_menu_is_known():
    assert set(HOMES) == set(Role)
    assert {entry.route for entry in MENU} >= set(HOMES.values())


def test_headers_of_every_answer(client):
    sign_in(client, make_user(Role.SUPERVISOR))
    for answer in [client.get("/test/signed-in/"), client.get("/test/nothing/"), Client().get("/account/login/")]:
        headers = answer.headers
        assert "no-store" in headers["Cache-Control"]
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_form_without_its_token_is_refused():
    strict = Client(enforce_csrf_checks=True)
    for path in ["/account/login/", "/account/logout/", "/language/", "/demo/sign-in/trainer/"]:
        assert strict.post(path, {}).status_code == 403, path


def test_the_language_is_kept_with_the_account(client):
    user = make_user()
    sign_in(client, user)
    assert client.post("/language/", {"language": "cy", "next": "/"}).status_code == 303
    user.refresh_from_db()
    assert user.language == "cy"
    client.post("/language/", {"language": "xx", "next": "/"})
    user.refresh_from_db()
    assert user.language == "cy"
