"""The service team grants licences, renews them, and ends them early."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.enums import LicenceKind
from courses.forms.licences import EndForm, GrantToProviderForm, GrantToTrainerForm, LastDayForm, RenewForm
from courses.queries.granting import (
    Licence,
    endangered_by_ending,
    history_of,
    licence_with,
    licences_of_providers,
    licences_of_trainers,
)
from courses.services.licences import end_licence, grant_licence, renew_licence
from courses.views import support_licence_words as words
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other

A_PAGE = 25
MOST_NAMED = 25
TRAINERS = "trainers"
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@needs(Permission.MANAGE_LICENCES)
@require_safe
def licence_find(request: StaffRequest) -> HttpResponse:
    """`?of=trainers` for theirs; `?name=` narrows to holders of such a name."""
    of_trainers, name = request.GET.get("of") == TRAINERS, request.GET.get("name", "").replace("\0", "").strip()
    found: QuerySet[Any] = licences_of_trainers(name) if of_trainers else licences_of_providers(name)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": words.licence_rows(page.object_list, today=clock.today()),
        "head": words.LIST_HEAD,
        "name": name,
        "of_trainers": of_trainers,
        "tabs": words.tabs(of_trainers=of_trainers),
        "query": words.page_query(of_trainers=of_trainers, name=name),
    }
    return render(request, "courses/licence_find.html", context)


@needs(Permission.MANAGE_LICENCES)
@get_or_post
def licence_grant(request: StaffRequest) -> HttpResponse:
    """`?of=trainers` to grant a trainer's."""
    form_of = GrantToTrainerForm if request.GET.get("of") == TRAINERS else GrantToProviderForm
    form = form_of(request.POST if request.method == "POST" else None)
    form.cancel_url = reverse("licence-find")
    if form.is_bound and form.is_valid():
        typed = {**form.cleaned_data, "kind": LicenceKind(form.cleaned_data["kind"])}
        try:
            licence = grant_licence(**typed, by=request.user.as_actor(), at=clock.now())
            return see_other("licence-show", public_id=licence.public_id)
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
    context = {"form": form, "of_trainers": form_of is GrantToTrainerForm}
    return render(request, "courses/licence_grant.html", context, status=422 if form.is_bound else 200)


@needs(Permission.MANAGE_LICENCES)
@require_safe
def licence_show(request: StaffRequest, public_id: str) -> HttpResponse:
    licence = _read(public_id)
    context = {
        "licence": licence,
        "facts": words.licence_facts(licence, today=clock.today()),
        "head": words.HISTORY_HEAD,
        "rows": words.history_rows(history_of(licence)),
        "is_over": licence.valid_until < clock.today(),
    }
    return render(request, "courses/licence_show.html", context)


@needs(Permission.MANAGE_LICENCES)
@get_or_post
def licence_renew(request: StaffRequest, public_id: str) -> HttpResponse:
    licence = _read(public_id)
    form = RenewForm(request.POST if request.method == "POST" else None, initial={"kind": licence.kind})
    if form.is_bound and form.is_valid():
        kind, last = LicenceKind(form.cleaned_data["kind"]), form.cleaned_data["valid_until"]
        try:
            renewed = renew_licence(
                licence=licence, kind=kind, valid_until=last, by=request.user.as_actor(), at=clock.now()
            )
            return see_other("licence-show", public_id=renewed.public_id)
        except Refusal as refusal:
            form.add_error("valid_until", str(refusal))
    context = {"form": form, "licence": licence}
    return render(request, "courses/licence_renew.html", context, status=422 if form.is_bound else 200)


@needs(Permission.MANAGE_LICENCES)
@get_or_post
def licence_end(request: StaffRequest, public_id: str) -> HttpResponse:
    """First the day, then which courses it endangers beside the reason and the button."""
    licence, at = _read(public_id), clock.now()
    asked = LastDayForm(request.GET or None)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            end_licence(licence=licence, **form.cleaned_data, by=request.user.as_actor(), at=at)
            messages.success(request, _("The licence ends early. Whom it concerns is told."))
            return see_other("licence-show", public_id=public_id)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    day = asked.cleaned_data["last_day"] if asked.is_bound and asked.is_valid() else None
    if day and not form.is_bound:
        form.initial = {"last_day": day}
    found = endangered_by_ending(licence, last_day=day, at=at) if day else []
    context = {"licence": licence, "form": form if day or form.is_bound else asked, "last_day": day, "count": len(found)}
    context |= {"rows": words.endangered_rows(found[:MOST_NAMED]), "head": words.ENDANGERED_HEAD}
    wrong = form.is_bound or (asked.is_bound and not asked.is_valid())
    return render(request, "courses/licence_end.html", context, status=422 if wrong else 200)


def _read(public_id: str) -> Licence:
    licence = licence_with(public_id)
    if licence is None:
        raise Http404
    return licence
