"""From an opened letter to an account: a contact, a code, in."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from diversion.accounts.guards import public
from diversion.accounts.sessions import sign_in_participant
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.referrals.forms.participant import CodeForm, ContactForm
from diversion.referrals.models import ContactClaim, Offer
from diversion.referrals.services.contacts import claim_contact, confirm_contact
from diversion.referrals.views.home import LETTER
from diversion.referrals.views.pages import add_refusal, form_page


@public("follows an opened letter: does nothing without one in this browser's session")
def contact_ask(request: HttpRequest) -> HttpResponse:
    offer = Offer.objects.filter(public_id=request.session.get("offer", ""), ended_at=None).first()
    if offer is None or request.session.session_key is None:
        return see_other("home-show")
    form = ContactForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "referrals/contact_ask.html", form)
    try:
        claim = claim_contact(
            offer=offer, **form.cleaned_data, session_key=request.session.session_key, by=LETTER, at=clock.now()
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return form_page(request, "referrals/contact_ask.html", form)
    request.session["claim"] = str(claim.pk)
    return see_other("contact-confirm")


@public("follows an opened letter and a contact: does nothing without both in this browser's session")
def contact_confirm(request: HttpRequest) -> HttpResponse:
    claim = ContactClaim.objects.filter(pk=request.session["claim"]).first() if "claim" in request.session else None
    if claim is None or request.session.session_key is None:
        return see_other("contact-ask")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "referrals/contact_confirm.html", form, claim=claim)
    try:
        user = confirm_contact(
            claim=claim,
            code=form.cleaned_data["code"],
            session_key=request.session.session_key,
            language=get_language() or "en-gb",
            at=clock.now(),
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return form_page(request, "referrals/contact_confirm.html", form, claim=claim)
    sign_in_participant(request, user)
    return see_other("offer-show")
