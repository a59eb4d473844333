"""Who may see which charges."""

from typing import Any, Self

from django.db import models

from courses.models import Booking
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission


class ChargeQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """A participant's own charges; agency staff and providers learn paid or not from the caseload and register alone."""
        if user.may(Permission.OWN_CASE):
            return self.filter(booking__in=Booking.objects.visible_to(user))
        return self.none()
