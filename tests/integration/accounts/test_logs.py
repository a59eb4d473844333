"""What is written about a fault, a request and a library's complaint: enough to find it, nothing of anybody."""

import io
import json
import logging
import logging.config

import pytest
import structlog
from django.test import Client

from diversion.core.logging import logging_settings
from diversion.settings.base import LOGGING

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.accounts.door_urls")]


@pytest.fixture
def lines(settings):
    """The lines production would write."""
    written = io.StringIO()
    wanted = logging_settings(level="INFO", as_json=True)
    wanted["handlers"]["stderr"]["stream"] = written
    logging.config.dictConfig(wanted)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.config.dictConfig(settings.LOGGING)


def test_production_writes_json():
    assert isinstance(LOGGING["formatters"]["line"]["processors"][-1], structlog.processors.JSONRenderer)


@pytest.mark.parametrize("path", ["/test/row/canary-path/?q=canary-query", "/test/message/canary-path/?q=canary-query"])
def test_a_fault_shows_nobody_anything(lines, path):
    client = Client(raise_request_exception=False, headers={"user-agent": "canary-agent"})
    page = client.get(path)
    assert page.status_code == 500
    assert b"canary" not in page.content
    assert b"Traceback" not in page.content
    written = lines()
    assert "canary" not in json.dumps(written).replace("/<str:canary>/", "")
    fault = next(line for line in written if line["event"] == "unhandled exception")
    request = next(line for line in written if line["event"] == "request")
    assert fault["request_id"] == request["request_id"]
    assert (request["status"], request["method"]) == (500, "GET")
    assert any("door_urls.py" in frame for frame in fault["frames"])


def test_a_database_fault_names_its_constraint(lines):
    Client(raise_request_exception=False).get("/test/row/x/")
    fault = next(line for line in lines() if line["event"] == "unhandled exception")
    assert fault["error_types"] == ["django.db.utils.IntegrityError", "psycopg.errors.UniqueViolation"]
    assert (fault["sqlstate"], fault["constraint"]) == ("23505", "accounts_user_email_is_unique")


def test_a_library_is_cut_to_its_template(lines):
    logging.getLogger("library").warning("cannot reach %s", "canary")
    logging.getLogger("library").warning("cannot reach canary")
    logging.getLogger("django.security.csrf").warning("Forbidden (%s): %s", "reason", "/canary/")
    try:
        raise ValueError("canary")
    except ValueError:
        logging.getLogger("celery.app.trace").error(
            "Task %(name)s[%(id)s] raised: %(exc)s", {"name": "diversion.tick", "id": "7", "exc": "canary"}, exc_info=True
        )
    written = lines()
    assert "canary" not in json.dumps(written)
    assert [line["event"] for line in written[:1]] == ["cannot reach %s"]
    assert written[1]["event"].startswith("test_logs.")
    assert (written[3]["name"], written[3]["id"], written[3]["error_types"]) == (
        "diversion.tick",
        "7",
        ["builtins.ValueError"],
    )


def test_our_own_events_keep_ids_and_leave_people_out(lines):
    structlog.get_logger("diversion.test").info(
        "noted", message_id="5", email="canary", to="canary@example.org", state="sent"
    )
    (line,) = lines()
    assert (line["message_id"], line["state"]) == ("5", "sent")
    assert "canary" not in json.dumps(line)


def test_statements_are_not_logged(lines):
    Client().get("/account/login/")
    assert not [line for line in lines() if "SELECT" in json.dumps(line)]
