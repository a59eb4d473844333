"""Withdrawing a case (R10): everything that hangs on it ends in one transaction, and everybody is told neutrally."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from courses.services.withdrawal import cancel_for_agency, lock_cases
from diversion.accounts.models import User
from diversion.core.actor import Actor
from diversion.notifications.outbox import drop_messages_to, queue_message
from diversion.notifications.quiet import out_of_quiet_hours
from diversion.referrals.enums import OF_THE_PERSON, ClosureReason, ReferralState
from diversion.referrals.lifecycle import MAY_BE_WITHDRAWN
from diversion.referrals.models import Referral
from diversion.referrals.policies import check_can_withdraw, check_closure_note
from diversion.referrals.services.closure import close_referral
from diversion.referrals.services.telling import tell_officer
from payments.services.withdrawal import settle_withdrawal


@transaction.atomic
def withdraw_case(
    *, referral: Referral, reason: ClosureReason, note: str, user: User | None, by: Actor, at: datetime
) -> Referral:
    """End a case, because the agency decides so or because of an event elsewhere: a fine paid, a charge, custody, a death.

    Its place is given up, its offer and PIN end, what it owes is cancelled and what was paid goes back unless the course is
    completed; what waits in the outbox is dropped. Death and custody end every live case of the person in the agency, and
    nobody writes to them. Otherwise a person who had an offer is told that something changed, as are the provider's
    administrators of a place that became free and an officer whose case somebody else ended. `user` is None where no
    member of staff acts (the API). Again with the same reason it is the same answer, and nothing changes.

    :raises NoteIsMissing: another reason, without a word of what it is.
    :raises CaseIsADraft, CaseHasEnded: see `referrals.policies.check_can_withdraw`.
    :raises CaseIsBusy: see `courses.services.withdrawal.lock_cases`.
    """
    check_closure_note(reason, note)
    locked = {case.pk: case for case in lock_cases(referral_ids=_concerned(referral, reason))}
    case = locked[referral.pk]
    if case.state == ReferralState.WITHDRAWN and case.closure_reason == reason:
        return case
    check_can_withdraw(case.state)
    for each in locked.values():
        if each.state in MAY_BE_WITHDRAWN:
            _end(each, reason, note, user=user, by=by, at=at)
    if reason in OF_THE_PERSON and case.participant_id:
        drop_messages_to(recipient_id=case.participant_id, outcome="nobody writes to this person")
    return case


def _concerned(referral: Referral, reason: ClosureReason) -> Collection[UUID]:
    """The case, and with a death or custody all live ones of the person, seen by the officer or not."""
    if reason not in OF_THE_PERSON or referral.participant_id is None:
        return {referral.pk}
    live = Referral.objects.filter(participant=referral.participant_id, state__in=MAY_BE_WITHDRAWN)
    return {referral.pk, *live.values_list("pk", flat=True)}


def _end(referral: Referral, reason: ClosureReason, note: str, *, user: User | None, by: Actor, at: datetime) -> None:
    close_referral(referral=referral, reason=reason, note=note, user=user, by=by, at=at)
    cancel_for_agency(referral=referral, by=by, at=at)
    settle_withdrawal(referral=referral, by=by, at=at)
    if reason not in OF_THE_PERSON and referral.scheme_version_id and referral.participant_id:
        queue_message(
            kind="case-closed", recipient_id=referral.participant_id, subject_id=referral.pk, case_id=referral.pk, at=at,
            due_at=out_of_quiet_hours(at),
        )  # fmt: skip
    if user is None or referral.officer_id != user.pk:
        tell_officer(kind="case-closed-officer", referral=referral, subject_id=referral.pk, at=at)
