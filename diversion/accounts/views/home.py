"""To one's own first page, and the choice of language."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_POST

from diversion.accounts.guards import public, signed_in
from diversion.accounts.http import StaffRequest
from diversion.accounts.models import User
from diversion.accounts.navigation import home_url
from diversion.core import views as core


@signed_in
@require_GET
def go_home(request: StaffRequest) -> HttpResponse:
    """Redirects to the first page of the person's role."""
    return HttpResponseRedirect(home_url(request.user))


@public("a language is chosen before signing in")
@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Keeps the choice in a cookie and, for who is signed in, as the language of the messages they are sent."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=language)
    return core.choose_language(request)
