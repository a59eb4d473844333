"""The life of a requirement after the offer is accepted."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.audit.transitions import move
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.enums import ReferralState, RequirementState
from diversion.referrals.models import Referral, Requirement


class RequirementIsNotRunning(Refusal):
    sentence = _("This requirement is not in progress.")


@transaction.atomic
def activate(*, requirement: Requirement, by: Actor, at: datetime) -> None:
    """The first confirmed place makes the referral active; later ones change nothing.

    :raises RequirementIsNotRunning: the referral was never accepted, or has ended.
    """
    referral = _lock_case(requirement)
    if referral.state == ReferralState.ACTIVE:
        return
    if referral.state != ReferralState.ACCEPTED:
        raise RequirementIsNotRunning()
    move(referral, to=ReferralState.ACTIVE, by=by, at=at, case_id=referral.pk)


@transaction.atomic
def meet_requirement(*, requirement: Requirement, on: date, by: Actor, at: datetime) -> Requirement:
    """The programme was completed on a London day, which has legal effect whenever it is recorded (rule 19).

    When it was the last, the referral is complied with. Doing it again changes nothing.

    :raises RequirementIsNotRunning: the requirement was decided otherwise, or the referral has ended.
    """
    referral = _lock_case(requirement)
    requirement = Requirement.objects.select_for_update().get(pk=requirement.pk)
    if requirement.state == RequirementState.MET:
        return requirement
    if requirement.state != RequirementState.IN_PROGRESS:
        raise RequirementIsNotRunning()
    activate(requirement=requirement, by=by, at=at)
    move(
        requirement,
        to=RequirementState.MET,
        by=by,
        at=at,
        case_id=referral.pk,
        changes={"met_on": on},
        met_on=on.isoformat(),
    )
    if not referral.requirements.exclude(state=RequirementState.MET).exists():
        referral.refresh_from_db()
        move(referral, to=ReferralState.COMPLIED, by=by, at=at, case_id=referral.pk, changes={"closed_at": at})
    return requirement


@transaction.atomic
def reopen_requirement(*, requirement: Requirement, reason: str, by: Actor, at: datetime) -> Requirement:
    """An officer decides that a met requirement is to be met after all: its completion was undone by an amended mark.

    Nothing but a person's decision comes here (rule 5). A case that counted as complied with is active again.

    :raises RequirementIsNotRunning: the requirement is not met, or the referral has ended otherwise.
    """
    referral = _lock_case(requirement)
    requirement = Requirement.objects.select_for_update().get(pk=requirement.pk)
    if requirement.state != RequirementState.MET or referral.state not in {ReferralState.ACTIVE, ReferralState.COMPLIED}:
        raise RequirementIsNotRunning()
    if referral.state == ReferralState.COMPLIED:
        changes = {"closed_at": None}
        move(referral, to=ReferralState.ACTIVE, by=by, at=at, case_id=referral.pk, changes=changes, reason=reason)
    changes = {"met_on": None}
    move(requirement, to=RequirementState.IN_PROGRESS, by=by, at=at, case_id=referral.pk, changes=changes, reason=reason)
    return requirement


def _lock_case(requirement: Requirement) -> Referral:
    referral: Referral = Referral.objects.select_for_update().get(pk=requirement.referral_id)
    return referral
