"""Cases for the journeys: new people, brought in by the hub's own upload, so that no test needs what another changed."""

import csv
import io
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import FilePayload, Page

from tests.browser.service import Visitor

OFFICER = "case-officer@demo.example"
FIRST = "Robin"


def fresh(word: str) -> str:
    """A family name that nobody has yet."""
    return word + uuid4().hex[:6]


def rows_for(page: Page, *family_names: str) -> list[dict[str, str]]:
    """A row for each person, in the case officer's hands: the row of the template that the upload page offers."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Template (CSV)").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    example = next(csv.DictReader(io.StringIO(text, newline="")))
    return [
        {
            **example,
            "given_names": FIRST,
            "family_name": each,
            "agency_reference": each,
            "officer_email": OFFICER,
            "email": "",
        }
        for each in family_names
    ]


def file_of(rows: list[dict[str, str]]) -> FilePayload:
    """The rows as the file that a browser sends."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return {"name": "referrals.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}


def wait_for_rows(page: Page, count: int) -> None:
    """Until the worker has been through the file: the page says so when it is looked at again."""
    done = page.get_by_text(re.compile(rf"^{count} of {count} rows?$"))
    for _ in range(120):
        if done.count() and not page.get_by_text("It goes on in the background").count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError("the file was not gone through:\n" + page.get_by_role("main").inner_text())


def submitted(open_page: Any, service: Any, *family_names: str) -> None:
    """Referrals that wait for a supervisor. The pages on the way are looked at by the upload's own journey."""
    hub = Visitor(open_page(), service)
    hub.sign_in_as("force-hub")
    hub.page.goto(service.base + "/agency/imports/")
    hub.page.get_by_label("File of referrals").set_input_files(file_of(rows_for(hub.page, *family_names)))
    hub.page.get_by_label("Only check it first").uncheck()
    hub.page.get_by_role("button", name="Upload").click()
    wait_for_rows(hub.page, len(family_names))


def open_case(visitor: Visitor, family_name: str) -> None:
    """From the list of cases, by the search."""
    visitor.go("/agency/cases/")
    visitor.fill(Find_a_person=family_name)
    visitor.press("Search")
    visitor.press(f"{FIRST} {family_name}")
