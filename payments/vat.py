"""VAT as a table with dates. A rate is fixed on the charge when it is made; a later rate changes nothing (rule 8)."""

from datetime import date

# The standard rate in per cent from each day on, newest first.
STANDARD_RATES: tuple[tuple[date, int], ...] = ((date(2011, 1, 4), 20),)


def rate_on(day: date) -> int:
    """The standard rate in per cent in force on a London day.

    :raises LookupError: the table does not go back so far.
    """
    for since, rate in STANDARD_RATES:
        if since <= day:
            return rate
    raise LookupError(f"no VAT rate is known for {day}")


def vat_within(pence: int, *, rate: int) -> int:
    """The VAT contained in a price that includes it, to the nearest penny, half a penny upwards."""
    return (2 * pence * rate + 100 + rate) // (2 * (100 + rate))
