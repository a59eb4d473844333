"""Pages which only tests can reach: each component and each form field, in its plain and its error state."""

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import include, path
from django.views.csrf import csrf_failure

from tests.browser.component_forms import EveryFieldForm, FilterForm, OneQuestionForm, OneTextForm

FORMS = {"every": EveryFieldForm, "question": OneQuestionForm, "text": OneTextForm}
FRAME = {"help_phone": "0300 123 4567", "help_email": "help@example.org"}
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"


def form_page(request: HttpRequest, kind: str) -> HttpResponse:
    form = FORMS[kind](request.POST, request.FILES) if request.method == "POST" else FORMS[kind]()
    if request.method == "POST" and form.is_valid():
        return redirect("/participant/", permanent=False)
    return render(request, "component_form.html", {"form": form, "kind": kind, **FRAME}, status=422 if form.errors else 200)


def staff_page(request: HttpRequest) -> HttpResponse:
    at = datetime.datetime(2026, 11, 3, 10, 0, tzinfo=datetime.UTC)
    person = {"text": "Sam Jones", "url": "/staff/", "header": True}
    context: dict[str, Any] = {
        "navigation": [
            {"text": "My work", "url": "/staff/", "active": True},
            {"text": "People", "url": "/staff/"},
            {"text": "Reports", "url": "/staff/"},
        ],
        "facts": [
            {"key": "Born", "value": "27 March 1990"},
            {"key": "Finish by", "value": "4 December 2026"},
            {"key": "Phone", "value": ""},
        ],
        "actions": [{"text": "Change details", "url": "/staff/"}],
        "rows": [
            {"key": "Name", "value": "Sam Jones", "url": "/staff/"},
            {"key": "Town", "value": LONG},
            {"key": "Email", "value": ""},
        ],
        "head": [
            {"text": "Person", "sort_url": "?sort=name", "sorted": "ascending"},
            {"text": "State"},
            {"text": "Fee", "numeric": True},
        ],
        "table_rows": [
            [
                person,
                {"tag": {"text": "Overdue", "colour": "red"}, "text": "no course chosen"},
                {"text": "£90.00", "numeric": True},
            ]
        ]
        * 3,
        "page_obj": Paginator(range(200), 10).page(5),
        "tasks": [
            {"title": "Person", "url": "/staff/", "status": "Completed"},
            {"title": "Needs", "url": "/staff/", "hint": "Interpreter, access", "status": "To do", "colour": "blue"},
        ],
        "events": [
            {"title": "Place confirmed", "by": "A. Officer", "at": at, "text": "Paid in full."},
            {"title": "Offer accepted", "by": "Sam Jones", "at": at},
        ],
        "form": FilterForm(request.GET or None),
        "tags": [{"text": "Overdue", "url": "/staff/"}, {"text": "Welsh", "url": "/staff/"}],
        "subpages": [{"text": "Overview", "url": "/staff/", "active": True}, {"text": "Timeline", "url": "/staff/"}],
        **FRAME,
    }
    messages.success(request, "The place is confirmed.")
    messages.info(request, "The list is a minute old.")
    return render(request, "component_staff.html", context)


def participant_page(request: HttpRequest) -> HttpResponse:
    return render(request, "component_participant.html", {"complete_by": datetime.date(2026, 12, 4), **FRAME})


def refuse(request: HttpRequest, status: int) -> HttpResponse:
    if status == 500:
        raise RuntimeError("broken on purpose")
    if status == 419:
        return csrf_failure(request)
    raise {400: BadRequest, 403: PermissionDenied}[status]("a detail nobody should see")


urlpatterns = [
    path("", participant_page, name="home-show"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("allauth.urls")),
    path("forms/<slug:kind>/", form_page),
    path("staff/", staff_page),
    path("participant/", participant_page),
    path("refuse/<int:status>/", refuse),
]
