"""Changing what a referral says after it was submitted: with a reason, both values kept, and the right people told (R2)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diversion.audit.models import AuditEvent
from diversion.audit.trail import record_change
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.notifications.enums import Channel
from diversion.notifications.outbox import queue_message
from diversion.referrals.contents import contents, in_words, is_same
from diversion.referrals.enums import ReferralState, TaskKind
from diversion.referrals.models import Referral, ReferralChange
from diversion.referrals.policies import check_birth, check_offence
from diversion.referrals.services import file
from diversion.referrals.services.drafts import SchemeIsNotOpen, put_risk
from diversion.referrals.services.needs import put_needs
from diversion.referrals.services.sections import check_seen
from diversion.referrals.services.tasks import raise_task
from diversion.referrals.services.telling import tell_officer

KIND = "file-changed"

CHANGEABLE = frozenset(
    {ReferralState.AWAITING_AUTHORISATION, ReferralState.OFFERED, ReferralState.ACCEPTED, ReferralState.ACTIVE}
)
COUNTED_FROM = frozenset({"offence", "requirement"})
"""What an offer's clocks and rules follow from: fixed once it is made."""
BEARS_ON_DECISION = frozenset({"victim", "history", "risk", "agreement"})
"""What the authoriser weighed: a change of it is looked at again by them and on the case."""


class ReferralCannotBeChanged(Refusal):
    sentence = _("This referral can no longer be changed.")


class OfferCountsFromThis(Refusal):
    sentence = _("The offer follows from this, so it cannot be changed. Withdraw the referral and refer the person again.")


class ConditionsAreAgreed(Refusal):
    sentence = _("The person has agreed to these words. Withdraw the referral and refer the person again.")


class ContactIsConfirmed(Refusal):
    sentence = _("The person confirmed this contact, so only they can change it.")


class ChangeNeedsReason(Refusal):
    sentence = _("Say why it changes.")
    field = "reason"


def check_changeable(referral: Referral, section: str) -> None:
    """A section of the referral may be changed as it stands now.

    :raises ReferralCannotBeChanged: it is a draft, or has ended.
    :raises OfferCountsFromThis: dates, category and scheme, once an offer is made.
    :raises ConditionsAreAgreed: the conditions, once the person has accepted them.
    """
    if referral.state not in CHANGEABLE:
        raise ReferralCannotBeChanged()
    if section in COUNTED_FROM and referral.state != ReferralState.AWAITING_AUTHORISATION:
        raise OfferCountsFromThis()
    if section == "conditions" and referral.state in {ReferralState.ACCEPTED, ReferralState.ACTIVE}:
        raise ConditionsAreAgreed()


def why_not_changed(referral: Referral, section: str) -> str:
    """The sentence with which `check_changeable` refuses; empty where it passes."""
    try:
        check_changeable(referral, section)
    except Refusal as refusal:
        return str(refusal.sentence)
    return ""


@transaction.atomic
def change_section(
    *,
    referral: Referral,
    section: str,
    values: Mapping[str, Any],
    typed: Mapping[str, Any],
    seen: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> list[ReferralChange]:
    """Change a section of a submitted referral: one row with both values for each field that differs, none where none does.

    Tells the officer in the case where somebody else did it. Once an offer is made, what bears on the decision also goes to
    whoever authorised it, and on the case as a task. New needs beside a booked place are a task on the case.

    :raises ReferralCannotBeChanged, OfferCountsFromThis, ConditionsAreAgreed: as `check_changeable`.
    :raises ChangeNeedsReason: there is none.
    :raises SectionWasChanged: somebody else changed it meanwhile.
    :raises ContactIsConfirmed: an e-mail address or number that the person has confirmed.
    :raises Refusal: the new values are refused as they are in a draft.
    """
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    check_changeable(referral, section)
    if not reason.strip():
        raise ChangeNeedsReason()
    check_seen(referral, section, typed=typed, seen=seen)
    before = contents(referral, section)
    _APPLY[section](referral, values, by, at)
    after = contents(Referral.objects.get(pk=referral.pk), section)
    names = [name for name in after | before if not is_same(before.get(name), after.get(name))]
    if not names:
        return []
    changes = ReferralChange.objects.bulk_create(
        ReferralChange(
            referral=referral,
            item=f"{section}.{name}",
            old=in_words(name, before.get(name)),
            new=in_words(name, after.get(name)),
            reason=reason,
            changed_at=at,
            changed_by_id=file.staff_id(by),
        )
        for name in names
    )
    event = record_change(
        action="referral.changed",
        subject=referral,
        by=by,
        at=at,
        case_id=referral.pk,
        reason=reason,
        data={"section": section, "items": names},
    )
    _tell(referral, section, event, by=by, at=at)
    return changes


def _tell(referral: Referral, section: str, event: AuditEvent, *, by: Actor, at: datetime) -> None:
    occurrence = str(event.pk)
    if by.user_id != referral.officer_id:
        tell_officer(kind=KIND, referral=referral, subject_id=referral.pk, at=at, occurrence=occurrence)
    if section == "needs" and referral.state == ReferralState.ACTIVE:
        with translation.override(settings.LANGUAGE_CODE):
            detail = gettext("The needs changed after a place was booked. See whether the course still meets them.")
        raise_task(referral=referral, kind=TaskKind.FILE_CHANGED, subject_id=event.pk, by=by, at=at, detail=detail)
    if section not in BEARS_ON_DECISION or referral.state == ReferralState.AWAITING_AUTHORISATION:
        return
    raise_task(referral=referral, kind=TaskKind.FILE_CHANGED, subject_id=event.pk, by=by, at=at)
    if referral.authorised_by_id and referral.authorised_by_id != by.user_id:
        queue_message(
            kind=KIND,
            recipient_id=referral.authorised_by_id,
            subject_id=referral.pk,
            at=at,
            case_id=referral.pk,
            occurrence=occurrence,
            channels=[Channel.EMAIL],
        )


def _person(referral: Referral, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    person = referral.participant
    if person is None:
        raise ReferralCannotBeChanged()
    for name in ("email", "mobile"):
        if name in values and values[name] != getattr(person, name) and getattr(person, f"{name}_confirmed_at"):
            raise ContactIsConfirmed(field=name)
    check_birth(values["date_of_birth"], on=referral.offence_on or clock.day_of(at))
    for name, value in values.items():
        if name != "agency_reference":
            setattr(person, name, value)
    person.save()
    referral.agency_reference = values["agency_reference"]
    referral.save(update_fields=["agency_reference", "agency_reference_index"])


def _offence(referral: Referral, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    check_offence(offence_on=values["offence_on"], disposal_on=values["disposal_on"], today=clock.day_of(at))
    for name, value in values.items():
        setattr(referral, name, value)
    referral.save(update_fields=list(values))


def _requirement(referral: Referral, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    scheme = values["scheme"]
    if scheme.agency_id != referral.agency_id:
        raise SchemeIsNotOpen()
    referral.scheme, referral.disposal = scheme, scheme.disposal
    referral.save(update_fields=["scheme", "disposal"])


def _needs(referral: Referral, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    put_needs(referral, **values)


def _victim(referral: Referral, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    file.put_victim(referral, **values, by=by, at=at)


def _history(referral: Referral, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    file.put_history(referral, **values, by=by, at=at)


def _risk(referral: Referral, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    put_risk(referral, **values, at=at)


def _agreement(referral: Referral, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    file.put_facts(referral, values["facts"], by=by, at=at)


def _conditions(referral: Referral, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    file.put_conditions(referral, values["conditions"])


_APPLY: Mapping[str, Callable[[Referral, Mapping[str, Any], Actor, datetime], None]] = {
    "person": _person,
    "offence": _offence,
    "requirement": _requirement,
    "victim": _victim,
    "history": _history,
    "risk": _risk,
    "agreement": _agreement,
    "conditions": _conditions,
    "needs": _needs,
}
