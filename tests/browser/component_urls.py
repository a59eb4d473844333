"""Pages which only tests can reach: each component and each form field, in its plain and its error state."""

import datetime
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import include, path
from django.views.csrf import csrf_failure

from diversion.core.views import choose_language
from tests.browser.component_forms import (
    CodeForm,
    EveryFieldForm,
    FilterForm,
    OneDateForm,
    OneQuestionForm,
    OneTextForm,
    WholeFormError,
)

FORMS = {
    "every": EveryFieldForm,
    "question": OneQuestionForm,
    "date": OneDateForm,
    "text": OneTextForm,
    "whole": WholeFormError,
}
FRAME = {"help_phone": "0300 123 4567", "help_email": "help@example.org"}
AT = datetime.datetime(2026, 11, 3, 10, 0, tzinfo=datetime.UTC)
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"


def form_page(request: HttpRequest, kind: str) -> HttpResponse:
    form = FORMS[kind](request.POST, request.FILES) if request.method == "POST" else FORMS[kind]()
    if request.method == "POST" and form.is_valid():
        return redirect("/participant/", permanent=False)
    context = {"form": form, "kind": kind, **FRAME}
    return render(request, "component_form.html", context, status=422 if form.errors else 200)


def staff_page(request: HttpRequest) -> HttpResponse:
    here = "/staff/"
    person = {"text": "Sam Jones", "url": here, "header": True}
    late = {"tag": {"text": "Overdue", "colour": "red"}, "text": "no course chosen"}
    context: dict[str, Any] = {
        "navigation": [
            {"text": text, "url": here, "active": text == "My work"} for text in ("My work", "People", "Reports")
        ],
        "facts": [{"key": "Born", "value": "27 March 1990"}, {"key": "Town", "value": LONG}, {"key": "Phone", "value": ""}],
        "actions": [{"text": "Change details", "url": here}],
        "rows": [
            {"key": "Name", "value": "Sam Jones", "url": here},
            {"key": "Town", "value": LONG},
            {"key": "Email", "value": ""},
            {"key": "Phone", "value": "", "url": here, "action": "Add"},
        ],
        "head": [
            {"text": "Person", "sort_url": "?sort=name", "sorted": "ascending"},
            {"text": "State"},
            {"text": "Fee", "numeric": True},
        ],
        "table_rows": [[person, late, {"text": "£90.00", "numeric": True}]] * 3,
        "page_obj": Paginator(range(200), 10).page(5),
        "tasks": [
            {"title": "Person", "url": here, "status": "Completed"},
            {"title": "Needs", "url": here, "hint": "Interpreter, access", "status": "To do", "colour": "blue"},
            {"title": "Send", "status": "Cannot start yet"},
        ],
        "events": [
            {"title": "Place confirmed", "by": "A. Officer", "at": AT, "text": "Paid in full."},
            {"title": "Offer accepted", "by": "Sam Jones", "at": AT},
        ],
        "form": FilterForm(request.GET or None),
        "tags": [{"text": "Overdue", "url": here}, {"text": "Welsh", "url": here}],
        "user": SimpleNamespace(is_authenticated=True),
        "subpages": [{"text": "Overview", "url": here, "active": True}, {"text": "Timeline", "url": here}],
        **FRAME,
    }
    messages.success(request, "The place is confirmed.")
    messages.info(request, "The list is a minute old.")
    return render(request, "component_staff.html", context)


def participant_page(request: HttpRequest) -> HttpResponse:
    rows = [
        {"key": "Address", "value": "Town Hall, High Street"},
        {"key": "When", "value": "Tuesday 3 November 2026, 10am"},
    ]
    context = {"complete_by": datetime.date(2026, 12, 4), "rows": rows, **FRAME}
    return render(request, "component_participant.html", context)


def signing_in_page(request: HttpRequest, page: str) -> HttpResponse:
    """A page of the sign-in library with a made-up context, so that it can be looked at without a database."""
    key = SimpleNamespace(pk=1, created_at=AT, last_used_at=None, name="Work phone")
    session = {"user_agent": "Mozilla/5.0 " + LONG, "created_at": AT, "ip": "203.0.113.7", "is_current": True}
    form = CodeForm({} if request.GET else None)
    context = {
        "form": form,
        "verify_form": form,
        "webauthn_form": form,
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "authenticators": [key] if "webauthn" in page else {},
        "authenticator": key,
        "is_mfa_enabled": True,
        "js_data": {"request_options": {}},
        "totp_url": "otpauth://totp/Diversion?secret=JBSWY3DPEHPK3PXP",
        "sessions": [session, session | {"is_current": False}],
        "session_count": 2,
        "unused_codes": ["12345678", "23456789"],
        "can_view_codes": True,
        "can_download_codes": True,
        "can_generate_codes": True,
        "reauthentication_alternatives": [{"url": "/", "description": "Use your authenticator app or a code"}],
        "demo_personas": [{"slug": "officer", "name": "Case officer"}, {"slug": "trainer", "name": "Trainer"}],
        "PASSKEY_LOGIN_ENABLED": True,
        "email": "sam@example.org",
        **FRAME,
    }
    return render(request, page + ".html", context)


def refuse(request: HttpRequest, status: int) -> HttpResponse:
    if status == 500:
        raise RuntimeError("broken on purpose")
    if status == 419:
        return csrf_failure(request)
    raise {400: BadRequest, 403: PermissionDenied}[status]("a detail nobody should see")


urlpatterns = [
    path("", participant_page, name="home-show"),
    path("language/", choose_language, name="language-set"),
    path("account/", include("allauth.urls")),
    path("forms/<slug:kind>/", form_page),
    path("staff/", staff_page),
    path("participant/", participant_page),
    path("signing-in/<path:page>/", signing_in_page),
    path("refuse/<int:status>/", refuse),
]
