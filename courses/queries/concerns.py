"""Trainers' concerns about people for whom no agency is there to read them."""

from courses.models import Concern
from courses.querysets import ConcernQuerySet
from diversion.accounts.models import User


def concerns_to_read(user: User) -> ConcernQuerySet:
    """The newest first, each with its person, its session and who raised it."""
    concerns: ConcernQuerySet = Concern.objects.visible_to(user).select_related(
        "booking__requirement__referral__participant", "session__course__provider__organisation", "raised_by"
    )
    return concerns.order_by("-raised_at", "-pk")
