"""Somebody who asks for help themselves: from a contact they prove to a case that is nobody's (R14)."""

from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import transaction

from diversion.accounts.enums import OrganisationKind, Role
from diversion.accounts.models import Membership, User
from diversion.accounts.services.codes import LIVES, check_code, issue_code
from diversion.audit.trail import record_change
from diversion.audit.transitions import begin
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.encryption import blind
from diversion.core.errors import Refusal
from diversion.notifications.enums import Channel
from diversion.notifications.outbox import queue_message
from diversion.referrals import throttle
from diversion.referrals.clocks import from_asking
from diversion.referrals.enums import ReferralState, RequirementState
from diversion.referrals.models import ContactClaim, Participant, Referral, Requirement, Scheme
from diversion.referrals.queries import rules_on
from diversion.referrals.services.contacts import ContactIsMissing
from diversion.referrals.services.submission import NoRulesInForce

NEWCOMER = "newcomer"


class SchemeIsNotVoluntary(Refusal):
    """Nobody joins an agency's scheme of their own accord: it belongs to a decision of that agency."""

    sentence = NoRulesInForce.sentence
    field = "scheme"


def claim_newcomer(
    *, email: str, mobile: str, language: str, address: str, session_key: str, by: Actor, at: datetime
) -> ContactClaim:
    """Send a code to a contact of somebody of whom nothing is kept yet; the e-mail address where both are given.

    Nothing is looked up, so the answer is the same whoever is known. `address` is the internet address.

    :raises ContactIsMissing: neither was given.
    :raises TooManyTries: this contact or address has asked too often; every request counts.
    :raises TooManyCodes: ten were asked for within the hour.
    """
    if not (email or mobile):
        raise ContactIsMissing()
    channel, contact = (Channel.EMAIL, email) if email else (Channel.SMS, mobile)
    tries = throttle.buckets(purpose=NEWCOMER, reference=contact, address=address)
    throttle.check(tries, at=at)
    throttle.count(tries, at=at)
    with transaction.atomic():
        code = issue_code(purpose=NEWCOMER, subject_id=_nobody_yet(channel, contact), session_key=session_key, at=at)
        claim = ContactClaim.objects.create(
            channel=channel, contact=contact, code=code, language=language, created_at=at, expires_at=at + LIVES
        )
        record_change(action="contact.code-sent", subject=claim, by=by, at=at, data={"channel": channel})
        queue_message(
            kind="sign-in-code",
            recipient_id=claim.pk,
            subject_id=claim.pk,
            at=at,
            stale_at=claim.expires_at,
            channels=[channel],
        )
    return claim


def join_voluntarily(
    *, claim: ContactClaim, code: str, called: str, scheme: Scheme, session_key: str, language: str, at: datetime
) -> Referral:
    """The code proves the contact: from now on there is a person, an account, and a case in progress that nobody else sees.

    `called` is what the person wants to be called; it need not be their name. Both clocks count from today. The reference,
    by which they come back, is sent to them.

    :raises CodeIsWrong, CodeIsOver: see `accounts.services.codes`; a try is counted.
    :raises SchemeIsNotVoluntary: the scheme is an agency's.
    :raises NoRulesInForce: the scheme has no rules in force today.
    """
    if scheme.agency.kind != OrganisationKind.SELF:
        raise SchemeIsNotVoluntary()
    rules = rules_on(scheme, day=clock.day_of(at))
    if rules is None:
        raise NoRulesInForce()
    check_code(
        purpose=NEWCOMER,
        subject_id=_nobody_yet(claim.channel, claim.contact),
        session_key=session_key,
        code=code,
        at=at,
    )
    with transaction.atomic():
        participant = _person(claim, called, scheme, language=language, at=at)
        by = participant.user.as_actor() if participant.user else Actor.system(NEWCOMER)
        referral = Referral(
            voluntary=True,
            agency=scheme.agency,
            participant=participant,
            scheme=scheme,
            scheme_version=rules,
            disposal=scheme.disposal,
            created_at=at,
        )
        begin(referral, state=ReferralState.ACCEPTED, by=by, at=at, case_id=referral.pk, version=rules.number)
        clocks = from_asking(rules=rules, asked_on=clock.day_of(at))
        requirement = Requirement(
            referral=referral, programme=scheme.programme, book_by=clocks.book_by, complete_by=clocks.complete_by
        )
        begin(requirement, state=RequirementState.IN_PROGRESS, by=by, at=at, case_id=referral.pk)
        record_change(action="contact.confirmed", subject=participant, by=by, at=at, data={"channel": claim.channel})
        queue_message(
            kind="volunteer-welcome", recipient_id=participant.pk, subject_id=referral.pk, at=at, case_id=referral.pk
        )
        claim.delete()
    return referral


def _person(claim: ContactClaim, called: str, scheme: Scheme, *, language: str, at: datetime) -> Participant:
    user = User.objects.create_user(language=language)
    Membership.objects.create(user=user, organisation=scheme.agency, role=Role.PARTICIPANT, started_at=at)
    participant = Participant(agency=scheme.agency, user=user, given_names=called, family_name="", language=language)
    if claim.channel == Channel.EMAIL:
        participant.email, participant.email_confirmed_at = claim.contact, at
    else:
        participant.mobile, participant.mobile_confirmed_at = claim.contact, at
    participant.save(force_insert=True)
    return participant


def _nobody_yet(channel: str, contact: str) -> UUID:
    """What a newcomer's codes are counted by: the contact, keyed, since there is no person yet."""
    return uuid5(NAMESPACE_OID, blind("email" if channel == Channel.EMAIL else "phone", contact).hex())
