"""Keeping programmes: what is taught, how it is usually run, and its sessions in order. The service team's work (C1)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from courses.models import SessionTemplate
from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.models import Programme


class CodeIsTaken(Refusal):
    sentence = _("Another programme has this code.")
    field = "code"


class NoSessionIsLeft(Refusal):
    sentence = _("A programme needs at least one session.")


class PlanHasChanged(Refusal):
    sentence = _(
        "Somebody else changed the sessions since you opened this page. Look at them again before you change them."
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """One session of a plan."""

    title: str
    minutes: int


@transaction.atomic
def create_programme(*, details: Mapping[str, Any], by: Actor, at: datetime) -> Programme:
    """Make a programme of its fields. It has no sessions yet, so no course can be made of it.

    :raises CodeIsTaken: as its sentence says.
    """
    try:
        with transaction.atomic():
            programme = Programme.objects.create(**details)
    except IntegrityError:
        raise CodeIsTaken() from None
    record_change(action="programme.created", subject=programme, by=by, at=at, data={"code": programme.code})
    return programme


@transaction.atomic
def change_programme(*, programme: Programme, details: Mapping[str, Any], by: Actor, at: datetime) -> Programme:
    """Change a programme's words and what is usual for it. Courses that were made keep what they were made with;
    a draft is opened only as the programme allows by then (`services.allowed`).

    :raises CodeIsTaken: as its sentence says.
    """
    programme = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    changed = {name: value for name, value in details.items() if getattr(programme, name) != value}
    if not changed:
        return programme
    was = {name: getattr(programme, name) for name in changed}
    for name, value in changed.items():
        setattr(programme, name, value)
    try:
        with transaction.atomic():
            programme.save(update_fields=list(changed))
    except IntegrityError:
        raise CodeIsTaken() from None
    record_change(action="programme.changed", subject=programme, by=by, at=at, data={"was": was, "now": changed})
    return programme


def plan_of(programme: Programme) -> list[Planned]:
    """The sessions of a programme, in order."""
    return [Planned(each.title, each.minutes) for each in programme.session_templates.order_by("position")]


@transaction.atomic
def change_plan(*, programme: Programme, seen: Sequence[Planned], plan: Sequence[Planned], by: Actor, at: datetime) -> None:
    """Put other sessions, or the same in another order, in the place of those that were `seen`. The same plan changes nothing.

    Courses that were made keep their own sessions, and cases are judged by those: a plan is for courses to come.

    :raises NoSessionIsLeft: the plan is empty.
    :raises PlanHasChanged: the sessions are no longer those that were seen.
    """
    if not plan:
        raise NoSessionIsLeft()
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    now = plan_of(programme)
    if now == list(plan):
        return
    if now != list(seen):
        raise PlanHasChanged()
    programme.session_templates.filter(position__gt=len(plan)).delete()
    for position, each in enumerate(plan, start=1):
        SessionTemplate.objects.update_or_create(programme=programme, position=position, defaults=asdict(each))
    record_change(
        action="programme.plan-changed", subject=programme, by=by, at=at,
        data={"was": [asdict(each) for each in now], "now": [asdict(each) for each in plan]},
    )  # fmt: skip
