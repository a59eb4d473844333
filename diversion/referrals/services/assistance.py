"""A member of staff does a participant's steps for them: by phone, by post or in person, in their own name (R12)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.audit.trail import record_access, record_change
from diversion.core.actor import Actor
from diversion.core.encryption import blind
from diversion.core.errors import Refusal
from diversion.notifications.outbox import queue_message
from diversion.referrals import throttle
from diversion.referrals.models import Assistance, Offer, Participant, Referral
from diversion.referrals.services.contacts import NEVER_IN, make_account

LASTS = timedelta(minutes=60)


class NobodyOfThatReference(Refusal):
    """Wrong reference or date of birth, a case that is kept from the member of staff, or none: never said which."""

    sentence = _("No case matches this reference and date of birth. Ask the person to read them out again.")
    field = "reference"


def open_assistance(*, reference: str, date_of_birth: date, means: str, user: User, by: Actor, at: datetime) -> Assistance:
    """Begin to help somebody who gave their reference and date of birth. They are told, wherever they can be reached.

    The hub helps with cases of its agency that it may see; the support team with any that is not restricted.

    :raises TooManyTries: this member of staff has guessed too often.
    :raises NobodyOfThatReference: the two do not belong together, or the case is kept from them.
    """
    tries = throttle.buckets(purpose="assist", reference=reference, address=str(user.pk))
    throttle.check(tries, at=at)
    referral = _referral(reference, user)
    participant = referral.participant if referral else None
    if referral is None or participant is None or participant.date_of_birth != date_of_birth:
        throttle.count(tries, at=at)
        raise NobodyOfThatReference()
    return _begin(referral, participant, means, user=user, by=by, at=at)


@transaction.atomic
def end_assistance(*, assistance: Assistance, by: Actor, at: datetime) -> None:
    """The conversation is over. Doing it twice changes nothing."""
    if Assistance.objects.filter(pk=assistance.pk, ended_at=None).update(ended_at=at):
        record_change(action="assistance.ended", subject=assistance, by=by, at=at, case_id=assistance.referral_id)


def live_assistance(*, public_id: str, user: User) -> Assistance | None:
    """What this member of staff began and has not ended, however long ago."""
    found: Assistance | None = Assistance.objects.filter(public_id=public_id, staff=user, ended_at=None).first()
    return found


def person_helped(*, public_id: str, user: User, at: datetime) -> User | None:
    """The account of whoever this member of staff is helping now, marked with who helps; None when it is over."""
    live = Assistance.objects.filter(public_id=public_id, staff=user, ended_at=None, ends_at__gt=at)
    assistance = live.select_related("referral__participant__user").first()
    participant = assistance.referral.participant if assistance else None
    if participant is None or participant.user is None or not user.may(Permission.ASSIST):
        return None
    person: User = participant.user
    person.helped_by = user.as_actor(on_behalf_of=participant.pk)
    return person


@transaction.atomic
def _begin(referral: Referral, participant: Participant, means: str, *, user: User, by: Actor, at: datetime) -> Assistance:
    participant = Participant.objects.select_for_update().get(pk=participant.pk)
    if participant.user is None:
        participant.user = make_account(participant, at=at)
        participant.save(update_fields=["user"])
    assistance = Assistance.objects.create(referral=referral, staff=user, means=means, opened_at=at, ends_at=at + LASTS)
    # Somebody has now read the offer to them: nobody need ask why it was not opened.
    Offer.objects.filter(referral=referral, ended_at=None, opened_at=None).update(opened_at=at)
    who = user.as_actor(on_behalf_of=participant.pk)
    record_change(action="assistance.begun", subject=assistance, by=who, at=at, case_id=referral.pk, data={"means": means})
    record_access(
        kind="page", route="assistance-begin", participants=[participant.pk], by=who, at=at,
        purpose=f"helping by {means}", organisation_id=user.organisation_id,
    )  # fmt: skip
    queue_message(kind="helped-by-staff", recipient_id=participant.pk, subject_id=assistance.pk, at=at, case_id=referral.pk)
    return assistance


def _referral(reference: str, user: User) -> Referral | None:
    """The case, unless it or another case of the same person is kept from the member of staff: the pages show all of them."""
    index = blind("reference", reference)
    rows = Referral.objects.filter(reference_index=index).exclude(state__in=NEVER_IN).exclude(voluntary=True)
    referral: Referral | None = rows.select_related("participant").first()
    if referral is None:
        return None
    theirs = Referral.objects.filter(participant=referral.participant_id)
    open_to = theirs.visible_to(user) if user.may(Permission.SEE_CASES) else theirs.kept_from_nobody()
    return None if theirs.exclude(pk__in=open_to.values("pk")).exists() else referral
