"""Headers and logs that hold for every answer, whatever made it."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger("diversion.request")
Answer = Callable[[HttpRequest], HttpResponse]


class RequestLogMiddleware:
    """One line per request: route, status, milliseconds, an id. Never a path's values, a query string, a body or a name."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=uuid.uuid4().hex[:12]):
            response = self.get_response(request)
            match = request.resolver_match
            log.info(
                "request",
                method=request.method,
                route=match.route if match else "(none)",
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000),
            )
        return response


class SeeOtherMiddleware:
    """A form that was taken answers 303, so that Reload and Back repeat nothing: libraries and `redirect()` say 302."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code == 302:
            response.status_code = 303
        return response


class PrivatePagesMiddleware:
    """Nothing that was made for one person is kept by a browser or a proxy: Back shows nobody's page after sign-out."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()")
        return response
