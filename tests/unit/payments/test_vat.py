from datetime import date

import pytest

from payments.vat import rate_on, vat_within


@pytest.mark.parametrize(
    ("pence", "vat"), [(0, 0), (1, 0), (2, 0), (3, 1), (120, 20), (4000, 667), (8500, 1417), (12000, 2000)]
)
def test_vat_is_a_sixth_of_a_price_that_contains_it_at_twenty_per_cent(pence: int, vat: int) -> None:
    assert vat_within(pence, rate=20) == vat


def test_half_a_penny_goes_up() -> None:
    assert vat_within(3, rate=20) == 1


def test_no_rate_no_vat() -> None:
    assert vat_within(8500, rate=0) == 0


def test_the_rate_comes_from_the_dated_table() -> None:
    assert rate_on(date(2011, 1, 4)) == 20
    assert rate_on(date(2026, 11, 22)) == 20


def test_a_day_before_the_table_is_refused_not_guessed() -> None:
    with pytest.raises(LookupError):
        rate_on(date(2011, 1, 3))
