import pytest
from django.db import IntegrityError, transaction

from diversion.audit.models import AuditEvent
from diversion.core import clock
from payments.enums import ChargeState
from payments.models import Charge
from payments.services.charges import charge_booking
from tests.factories import make_programme, make_provider, make_referral, make_requirement, make_scheme
from tests.integration.payments.bank import BY, hold

pytestmark = pytest.mark.django_db


def priced(pence: int, *, registered: bool, recovery: int = 4500) -> Charge:
    programme = make_programme()
    scheme = make_scheme(programme=programme, version={"cost_recovery_pence": recovery})
    requirement = make_requirement(make_referral("accepted", scheme=scheme))
    provider = make_provider(programme, vat_registered=registered)
    booking = hold(requirement=requirement, provider=provider, price_pence=pence)
    return charge_booking(booking=booking, by=BY, at=clock.now())


def test_the_price_splits_into_recovery_and_a_part_with_vat() -> None:
    charge = priced(8500, registered=True)
    assert (charge.amount_pence, charge.cost_recovery_pence, charge.vat_pence) == (8500, 4500, 667)
    assert charge.agency == charge.booking.requirement.referral.agency
    assert charge.state == ChargeState.OWED


def test_a_provider_who_is_not_registered_charges_no_vat() -> None:
    assert priced(8500, registered=False).vat_pence == 0


def test_recovery_is_never_more_than_the_price() -> None:
    charge = priced(3000, registered=True)
    assert (charge.cost_recovery_pence, charge.vat_pence) == (3000, 0)


def test_a_booking_is_charged_once() -> None:
    charge = priced(8500, registered=True)
    again = charge_booking(booking=charge.booking, by=BY, at=clock.now())
    assert again.pk == charge.pk
    assert AuditEvent.objects.filter(action="charge.owed").count() == 1


def test_the_database_refuses_parts_that_exceed_the_whole() -> None:
    charge = priced(8500, registered=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.filter(pk=charge.pk).update(vat_pence=4001)
