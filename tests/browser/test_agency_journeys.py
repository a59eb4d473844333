"""What officers, supervisors, the hub and somebody who came of their own accord do, on a phone, by the buttons they press."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from diversion.core import clock
from tests.browser.service import Service, Visitor
from tests.browser.uploading import FIRST, file_of, fresh, open_case, rows_for, submitted, wait_for_rows

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
Open = Callable[..., Page]
REFERENCE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def as_staff(persona: str, service: Service, open_page: Open) -> Visitor:
    visitor = Visitor(open_page(360), service)
    visitor.sign_in_as(persona)
    return visitor


def submit(visitor: Visitor, name: str) -> None:
    """Press the button that sends the form, where a link of the page has the same words."""
    visitor.page.get_by_role("main").get_by_role("button", name=name, exact=True).last.click()
    visitor.page.wait_for_load_state()
    visitor.look()


def decide(supervisor: Visitor, family_name: str, decision: str) -> None:
    group = supervisor.page.get_by_role("group", name=f"Your decision on {FIRST} {family_name}")
    group.get_by_label(decision).check()


def test_the_hub_checks_a_file_takes_it_in_and_sees_what_became_of_each_row(service: Service, open_page: Open) -> None:
    hub = as_staff("force-hub", service, open_page)
    page, good, bad = hub.page, fresh("Good"), fresh("Bad")
    hub.go("/agency/imports/")
    rows = rows_for(page, good, bad)
    rows[1]["offence_on"] = "yesterday"
    page.get_by_label("File of referrals").set_input_files(file_of(rows))
    hub.press("Upload")
    wait_for_rows(page, 2)
    hub.look()
    hub.sees("Check of an uploaded file", "Nothing is taken in yet", "Would be taken in")
    hub.press("Show only refused rows")
    hub.sees("offence_on: ")
    hub.press("Show all rows")
    hub.press("Take in what was checked")
    wait_for_rows(page, 2)
    hub.look()
    results = [each.inner_text() for each in page.locator("tbody tr").all()]
    assert [("Taken in" in each, "Refused" in each) for each in results] == [(True, False), (False, True)]
    page.get_by_role("main").get_by_role("link", name=REFERENCE).click()
    hub.look()
    hub.sees(f"{FIRST} {good}", "Casey Officer")


def test_the_hub_writes_a_scheme_and_somebody_else_publishes_it(service: Service, open_page: Open) -> None:
    hub, name, today = as_staff("force-hub", service, open_page), fresh("Trial "), clock.today()
    page = hub.page
    hub.go("/agency/schemes/")
    hub.press("New scheme")
    page.get_by_label("Conditional caution with a paid course").check()
    page.locator("[name=name]").fill(name)
    page.locator("[name=code]").fill(name.upper().replace(" ", "-"))
    page.locator("[name=programme]").select_option(label="Thinking ahead")
    for part in ("day", "month", "year"):
        page.locator(f"[name=in_force_from_{part}]").fill(str(getattr(today, part)))
    hub.press("Save the first draft")
    hub.fill(Days_to_answer_the_offer="0")
    hub.press("Save the draft")
    assert page.title().startswith("Error:")
    hub.fill(Days_to_answer_the_offer="12", What_changes="A first try.")
    hub.press("Save the draft")
    hub.sees("What would have changed", "This is only a trial.")
    page.get_by_role("link", name="Back").click()
    page.wait_for_load_state()
    hub.look()
    hub.press("Publish it")
    hub.sees("You drafted this version, so somebody else must publish it.")
    assert page.get_by_role("button", name="Publish this version").count() == 0
    supervisor = as_staff("supervisor", service, open_page)
    supervisor.go("/agency/schemes/")
    supervisor.press(name)
    supervisor.sees("None: no offer can be made yet")
    supervisor.press("Go on with the draft")
    supervisor.press("Publish it")
    supervisor.sees("It is the first version of this scheme.", "A first try.")
    supervisor.press("Publish this version")
    supervisor.sees("The version was published.", "Version 1, from", "Hollie Hub", "Supriya Visor")


def test_a_supervisor_refuses_one_returns_one_and_authorises_several_from_one_page(
    service: Service, open_page: Open
) -> None:
    no, again, one, two = (fresh(word) for word in ("No", "Again", "One", "Two"))
    submitted(open_page, service, no, again, one, two)
    supervisor = as_staff("supervisor", service, open_page)
    page = supervisor.page
    supervisor.go("/agency/authorise/")
    supervisor.press(f"{FIRST} {no}")
    page.get_by_label("Refuse", exact=True).check()
    supervisor.press("Save decision")
    assert page.title().startswith("Error:")
    supervisor.fill(Reason="Not for this offence.")
    supervisor.press("Save decision")
    supervisor.go("/agency/authorise/")
    assert no not in page.content()
    for each in (again, one, two):
        page.get_by_label(f"Choose {FIRST} {each}").check()
    supervisor.press("Read and decide the chosen ones")
    for each in (one, two):
        decide(supervisor, each, "Authorise and send the offer")
    supervisor.press("Save decisions")
    supervisor.sees(f"Choose a decision on {FIRST} {again}")
    decide(supervisor, again, "Return for changes")
    supervisor.page.get_by_label(f"Reason for {FIRST} {again}").fill("Which victim was asked?")
    supervisor.press("Save decisions")
    supervisor.sees("Authorised: 2. Returned: 1.")
    officer = as_staff("case-officer", service, open_page)
    open_case(officer, one)
    officer.sees("Offer sent, still time to answer")
    open_case(officer, again)
    officer.press("The file: see or change it")
    officer.sees("This referral was returned for changes.", "Which victim was asked?")


def test_an_officer_prints_the_days_letters_and_records_the_proof_of_posting(service: Service, open_page: Open) -> None:
    name = fresh("Post")
    submitted(open_page, service, name)
    supervisor = as_staff("supervisor", service, open_page)
    supervisor.go("/agency/authorise/")
    supervisor.press(f"{FIRST} {name}")
    supervisor.page.get_by_label("Authorise and send the offer").check()
    supervisor.press("Save decision")
    officer = as_staff("case-officer", service, open_page)
    page = officer.page
    officer.go("/agency/letters/")
    officer.sees(name)
    officer.press("Make today’s batch")
    officer.sees("Batch of", name, "ask for a certificate of posting")
    with page.expect_download() as download:
        page.get_by_role("button", name="Print the letters (PDF)").click()
    assert download.value.suggested_filename == "letters.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    officer.press("Record posting")
    submit(officer, "Record posting")
    assert page.title().startswith("Error:")
    officer.fill(Proof_of_posting="CP 0042")
    submit(officer, "Record posting")
    officer.sees("Posting recorded.", "Proof: CP 0042.", "Casey Officer")
    assert page.get_by_role("button", name="Print the letters (PDF)").count() == 0
    open_case(officer, name)
    officer.sees("Letter posted")
    officer.press("The offer letter")
    officer.sees("CP 0042", "Its PIN is no longer kept here.")


def test_somebody_comes_of_their_own_accord_and_asks_for_a_funded_place(service: Service, open_page: Open) -> None:
    volunteer, email = Visitor(open_page(360), service), f"{fresh('heron')}@example.org"
    page = volunteer.page
    volunteer.go("/self/")
    volunteer.sees("Talking to somebody can help right now.", "The police do not see it.")
    volunteer.press("Find a course for yourself")
    volunteer.press("Continue")
    assert page.title().startswith("Error:")
    page.get_by_label("Thinking ahead").check()
    volunteer.press("Continue")
    volunteer.fill(What_shall_we_call_you="Blue Heron", Email=email)
    volunteer.press("Send me a code")
    page.locator("input[autocomplete=one-time-code]").fill(service.code(email))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_load_state()
    volunteer.look()
    volunteer.sees("Your reference", "Write it down.")
    assert REFERENCE.search(page.get_by_role("main").inner_text())
    volunteer.press("Choose a day")
    volunteer.press("See this course")
    volunteer.press("Keep this place and pay")
    volunteer.sees("We are keeping this place for you until", "Pay by card")
    volunteer.press("Ask for your place to be paid for")
    volunteer.fill(Why_can_you_not_pay="I have no card.")
    page.get_by_role("main").get_by_role("button").last.click()
    page.wait_for_load_state()
    volunteer.look()
    volunteer.sees("We have what you asked")
    support = as_staff("support", service, open_page)
    support.go("/funding/")
    support.page.get_by_role("main").get_by_role("link", name=re.compile(".")).last.click()
    support.page.wait_for_load_state()
    support.look()
    assert "Blue Heron" not in support.page.content()


def test_an_officer_changes_one_fact_and_closes_the_case(service: Service, open_page: Open) -> None:
    name = fresh("Close")
    submitted(open_page, service, name)
    officer = as_staff("case-officer", service, open_page)
    page = officer.page
    open_case(officer, name)
    officer.press("The file: see or change it")
    page.locator("main a[href$='/change/person/']").first.click()
    page.wait_for_load_state()
    officer.look()
    officer.fill(Postcode="M1 1AA")
    officer.press("Save the change")
    assert page.title().startswith("Error:")
    officer.fill(Why_does_it_change="They moved house.")
    officer.press("Save the change")
    officer.sees("The change was saved.", "SW1A 1AA", "M1 1AA", "They moved house.", "Casey Officer")
    open_case(officer, name)
    officer.press("Close this case")
    officer.sees("A closed case cannot be opened again.")
    submit(officer, "Close this case")
    assert page.title().startswith("Error:")
    page.get_by_label("New information").check()
    officer.fill(Note_for_the_file="A witness came forward.")
    submit(officer, "Close this case")
    officer.go("/agency/cases/?show=done")
    officer.fill(Find_a_person=name)
    officer.press("Search")
    officer.go("/agency/cases/?show=done")
    officer.press(f"{FIRST} {name}")
    officer.sees("New information", "A witness came forward.")
    expect(page.get_by_role("link", name="Close this case")).to_have_count(0)


def test_a_supervisor_hands_a_case_to_a_colleague_and_says_why(service: Service, open_page: Open) -> None:
    name = fresh("Hand")
    submitted(open_page, service, name)
    supervisor = as_staff("supervisor", service, open_page)
    open_case(supervisor, name)
    supervisor.press("Hand over to another officer")
    submit(supervisor, "Hand over")
    assert supervisor.page.title().startswith("Error:")
    supervisor.page.get_by_label("Who takes them?").select_option(label="Colin League, Case officer")
    supervisor.fill(Why="Casey is away.")
    submit(supervisor, "Hand over")
    open_case(supervisor, name)
    supervisor.sees("Colin League", "Casey is away.")


def test_a_restricted_case_is_a_reference_to_a_supervisor_until_it_is_lifted(service: Service, open_page: Open) -> None:
    name = fresh("Hidden")
    submitted(open_page, service, name)
    supervisor = as_staff("supervisor", service, open_page)
    supervisor.go("/agency/authorise/")
    supervisor.sees(name)
    officer = as_staff("case-officer", service, open_page)
    open_case(officer, name)
    reference = REFERENCE.search(officer.page.locator("body").inner_text())
    assert reference
    officer.press("Who sees this case")
    officer.press("Restrict this case")
    officer.fill(Why="A relative works here.")
    submit(officer, "Restrict this case")
    officer.sees("Who sees this case was changed.", "A relative works here.")
    supervisor.go("/agency/authorise/")
    supervisor.sees(reference[0])
    assert name not in supervisor.page.content()
    supervisor.go("/agency/cases/")
    supervisor.fill(Find_a_person=name)
    supervisor.press("Search")
    assert supervisor.page.get_by_role("main").get_by_role("link", name=f"{FIRST} {name}").count() == 0
    officer.press("Lift the restriction")
    officer.fill(Why="The relative has left.")
    submit(officer, "Lift the restriction")
    open_case(supervisor, name)
    supervisor.sees(reference[0])
