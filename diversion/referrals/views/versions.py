"""One version of a scheme: read, changed while it is a draft, tried on past referrals, published by a second person, dropped."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.forms import GovukForm
from diversion.core.http import see_other
from diversion.core.references import spoken
from diversion.referrals.eligibility import short_day
from diversion.referrals.enums import SchemeVersionState
from diversion.referrals.forms.schemes import PublishForm, VersionForm
from diversion.referrals.models import Referral, SchemeVersion
from diversion.referrals.preview import MOST, Changed, Outcome, what_would_have_changed
from diversion.referrals.queries import rules_on
from diversion.referrals.services.schemes import change_draft, drop_draft, publish_version
from diversion.referrals.views.pages import add_refusal, form_page
from diversion.referrals.views.scheme_words import cards, differences, state_tag

PAGE = 25


@needs(Permission.MANAGE_SCHEMES)
@require_GET
def version_show(request: StaffRequest, public_id: str) -> HttpResponse:
    version, today = _read(request, public_id), clock.today()
    tag = state_tag(version, rules_on(version.scheme, day=today), today=today)
    return render(request, "referrals/version_show.html", {**_context(version), "cards": cards(version), "tag": tag})


@needs(Permission.MANAGE_SCHEMES)
def version_edit(request: StaffRequest, public_id: str) -> HttpResponse:
    version = _read(request, public_id)
    form = VersionForm(request.POST if request.method == "POST" else None, version=version)
    form.cancel_url = reverse("version-show", args=[public_id])
    if form.is_bound and form.is_valid():
        day, user = form.cleaned_data["in_force_from"], request.user
        try:
            at = clock.now()
            change_draft(version=version, in_force_from=day, rules=form.rules(), user=user, by=user.as_actor(), at=at)
            return see_other("version-preview", public_id)
        except Refusal as refusal:
            add_refusal(form, refusal)
    elif not form.is_bound and version.state != SchemeVersionState.DRAFTED:
        return see_other("version-show", public_id)
    return form_page(request, "referrals/version_edit.html", form, **_context(version))


@needs(Permission.MANAGE_SCHEMES)
@require_GET
def version_preview(request: StaffRequest, public_id: str) -> HttpResponse:
    version = _read(request, public_id)
    cases = Referral.objects.visible_to(request.user)
    preview = what_would_have_changed(version=version, cases=cases, at=clock.now())
    page = Paginator(preview.rows, PAGE).get_page(request.GET.get("page"))
    people = [each.referral.participant_id for each in page]
    log_access(request, kind="list", participants=[each for each in people if each])
    heads = (_("Reference"), _("Under its own version"), _("Under this version"), _("Finish by"))
    context = {
        "page_obj": page,
        "rows": [_changed_row(each) for each in page],
        "head": [{"text": text} for text in heads],
        "figures": _figures(preview.no_longer, preview.newly, preview.moved, *preview.days),
        "looked_at": preview.looked_at,
        "most": MOST,
    }
    return render(request, "referrals/version_preview.html", {**_context(version), **context})


@needs(Permission.MANAGE_SCHEMES)
def version_publish(request: StaffRequest, public_id: str) -> HttpResponse:
    version, user = _read(request, public_id), request.user
    form = PublishForm(request.POST if request.method == "POST" else None, initial={"seen": version.drafted_at.isoformat()})
    form.cancel_url = reverse("version-show", args=[public_id])
    if form.is_bound and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            publish_version(version=version, seen=seen, user=user, by=user.as_actor(), at=clock.now())
            messages.success(request, _("The version was published. Cases that were offered before keep their own."))
            return see_other("scheme-show", version.scheme.public_id)
        except Refusal as refusal:
            add_refusal(form, refusal)
    before = rules_on(version.scheme, day=version.in_force_from)
    context = {
        "own": version.drafted_by_id == user.pk,
        "before": before,
        "rows": differences(before, version),
        "head": [{"text": text} for text in (_("Rule"), _("Now"), _("From then"))],
    }
    return form_page(request, "referrals/version_publish.html", form, **_context(version), **context)


@needs(Permission.MANAGE_SCHEMES)
def version_drop(request: StaffRequest, public_id: str) -> HttpResponse:
    version = _read(request, public_id)
    form = GovukForm(request.POST if request.method == "POST" else None)
    form.submit_text, form.submit_style = _("Drop this draft"), "warning"
    form.cancel_url = reverse("version-show", args=[public_id])
    if form.is_bound and form.is_valid():
        try:
            drop_draft(version=version, by=request.user.as_actor(), at=clock.now())
            messages.success(request, _("The draft was dropped."))
            return see_other("scheme-show", version.scheme.public_id)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return form_page(request, "referrals/version_drop.html", form, **_context(version))


def _read(request: StaffRequest, public_id: str) -> SchemeVersion:
    versions = SchemeVersion.objects.visible_to(request.user)
    rows = versions.select_related("scheme__disposal", "scheme__programme", "drafted_by", "published_by")
    version: SchemeVersion = get_object_or_404(rows.prefetch_related("scheme__versions"), public_id=public_id)
    return version


def _context(version: SchemeVersion) -> dict[str, Any]:
    return {"version": version, "scheme": version.scheme, "drafted": version.state == SchemeVersionState.DRAFTED}


def _figures(no_longer: int, newly: int, moved: int, least: int, most: int) -> list[dict[str, Any]]:
    days = _in_days(least) if least == most else _("from %(least)s to %(most)s") % _both(least, most)
    return [
        {"key": _("Would no longer be eligible"), "value": str(no_longer)},
        {"key": _("Would newly be eligible"), "value": str(newly)},
        {"key": _("Another last day to finish"), "value": str(moved)},
        {"key": _("It would move by"), "value": days if least or most else ""},
    ]


def _both(least: int, most: int) -> dict[str, str]:
    return {"least": _in_days(least), "most": _in_days(most)}


def _in_days(days: int) -> str:
    count = abs(days)
    if days < 0:
        return ngettext("%(count)s day earlier", "%(count)s days earlier", count) % {"count": count}
    return ngettext("%(count)s day later", "%(count)s days later", count) % {"count": count}


def _changed_row(changed: Changed) -> list[dict[str, Any]]:
    before, after = (_day(each) for each in (changed.before, changed.after))
    days = f" ({_in_days(changed.days)})" if changed.days else ""
    return [
        {"text": spoken(changed.referral.reference), "header": True},
        {"text": _verdict(changed.before)},
        {"text": _verdict(changed.after)},
        {"text": before if before == after else f"{before} → {after}{days}"},
    ]


def _verdict(outcome: Outcome) -> str:
    return _("Not eligible: %(why)s") % {"why": " ".join(outcome.against)} if outcome.against else _("Eligible")


def _day(outcome: Outcome) -> str:
    return short_day(outcome.complete_by) if outcome.complete_by else _("no time left")
