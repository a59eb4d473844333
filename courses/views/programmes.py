"""The service team keeps the programmes: the list, one, its words and what is usual for it, and its sessions."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from courses.forms.programmes import PlanForm, ProgrammeForm
from courses.presentation import language_words
from courses.queries.programmes import programmes
from courses.services.programmes import change_plan, change_programme, create_programme, plan_of
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.referrals.models import Programme

A_PAGE = 25
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@needs(Permission.MANAGE_PROGRAMMES)
@require_safe
def programme_list(request: StaffRequest) -> HttpResponse:
    page = Paginator(programmes(), A_PAGE).get_page(request.GET.get("page"))
    head = [{"text": text} for text in (_("Programme"), _("Code"), _("Taught"), _("Sessions"))]
    return render(
        request, "courses/programme_list.html", {"page_obj": page, "head": head, "rows": [_row(each) for each in page]}
    )


@needs(Permission.MANAGE_PROGRAMMES)
@get_or_post
def programme_create(request: StaffRequest) -> HttpResponse:
    form = ProgrammeForm(request.POST if request.method == "POST" else None)
    form.cancel_url = reverse("programme-list")
    if form.is_bound and form.is_valid():
        try:
            made = create_programme(details=form.cleaned_data, by=request.user.as_actor(), at=clock.now())
            return see_other("programme-plan", public_id=made.public_id)
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
    context = {"form": form, "heading": _("New programme")}
    return render(request, "courses/programme_edit.html", context, status=422 if form.is_bound else 200)


@needs(Permission.MANAGE_PROGRAMMES)
@require_safe
def programme_show(request: StaffRequest, public_id: str) -> HttpResponse:
    programme = get_object_or_404(programmes(), public_id=public_id)
    plan = [
        [{"text": number}, {"text": each.title, "header": True}, {"text": _minutes(each.minutes)}]
        for number, each in enumerate(plan_of(programme), start=1)
    ]
    head = [{"text": text} for text in (_("Place"), _("Session"), _("Length"))]
    context = {"programme": programme, "facts": _facts(programme), "head": head, "rows": plan}
    return render(request, "courses/programme_show.html", context)


@needs(Permission.MANAGE_PROGRAMMES)
@get_or_post
def programme_edit(request: StaffRequest, public_id: str) -> HttpResponse:
    programme = get_object_or_404(programmes(), public_id=public_id)
    now = {name: getattr(programme, name) for name in ProgrammeForm.base_fields}
    form = ProgrammeForm(request.POST if request.method == "POST" else None, initial=now)
    form.cancel_url = reverse("programme-show", args=[public_id])
    if form.is_bound and form.is_valid():
        actor = request.user.as_actor()
        try:
            change_programme(programme=programme, details=form.cleaned_data, by=actor, at=clock.now())
            return see_other("programme-show", public_id=public_id)
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
    context = {"form": form, "heading": _("Change the programme")}
    return render(request, "courses/programme_edit.html", context, status=422 if form.is_bound else 200)


@needs(Permission.MANAGE_PROGRAMMES)
@get_or_post
def programme_plan(request: StaffRequest, public_id: str) -> HttpResponse:
    programme = get_object_or_404(programmes(), public_id=public_id)
    form = PlanForm(request.POST if request.method == "POST" else None, plan=plan_of(programme))
    form.cancel_url = reverse("programme-show", args=[public_id])
    if form.is_bound and form.is_valid():
        seen, actor = form.cleaned_data["seen"], request.user.as_actor()
        try:
            change_plan(programme=programme, seen=seen, plan=form.plan(), by=actor, at=clock.now())
            messages.success(request, _("Courses made from now on have these sessions."))
            return see_other("programme-show", public_id=public_id)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "programme": programme}
    return render(request, "courses/programme_plan.html", context, status=422 if form.is_bound else 200)


def _row(programme: Programme) -> list[dict[str, Any]]:
    return [
        {"text": programme.name, "url": reverse("programme-show", args=[programme.public_id]), "header": True},
        {"text": programme.code},
        {"text": programme.get_mode_display()},
        {"text": programme.sessions},  # type: ignore[attr-defined]
    ]


def _facts(programme: Programme) -> list[dict[str, Any]]:
    return [
        {"key": _("Code"), "value": programme.code},
        {"key": _("Name"), "value": programme.name},
        {"key": _("Name in Welsh"), "value": programme.name_cy},
        {"key": _("Neutral name"), "value": programme.neutral_name},
        {"key": _("What is taught"), "value": programme.summary},
        {"key": _("Taught"), "value": programme.get_mode_display()},
        {"key": _("Usual language"), "value": language_words(programme.language)},
        {"key": _("Usual number of places"), "value": programme.capacity},
        {"key": _("For a single sex"), "value": _("Courses may be") if programme.single_sex else _("No")},
    ]


def _minutes(minutes: int) -> str:
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
