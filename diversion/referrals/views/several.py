"""Several referrals decided from one page: each is read in full and decided by itself (R5, DPA 2018 section 50A)."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.http import see_other
from diversion.referrals.authority import authority_of
from diversion.referrals.enums import Decision
from diversion.referrals.forms.authorisation import DecisionSheet
from diversion.referrals.models import Referral
from diversion.referrals.queries import decisions_on
from diversion.referrals.services.authorisation import AT_ONCE, Result, TooManyAtOnce, decide_many
from diversion.referrals.services.refused_access import note_refused_access
from diversion.referrals.views.decisive import decisive_rows, laws_for, with_decisive_parts


@needs(Permission.AUTHORISE)
def authorisation_decide_many(request: StaffRequest) -> HttpResponse:
    """Shows the chosen referrals, takes a decision on each, and shows what became of each."""
    chosen = set(request.GET.getlist("referral"))
    if not 0 < len(chosen) <= AT_ONCE:
        messages.error(request, str(TooManyAtOnce.sentence) if chosen else _("Choose at least one referral."))
        return see_other("authorisation-list")
    found = _chosen(request, chosen)
    _note_reading(request, chosen, found)
    sheet, results = _sheet(request, found), []
    if request.method == "POST" and sheet.is_valid():
        by, at = request.user.as_actor(), clock.now()
        results = decide_many(choices=sheet.choices(), user=request.user, by=by, at=at)
        if not any(each.refusal for each in results):
            messages.success(request, _counts(results))
            return see_other(request.get_full_path())
        sheet = _sheet(request, _chosen(request, chosen))
        sheet.show(results)
    wrong = any(each.refusal for each in results) or any(form.errors for form in sheet.forms)
    return _page(request, sheet, results, status=422 if wrong else 200)


def _chosen(request: StaffRequest, chosen: set[str]) -> list[Referral]:
    """The chosen referrals as they are now, the longest waiting first; those decided meanwhile stay, to be shown as done."""
    rows = Referral.objects.visible_to(request.user).filter(public_id__in=chosen, submitted_at__isnull=False)
    return list(with_decisive_parts(rows).order_by("submitted_at", "pk"))


def _note_reading(request: StaffRequest, chosen: set[str], found: Sequence[Referral]) -> None:
    """Note who was read of; and, where a chosen one is kept from this person, that they asked.

    :raises Http404: none of them is theirs to see.
    """
    by, at = request.user.as_actor(), clock.now()
    for public_id in sorted(chosen - {each.public_id for each in found}):
        note_refused_access(kind=Referral, public_id=public_id, user=request.user, by=by, at=at)
    if not found:
        raise Http404
    log_access(request, kind="page", participants=[each.participant_id for each in found if each.participant_id])


def _sheet(request: StaffRequest, referrals: Sequence[Referral]) -> DecisionSheet:
    data = request.POST if request.method == "POST" else None
    return DecisionSheet(data, referrals=referrals, authority=authority_of(request.user, on=clock.today()))


def _page(request: StaffRequest, sheet: DecisionSheet, results: Sequence[Result], *, status: int) -> HttpResponse:
    at, referrals = clock.now(), [each.referral for each in sheet.lines]
    done, laws = decisions_on(referrals), laws_for(referrals, on=clock.day_of(at))
    lines = [
        {
            "line": each,
            "done": done.get(each.referral.pk),
            "rows": decisive_rows(each.referral, laws=laws, at=at) if each.form else [],
        }
        for each in sheet.lines
    ]
    context = {"lines": lines, "formset": sheet.forms, "counts": _counts(results) if results else "", "results": results}
    return render(request, "referrals/authorisation_decide_many.html", context, status=status)


def _counts(results: Sequence[Result]) -> str:
    """How many went which way: "Authorised: 7. Refused: 1." """
    words = {
        Decision.AUTHORISE: _("Authorised: %(n)s."),
        Decision.RETURN: _("Returned: %(n)s."),
        Decision.REFUSE: _("Refused: %(n)s."),
    }
    done = [each.choice.decision for each in results if not each.refusal]
    told = [text % {"n": done.count(decision)} for decision, text in words.items() if decision in done]
    failed = len(results) - len(done)
    return " ".join([*told, _("Could not be decided: %(n)s.") % {"n": failed}] if failed else told)
