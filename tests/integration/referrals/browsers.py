"""A browser in which somebody is signed in."""

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
