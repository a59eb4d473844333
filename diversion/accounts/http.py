"""The request as our views see it, once the guard has let it in."""

from django.http import HttpRequest

from diversion.accounts.models import User


class StaffRequest(HttpRequest):
    """A request whose user has signed in and passed the route's guard."""

    user: User
