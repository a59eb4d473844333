"""Try it as: one click where the demo is on, nothing at all where it is off."""

import pytest
from django.test import Client

from diversion.accounts.enums import Role
from diversion.accounts.navigation import home_url
from diversion.demo.personas import PERSONAS, persona_email
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


def make_persona(role):
    return make_user(role, email=persona_email(role))


@pytest.mark.parametrize("role", list(Role))
def test_one_click_leads_home(role):
    user = make_persona(role)
    client = Client(enforce_csrf_checks=True)
    page = client.get("/account/login/")
    assert f"/demo/sign-in/{role}/" in page.content.decode()
    token = client.cookies["csrftoken"].value
    answer = client.post(f"/demo/sign-in/{role}/", {"csrfmiddlewaretoken": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, home_url(user))
    assert client.get(home_url(user)).status_code == 200


def test_another_persona_takes_the_place_of_the_first(client):
    first, second = make_persona(Role.SUPERVISOR), make_persona(Role.TRAINER)
    client.post("/demo/sign-in/supervisor/")
    key = client.session.session_key
    client.post("/demo/sign-in/trainer/")
    assert client.session.session_key != key
    assert client.get("/staff/invitations/").status_code == 404
    assert first != second


def test_it_is_off_where_the_demo_is_off(client, settings):
    make_persona(Role.SUPERVISOR)
    settings.DEMO = False
    assert client.post("/demo/sign-in/supervisor/").status_code == 404
    assert b"Try it as" not in client.get("/account/login/").content


def test_a_session_of_the_demo_is_worth_no_second_factor_where_it_is_off(client, settings):
    make_persona(Role.SUPERVISOR)
    client.post("/demo/sign-in/supervisor/")
    assert client.get("/staff/invitations/").status_code == 200
    settings.DEMO = False
    assert client.get("/staff/invitations/").headers["Location"] == "/account/2fa/"


def test_only_these_eight_and_only_in_their_role(client):
    make_user(Role.SUPPORT, email=persona_email("supervisor"))
    assert client.post("/demo/sign-in/supervisor/").status_code == 404
    assert client.post("/demo/sign-in/root/").status_code == 404
    assert client.get("/demo/sign-in/supervisor/").status_code == 405
    assert {persona.slug for persona in PERSONAS} == {
        "participant", "trainer", "provider-administrator", "case-officer", "supervisor", "force-hub", "analyst",
        "support",
    }  # fmt: skip
