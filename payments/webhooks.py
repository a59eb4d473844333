"""Where the card company's notices arrive."""

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from diversion.accounts.guards import public
from diversion.core import clock
from payments.gateway import NoticeIsForged, connect
from payments.gateway.notices import LARGEST_BYTES
from payments.services.notices import take_in
from payments.tasks import wake

log = structlog.get_logger("diversion.payments")


@public("signed by the card company with a secret that only it and we know")
@csrf_exempt
@require_POST
def receive_notice(request: HttpRequest) -> HttpResponse:
    """Verify, keep, answer; what it is about is looked up afterwards. A forged notice changes nothing."""
    if not request.headers.get("Content-Length", "").isdigit() or int(request.headers["Content-Length"]) > LARGEST_BYTES:
        return HttpResponse(status=413)
    at = clock.now()
    try:
        notice = connect().read_event(request.body, request.headers.get("Stripe-Signature", ""), at=at)
    except NoticeIsForged as forgery:
        log.warning("notice_refused", why=str(forgery))
        return HttpResponse(status=400)
    take_in(notice=notice, at=at)
    wake(event_id=notice.event_id)
    return HttpResponse(status=200)
