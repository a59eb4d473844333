"""The one page-less view of the core: choosing a language."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST
from django.views.i18n import set_language


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Keeps the choice in a cookie and answers 303 to the page the person came from; never to another host."""
    response = set_language(request)
    if response.status_code == 302:
        response.status_code = 303
    return response
