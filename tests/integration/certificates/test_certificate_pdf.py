"""The certificate as a file: read with tools that did not make it."""

import io
from datetime import date

import pdfplumber
import pikepdf
import pytest
import segno
from django.test import Client
from django.urls import reverse

from courses.documents.certificate import certificate_pdf, check_address
from courses.enums import BookingState
from courses.models import Certificate
from courses.services.certificates import issue_certificate
from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.references import spoken
from tests.factories import (
    make_booking,
    make_participant,
    make_programme,
    make_referral,
    make_requirement,
    make_scheme,
    make_user,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db


def make_certificate(**participant) -> Certificate:
    programme = make_programme(name="Hidden subject of the course", neutral_name="Course")
    scheme = make_scheme(programme=programme)
    referral = make_referral("active", scheme=scheme, participant=make_participant(scheme.agency, **participant))
    booking = make_booking(requirement=make_requirement(referral), state=BookingState.COMPLETED)
    return issue_certificate(booking=booking, on=date(2026, 11, 3), by=Actor.system("tests"), at=clock.now())


def words_of(pdf: bytes) -> str:
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return "\n".join(page.extract_text() for page in opened.pages)


def test_it_is_tagged_in_the_readers_language_with_a_neutral_title():
    for language, tag, title in (("en-gb", "en", "Certificate"), ("cy", "cy", "Tystysgrif")):
        pdf = certificate_pdf(make_certificate(language=language))
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            root = opened.Root
            assert bool(root.MarkInfo.Marked)
            assert str(root.Lang) == tag
            assert bool(root.ViewerPreferences.DisplayDocTitle)
            assert root.StructTreeRoot.K is not None
            with opened.open_metadata() as metadata:
                assert metadata["pdfuaid:part"] == "1"
                assert metadata["dc:title"] == title
            assert len(opened.pages) == 1


def test_it_says_who_when_where_and_its_number_but_not_what_was_taught():
    certificate = make_certificate(given_names="Siân", family_name="Ŵyn-Jones")
    words = words_of(certificate_pdf(certificate))
    for said in ("Siân Ŵyn-Jones", "Tuesday 3 November 2026", str(certificate.booking.course.provider), "Course",
                 spoken(certificate.serial), check_address(certificate)):  # fmt: skip
        assert said in words
    assert "Hidden" not in words
    assert certificate.booking.requirement.referral.scheme.agency.name not in words


def test_the_qr_code_on_the_paper_is_the_address_of_the_check():
    """The page is drawn and its squares compared with a fresh encoding of the address: no reader of QR codes is at hand."""
    certificate = make_certificate()
    address = check_address(certificate)
    assert address == f"http://testserver/certificates/{certificate.serial}/"
    expected = [[bool(square) for square in row] for row in segno.make(address, error="m", micro=False).matrix]
    assert squares(certificate_pdf(certificate), len(expected)) == expected


def squares(pdf: bytes, size: int) -> list[list[bool]]:
    """The QR code as drawn: dark or not, at the middle of each of its `size` × `size` squares."""
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        drawn = opened.pages[0].to_image(resolution=254).original.convert("L")  # 100 dots a centimetre
    corner = drawn.crop((230, drawn.height * 3 // 4, 600, drawn.height - 230)).point(lambda light: 255 * (light < 128))
    left, top, right, bottom = corner.getbbox()
    step_x, step_y = (right - left) / size, (bottom - top) / size
    return [
        [bool(corner.getpixel((left + int((x + 0.5) * step_x), top + int((y + 0.5) * step_y)))) for x in range(size)]
        for y in range(size)
    ]


def test_a_name_in_a_script_the_built_in_fonts_lack_still_gets_its_proof():
    pdf = certificate_pdf(make_certificate(given_names="小龙", family_name="李"))
    assert pdf.startswith(b"%PDF")
    assert "Certificate" in words_of(pdf)


def test_issuing_again_gives_the_same_certificate():
    certificate = make_certificate()
    again = issue_certificate(booking=certificate.booking, on=date(2026, 12, 1), by=Actor.system("tests"), at=clock.now())
    assert (again.pk, again.completed_on) == (certificate.pk, date(2026, 11, 3))


def test_its_owner_downloads_it_under_a_neutral_name():
    certificate = make_certificate()
    owner = certificate.booking.requirement.referral.participant.user
    answer = sign_in(Client(), owner).get(reverse("certificate-download", args=[certificate.serial]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert 'filename="certificate.pdf"' in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"


def test_nobody_else_finds_it():
    certificate, other = make_certificate(), make_certificate()
    address = reverse("certificate-download", args=[certificate.serial])
    strangers = [make_user(role) for role in Role] + [other.booking.requirement.referral.participant.user]
    assert [sign_in(Client(), user).get(address).status_code for user in strangers] == [404] * len(strangers)
    assert Client().get(address).status_code == 302


def test_a_revoked_one_cannot_be_downloaded():
    certificate = make_certificate()
    Certificate.objects.filter(pk=certificate.pk).update(revoked_at=clock.now())
    owner = certificate.booking.requirement.referral.participant.user
    address = reverse("certificate-download", args=[certificate.serial])
    assert sign_in(Client(), owner).get(address).status_code == 404
    assert sign_in(Client(), owner).get("/my/certificates/nothing.pdf").status_code == 404
