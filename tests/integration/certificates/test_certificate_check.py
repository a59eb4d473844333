"""The check that anybody may make."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from courses.people import participant_of
from courses.services.certificates import revoke_certificate
from courses.views.certificate import MISSES_FREE
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.moments import day_words
from diversion.core.references import spoken
from tests.integration.certificates.test_certificate_pdf import make_certificate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()


def check(serial: str):
    return Client().get(f"/certificates/{serial}/")


def test_a_genuine_number_is_confirmed_with_its_day_however_it_is_typed():
    certificate = make_certificate(given_names="Olwen", family_name="Pritchard")
    serial = certificate.serial
    for typed in (serial, serial.lower(), spoken(serial), spoken(serial).lower()):
        answer = check(typed)
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "This certificate is genuine" in page
        assert day_words(clock.day_of(certificate.issued_at)) in page


def test_the_answer_names_nobody_and_nothing():
    certificate = make_certificate(given_names="Olwen", family_name="Pritchard")
    page = check(certificate.serial).content.decode()
    booking = certificate.booking
    for hidden in ("Olwen", "Pritchard", booking.course.programme.name, str(booking.course.provider),
                   booking.requirement.referral.agency.name, "3 November 2026"):  # fmt: skip
        assert hidden not in page


def test_a_revoked_one_is_said_to_be_revoked_and_never_why_or_whose():
    booking = make_certificate().booking
    revoked = revoke_certificate(booking=booking, reason="Zzreason", by=Actor.system("test"), at=clock.now())
    answer = check(revoked.serial)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "This certificate no longer counts" in page
    assert "This certificate is genuine" not in page
    for hidden in ("Zzreason", participant_of(booking).given_names, participant_of(booking).family_name):
        assert hidden not in page


def test_unknown_and_malformed_numbers_get_the_same_answer():
    answers = [check(serial) for serial in ("0" * 12, "nonsense", "%00", "1" * 500, "٣" * 12)]
    assert {answer.status_code for answer in answers} == {404}
    bodies = {re.sub(r'(next|csrfmiddlewaretoken)" value="[^"]*"', "", answer.content.decode()) for answer in answers}
    assert len(bodies) == 1
    assert "There is no such certificate" in bodies.pop()


def test_a_number_is_typed_on_a_small_form():
    certificate = make_certificate()
    client, address = Client(), reverse("certificate-find")
    assert client.get(address).status_code == 200
    answer = client.post(address, {"serial": f" {spoken(certificate.serial).lower()} "})
    assert (answer.status_code, answer["Location"]) == (303, reverse("certificate-check", args=[certificate.serial]))
    for wrong in ("", " - ", "x" * 41):
        assert client.post(address, {"serial": wrong}).status_code == 422


def test_many_misses_from_one_address_wait_and_a_hit_costs_nothing():
    certificate = make_certificate()
    for _ in range(MISSES_FREE + 5):
        assert check(certificate.serial).status_code == 200
    answers = [check("0" * 12).status_code for _ in range(MISSES_FREE + 1)]
    assert answers == [404] * MISSES_FREE + [429]
    assert check(certificate.serial).status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.9").get(f"/certificates/{certificate.serial}/").status_code == 200
