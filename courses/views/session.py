"""One session of a course: another time, and other trainers."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.forms.session import MoveConfirmForm, MoveForm, TrainersForm
from courses.models import Session
from courses.queries.rescheduling import Move, move_of
from courses.services.rescheduling import MoveHasChanged, move_session
from courses.services.substitution import replace_trainers
from courses.views.session_words import CHANGES_HEAD, change_rows
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other


@needs(Permission.SCHEDULE)
@require_http_methods(["GET", "HEAD", "POST"])
def session_move(request: StaffRequest, public_id: str) -> HttpResponse:
    """Asks for a time; with one in the address, shows what would change and for how many; POST moves it."""
    session = _session(request, public_id)
    form = MoveForm(request.GET or None, session=session)
    at, found = clock.now(), None
    if form.is_valid():
        try:
            found = move_of(course=session.course, position=session.position, **form.wish(), at=at)
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
    confirm = _confirm_form(request, found) if found else None
    if found and confirm and request.method == "POST" and confirm.is_valid():
        typed = {"ask_officers": False, **confirm.cleaned_data}
        try:
            move_session(session=session, **form.wish(), **typed, by=request.user.as_actor(), at=at)
        except MoveHasChanged as refusal:
            messages.warning(request, str(refusal))
            return see_other(request.get_full_path())
        except Refusal as refusal:
            confirm.add_error(refusal.field if refusal.field in confirm.fields else None, str(refusal))
        else:
            messages.success(request, _("The session is where you want it."))
            return see_other("course-show", public_id=session.course.public_id)
    return render(
        request, "courses/session_move.html", _context(session, form, confirm, found), status=_status(form, confirm)
    )


@needs(Permission.SCHEDULE)
@require_http_methods(["GET", "HEAD", "POST"])
def session_trainers(request: StaffRequest, public_id: str) -> HttpResponse:
    """Whoever teaches it from now on."""
    session = _session(request, public_id)
    form = TrainersForm(request.POST if request.method == "POST" else None, session=session)
    if request.method == "POST" and form.is_valid():
        try:
            replace_trainers(
                session=session, trainers=list(form.cleaned_data["trainers"]), by=request.user.as_actor(), at=clock.now()
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return see_other("course-show", public_id=session.course.public_id)
    context = {"session": session, "form": form}
    return render(request, "courses/session_trainers.html", context, status=422 if form.is_bound else 200)


def _session(request: StaffRequest, public_id: str) -> Session:
    mine = Session.objects.visible_to(request.user, at=clock.now())
    session: Session = get_object_or_404(mine.select_related("course__provider", "course__venue"), public_id=public_id)
    return session


def _confirm_form(request: StaffRequest, found: Move) -> MoveConfirmForm:
    typed = request.POST if request.method == "POST" else None
    return MoveConfirmForm(typed, late=len(found.late), initial={"fingerprint": found.fingerprint})


def _status(form: MoveForm, confirm: MoveConfirmForm | None) -> int:
    return 422 if form.errors or (confirm is not None and confirm.is_bound) else 200


def _context(session: Session, form: MoveForm, confirm: MoveConfirmForm | None, found: Move | None) -> dict[str, Any]:
    return {
        "session": session,
        "form": form if confirm is None or not confirm.is_bound else confirm,  # whose errors stand at the top
        "ask": form,
        "confirm": confirm,
        "late": len(found.late) if found else 0,
        "told": len(found.places) if found else 0,
        "head": CHANGES_HEAD,
        "rows": change_rows(found) if found else [],
    }
