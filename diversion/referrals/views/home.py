"""The start page: the way in for somebody with a letter. People who are signed in go to their own first page."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse

from diversion.accounts.guards import public
from diversion.accounts.navigation import home_url
from diversion.core import clock
from diversion.core.actor import Actor, ActorKind
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.referrals.forms.participant import LetterForm
from diversion.referrals.services.contacts import has_confirmed_since
from diversion.referrals.services.opening import open_offer
from diversion.referrals.views.pages import add_refusal, form_page

LETTER = Actor(ActorKind.PARTICIPANT, process="letter")
"""Somebody who holds a letter; who they are is not proved yet."""


@public("the way in for a person with a letter: reference, PIN and date of birth, slowed down after wrong tries")
def home_show(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return see_other(home_url(request.user))
    form = LetterForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "referrals/home.html", form)
    try:
        offer = open_offer(**form.cleaned_data, address=network_address(request), by=LETTER, at=clock.now())
    except Refusal as refusal:
        add_refusal(form, refusal)
        return form_page(request, "referrals/home.html", form)
    request.session.cycle_key()
    request.session["offer"] = offer.public_id
    been_here = has_confirmed_since(offer.referral.participant, offer.issued_at)
    return see_other("participant-sign-in" if been_here else "contact-ask")


def network_address(request: HttpRequest) -> str:
    """Where the request came from, through as many proxies as the settings trust."""
    return str(get_adapter().get_client_ip(request) or "")
