"""A browser in which somebody is signed in."""

import re

from django.test import Client

from diversion.accounts.models import User
from diversion.accounts.second_factor import DEMO_FLAG


def sign_in(client: Client, user: User) -> Client:
    """As by a try-it-as button: the second factor has its own tests."""
    client.force_login(user)
    session = client.session
    session[DEMO_FLAG] = "test"
    session.save()
    return client


def seen_on(client: Client, url: str) -> str:
    """The mark of what a section's page shows; empty where there is no page or form."""
    found = re.search(r'name="seen" value="([^"]*)"', client.get(url).content.decode())
    return found.group(1) if found else ""
