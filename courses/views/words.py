"""Words that only the participant's pages need."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.forms import DateField
from django.utils.translation import gettext

from courses.enums import BookingState
from courses.forms.search import FilterForm
from courses.presentation import booking_rows
from courses.queries.my_course import Situation, Step
from diversion.core.moments import day_words, until_words
from diversion.referrals.closure_text import closure_words
from diversion.referrals.enums import ReferralState

FEE_RETURNS = {BookingState.CANCELLED_BY_AGENCY, BookingState.NOT_COMPLETED}
"""Places whose fee, if it was paid, goes back when the agency ends the case."""
SHOWS_THE_COURSE = {Situation.HELD, Situation.CONFIRMED, Situation.AWAITING_REGISTER}


def chosen_filters(form: FilterForm, chosen: dict[str, Any]) -> list[dict[str, str]]:
    """The filters that are on, each with the query string that takes it off."""
    return [
        {"text": filter_words(form, name, value), "query": urlencode({k: v for k, v in chosen.items() if k != name})}
        for name, value in chosen.items()
    ]


def filter_words(form: FilterForm, name: str, value: Any) -> str:
    """One filter as its form words it."""
    if isinstance(form.fields[name], DateField):
        return f"{form.fields[name].label}: {day_words(date.fromisoformat(value))}"
    choices: dict[Any, Any] = dict(getattr(form.fields[name], "choices", []))
    return str(choices.get(value) or form.fields[name].label)


def search_words(near: str, chosen: dict[str, Any]) -> str:
    """What somebody searched for, for the person who is asked to help."""
    form = FilterForm()
    place = gettext("near %(place)s") % {"place": near} if near else gettext("anywhere")
    return gettext("Looked %(for)s.") % {"for": ", ".join([place, *(filter_words(form, *item) for item in chosen.items())])}


def step_context(step: Step, *, at: datetime) -> dict[str, Any]:
    """A step with the words its template needs."""
    booking, referral = step.booking, step.referral
    return {
        "step": step,
        "template": f"courses/situations/{step.situation}.html",
        "rows": booking_rows(booking) if booking and step.situation in SHOWS_THE_COURSE else [],
        "why": closure_words(referral.closure_reason) if referral.state == ReferralState.WITHDRAWN else "",
        "money_returns": bool(booking and booking.price_pence and booking.state in FEE_RETURNS),
        "kept_until": until_words(booking.held_until, at=at) if booking else "",
    }
