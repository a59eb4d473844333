"""What a person needs, how they may be reached, and whom they must not meet (R13)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.enums import Need
from diversion.referrals.models import NonAssociation, Participant, Referral
from diversion.referrals.services.drafts import PersonComesFirst, lock_draft, save_draft


class NamesNobody(Refusal):
    sentence = _("Enter their last name, or the incident number.")
    field = "other_family_name"


@transaction.atomic
def save_needs(
    *,
    referral: Referral,
    needs: Sequence[str],
    interpreter_language: str,
    needs_notes: str,
    safe_contact: Mapping[str, object],
    by: Actor,
    at: datetime,
) -> None:
    """What the person needs at a course; an empty answer says that they were asked and need nothing.

    `safe_contact` says of each route (`needs.ROUTES`) whether it is safe, and between which hours.

    :raises ReferralIsNotADraft: it has been submitted.
    :raises PersonComesFirst: there is nobody yet to have needs.
    """
    referral = lock_draft(referral)
    put_needs(
        referral,
        needs=needs,
        interpreter_language=interpreter_language,
        needs_notes=needs_notes,
        safe_contact=safe_contact,
    )
    referral.needs_asked_at = at
    save_draft(referral, "needs", ["needs_asked_at"], by=by, at=at)


def put_needs(
    referral: Referral,
    *,
    needs: Sequence[str],
    interpreter_language: str,
    needs_notes: str,
    safe_contact: Mapping[str, object],
) -> None:
    """Write the needs of a locked referral's person.

    :raises PersonComesFirst: there is nobody yet to have needs.
    """
    participant = referral.participant
    if participant is None:
        raise PersonComesFirst()
    fill_needs(
        participant,
        needs=needs,
        interpreter_language=interpreter_language,
        needs_notes=needs_notes,
        safe_contact=safe_contact,
    )
    participant.save(update_fields=["needs", "needs_notes", "interpreter_language", "safe_contact"])


def fill_needs(
    participant: Participant,
    *,
    needs: Sequence[str],
    interpreter_language: str,
    needs_notes: str,
    safe_contact: Mapping[str, object],
) -> None:
    """Set what a person needs, and how they are reached, without storing it."""
    participant.needs, participant.needs_notes = sorted(needs), needs_notes
    participant.interpreter_language = interpreter_language if Need.INTERPRETER in needs else ""
    participant.safe_contact = dict(safe_contact)


@transaction.atomic
def keep_apart(
    *,
    referral: Referral,
    other_family_name: str,
    other_given_names: str,
    incident: str,
    by: Actor,
    at: datetime,
) -> NonAssociation:
    """Note somebody whom the person of this case must not meet on a course. The same again is the same note.

    Places they already have are not touched: the officer is shown the case's course and decides.

    :raises PersonComesFirst: there is nobody yet.
    :raises NamesNobody: neither a last name nor an incident number was given.
    """
    participant = _lock_person(referral)
    if not (other_family_name.strip() or incident.strip()):
        raise NamesNobody()
    known: NonAssociation
    for known in NonAssociation.objects.live().filter(participant=participant):
        if (known.other_family_name, known.other_given_names, known.incident) == (
            other_family_name,
            other_given_names,
            incident,
        ):
            return known
    note = NonAssociation.objects.create(
        participant=participant,
        other_family_name=other_family_name,
        other_given_names=other_given_names,
        incident=incident,
        made_at=at,
    )
    record_change(action="non-association.made", subject=note, by=by, at=at, case_id=referral.pk)
    return note


@transaction.atomic
def end_keeping_apart(*, note: NonAssociation, referral: Referral, by: Actor, at: datetime) -> None:
    """Take a note back. Doing it twice changes nothing."""
    _lock_person(referral)
    if NonAssociation.objects.live().filter(pk=note.pk).update(ended_at=at):
        record_change(action="non-association.ended", subject=note, by=by, at=at, case_id=referral.pk)


def _lock_person(referral: Referral) -> Participant:
    if referral.participant_id is None:
        raise PersonComesFirst()
    person: Participant = Participant.objects.select_for_update().get(pk=referral.participant_id)
    return person
