"""Withdrawing a referral (R10): the case's own part. Place, money and telling end with it in `compliance.services.closure`."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.audit.transitions import move
from diversion.core.actor import Actor
from diversion.notifications.outbox import drop_case_messages
from diversion.referrals.enums import ClosureReason, ReferralState, RequirementState
from diversion.referrals.models import Letter, Referral
from diversion.referrals.policies import check_can_withdraw
from diversion.referrals.services.tasks import close_tasks

RUNNING = [RequirementState.PENDING, RequirementState.IN_PROGRESS]


@transaction.atomic
def close_referral(
    *, referral: Referral, reason: ClosureReason, note: str, user: User | None, by: Actor, at: datetime
) -> None:
    """Withdraw a referral that the caller has locked, with its requirements, offer, letters, tasks and waiting messages.

    Requirements are not met, the offer ends and its PIN opens nothing, letters still to print are dropped.

    :raises CaseIsADraft, CaseHasEnded: see `policies.check_can_withdraw`.
    """
    check_can_withdraw(referral.state)
    move(
        referral,
        to=ReferralState.WITHDRAWN,
        by=by,
        at=at,
        reason=note,
        case_id=referral.pk,
        changes={"closure_reason": reason, "closed_at": at},
        closure_reason=reason,
    )
    for requirement in referral.requirements.filter(state__in=RUNNING).order_by("pk"):
        move(requirement, to=RequirementState.NOT_MET, by=by, at=at, case_id=referral.pk)
    _end_offer(referral, by=by, at=at)
    _drop_letters(referral, by=by, at=at)
    with translation.override(settings.LANGUAGE_CODE):  # stored for officers, whatever the person at the desk reads
        outcome = _("The case was closed: %(reason)s") % {"reason": reason.label}
    close_tasks(referral=referral, outcome=outcome, user=user, by=by, at=at)
    drop_case_messages(case_id=referral.pk, outcome="the case has ended")


def _end_offer(referral: Referral, *, by: Actor, at: datetime) -> None:
    for offer in referral.offers.select_for_update().filter(ended_at=None):
        offer.ended_at, offer.letter_pin = at, ""
        offer.save(update_fields=["ended_at", "letter_pin"])
        record_change(action="offer.ended", subject=offer, by=by, at=at, case_id=referral.pk)


def _drop_letters(referral: Referral, *, by: Actor, at: datetime) -> None:
    """Those still to print. What lies in a batch is on paper: its offer opens nothing any more."""
    for letter in Letter.objects.select_for_update().filter(referral=referral, batch=None, posted_on=None, dropped_at=None):
        letter.dropped_at = at
        letter.save(update_fields=["dropped_at"])
        record_change(action="letter.dropped", subject=letter, by=by, at=at, case_id=referral.pk)
