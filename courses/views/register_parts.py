"""What becomes of a register that a page or its script sends."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from courses.drafts import Kept
from courses.forms.register import PARTS, RegisterForm
from courses.models import Session
from courses.outcomes import outcomes_for
from courses.queries.registers import Person
from courses.register_rules import RegisterIsAlreadySubmitted
from courses.services.drafts import keep_marks
from courses.services.register import ArrivalIsAhead, submit_register
from diversion.accounts.http import StaffRequest
from diversion.core.errors import Refusal
from diversion.core.http import see_other


def already_sent(request: StaffRequest, session: Session) -> HttpResponse:
    """The sent register; to a late second sending it says that it changed nothing."""
    if request.method == "POST":
        messages.info(request, _("This register had been sent already. What you sent now has changed nothing."))
    return see_other("register-show", public_id=session.public_id)


def take(request: StaffRequest, session: Session, form: RegisterForm, *, at: datetime) -> HttpResponse | RegisterForm:
    """Keeps what was marked; then sends the register, if that was asked and its page showed all that is marked.

    A page that did not is drawn again with the others' marks: nobody puts their name to what they have not seen.
    """
    is_valid = form.is_valid()
    try:
        kept = keep_marks(session=session, drafts=form.drafts, user=request.user, at=at)
        if kept.has_news:
            return _with_news(request, form, kept)
        form.tokens.update(kept.tokens)
        if "keep" in request.POST and not form.unread():
            messages.success(request, _("Saved. Nothing is sent yet."))
            return see_other("register-mark", public_id=session.public_id)
        if is_valid and "keep" not in request.POST:
            marks, by = form.marks(), request.user.as_actor()
            submit_register(session=session, marks=marks, user=request.user, by=by, at=at, seen=kept.tokens)
            return see_other("register-show", public_id=session.public_id)
    except RegisterIsAlreadySubmitted:
        return already_sent(request, session)
    except ArrivalIsAhead as refusal:
        form.say_of_lateness(refusal.booking_id, _("%(name)s cannot have come later than now: check the minutes late"))
    except Refusal as refusal:
        form.add_error(None, str(refusal.sentence))
    return form


def _with_news(request: StaffRequest, form: RegisterForm, kept: Kept) -> RegisterForm:
    messages.warning(request, _("Somebody else has marked people since you opened this page. Look at it, then go on."))
    marked = _("Marked by somebody else just now.")
    return RegisterForm(
        None, people=form.people, outcomes=outcomes_for(request.user), kept=kept.values, tokens=kept.tokens,
        notes={**dict.fromkeys(kept.taken, marked), **kept.clashes},
        identity=form.data.get("identity"), everyone_else=form.data.get("everyone_else"),
    )  # fmt: skip


def keep_for_script(request: StaffRequest, session: Session, people: Sequence[Person], *, at: datetime) -> JsonResponse:
    """`lines` is everything that is marked by now; `unread` are lines with a part that cannot be read, which are not kept."""
    form = RegisterForm(request.POST, people=people, outcomes=outcomes_for(request.user))
    form.is_valid()
    try:
        kept = keep_marks(session=session, drafts=form.drafts, user=request.user, at=at)
    except RegisterIsAlreadySubmitted:
        return JsonResponse({"sent": reverse("register-show", args=[session.public_id])}, status=409)
    keys = {person.booking_id: person.key for person in people}
    lines = {
        keys[booking_id]: {"base": kept.tokens.get(booking_id, ""), **dict(zip(PARTS, values, strict=True))}
        for booking_id, values in kept.values.items()
        if booking_id not in kept.clashes
    }
    clashes = {
        keys[booking_id]: {"words": words, "base": kept.tokens.get(booking_id, "")}
        for booking_id, words in kept.clashes.items()
    }
    return JsonResponse({"lines": lines, "clashes": clashes, "unread": sorted(form.unread())})
