"""Structured logs that hold ids, names of things and figures: never a person's data.

* Our own events are names with values (`log.info("message", message_id=...)`). A value with an @ in it, or under a name that
  a person's data goes by, is left out.
* What libraries say is cut to its template ("Task %s failed: %r"), because what is filled in may be anybody's; a message
  without placeholders may have been filled in already, so only the place in the code that wrote it is kept.
* An exception is logged as its type and frames, without its message ("Key (email)=(…) already exists") and without local
  values. Of a database error the code and the constraint's name are kept, which name no row.
* Of requests the route's pattern is logged, not the address: addresses hold tokens and ids.
"""

import logging
import sys
import traceback
from logging import LogRecord
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

ROOT = str(Path(__file__).resolve().parents[2]) + "/"
OURS = ("diversion", "courses", "payments")
LEFT_OUT = "(left out)"
PERSONAL = {
    "name", "surname", "forename", "email", "phone", "mobile", "address", "postcode", "born_on", "date_of_birth", "notes",
    "needs", "body", "subject", "text", "password", "code", "pin", "reference", "token", "secret", "path", "url", "query",
}  # fmt: skip
DEEPEST_FRAMES = 30


def logging_settings(*, level: str, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error, one line each, JSON or for people to read."""
    last = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    quiet = {"level": "WARNING", "handlers": ["stderr"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "use_get_message": False,
                "pass_foreign_args": True,
                "foreign_pre_chain": [*_common(), cut_to_template],
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            **{name: {"level": level, "handlers": ["stderr"], "propagate": False} for name in OURS},
            # These write addresses; `report_fault` and RequestLogMiddleware say the same without them.
            "django.request": {"handlers": [], "level": "CRITICAL", "propagate": False},
            "django.server": {"handlers": [], "level": "CRITICAL", "propagate": False},
            "django.db.backends": quiet,
            "celery": quiet,
            "stripe": quiet,
            "gunicorn.error": {**quiet, "level": "INFO"},
        },
    }


def configure_structlog() -> None:
    """Send our own events through the same handler."""
    logging.raiseExceptions = False  # a line that cannot be written is dropped: Python would print all that was in it
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_common(),
            keep_to_ids,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def report_fault(*, sender: object = None, **_: object) -> None:
    """Log the exception being handled: what Django answers with a 500. Receiver of `got_request_exception`."""
    structlog.get_logger("diversion.fault").error("unhandled exception", exc_info=True)


def tell_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by the exception's type and frames."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event.update(_facts_of(error))
    return event


def keep_to_ids(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leave out values that are, or look like, a person's data."""
    for key, value in event.items():
        if key in PERSONAL or (isinstance(value, str) and "@" in value):
            event[key] = LEFT_OUT
    return event


def cut_to_template(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Reduce a library's record to what its programmer wrote."""
    record: LogRecord = event["_record"]
    filled_in = event.pop("positional_args", ())
    if not filled_in:
        event["event"] = f"{record.module}.{record.funcName}:{record.lineno}"
    if isinstance(filled_in, dict) and record.name.startswith("celery."):
        event.update({key: str(filled_in[key]) for key in ("name", "id") if key in filled_in})
    return event


def _common() -> list[structlog.typing.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        tell_exception,
    ]


def _facts_of(error: BaseException) -> dict[str, Any]:
    kinds: list[str] = []
    facts: dict[str, Any] = {}
    here: BaseException | None = error
    while here is not None and len(kinds) < 5:
        kinds.append(f"{type(here).__module__}.{type(here).__qualname__}")
        if diagnosis := getattr(here, "diag", None):
            facts = {"sqlstate": diagnosis.sqlstate, "constraint": diagnosis.constraint_name}
        here = here.__cause__ or here.__context__
    frames = [
        f"{frame.f_code.co_filename.removeprefix(ROOT)}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return {"error_types": kinds, "frames": frames[-DEEPEST_FRAMES:], **facts}
