"""Closing a case: why, and what follows, before it is done."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.models import Booking
from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.compliance.forms import ClosureForm
from diversion.compliance.queries.closing import Consequences, consequences
from diversion.compliance.services.closure import withdraw_case
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.core.moments import moment_words
from diversion.core.money import pounds
from diversion.core.references import spoken
from diversion.referrals.enums import ClosureReason
from diversion.referrals.models import Referral
from diversion.referrals.policies import can_withdraw
from diversion.referrals.views.finding import find_on_case


@needs(Permission.WITHDRAW)
@require_http_methods(["GET", "HEAD", "POST"])
def case_close(request: StaffRequest, public_id: str) -> HttpResponse:
    """GET asks why and shows what follows; POST ends the case. One that has ended is shown as it stands."""
    cases = Referral.objects.visible_to(request.user).select_related("participant")
    referral: Referral = find_on_case(request, cases, public_id)
    case_url = reverse("case-show", args=[public_id])
    form = ClosureForm(request.POST if request.method == "POST" else None, cancel_url=case_url)
    if form.is_bound and form.is_valid() and _is_closed(request, referral, form):
        return see_other(case_url)
    if not form.is_bound and not can_withdraw(referral.state):
        return see_other(case_url)
    person = referral.participant
    log_access(request, kind="page", participants=[person.pk] if person else [])
    what = consequences(referral, at=clock.now())
    context = {"case_url": case_url, "form": form, "rows": _rows(what), "register_due": what.register_due}
    context |= {"name": person.full_name if person else "", "reference": spoken(referral.reference)}
    context["restricted"] = referral.restricted
    return render(request, "compliance/case_close.html", context, status=422 if form.errors else 200)


def _is_closed(request: StaffRequest, referral: Referral, form: ClosureForm) -> bool:
    """Closes the case; a refusal is put on the form."""
    reason, note = ClosureReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
    try:
        withdraw_case(
            referral=referral, reason=reason, note=note, user=request.user, by=request.user.as_actor(), at=clock.now()
        )
    except Refusal as refusal:
        form.add_error(refusal.field, str(refusal.sentence))
        return False
    messages.success(request, _("The case is closed."))
    return True


def _rows(what: Consequences) -> list[dict[str, str]]:
    """What follows, as a summary list takes it."""
    told = _(
        "Told that something has changed, and to sign in to see what. After a death or in custody nobody is written to."
    )
    money = _("%(amount)s goes back to the card") % {"amount": pounds(what.pence)} if what.pence else _("Nothing was paid")
    return [
        {"key": _("The place"), "value": _place(what.place) if what.place else _("No place is held or confirmed")},
        {"key": _("The money"), "value": money},
        {"key": _("The offer"), "value": _("Ends now; the letter opens nothing any more") if what.offer_ends else ""},
        {"key": _("Messages"), "value": _("Reminders and all else that waits are not sent")},
        {"key": _("The person"), "value": told if what.hears else _("Not told: no offer was made")},
    ]


def _place(place: Booking) -> str:
    course = place.course
    where = course.venue.name if course.venue else _("Online")
    words = {"course": course.programme.name, "when": moment_words(place.starts_at), "where": where}
    return _("Given up: %(course)s, %(when)s, %(where)s") % words
