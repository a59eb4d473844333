"""Coming back: reference and date of birth, then a code to the contact confirmed before."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from diversion.accounts.guards import public
from diversion.accounts.sessions import sign_in_participant
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.referrals.forms.participant import CodeForm, SignInForm
from diversion.referrals.services.contacts import ask_to_sign_in, sign_in
from diversion.referrals.views.home import LETTER, network_address
from diversion.referrals.views.pages import add_refusal, form_page


@public("the way back in for participants: the answer is the same whoever is known")
def participant_sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "referrals/sign_in.html", form)
    request.session.cycle_key()
    try:
        subject = ask_to_sign_in(
            **form.cleaned_data,
            address=network_address(request),
            session_key=request.session.session_key or "",
            by=LETTER,
            at=clock.now(),
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return form_page(request, "referrals/sign_in.html", form)
    request.session["sign-in"], request.session["sign-in-door"] = str(subject), "participant-sign-in"
    return see_other("participant-sign-in-code")


@public("follows a request to sign in from this browser: a code that was sent to a confirmed contact")
def participant_sign_in_code(request: HttpRequest) -> HttpResponse:
    subject, key = request.session.get("sign-in"), request.session.session_key
    if subject is None or key is None:
        return see_other("participant-sign-in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    door = request.session.get("sign-in-door", "participant-sign-in")
    if not form.is_bound or not form.is_valid():
        return form_page(request, "referrals/sign_in_code.html", form, door=door)
    try:
        user = sign_in(subject_id=UUID(subject), code=form.cleaned_data["code"], session_key=key, at=clock.now())
    except Refusal as refusal:
        add_refusal(form, refusal)
        return form_page(request, "referrals/sign_in_code.html", form, door=door)
    sign_in_participant(request, user)
    return see_other("my-home")
