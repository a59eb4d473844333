"""The agency's schemes: the list, one scheme with its versions, a new one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.referrals.eligibility import short_day
from diversion.referrals.enums import SchemeVersionState
from diversion.referrals.forms.schemes import SchemeForm
from diversion.referrals.models import CrimeOutcome, Scheme, SchemeVersion
from diversion.referrals.queries import outcome_codes, rules_on
from diversion.referrals.services.schemes import create_scheme, draft_next_version
from diversion.referrals.shapes import SHAPES
from diversion.referrals.views.pages import add_refusal, form_page
from diversion.referrals.views.scheme_words import state_tag

PAGE = 25


@needs(Permission.MANAGE_SCHEMES)
@require_GET
def scheme_list(request: StaffRequest) -> HttpResponse:
    schemes = Scheme.objects.visible_to(request.user).select_related("disposal", "programme").prefetch_related("versions")
    page = Paginator(schemes.order_by("name", "pk"), PAGE).get_page(request.GET.get("page"))
    head = [{"text": text} for text in (_("Scheme"), _("Disposal"), _("Programme"), _("In force"), _("To come"))]
    context = {"page_obj": page, "rows": [_row(each) for each in page], "head": head}
    return render(request, "referrals/scheme_list.html", context)


@needs(Permission.MANAGE_SCHEMES)
def scheme_create(request: StaffRequest) -> HttpResponse:
    form = SchemeForm(request.POST if request.method == "POST" else None)
    form.cancel_url = reverse("scheme-list")
    if form.is_bound and form.is_valid():
        typed = {**form.cleaned_data, "shape": SHAPES[form.cleaned_data["shape"]]}
        agency, user = _agency(request.user), request.user
        try:
            version = create_scheme(agency=agency, **typed, user=user, by=user.as_actor(), at=clock.now())
            return see_other("version-edit", version.public_id)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return form_page(request, "referrals/scheme_create.html", form)


@needs(Permission.MANAGE_SCHEMES)
@require_GET
def scheme_show(request: StaffRequest, public_id: str) -> HttpResponse:
    scheme, today = _read(request, public_id), clock.today()
    versions = sorted(scheme.versions.all(), key=lambda each: -each.number)
    page = Paginator(versions, PAGE).get_page(request.GET.get("page"))
    in_force, codes = rules_on(scheme, day=today), outcome_codes(scheme.disposal.code, day=today)
    context = {
        "scheme": scheme,
        "facts": _facts(scheme, in_force, codes),
        "page_obj": page,
        "rows": [_version_row(each, state_tag(each, in_force, today=today)) for each in page],
        "head": [{"text": text} for text in (_("Version"), _("State"), _("From"), _("Drafted by"), _("Published by"))],
        "draft": next((each for each in versions if each.state == SchemeVersionState.DRAFTED), None),
    }
    return render(request, "referrals/scheme_show.html", context)


@needs(Permission.MANAGE_SCHEMES)
@require_POST
def scheme_draft(request: StaffRequest, public_id: str) -> HttpResponse:
    scheme = _read(request, public_id)
    try:
        version = draft_next_version(scheme=scheme, user=request.user, by=request.user.as_actor(), at=clock.now())
        return see_other("version-edit", version.public_id)
    except Refusal as refusal:
        messages.warning(request, str(refusal.sentence))
        return see_other("scheme-show", public_id)


def _agency(user: User) -> Organisation:
    if user.membership is None:
        raise ValueError("whoever manages schemes belongs to an agency")
    return user.membership.organisation


def _read(request: StaffRequest, public_id: str) -> Scheme:
    schemes = Scheme.objects.visible_to(request.user).select_related("disposal", "programme")
    rows = schemes.prefetch_related("versions__drafted_by", "versions__published_by")
    scheme: Scheme = get_object_or_404(rows, public_id=public_id)
    return scheme


def _row(scheme: Scheme) -> list[dict[str, Any]]:
    today = clock.today()
    in_force, later = rules_on(scheme, day=today), _to_come(scheme)
    return [
        {"text": scheme.name, "url": reverse("scheme-show", args=[scheme.public_id]), "header": True},
        {"text": scheme.disposal.name},
        {"text": scheme.programme.name},
        {"text": _version(in_force) if in_force else _("None")},
        {"text": ", ".join(later) or _("Nothing")},
    ]


def _to_come(scheme: Scheme) -> list[str]:
    """The versions published for a later day, and that there is a draft."""
    published = [each for each in scheme.versions.all() if each.state == SchemeVersionState.PUBLISHED]
    later = sorted((each for each in published if each.in_force_from > clock.today()), key=lambda each: each.in_force_from)
    drafted = any(each.state == SchemeVersionState.DRAFTED for each in scheme.versions.all())
    return [_version(each) for each in later] + ([_("a draft")] if drafted else [])


def _version(version: SchemeVersion) -> str:
    return _("Version %(number)s, from %(day)s") % {"number": version.number, "day": short_day(version.in_force_from)}


def _facts(scheme: Scheme, in_force: SchemeVersion | None, codes: list[CrimeOutcome]) -> list[dict[str, Any]]:
    return [
        {"key": _("Code"), "value": scheme.code},
        {"key": _("Disposal"), "value": scheme.disposal.name},
        {"key": _("Recorded as"), "value": "; ".join(_recorded(each) for each in codes) or _("No outcome code")},
        {"key": _("Programme"), "value": scheme.programme.name},
        {"key": _("In force today"), "value": _version(in_force) if in_force else _("None: no offer can be made yet")},
        {"key": _("To come"), "value": ", ".join(_to_come(scheme)) or _("Nothing")},
    ]


def _recorded(outcome: CrimeOutcome) -> str:
    words = _("%(outcome)s (only after completion)") if outcome.after_completion_only else "%(outcome)s"
    return words % {"outcome": outcome}


def _version_row(version: SchemeVersion, tag: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "text": _("Version %(number)s") % {"number": version.number},
            "url": reverse("version-show", args=[version.public_id]),
            "header": True,
        },
        {"tag": tag, "text": ""},
        {"text": short_day(version.in_force_from)},
        {"text": str(version.drafted_by)},
        {"text": str(version.published_by or "")},
    ]
