"""Staff sign-in: two factors for every role, nobody signs up, nobody learns whether an address is known."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import NoReverseMatch, reverse

from diversion.accounts.enums import Role
from diversion.accounts.models import SecondFactorSecret, User
from diversion.accounts.navigation import home_url
from tests.factories.people import make_user
from tests.integration.accounts.doors import body, code_of, give_app, sign_in, type_password

pytestmark = pytest.mark.django_db
STAFF = [role for role in Role if role != Role.PARTICIPANT]


@pytest.mark.parametrize("role", STAFF)
def test_password_alone_reaches_only_the_enrolment(client, role):
    user = make_user(role)
    assert type_password(client, user).headers["Location"] == "/home/"
    for path in ["/home/", home_url(user), "/account/sessions/", "/account/password/change/"]:
        response = client.get(path)
        assert (response.status_code, response.headers["Location"]) == (302, "/account/2fa/"), path
    assert client.post("/account/sessions/").headers["Location"] == "/account/2fa/"
    assert client.get("/account/2fa/").status_code == 200
    assert client.get("/account/2fa/totp/activate/").status_code == 200
    assert client.get("/account/2fa/webauthn/add/").status_code == 200
    assert client.post("/account/logout/").status_code == 303


@pytest.mark.parametrize("role", STAFF)
def test_password_and_code_come_in(client, role):
    user = make_user(role)
    sign_in(client, user)
    assert client.get("/home/").headers["Location"] == home_url(user)
    assert client.get("/account/sessions/").status_code == 200


def test_a_wrong_code_does_not_come_in(client):
    user = make_user()
    secret = give_app(user)
    type_password(client, user)
    wrong = f"{(int(code_of(secret)) + 1) % 1_000_000:06}"
    assert client.post("/account/2fa/authenticate/", {"code": wrong}).status_code == 200
    assert "/account/login/" in client.get("/home/").headers["Location"]


def test_a_recovery_code_comes_in_once(client):
    user = make_user()
    give_app(user)
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    type_password(client, user)
    assert client.post("/account/2fa/authenticate/", {"code": code}).status_code == 303
    again = Client()
    type_password(again, user)
    assert again.post("/account/2fa/authenticate/", {"code": code}).status_code == 200


def test_an_older_password_only_session_adds_no_factor_beside_a_new_one(client):
    """A thief with the password alone, signed in before the owner enrolled, must not add a passkey of their own."""
    user = make_user()
    type_password(client, user)
    give_app(user)
    for path in ["/account/2fa/", "/account/2fa/webauthn/add/", "/account/2fa/recovery-codes/", "/account/sessions/"]:
        response = client.get(path)
        assert response.status_code == 302, path
        assert response.headers["Location"].startswith("/account/2fa/reauthenticate/"), path


def test_removing_an_app_removes_its_secret():
    user = make_user()
    give_app(user)
    assert SecondFactorSecret.objects.count() == 1
    Authenticator.objects.get(user=user).delete()
    assert SecondFactorSecret.objects.count() == 0


def test_nobody_signs_up():
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    for path in ["/account/signup/", "/account/email/", "/account/confirm-email/", "/account/3rdparty/", "/account/"]:
        for answer in (
            Client().get(path),
            Client().post(path, {"email": "x@example.org", "password1": "long enough pass"}),
        ):
            assert answer.status_code == 404, path
    assert not User.objects.exists()


@pytest.mark.parametrize("path", ["/account/login/", "/account/password/reset/"])
def test_known_and_unknown_addresses_get_the_same_answer(path):
    user = make_user()
    ended = make_user()
    ended.memberships.update(ended_at="2026-06-01T00:00Z")
    answers = []
    for email in [user.email, ended.email, "nobody999@example.org"]:
        field = "login" if "login" in path else "email"
        answer = Client().post(path, {field: email, "password": "not the password"}, follow=True)
        answers.append((answer.status_code, body(answer).replace(email.encode(), b"EMAIL"), answer.redirect_chain))
    assert answers[0] == answers[1] == answers[2]


def test_too_many_wrong_passwords_are_stopped(client):
    user = make_user()
    give_app(user)
    for _ in range(5):
        type_password(client, user, password="not the password")
    answer = type_password(client, user)
    assert answer.status_code == 200
    assert "too many" in answer.content.decode().lower()


def test_participants_have_no_staff_pages(client):
    client.force_login(make_user(Role.PARTICIPANT))
    for path in [
        "/account/login/",
        "/account/2fa/",
        "/account/sessions/",
        "/account/password/change/",
        "/account/password/reset/",
    ]:
        assert client.get(path).status_code == 404, path
    assert client.post("/account/logout/").status_code == 303


def test_a_participant_does_not_come_in_by_password(client):
    user = make_user(Role.PARTICIPANT, email="odd@example.org", password="correct horse battery")
    assert type_password(client, user).headers["Location"] == "/account/inactive/"
    assert client.get("/home/").status_code == 302


def test_a_former_colleague_does_not_come_in(client):
    user = make_user()
    user.memberships.update(ended_at="2026-06-01T00:00Z")
    assert type_password(client, user).headers["Location"] == "/account/inactive/"
    assert client.get("/account/inactive/").status_code == 200
