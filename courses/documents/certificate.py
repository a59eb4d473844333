"""The certificate as a tagged PDF (PDF/UA-1). Its title and file name say nothing of what was taught (rule 14)."""

import io
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from courses.models import Certificate
from courses.people import participant_of
from diversion.core.documents import tagged_pdf
from diversion.core.moments import day_words
from diversion.core.references import spoken

TEMPLATE = Path(__file__).with_name("certificate.typ")
FILE_NAME = "certificate.pdf"


def check_address(certificate: Certificate) -> str:
    """Where anybody may ask whether it is genuine."""
    return settings.SITE_URL.rstrip("/") + reverse("certificate-check", args=[certificate.serial])


def certificate_pdf(certificate: Certificate) -> bytes:
    """The PDF, in the participant's language. Makes the same file each time for the same certificate."""
    with translation.override(participant_of(certificate.booking).language):
        data = _data(certificate)
    return tagged_pdf(TEMPLATE, data, timestamp=int(certificate.issued_at.timestamp()))


def _data(certificate: Certificate) -> dict[str, Any]:
    booking = certificate.booking
    return {
        "language": translation.get_language()[:2],
        "title": _("Certificate"),
        "says": _("This certificate says that"),
        "name": participant_of(booking).full_name,
        "completed": _("has completed"),
        "programme": booking.course.programme.neutral_name,
        "facts": [
            {"key": _("Completed on"), "value": day_words(certificate.completed_on)},
            {"key": _("Provided by"), "value": str(booking.course.provider)},
            {"key": _("Certificate number"), "value": spoken(certificate.serial)},
        ],
        "check": _("To check that this certificate is genuine, scan the code or go to:"),
        "address": check_address(certificate),
        "qr": _qr(check_address(certificate)),
        "qr_alt": _("QR code with the address of the page that checks this certificate"),
    }


def _qr(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=4, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()
