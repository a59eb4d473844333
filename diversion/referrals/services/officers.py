"""The officer in the case: handed over with its history, never missing (R11)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from diversion.accounts.leaving import before_leaving
from diversion.accounts.models import Membership, User
from diversion.accounts.permissions import Permission
from diversion.accounts.roles import roles_with
from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.notifications.enums import Channel
from diversion.notifications.outbox import queue_message
from diversion.referrals.access import is_kept_out
from diversion.referrals.models import OfficerAssignment, Referral
from diversion.referrals.policies import NotYoursToHandOver, check_may_hand_over


class CannotTakeCases(Refusal):
    """They left, are of another agency, or have a role without cases."""

    sentence = _("This colleague cannot have cases. Choose an officer who works here now.")
    field = "officer"


class ColleagueIsExcluded(Refusal):
    """Nobody whom a case's list excludes is given the case: it would have an officer who cannot see it (T4)."""

    sentence = _("This colleague is excluded from one of these cases. Choose somebody else.")
    field = "officer"


class ReasonIsNeeded(Refusal):
    sentence = _("Say why the case changes hands.")
    field = "reason"


class OfficerHasCases(Refusal):
    """Access is not ended while cases would be left without an officer."""


def begin_assignment(referral: Referral, *, by: Actor, at: datetime) -> None:
    """The first officer of a new case. Inside the transaction that makes it.

    :raises CannotTakeCases: they may not have cases of this agency; their access ended meanwhile, perhaps.
    """
    if referral.officer:
        _check_may_have_cases(referral.officer, agency_id=referral.agency_id)
        OfficerAssignment.objects.create(referral=referral, officer=referral.officer, since_at=at, handed_by_id=by.user_id)


@transaction.atomic
def hand_over(*, referrals: Sequence[Referral], officer: User, reason: str, user: User, by: Actor, at: datetime) -> int:
    """Give cases to another officer, all or none, and say how many changed hands. Who has a case already keeps it.

    The new officer is written to once, and each former one who did not do it.

    :raises CannotTakeCases: the colleague may not have cases of this agency.
    :raises ReasonIsNeeded: no reason was given.
    :raises NotYoursToHandOver: a case officer hands over a case that is not their own, or one is kept from who hands it over.
    :raises ColleagueIsExcluded: the list of one of the cases keeps the colleague out.
    """
    if not reason.strip():
        raise ReasonIsNeeded()
    _check_may_have_cases(officer, agency_id=user.organisation_id)
    locked = list(
        Referral.objects.select_for_update(of=("self",)).filter(pk__in=[each.pk for each in referrals]).order_by("pk")
    )
    moved = [each for each in locked if each.officer_id != officer.pk]
    for referral in moved:
        if referral.agency_id != user.organisation_id:
            raise CannotTakeCases()
        check_may_hand_over(referral, user)
    _check_nothing_is_kept(moved, officer, user)
    for referral in moved:
        _hand_over(referral, officer, reason, by=by, at=at)
    former = sorted({each.officer_id for each in moved if each.officer_id})
    Referral.objects.filter(pk__in=[each.pk for each in moved]).update(officer=officer)
    if moved:
        _tell(officer.pk, "cases-handed-over", by=by, at=at)
    for one in former:
        _tell(one, "cases-taken-over", by=by, at=at)
    return len(moved)


@before_leaving
def check_leaves_no_case(membership: Membership) -> None:
    """Nobody leaves while they are the officer in an open case.

    :raises OfficerHasCases: they are; the sentence says in how many.
    """
    count = Referral.objects.open().filter(officer=membership.user_id, agency=membership.organisation_id).count()
    if count:
        raise OfficerHasCases(
            ngettext(
                "They are the officer in %(count)s open case. Hand it over first.",
                "They are the officer in %(count)s open cases. Hand them over first.",
                count,
            )
            % {"count": count}
        )


def _check_may_have_cases(officer: User, *, agency_id: UUID | None) -> None:
    """Their membership is held, so that their access does not end meanwhile (see `check_leaves_no_case`).

    :raises CannotTakeCases: they have none at the agency whose role makes referrals.
    """
    able = Membership.objects.select_for_update(of=("self",)).live().filter(user=officer, user__is_active=True)
    if able.filter(organisation=agency_id, role__in=roles_with(Permission.REFER)).first() is None:
        raise CannotTakeCases()


def _check_nothing_is_kept(moved: Sequence[Referral], officer: User, user: User) -> None:
    """Both see what changes hands: who gives it, and who gets it."""
    if Referral.objects.visible_to(user).filter(pk__in=[each.pk for each in moved]).count() != len(moved):
        raise NotYoursToHandOver()
    if is_kept_out(officer, moved):
        raise ColleagueIsExcluded()


def _hand_over(referral: Referral, officer: User, reason: str, *, by: Actor, at: datetime) -> None:
    held = OfficerAssignment.objects.filter(referral=referral, until_at=None)
    if not held.update(until_at=at) and referral.officer_id:
        OfficerAssignment.objects.create(
            referral=referral, officer_id=referral.officer_id, since_at=referral.created_at, until_at=at
        )
    OfficerAssignment.objects.create(
        referral=referral, officer=officer, since_at=at, reason=reason, handed_by_id=by.user_id
    )
    record_change(
        action="referral.handed-over",
        subject=referral,
        by=by,
        at=at,
        case_id=referral.pk,
        reason=reason,
        data={"from": str(referral.officer_id), "to": str(officer.pk)},
    )


def _tell(person: UUID, kind: str, *, by: Actor, at: datetime) -> None:
    if person != by.user_id:
        queue_message(
            kind=kind,
            recipient_id=person,
            subject_id=person,
            at=at,
            occurrence=at.isoformat(),
            channels=[Channel.EMAIL],
        )
