"""Trainers' concerns about people for whom no agency is there to read them."""

from django.db.models import F

from courses.models import Concern
from courses.querysets import ConcernQuerySet
from diversion.accounts.models import User


def concerns_to_read(user: User) -> ConcernQuerySet:
    """Those that nobody has followed up first, then the newest; each with its person, its session, who raised it and what was done."""
    concerns: ConcernQuerySet = Concern.objects.visible_to(user).select_related(
        "booking__requirement__referral__participant", "session__course__provider__organisation", "raised_by",
        "followed_up__done_by",
    )  # fmt: skip
    return concerns.order_by(F("followed_up__done_at").desc(nulls_first=True), "-raised_at", "-pk")
