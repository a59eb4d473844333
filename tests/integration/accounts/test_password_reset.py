"""A forgotten password: the link is made as the message is sent, works once, and does not replace the second factor."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.notifications.services.pump import pump
from tests.factories.people import make_user
from tests.integration.accounts.doors import give_app, type_password

pytestmark = pytest.mark.django_db
NEW = "another three words"


def ask(client, email):
    return client.post("/account/password/reset/", {"email": email})


def link_from(folder):
    letter = "".join(path.read_text() for path in folder.rglob("*") if path.is_file())
    found = re.search(r"http://testserver(/account/password/reset/key/[\w-]+/)", letter)
    return found.group(1) if found else None


def test_from_the_form_to_a_new_password(client, settings):
    user = make_user()
    give_app(user)
    assert ask(client, user.email).headers["Location"] == "/account/password/reset/done/"
    message = OutboxMessage.objects.get()
    assert (message.kind, message.recipient_id, message.channel) == ("password-reset", user.pk, "email")
    pump(at=clock.now())
    path = link_from(settings.MESSAGE_FOLDER)
    form = client.get(path, follow=True)
    typed = {"password1": NEW, "password2": NEW}
    assert client.post(form.request["PATH_INFO"], typed).headers["Location"] == "/account/password/reset/key/done/"
    other = Client()
    assert type_password(other, user, password=NEW).headers["Location"] == "/account/2fa/authenticate/"
    again = Client().get(path, follow=True)
    assert "token_fail" in again.context


def test_the_link_lasts_an_hour(client, settings):
    user = make_user()
    ask(client, user.email)
    pump(at=clock.now())
    path = link_from(settings.MESSAGE_FOLDER)
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        assert Client().get(path, follow=True).context["token_fail"]
    assert not Client().get(path, follow=True).context.get("token_fail")


@pytest.mark.parametrize("who", ["stranger", "participant", "former"])
def test_others_are_sent_nothing(client, who):
    if who == "participant":
        make_user(Role.PARTICIPANT, email="who@example.org")
    if who == "former":
        make_user(email="who@example.org").memberships.update(ended_at=clock.now())
    assert ask(client, "who@example.org").headers["Location"] == "/account/password/reset/done/"
    assert not OutboxMessage.objects.exists()
