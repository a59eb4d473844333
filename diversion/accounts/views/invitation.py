"""Taking up an invitation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from diversion.accounts.forms import AcceptForm
from diversion.accounts.guards import staff_door
from diversion.accounts.services.invitations import InvitationIsOver, accept_invitation, find_invitation
from diversion.core import clock


@staff_door("the link in an invitation; its token of 256 bits is the key")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Asks for a name and a password, makes the account, and leads to the sign-in page. Every dead link looks the same."""
    at = clock.now()
    try:
        form = AcceptForm(request.POST or None, invitation=find_invitation(token=token, at=at))
        if form.is_valid():
            accept_invitation(token=token, **form.cleaned_data, at=at)
            return redirect("invitation-accepted")
    except InvitationIsOver as refusal:
        return render(request, "accounts/invitation_over.html", {"sentence": refusal.sentence}, status=404)
    return render(request, "accounts/accept.html", {"form": form}, status=422 if form.errors else 200)


@staff_door("says what comes next; names nobody")
@require_http_methods(["GET"])
def accepted(request: HttpRequest) -> HttpResponse:
    """What comes next: sign in, then set up a second factor."""
    return render(request, "accounts/accepted.html")
