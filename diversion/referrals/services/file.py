"""The sections of a draft that make the file: the victim, what came before, what was said and agreed, what else is to be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.enums import FactKind, VictimSituation
from diversion.referrals.models import Condition, LegalFact, PreviousHistory, Referral, VictimView
from diversion.referrals.policies import check_day_since_offence
from diversion.referrals.queries import required_facts
from diversion.referrals.services.drafts import lock_draft, save_draft

MOST_CONDITIONS = 5


class DayOfContactIsMissing(Refusal):
    sentence = _("Enter the day on which the victim was contacted.")
    field = "contacted_on"


class SchemeComesFirst(Refusal):
    sentence = _("Choose the scheme first: it says what must be asked.")


class TooManyConditions(Refusal):
    sentence = _("There can be up to 5 conditions beside the course.")


@dataclass(frozen=True, slots=True)
class Said:
    """One fact as it is given to be saved: whether it holds, on which day it was said and to whom."""

    kind: FactKind
    holds: bool
    said_on: date
    said_to: str


@dataclass(frozen=True, slots=True)
class ToDo:
    """One condition as it is given to be saved, and how it will be known that it was kept."""

    words: str
    verified_by: str


@transaction.atomic
def save_victim(
    *, referral: Referral, situation: str, contacted_on: date | None, views: str, by: Actor, at: datetime
) -> None:
    """Whether there is a victim, whether they were asked, and what they think (R4).

    :raises ReferralIsNotADraft: it has been submitted.
    :raises DayOfContactIsMissing: the victim was contacted, on no day.
    :raises DateIsInTheFuture: the day is after today.
    :raises DayBeforeOffence: the day is before the offence.
    """
    referral = lock_draft(referral)
    put_victim(referral, situation=situation, contacted_on=contacted_on, views=views, by=by, at=at)
    save_draft(referral, "victim", [], by=by, at=at)


@transaction.atomic
def save_history(
    *,
    referral: Referral,
    gravity_score: int,
    previous_disposals: int,
    history: str,
    rationale: str,
    by: Actor,
    at: datetime,
) -> None:
    """How serious the offence is on the gravity matrix, 1 to 5, and what came before (R4).

    :raises ReferralIsNotADraft: it has been submitted.
    """
    referral = lock_draft(referral)
    put_history(
        referral,
        gravity_score=gravity_score,
        previous_disposals=previous_disposals,
        history=history,
        rationale=rationale,
        by=by,
        at=at,
    )
    save_draft(referral, "history", [], by=by, at=at)


@transaction.atomic
def save_agreement(*, referral: Referral, facts: Sequence[Said], by: Actor, at: datetime) -> None:
    """What the person said or was told, as the disposal asks for it. Whether it is enough is asked at the end.

    :raises ReferralIsNotADraft: it has been submitted.
    :raises SchemeComesFirst: without a scheme nobody knows what must be asked.
    :raises DateIsInTheFuture: a day is after today; `field` says which.
    :raises DayBeforeOffence: a day is before the offence.
    """
    referral = lock_draft(referral)
    if referral.disposal is None:
        raise SchemeComesFirst()
    put_facts(referral, facts, by=by, at=at)
    save_draft(referral, "agreement", [], by=by, at=at)


@transaction.atomic
def save_conditions(*, referral: Referral, conditions: Sequence[ToDo], by: Actor, at: datetime) -> None:
    """What else the person must do, in the order given. None at all says that it is the course alone.

    :raises ReferralIsNotADraft: it has been submitted.
    :raises TooManyConditions: there are more than `MOST_CONDITIONS`.
    """
    referral = lock_draft(referral)
    put_conditions(referral, conditions)
    referral.conditions_set_at = at
    save_draft(referral, "conditions", ["conditions_set_at"], by=by, at=at)


def put_victim(
    referral: Referral,
    *,
    situation: str,
    contacted_on: date | None,
    views: str,
    by: Actor,
    at: datetime,
    new: bool = False,
) -> None:
    """Write the victim's side of a locked referral; refuses as `save_victim` does.

    `new`, here and below: the referral was made in this transaction, so there is nothing to look for.
    """
    if situation != VictimSituation.CONTACTED:
        contacted_on = None
    elif contacted_on is None:
        raise DayOfContactIsMissing()
    if contacted_on:
        check_day_since_offence(contacted_on, offence_on=referral.offence_on, today=clock.day_of(at), field="contacted_on")
    known = None if new else VictimView.objects.filter(referral=referral).first()
    view = known or VictimView(referral=referral)
    view.situation, view.contacted_on, view.views = situation, contacted_on, views
    view.recorded_at, view.recorded_by_id = at, staff_id(by)
    view.save()


def put_history(
    referral: Referral,
    *,
    gravity_score: int,
    previous_disposals: int,
    history: str,
    rationale: str,
    by: Actor,
    at: datetime,
    new: bool = False,
) -> None:
    """Write the history of a locked referral."""
    known = None if new else PreviousHistory.objects.filter(referral=referral).first()
    row = known or PreviousHistory(referral=referral)
    row.gravity_score, row.previous_disposals = gravity_score, previous_disposals
    row.history, row.rationale = history, rationale
    row.recorded_at, row.recorded_by_id = at, staff_id(by)
    row.save()


def put_facts(referral: Referral, facts: Sequence[Said], *, by: Actor, at: datetime, new: bool = False) -> None:
    """Write the facts of a locked referral that its disposal asks for; refuses as `save_agreement` does."""
    asked, today = required_facts(referral), clock.day_of(at)
    for fact in facts:
        check_day_since_offence(fact.said_on, offence_on=referral.offence_on, today=today, field=f"{fact.kind}_said_on")
    known = {} if new else {each.kind: each for each in LegalFact.objects.filter(referral=referral)}
    rows = []
    for fact in facts:
        if fact.kind in asked:
            row = known.get(fact.kind) or LegalFact(referral=referral, kind=fact.kind)
            row.holds, row.said_on, row.said_to = fact.holds, fact.said_on, fact.said_to
            row.recorded_at, row.recorded_by_id = at, staff_id(by)
            rows.append(row)
    LegalFact.objects.bulk_create(row for row in rows if row.kind not in known)
    for row in rows:
        if row.kind in known:
            row.save()


def put_conditions(referral: Referral, conditions: Sequence[ToDo], *, new: bool = False) -> None:
    """Write the conditions of a locked referral anew; refuses as `save_conditions` does."""
    if len(conditions) > MOST_CONDITIONS:
        raise TooManyConditions()
    if not new:
        referral.conditions.all().delete()
    Condition.objects.bulk_create(
        Condition(referral=referral, position=position, words=each.words, verified_by=each.verified_by)
        for position, each in enumerate(conditions, start=1)
    )


def staff_id(by: Actor) -> UUID:
    """The account of the member of staff who records this."""
    if by.user_id is None:
        raise ValueError("what is on the file was recorded by somebody")
    return by.user_id
