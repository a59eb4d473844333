"""How a payment reads to the person who makes it. Nothing names the course's subject (rule 14)."""

from django.utils.translation import gettext

from courses.models import Booking
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
        {"key": gettext("Starts"), "value": moment_words(course.first_starts_at)},
        {"key": gettext("Where"), "value": str(course.venue) if course.venue else gettext("Online")},
        {"key": gettext("Price"), "value": price_words(booking.price_pence, funded=booking.requirement.funded)},
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
        {"key": gettext("VAT included"), "value": pounds(charge.vat_pence) if charge.vat_pence else ""},
    ]


def returned_sums(booking: Booking) -> list[dict[str, object]]:
    """What goes back to the card, and when it went."""
    return [{"amount": pounds(each.amount_pence), "done_at": each.done_at} for each in returned(booking)]
