"""What the register's messages say, and when they are not sent after all."""

import pytest
from django.template.loader import render_to_string

from courses.enums import BookingState
from courses.messages_register import CertificateReady, SessionMissed
from courses.models import Certificate
from diversion.core import clock
from tests.factories import make_booking
from tests.integration.certificates.test_certificate_pdf import make_certificate

pytestmark = pytest.mark.django_db


def context(message, subject):
    recipient = subject.requirement if hasattr(subject, "requirement") else subject.booking.requirement
    return message().context(subject_id=subject.pk, recipient_id=recipient.referral.participant_id, at=clock.now())


@pytest.mark.parametrize("message", [CertificateReady, SessionMissed])
@pytest.mark.parametrize("part", ["subject", "email", "sms"])
def test_every_part_is_neutral_and_leads_behind_sign_in(message, part):
    words = render_to_string(f"messages/{message.template}.{part}.txt", {"link": "https://example.org/my/"})
    assert ("https://example.org/my/" in words) == (part != "subject")
    for telling in ("missed", "absent", "police", "compliance", "court", "breach", "officer"):
        assert telling not in words.casefold()
    assert len(words) <= 160 or part == "email"


def test_a_certificate_revoked_before_sending_is_not_announced():
    certificate = make_certificate()
    assert context(CertificateReady, certificate)
    Certificate.objects.filter(pk=certificate.pk).update(revoked_at=clock.now())
    assert context(CertificateReady, certificate) is None


def test_a_miss_put_right_before_sending_is_not_announced():
    assert context(SessionMissed, make_booking(state=BookingState.NOT_COMPLETED))
    assert context(SessionMissed, make_booking(state=BookingState.COMPLETED)) is None
