"""When a provider's trainers are away, and what they would have taught."""

from datetime import date

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

from courses.enums import CourseState
from courses.models import Session, TimeAway
from diversion.accounts.enums import Role
from diversion.accounts.models import Membership, User
from diversion.core import clock


def times_away(user: User, *, today: date) -> QuerySet[TimeAway]:
    """Not yet over, of those who work for a person's own provider now, soonest first; each with `taught`, how many sessions fall into it."""
    employed = Membership.objects.live().filter(organisation=user.organisation_id, role=Role.TRAINER)
    day = TruncDate("starts_at", tzinfo=clock.LONDON)
    sessions = (
        Session.objects.alias(day=day)
        .filter(
            trainers=OuterRef("trainer"), day__gte=OuterRef("first_on"), day__lte=OuterRef("last_on"),
            course__provider__organisation=user.organisation_id,
        )
        .exclude(course__state=CourseState.CANCELLED)
        .order_by()
        .values("trainers")
        .annotate(n=Count("pk"))
        .values("n")
    )  # fmt: skip
    mine = TimeAway.objects.filter(trainer__in=employed.values("user"), last_on__gte=today)
    return (
        mine.select_related("trainer")
        .annotate(taught=Coalesce(Subquery(sessions), 0), name=F("trainer__name"))
        .order_by("first_on", "name", "pk")
    )
