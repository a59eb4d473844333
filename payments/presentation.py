"""How a payment reads to the person who makes it. Nothing names the course's subject (rule 14)."""

from django.utils.translation import gettext

from courses.enums import BookingState
from courses.models import Booking
from courses.notice import Quote
from courses.presentation import price_words
from diversion.core import clock
from diversion.core.moments import day_words, moment_words
from diversion.core.money import pounds
from diversion.core.references import spoken
from payments.models import Charge
from payments.queries import returned

Rows = list[dict[str, str]]


def summary_rows(booking: Booking) -> Rows:
    """What is about to be paid for. The price is the one fixed when the place was held, unless somebody else pays it."""
    course = booking.course
    return [
        {"key": gettext("For"), "value": course.programme.neutral_name},
        {"key": gettext("Starts"), "value": moment_words(booking.starts_at)},
        {"key": gettext("Where"), "value": str(course.venue) if course.venue else gettext("Online")},
        {"key": gettext("Price"), "value": price_words(booking.price_pence, funded=booking.requirement.funded)},
        *_carried_rows(booking),
    ]


def due_of(booking: Booking) -> int:
    """What is left to pay by card for a held place, in pence."""
    charge = Charge.objects.filter(booking=booking).first() if booking.supersedes_id else None
    return charge.due_pence if charge else booking.price_pence


def move_rows(found: Quote) -> Rows:
    """What a move costs and what becomes of the money paid already; lines that would say nothing are left out."""
    return [
        {"key": gettext("Fee for moving"), "value": pounds(found.kept) if found.kept else gettext("None")},
        {"key": gettext("Used from what you paid"), "value": pounds(found.carried) if found.carried else ""},
        {"key": gettext("To pay now"), "value": pounds(found.due) if found.due else gettext("Nothing")},
        {"key": gettext("Goes back to your card"), "value": pounds(found.back) if found.back else ""},
    ]


def move_words(found: Quote, *, funded: bool) -> str:
    """The same in one line, for a list of courses."""
    if funded or not (found.due or found.back):
        return gettext("You pay nothing more")
    if found.due:
        return gettext("You pay %(amount)s more") % {"amount": pounds(found.due)}
    return gettext("%(amount)s goes back to your card") % {"amount": pounds(found.back)}


def _carried_rows(booking: Booking) -> Rows:
    """Of a move: what was paid already and what is left to pay."""
    charge = Charge.objects.filter(booking=booking).first() if booking.supersedes_id else None
    if charge is None or booking.requirement.funded:
        return []
    return [
        {"key": gettext("Paid already"), "value": pounds(charge.carried_pence)},
        {"key": gettext("Fee for moving"), "value": pounds(charge.kept_pence) if charge.kept_pence else ""},
        {"key": gettext("To pay now"), "value": pounds(charge.due_pence)},
    ]


def receipt_rows(charge: Charge) -> Rows:
    """A receipt. VAT is shown when there was any."""
    course = charge.booking.course
    return [
        {"key": gettext("Receipt number"), "value": spoken(charge.receipt_number or "")},
        {"key": gettext("Paid on"), "value": day_words(clock.day_of(charge.paid_at)) if charge.paid_at else ""},
        {"key": gettext("For"), "value": course.programme.neutral_name},
        {"key": gettext("Paid to"), "value": course.provider.organisation.name},
        {"key": gettext("Amount paid"), "value": pounds(charge.amount_pence)},
        {
            "key": gettext("Of it paid for your earlier place"),
            "value": pounds(charge.carried_pence) if charge.carried_at else "",
        },
        {"key": gettext("VAT included"), "value": pounds(charge.vat_pence) if charge.vat_pence else ""},
    ]


def why_returned(booking: Booking) -> str:
    """Why money of a place goes back, as the person is told it."""
    if booking.state == BookingState.SUPERSEDED:
        return gettext("You moved to a course that costs less.")
    if booking.state == BookingState.CANCELLED_BY_PROVIDER:
        return gettext("Your course was cancelled. This is not your fault and it does not count against you.")
    if booking.state == BookingState.CANCELLED_BY_PARTICIPANT and booking.confirmed_at:
        return gettext("You gave up your place.")
    return gettext(
        "Your payment arrived, but we could not give you the place. You did nothing wrong, and it does not count against you."
    )


def returned_sums(booking: Booking) -> list[dict[str, object]]:
    """What goes back to the card, and when it went."""
    return [{"amount": pounds(each.amount_pence), "done_at": each.done_at} for each in returned(booking)]
