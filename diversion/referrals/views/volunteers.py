"""The way in for somebody who asks for help themselves: help lines first, then a course, a contact, a code (R14)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from diversion.accounts.guards import needs, public
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.accounts.sessions import sign_in_participant
from diversion.core import clock
from diversion.core.actor import Actor, ActorKind
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.core.references import spoken
from diversion.referrals.forms.participant import CodeForm
from diversion.referrals.forms.volunteers import ComeBackForm, CourseChoiceForm, NewcomerForm
from diversion.referrals.help_lines import CHECKED_ON, HELP_LINES
from diversion.referrals.models import ContactClaim, Referral, Scheme
from diversion.referrals.queries import voluntary_schemes
from diversion.referrals.services.contacts import ask_to_sign_in_again
from diversion.referrals.services.volunteering import claim_newcomer, join_voluntarily
from diversion.referrals.views.home import network_address
from diversion.referrals.views.pages import add_refusal, form_page

NEWCOMER = Actor(ActorKind.PARTICIPANT, process="newcomer")
"""Somebody who asks for help themselves; nothing about them is proved yet."""
SCHEME, CALLED, CLAIM, SHOW_REFERENCE = "self-scheme", "self-called", "self-claim", "self-show-reference"


@public("help lines, and what this service is: anybody may read them")
@require_safe
def self_show(request: HttpRequest) -> HttpResponse:
    return render(request, "referrals/self_show.html", {"help_lines": HELP_LINES, "checked_on": CHECKED_ON})


@public("anybody may look at which courses they could join of their own accord")
def self_choose(request: HttpRequest) -> HttpResponse:
    schemes = voluntary_schemes(day=clock.today())
    form = CourseChoiceForm(
        request.POST if request.method == "POST" else None, schemes=schemes, initial={"scheme": request.session.get(SCHEME)}
    )
    if not form.is_bound or not form.is_valid():
        return form_page(request, "referrals/self_choose.html", form, schemes=schemes)
    request.session[SCHEME] = form.cleaned_data["scheme"]
    return see_other("self-join")


@public("anybody may ask for help themselves: a code goes to the contact given, slowed down, and nobody is looked up")
def self_join(request: HttpRequest) -> HttpResponse:
    if _chosen(request) is None:
        return see_other("self-choose")
    form = NewcomerForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "referrals/self_join.html", form)
    request.session.cycle_key()
    typed = dict(form.cleaned_data)
    called = typed.pop("called")
    try:
        claim = claim_newcomer(**typed, **_here(request), address=network_address(request), by=NEWCOMER, at=clock.now())
    except Refusal as refusal:
        add_refusal(form, refusal)
        return form_page(request, "referrals/self_join.html", form)
    request.session[CALLED], request.session[CLAIM] = called, str(claim.pk)
    return see_other("self-confirm")


@public("follows a contact given in this browser: the code that proves it makes the account")
def self_confirm(request: HttpRequest) -> HttpResponse:
    scheme, called = _chosen(request), request.session.get(CALLED, "")
    claim = ContactClaim.objects.filter(pk=request.session[CLAIM]).first() if CLAIM in request.session else None
    if scheme is None or claim is None or request.session.session_key is None:
        return see_other("self-join")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            code = form.cleaned_data["code"]
            case = join_voluntarily(claim=claim, code=code, called=called, scheme=scheme, **_here(request), at=clock.now())
            return _let_in(request, case)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return form_page(request, "referrals/self_confirm.html", form, claim=claim)


@needs(Permission.OWN_CASE)
@require_safe
def self_welcome(request: StaffRequest) -> HttpResponse:
    """The reference, once. It is also in the message that was sent."""
    case = Referral.objects.visible_to(request.user).filter(voluntary=True).order_by("-created_at").first()
    if case is None or not request.session.pop(SHOW_REFERENCE, False):
        return see_other("my-home")
    return render(request, "referrals/self_welcome.html", {"reference": spoken(case.reference)})


@public("the way back in for somebody who asked for help themselves: the answer is the same whoever is known")
def self_sign_in(request: HttpRequest) -> HttpResponse:
    form = ComeBackForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "referrals/self_sign_in.html", form)
    request.session.cycle_key()
    try:
        subject = ask_to_sign_in_again(
            reference=form.cleaned_data["reference"],
            address=network_address(request),
            session_key=request.session.session_key or "",
            by=NEWCOMER,
            at=clock.now(),
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return form_page(request, "referrals/self_sign_in.html", form)
    request.session["sign-in"], request.session["sign-in-door"] = str(subject), "self-sign-in"
    return see_other("participant-sign-in-code")


def _chosen(request: HttpRequest) -> Scheme | None:
    schemes = {each.public_id: each for each in voluntary_schemes(day=clock.today())}
    return schemes.get(request.session.get(SCHEME, ""))


def _here(request: HttpRequest) -> dict[str, Any]:
    return {"session_key": request.session.session_key or "", "language": get_language() or "en-gb"}


def _let_in(request: HttpRequest, case: Referral) -> HttpResponse:
    for each in (SCHEME, CALLED, CLAIM):
        request.session.pop(each, None)
    if case.participant and case.participant.user:
        sign_in_participant(request, case.participant.user)
    request.session[SHOW_REFERENCE] = True
    return see_other("self-welcome")
