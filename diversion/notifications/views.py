"""The one page of this app: for load balancers and people on call."""

from django.http import HttpRequest, JsonResponse

from diversion.accounts.guards import public
from diversion.core import clock
from diversion.notifications.health import examine


@public("load balancers and people on call ask it; it names parts of the service and nobody")
def health_show(request: HttpRequest) -> JsonResponse:
    """200 when web, database, queue and beat are well; 503 naming what is not."""
    health = examine(at=clock.now())
    answer = {
        "status": "well" if health.well else "unwell",
        "unwell": [name for name, well in health.parts.items() if not well],
        "last_tick": health.last_tick.isoformat() if health.last_tick else None,
        **{name: "well" if well else "unwell" for name, well in health.parts.items()},
    }
    return JsonResponse(answer, status=200 if health.well else 503)
