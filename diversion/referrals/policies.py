"""Rules about a referral that need no database: each either passes in silence or refuses in words for the officer."""

from datetime import date

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.core.errors import Refusal
from diversion.referrals.clocks import add_months
from diversion.referrals.enums import ClosureReason, ReferralState
from diversion.referrals.lifecycle import MAY_BE_WITHDRAWN
from diversion.referrals.models import Referral

YOUNGEST = 10
"""The age of criminal responsibility in England and Wales; no agency may refer anybody younger."""
OLDEST = 120
"""Beyond this a date of birth is a slip of the keyboard."""


class BirthIsImpossible(Refusal):
    field = "date_of_birth"


class DateIsInTheFuture(Refusal):
    sentence = _("The date cannot be in the future.")


class DecisionBeforeOffence(Refusal):
    sentence = _("The date of the decision cannot be before the date of the offence.")
    field = "disposal_on"


class DayBeforeOffence(Refusal):
    sentence = _("The date cannot be before the date of the offence.")


class CaseHasEnded(Refusal):
    sentence = _("This case has already ended.")


class CaseIsADraft(Refusal):
    sentence = _("This is still a draft. Discard it instead.")


class NoteIsMissing(Refusal):
    sentence = _("Say why the case is closed.")
    field = "note"


class NotYoursToHandOver(Refusal):
    sentence = _("You can hand over your own cases. Ask a supervisor or the hub about a colleague’s.")


def check_may_hand_over(referral: Referral, user: User) -> None:
    """A case officer hands over their own; supervisors and the hub also a colleague's.

    :raises NotYoursToHandOver: otherwise.
    """
    others = {Role.SUPERVISOR, Role.HUB}
    if not user.may(Permission.HAND_OVER) or (user.role not in others and referral.officer_id != user.pk):
        raise NotYoursToHandOver()


def check_birth(born_on: date, *, on: date) -> None:
    """The person is old enough to be referred on a day, and not impossibly old.

    :raises BirthIsImpossible: the date is after the day, or makes the person younger than `YOUNGEST` or older than `OLDEST`.
    """
    if born_on > on:
        raise BirthIsImpossible(_("The date of birth must be in the past."))
    if add_months(born_on, YOUNGEST * 12) > on:
        raise BirthIsImpossible(_g("The person must be at least %(age)s years old.") % {"age": YOUNGEST})
    if born_on < add_months(on, -OLDEST * 12):
        raise BirthIsImpossible(_("Check the year of birth."))


def check_offence(*, offence_on: date, disposal_on: date, today: date) -> None:
    """The offence is not in the future, nor the decision, and the offence came first.

    :raises DateIsInTheFuture: one of them is after today; `field` says which.
    :raises DecisionBeforeOffence: they are the wrong way round.
    """
    if offence_on > today:
        raise DateIsInTheFuture(field="offence_on")
    if disposal_on > today:
        raise DateIsInTheFuture(field="disposal_on")
    if disposal_on < offence_on:
        raise DecisionBeforeOffence()


def check_day_since_offence(day: date, *, offence_on: date | None, today: date, field: str) -> None:
    """Something that was said or done after the offence is dated between it and today.

    :raises DateIsInTheFuture: the day is after today.
    :raises DayBeforeOffence: it is before the offence, where that is known.
    """
    if day > today:
        raise DateIsInTheFuture(field=field)
    if offence_on and day < offence_on:
        raise DayBeforeOffence(field=field)


def check_can_withdraw(state: str) -> None:
    """A case in this state may be withdrawn by the agency (R10): at any moment between submission and its end.

    :raises CaseIsADraft: it was never submitted.
    :raises CaseHasEnded: it has come to an end, whichever.
    """
    if state == ReferralState.DRAFT:
        raise CaseIsADraft()
    if state not in MAY_BE_WITHDRAWN:
        raise CaseHasEnded()


def can_withdraw(state: str) -> bool:
    """True when `check_can_withdraw` has nothing against it."""
    return state in MAY_BE_WITHDRAWN


def check_closure_note(reason: str, note: str) -> None:
    """That there is another reason alone tells nobody anything.

    :raises NoteIsMissing: it is given without a word of what it is.
    """
    if reason == ClosureReason.OTHER and not note.strip():
        raise NoteIsMissing()
