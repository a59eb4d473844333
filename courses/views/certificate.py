"""The certificate: its owner's copy, and the check that anybody may make."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from courses.documents.certificate import FILE_NAME, certificate_pdf
from courses.forms.certificate import SerialForm
from courses.models import Booking, Certificate
from diversion.accounts.guards import needs, public
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.http import see_other
from diversion.core.references import LETTER_LENGTH, canonical
from diversion.referrals import throttle

MISSES_FREE = 20


@public("anybody who is shown a certificate may check it; the answer names nobody")
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_find(request: HttpRequest) -> HttpResponse:
    form = SerialForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return see_other("certificate-check", serial=form.cleaned_data["serial"])
    return render(request, "courses/certificate_find.html", {"form": form}, status=422 if form.errors else 200)


@public("anybody who is shown a certificate may check it; the answer names nobody")
@require_safe
def certificate_check(request: HttpRequest, serial: str) -> HttpResponse:
    at = clock.now()
    address = get_adapter().get_client_ip(request)
    tries = [throttle.Bucket(f"certificate:address:{address}", MISSES_FREE)]
    try:
        throttle.check(tries, at=at)
    except throttle.TooManyTries as refusal:
        return render(request, "courses/certificate_wait.html", {"sentence": refusal.sentence}, status=429)
    typed = canonical(serial)
    certificate = Certificate.objects.filter(serial=typed).first() if len(typed) == LETTER_LENGTH else None
    if certificate is None:
        throttle.count(tries, at=at)
        return render(request, "courses/certificate_unknown.html", status=404)
    if certificate.revoked_at:
        return render(request, "courses/certificate_revoked.html")
    return render(request, "courses/certificate_check.html", {"issued_on": clock.day_of(certificate.issued_at)})


@needs(Permission.OWN_CASE)
@require_safe
def certificate_download(request: StaffRequest, serial: str) -> HttpResponse:
    mine = Certificate.objects.filter(booking__in=Booking.objects.visible_to(request.user), revoked_at=None)
    loaded = mine.select_related(
        "booking__requirement__referral__participant", "booking__course__programme",
        "booking__course__provider__organisation",
    )  # fmt: skip
    certificate = get_object_or_404(loaded, serial=serial)
    return HttpResponse(
        certificate_pdf(certificate),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{FILE_NAME}"'},
    )
