"""Proving a contact with a code, and the account that follows. No password anywhere."""

from datetime import date, datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import Role
from diversion.accounts.models import Membership, User
from diversion.accounts.services.codes import LIVES, CodeIsOver, CodeIsWrong, check_code, issue_code
from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.core.encryption import blind
from diversion.core.errors import Refusal
from diversion.core.references import canonical
from diversion.notifications.enums import Channel
from diversion.notifications.outbox import queue_message
from diversion.referrals import throttle
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import ContactClaim, Offer, Participant, Referral

CONTACT = "contact"
SIGN_IN = "sign-in"
NEVER_IN = {ReferralState.DRAFT, ReferralState.AWAITING_AUTHORISATION, ReferralState.AUTHORISED, ReferralState.REFUSED}


class ContactIsMissing(Refusal):
    sentence = _("Enter an email address or a mobile number.")
    field = "email"


class ContactIsTaken(Refusal):
    """Since this letter was issued a contact has been confirmed: from then on the code goes there (or a new letter is sent)."""

    sentence = _("You have been here before. Sign in with a code sent to the contact you gave us.")


@transaction.atomic
def claim_contact(*, offer: Offer, email: str, mobile: str, session_key: str, by: Actor, at: datetime) -> ContactClaim:
    """Send a code to the contact that the holder of an opened letter gives; the e-mail address where both are given.

    :raises ContactIsMissing: neither was given.
    :raises ContactIsTaken: a contact was already confirmed for this letter.
    :raises TooManyCodes: ten were asked for within the hour.
    """
    participant = offer.referral.participant
    if participant is None or not (email or mobile):
        raise ContactIsMissing()
    if has_confirmed_since(participant, offer.issued_at):
        raise ContactIsTaken()
    channel = Channel.EMAIL if email else Channel.SMS
    return _send_code(participant, CONTACT, channel, email or mobile, session_key=session_key, by=by, at=at)


def confirm_contact(*, claim: ContactClaim, code: str, session_key: str, language: str, at: datetime) -> User:
    """The code proves the contact: it is stored as confirmed, and the person's account is made the first time.

    `language` is the one the person reads the pages in: messages follow it from now on.

    :raises CodeIsWrong: it is not the code; a try is counted.
    :raises CodeIsOver: no code is alive in this browser.
    """
    if claim.participant_id is None:
        raise CodeIsOver()  # a newcomer's, which `volunteering` confirms
    check_code(purpose=CONTACT, subject_id=claim.participant_id, session_key=session_key, code=code, at=at)
    with transaction.atomic():
        participant = Participant.objects.select_for_update().get(pk=claim.participant_id)
        user = participant.user or make_account(participant, at=at)
        participant.user, participant.language = user, language
        if claim.channel == Channel.EMAIL:
            participant.email, participant.email_confirmed_at = claim.contact, at
        else:
            participant.mobile, participant.mobile_confirmed_at = claim.contact, at
        participant.save()
        ContactClaim.objects.filter(pk=claim.pk).update(code=None, confirmed_at=at)
        record_change(
            action="contact.confirmed", subject=participant, by=user.as_actor(), at=at, data={"channel": claim.channel}
        )
    return user


def ask_to_sign_in(*, reference: str, date_of_birth: date, address: str, session_key: str, by: Actor, at: datetime) -> UUID:
    """Send a code to the contact confirmed before. Gives the subject that the code will be checked against.

    For details that match nobody it gives a made-up subject and sends nothing: the visitor sees the same.

    :raises TooManyTries: this reference or address has asked too often; every request counts.
    :raises TooManyCodes: ten were asked for within the hour.
    """
    _slow_down(reference, address, at=at)
    return _send_if_known(_participant(reference, date_of_birth), reference, session_key=session_key, by=by, at=at)


def ask_to_sign_in_again(*, reference: str, address: str, session_key: str, by: Actor, at: datetime) -> UUID:
    """The same for somebody who asked for help themselves and was never asked for a date of birth.

    A reference from a letter sends nothing here: that way in asks for more.

    :raises TooManyTries, TooManyCodes: see `ask_to_sign_in`.
    """
    _slow_down(reference, address, at=at)
    return _send_if_known(_volunteer(reference), reference, session_key=session_key, by=by, at=at)


def _slow_down(reference: str, address: str, *, at: datetime) -> None:
    tries = throttle.buckets(purpose="sign-in", reference=canonical(reference), address=address)
    throttle.check(tries, at=at)
    throttle.count(tries, at=at)


def _send_if_known(participant: Participant | None, reference: str, *, session_key: str, by: Actor, at: datetime) -> UUID:
    if participant is None:
        nobody = uuid5(NAMESPACE_OID, blind("reference", reference).hex())
        issue_code(purpose=SIGN_IN, subject_id=nobody, session_key=session_key, at=at)
        return nobody
    by_email = participant.email_confirmed_at and (
        not participant.mobile_confirmed_at or participant.email_confirmed_at >= participant.mobile_confirmed_at
    )
    channel, contact = (Channel.EMAIL, participant.email) if by_email else (Channel.SMS, participant.mobile)
    with transaction.atomic():
        _send_code(participant, SIGN_IN, channel, contact, session_key=session_key, by=by, at=at)
    return participant.pk


def sign_in(*, subject_id: UUID, code: str, session_key: str, at: datetime) -> User:
    """The account of the person whose code it is.

    :raises CodeIsWrong: it is not the code; a try is counted. A made-up subject never gets further than this.
    :raises CodeIsOver: no code is alive in this browser.
    """
    check_code(purpose=SIGN_IN, subject_id=subject_id, session_key=session_key, code=code, at=at)
    participant = Participant.objects.select_related("user").filter(pk=subject_id).first()
    user: User | None = participant.user if participant else None
    if participant is None or user is None:
        raise CodeIsWrong()
    ContactClaim.objects.filter(participant=participant, code__isnull=False).update(code=None)
    record_change(action="participant.signed-in", subject=participant, by=user.as_actor(), at=at)
    return user


def has_confirmed_since(participant: Participant | None, moment: datetime) -> bool:
    """Whether the person proved a contact after a moment. A letter issued later opens the way for a new contact."""
    if participant is None or participant.user_id is None:
        return False
    proved = (participant.email_confirmed_at, participant.mobile_confirmed_at)
    return any(at and at >= moment for at in proved)


def forget_claims(*, at: datetime) -> int:
    """Delete claims that ran out, with their sealed contacts and codes: the trail keeps that they were."""
    deleted, _by_model = ContactClaim.objects.filter(expires_at__lte=at).delete()
    return deleted


def _participant(reference: str, date_of_birth: date) -> Participant | None:
    referral = (
        Referral.objects.filter(reference_index=blind("reference", reference))
        .exclude(state__in=NEVER_IN)
        .select_related("participant__user")
        .first()
    )
    participant: Participant | None = referral.participant if referral else None
    if participant is None or participant.date_of_birth != date_of_birth:
        return None
    return _reachable(participant)


def _volunteer(reference: str) -> Participant | None:
    mine = Referral.objects.filter(reference_index=blind("reference", reference), voluntary=True)
    referral = mine.select_related("participant__user").first()
    return _reachable(referral.participant) if referral and referral.participant else None


def _reachable(participant: Participant) -> Participant | None:
    if participant.user is None:
        return None
    proved = participant.email_confirmed_at or participant.mobile_confirmed_at
    return participant if participant.user.is_active and proved else None


def _send_code(
    participant: Participant, purpose: str, channel: str, contact: str, *, session_key: str, by: Actor, at: datetime
) -> ContactClaim:
    code = issue_code(purpose=purpose, subject_id=participant.pk, session_key=session_key, at=at)
    claim = ContactClaim.objects.create(
        participant=participant, channel=channel, contact=contact, code=code, created_at=at, expires_at=at + LIVES
    )
    record_change(action="contact.code-sent", subject=participant, by=by, at=at, data={"channel": channel})
    queue_message(
        kind="sign-in-code",
        recipient_id=claim.pk,
        subject_id=claim.pk,
        at=at,
        stale_at=claim.expires_at,
        channels=[channel],
    )
    return claim


def make_account(participant: Participant, *, at: datetime) -> User:
    """The account of a person who has none: no address, no password."""
    user = User.objects.create_user(language=participant.language)
    Membership.objects.create(user=user, organisation=participant.agency, role=Role.PARTICIPANT, started_at=at)
    return user
