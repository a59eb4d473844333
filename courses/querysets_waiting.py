"""Waits for a place in the business's words, and who may see them."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef

from courses.enums import WaitingState
from courses.lifecycle import STILL_WAITING
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission


class WaitingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """A participant sees their own; agency staff those of visible cases; nobody else sees any."""
        from diversion.referrals.models import Requirement

        if user.may(Permission.OWN_CASE) or user.may(Permission.SEE_CASES):
            return self.filter(requirement__in=Requirement.objects.visible_to(user))
        return self.none()

    def still_waiting(self) -> Self:
        """Waiting, or with an offer that stands."""
        return self.filter(state__in=sorted(STILL_WAITING))

    def in_line(self) -> Self:
        """Waiting, with no place held or confirmed elsewhere: those whose turn may come."""
        from courses.models import Booking

        placed = Booking.objects.live().filter(requirement=OuterRef("requirement"))
        return self.filter(~Exists(placed), state=WaitingState.JOINED)
