"""What people thought of a provider's courses, in numbers that name nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from courses.models import SurveyAnswer
from diversion.accounts.models import User

SMALLEST = 5
"""Fewer people than this are never shown as a number, here or in an agency's figures: who they are could be guessed."""


@dataclass(frozen=True, slots=True)
class Quality:
    """One programme. The means, of scores from 1 to 5, are worked out from sums; empty where there are too few answers."""

    programme: str
    answers: str
    clear: str = ""
    fair: str = ""
    useful: str = ""


def quality_of(user: User) -> Sequence[Quality]:
    """The programmes of the user's own provider, in one query."""
    own = SurveyAnswer.objects.filter(provider__organisation=user.organisation_id)
    sums = own.values("programme__name").annotate(
        n=Count("pk"), clear_sum=Sum("clear"), fair_sum=Sum("fair"), useful_sum=Sum("useful")
    )
    return [_quality(row) for row in sums.order_by("programme__name")]


def _quality(row: Mapping[str, Any]) -> Quality:
    programme, count = row["programme__name"], row["n"]
    if count < SMALLEST:
        return Quality(programme, _("fewer than %(n)s") % {"n": SMALLEST})
    means = (f"{row[f'{name}_sum'] / count:.1f}" for name in ("clear", "fair", "useful"))
    return Quality(programme, str(count), *means)
