"""How a change is answered."""

from typing import Any

from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url


def see_other(to: Any, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
    """303 to a URL name, object or path: after a POST the browser fetches the next page with GET, and Reload repeats no change."""
    return HttpResponseRedirect(resolve_url(to, *args, **kwargs), status=303)
