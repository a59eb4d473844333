"""Sessions: listed, ended from elsewhere, over in time, and sealed in the database."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from diversion.accounts.enums import Role
from diversion.accounts.services.memberships import NotYourOwn, end_membership
from diversion.core import clock
from tests.factories.people import make_user
from tests.integration.accounts.doors import code_of, forget_used_codes, give_app, type_password

pytestmark = pytest.mark.django_db


def two_browsers(user):
    secret = give_app(user)
    browsers = Client(headers={"user-agent": "Laptop"}), Client(headers={"user-agent": "Phone"})
    for browser in browsers:
        type_password(browser, user)
        forget_used_codes()
        browser.post("/account/2fa/authenticate/", {"code": code_of(secret)})
        forget_used_codes()
    return browsers


def is_in(browser):
    return browser.get("/account/sessions/").status_code == 200


def test_sessions_are_listed_and_ended_from_elsewhere():
    user = make_user()
    laptop, phone = two_browsers(user)
    page = laptop.get("/account/sessions/").content.decode()
    assert "Laptop" in page
    assert "Phone" in page
    assert is_in(phone)
    laptop.post("/account/sessions/")
    assert not is_in(phone)
    assert is_in(laptop)


def test_a_copied_cookie_is_worth_nothing_after_sign_out():
    laptop, thief = two_browsers(make_user())
    thief.cookies = laptop.cookies.copy()
    assert is_in(thief)
    answer = laptop.post("/account/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(thief)


def test_ending_a_role_ends_access_at_the_next_request():
    user, boss = make_user(), make_user(Role.SUPERVISOR)
    laptop, phone = two_browsers(user)
    assert is_in(laptop)
    user.memberships.update(ended_at=clock.now())  # the row alone: nothing else has been told
    assert not is_in(laptop)
    user.memberships.update(ended_at=None)
    assert not is_in(laptop)  # it was signed out, not only refused
    assert is_in(phone)
    end_membership(membership=user.memberships.get(), by=boss.as_actor(), at=clock.now())
    assert not is_in(phone)


def test_deactivating_ends_access_at_the_next_request():
    user = make_user()
    laptop, _phone = two_browsers(user)
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    assert not is_in(laptop)


def test_a_changed_role_counts_at_the_next_request():
    user = make_user(Role.SUPERVISOR)
    laptop, _phone = two_browsers(user)
    assert laptop.get("/staff/invitations/").status_code == 200
    user.memberships.update(role=Role.CASE_OFFICER)
    assert laptop.get("/staff/invitations/").status_code == 404


def test_nobody_ends_their_own_access():
    boss = make_user(Role.SUPERVISOR)
    with pytest.raises(NotYourOwn):
        end_membership(membership=boss.memberships.get(), by=boss.as_actor(), at=clock.now())


@pytest.mark.parametrize(("role", "hours"), [(Role.CASE_OFFICER, 8), (Role.PARTICIPANT, 1)])
def test_a_busy_session_ends_at_its_limit(role, hours):
    start = clock.now()
    browser = Client()
    with time_machine.travel(start, tick=False) as clockwork:
        browser.force_login(make_user(role))
        for minutes in range(0, hours * 60, 20):
            clockwork.move_to(start + timedelta(minutes=minutes))
            assert _who(browser), minutes
        clockwork.move_to(start + timedelta(hours=hours))
        assert not _who(browser)


def test_an_idle_session_ends_after_half_an_hour():
    start = clock.now()
    browser = Client()
    with time_machine.travel(start, tick=False) as clockwork:
        browser.force_login(make_user())
        clockwork.move_to(start + timedelta(minutes=29))
        assert _who(browser)
        clockwork.move_to(start + timedelta(minutes=29 + 29))
        assert _who(browser)
        clockwork.move_to(start + timedelta(minutes=29 + 29 + 30))
        assert not _who(browser)


def _who(browser):
    return browser.get("/account/inactive/").wsgi_request.user.is_authenticated


def test_sessions_are_sealed(client):
    session = client.session
    session["typed"] = "canary@example.org"
    session.save()
    assert client.session["typed"] == "canary@example.org"
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        stored = cursor.fetchone()[0]
    assert "canary" not in stored
    assert "canary" not in str(Session.objects.get().get_decoded().keys())


def test_a_session_that_does_not_open_is_nobodys(client):
    client.force_login(make_user())
    Session.objects.update(session_data="bm90IHNlYWxlZA==")
    assert "/account/login/" in client.get("/home/").headers["Location"]
