"""Each component and each kind of field, plain and in error, in a real browser under the real policy."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.soundness import faults, watch

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
PAGES = {
    "/participant/": 200,
    "/staff/": 200,
    "/forms/every/": 200,
    "/forms/question/": 200,
    "/forms/date/": 200,
    "/forms/text/": 200,
    "/account/password/reset/": 200,
    "/account/password/reset/done/": 200,
    "/account/inactive/": 200,
    "/refuse/400/": 400,
    "/refuse/403/": 403,
    "/refuse/419/": 403,
    "/refuse/500/": 500,
    "/nowhere/": 404,
}
SIGNING_IN = [
    "account/login",
    "account/reauthenticate",
    "account/password_change",
    "account/password_reset_from_key",
    "account/confirm_login_code",
    "mfa/authenticate",
    "mfa/reauthenticate",
    "mfa/index",
    "mfa/totp/activate_form",
    "mfa/totp/deactivate_form",
    "mfa/recovery_codes/index",
    "mfa/recovery_codes/generate",
    "mfa/webauthn/authenticator_list",
    "mfa/webauthn/authenticator_confirm_delete",
    "mfa/webauthn/add_form",
    "mfa/webauthn/edit_form",
    "mfa/webauthn/reauthenticate",
    "usersessions/usersession_list",
]
LINKS = {"every": 12, "question": 1, "date": 1, "text": 1, "whole": 2}
SUBMIT = "main form button[type=submit]"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The component pages behind gunicorn with collected, hashed, compressed files."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    files = str(tmp_path_factory.mktemp("static"))
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.browser.component_settings", "COMPONENT_STATIC": files}
    environment["PYTHONPATH"] = str(ROOT)
    collect = [sys.executable, "-m", "django", "collectstatic", "--noinput", "-v0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    serve = [sys.executable, "-m", "gunicorn", "--no-control-socket", "-b", f"127.0.0.1:{port}", "--threads", "4"]
    with subprocess.Popen([*serve, "tests.browser.component_wsgi"], cwd=ROOT, env=environment) as server:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address + "/participant/")
        yield address
        server.terminate()


def _wait_for(url: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_sound(site: str, open_page: Any, width: int) -> None:
    page = open_page(width)
    strange = watch(page)
    titles = {}
    wrong = {}
    for path, status in PAGES.items():
        answer = page.goto(site + path, wait_until="networkidle")
        assert (path, answer.status) == (path, status)
        titles[path] = page.title()
        if "/500/" not in path and page.locator("body.govuk-frontend-supported").count() == 0:
            wrong[path] = ["the script did not run"]
        if found := faults(page):
            wrong[path] = found
    assert wrong == {}
    assert strange == []
    assert all(titles.values())


def test_the_sign_in_librarys_pages_are_sound(site: str, open_page: Any) -> None:
    page = open_page()
    strange = watch(page)
    wrong = {}
    for template in SIGNING_IN:
        answer = page.goto(f"{site}/signing-in/{template}/?errors=1", wait_until="networkidle")
        assert (template, answer.status) == (template, 200)
        if found := faults(page):
            wrong[template] = found
        if page.title().removeprefix("Error: ").startswith(" –"):
            wrong[template] = ["no title"]
    assert wrong == {}
    assert strange == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("kind", LINKS)
def test_a_form_in_error_is_sound_and_every_link_moves_the_focus(site: str, open_page: Any, kind: str, width: int) -> None:
    page = open_page(width)
    strange = watch(page)
    page.goto(f"{site}/forms/{kind}/", wait_until="networkidle")
    page.locator(SUBMIT).last.click()
    page.wait_for_load_state("networkidle")
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert faults(page) == []
    links = page.locator(".govuk-error-summary a")
    assert links.count() == LINKS[kind]
    for number in range(links.count()):
        target = links.nth(number).get_attribute("href").removeprefix("#")
        links.nth(number).click()
        assert page.evaluate("[document.activeElement.id, document.activeElement.matches('input,select,textarea')]") == [
            target,
            True,
        ]
    assert strange == []


def test_a_date_in_error_leads_to_its_first_wrong_part_and_keeps_what_was_typed(site: str, open_page: Any) -> None:
    page = open_page()
    page.goto(f"{site}/forms/date/")
    page.get_by_label("Day").fill("27")
    page.get_by_label("Month").fill("3")
    page.locator(SUBMIT).click()
    page.get_by_role("link", name="The date must include a year").click()
    assert page.evaluate("document.activeElement.name") == "born_on_year"
    assert page.get_by_label("Day").input_value() == "27"
    assert page.locator(".govuk-input--error").count() == 1


def test_without_javascript_a_form_still_answers(site: str, open_page: Any) -> None:
    page = open_page(javascript=False)
    page.goto(f"{site}/forms/every/")
    page.get_by_label("Full name").fill("Sam Jones")
    page.locator(SUBMIT).click()
    assert page.title().startswith("Error: ")
    assert page.get_by_label("Full name").input_value() == "Sam Jones"
    page.get_by_role("link", name="Enter PIN").click()
    assert page.url.endswith("#id_pin")
    page.goto(f"{site}/forms/text/")
    page.get_by_label("What is your postcode?").fill("LL57 1AA")
    page.locator(SUBMIT).click()
    assert page.url == f"{site}/participant/"


@pytest.mark.parametrize("javascript", [True, False])
def test_the_language_switch_keeps_the_page(site: str, open_page: Any, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    page.goto(f"{site}/participant/?from=letter")
    page.get_by_role("button", name="Cymraeg").click()
    assert page.url == f"{site}/participant/?from=letter"
    assert page.locator("html").get_attribute("lang") == "cy"
    assert page.get_by_text("Gorffennwch eich cwrs erbyn Dydd Gwener 4 Rhagfyr 2026").is_visible()
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en-gb"


def test_the_way_out_asks_nothing_of_other_hosts_until_it_is_used(site: str, open_page: Any) -> None:
    page = open_page()
    strange = watch(page)
    page.goto(f"{site}/participant/", wait_until="networkidle")
    assert strange == []
    with page.expect_request("https://www.bbc.co.uk/weather"):
        page.get_by_role("button", name="Exit this page").click()


def test_the_first_tab_leads_past_the_header(site: str, open_page: Any) -> None:
    page = open_page()
    page.goto(f"{site}/participant/", wait_until="networkidle")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"


def test_a_first_visit_weighs_less_than_100_kilobytes(site: str, open_page: Any) -> None:
    page = open_page()
    weights: list[float] = []
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.goto(f"{site}/participant/", wait_until="networkidle")
    assert len(weights) >= 5
    assert sum(weights) < 100_000


def test_error_pages_tell_nothing(site: str, open_page: Any) -> None:
    page = open_page()
    for path in ("/refuse/400/", "/refuse/403/", "/refuse/419/", "/refuse/500/", "/nowhere/secret-word/"):
        page.goto(site + path)
        assert "a detail nobody should see" not in page.content()
        assert "broken on purpose" not in page.content()
        assert "secret-word" not in page.content()
