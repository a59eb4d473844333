"""Who sees a case: its restriction, and the names on its list. For those who see it in full and whose role restricts cases."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diversion.accounts.access import log_access
from diversion.accounts.enums import Role
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.core.references import spoken
from diversion.referrals.access import colleagues_of, names_on_list, restricted_since
from diversion.referrals.enums import Access
from diversion.referrals.forms.restriction import NameForm, ReasonForm
from diversion.referrals.models import Referral
from diversion.referrals.services import restriction
from diversion.referrals.views.finding import find_on_case
from diversion.referrals.views.pages import add_refusal, form_page

A_PAGE = 25


@needs(Permission.RESTRICT)
@require_GET
def restriction_show(request: StaffRequest, public_id: str) -> HttpResponse:
    """Whether the case is restricted, since when and why, and whom its list names."""
    referral = _case(request, public_id)
    page: Page[Any] = Paginator(names_on_list(referral), A_PAGE).get_page(request.GET.get("page"))
    context = {
        **_identity(referral),
        "since": restricted_since(referral),
        "page_obj": page,
        "head": [{"text": text} for text in (_("Name"), _("What the list says"), _("Why"), _("Put on by"), _("Change"))],
        "rows": [_row(referral, each) for each in page],
    }
    return render(request, "referrals/restriction_show.html", context)


@needs(Permission.RESTRICT)
def case_restrict(request: StaffRequest, public_id: str) -> HttpResponse:
    """Ask why, then hide the case from all but its officer and those allowed by name."""
    form = _reason(request, public_id, _("Restrict this case"))
    return _change(request, public_id, form, restriction.restrict_case, "referrals/case_restrict.html")


@needs(Permission.RESTRICT)
def restriction_lift(request: StaffRequest, public_id: str) -> HttpResponse:
    """Ask why, then open the case to the agency's staff again."""
    form = _reason(request, public_id, _("Lift the restriction"))
    return _change(request, public_id, form, restriction.lift_restriction, "referrals/restriction_lift.html")


@needs(Permission.RESTRICT)
def restriction_add(request: StaffRequest, public_id: str) -> HttpResponse:
    """Put one colleague on the list: may see the case, or must never."""
    referral = _case(request, public_id)
    sent = request.POST if request.method == "POST" else None
    form = NameForm(sent, colleagues=colleagues_of(referral), restricted=referral.restricted)
    form.cancel_url = reverse("restriction-show", args=[public_id])
    if form.is_bound and form.is_valid():
        allows = form.cleaned_data["access"] == Access.ALLOWED
        try:
            (restriction.allow_colleague if allows else restriction.exclude_colleague)(
                referral=referral,
                colleague=form.cleaned_data["colleague"].user,
                reason=form.cleaned_data["reason"],
                user=request.user,
                by=request.user.as_actor(),
                at=clock.now(),
            )
            messages.success(request, _("The list was changed."))
            return see_other("restriction-show", public_id)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return form_page(request, "referrals/restriction_add.html", form, **_identity(referral))


@needs(Permission.RESTRICT)
def restriction_remove(request: StaffRequest, public_id: str, member: str) -> HttpResponse:
    """Take one name off the list. Who takes off their own from a restricted case sees it no longer."""
    referral = _case(request, public_id)
    entry = names_on_list(referral).filter(member=member).first()
    if entry is None:
        raise Http404
    form = _reason(request, public_id, _("Take off the list"))
    if form.is_bound and form.is_valid():
        try:
            restriction.remove_from_list(
                entry=entry, **form.cleaned_data, user=request.user, by=request.user.as_actor(), at=clock.now()
            )
            messages.success(request, _("The list was changed."))
            return see_other("case-list") if entry.user == request.user else see_other("restriction-show", public_id)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return form_page(request, "referrals/restriction_remove.html", form, **_identity(referral), entry=entry)


def _change(
    request: StaffRequest, public_id: str, form: ReasonForm, service: Callable[..., None], template: str
) -> HttpResponse:
    referral = _case(request, public_id)
    if form.is_bound and form.is_valid():
        try:
            service(referral=referral, **form.cleaned_data, user=request.user, by=request.user.as_actor(), at=clock.now())
            messages.success(request, _("Who sees this case was changed."))
            return see_other("restriction-show", public_id)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return form_page(request, template, form, **_identity(referral))


def _reason(request: StaffRequest, public_id: str, submit_text: str) -> ReasonForm:
    form = ReasonForm(request.POST if request.method == "POST" else None)
    form.submit_text, form.cancel_url = submit_text, reverse("restriction-show", args=[public_id])
    return form


def _case(request: StaffRequest, public_id: str) -> Referral:
    rows = Referral.objects.visible_to(request.user).select_related("participant", "officer")
    referral: Referral = find_on_case(request, rows, public_id)
    log_access(request, kind="page", participants=[referral.participant_id] if referral.participant_id else [])
    return referral


def _identity(referral: Referral) -> dict[str, Any]:
    person = referral.participant
    return {
        "referral": referral,
        "name": person.full_name if person else _("No name yet"),
        "reference": spoken(referral.reference),
    }


def _row(referral: Referral, entry: Any) -> list[dict[str, Any]]:
    role = Role(entry.role).label if entry.role else ""
    return [
        {"text": ", ".join(filter(None, [entry.user.name, str(role)])), "header": True},
        {"text": entry.get_access_display()},
        {"text": entry.reason},
        {"text": f"{entry.made_by.name}, {clock.day_of(entry.made_at).strftime('%-d %b %Y')}"},
        {
            "text": _("Take %(name)s off") % {"name": entry.user.name},
            "url": reverse("restriction-remove", args=[referral.public_id, entry.member]),
        },
    ]
