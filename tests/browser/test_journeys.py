"""The three users' journeys, in Chromium, against the whole service and the card company's stand-in."""

import contextlib
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.service import Service, Visitor, type_birth

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
Open = Callable[..., Page]
PAYS, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002500003155"


def open_letter(visitor: Visitor, letter: dict[str, str], email: str) -> None:
    visitor.go("/")
    visitor.fill(Reference=letter["reference"], PIN=letter["pin"])
    type_birth(visitor.page, letter["born"])
    visitor.press("Continue")
    visitor.fill(Email=email)
    visitor.page.get_by_role("main").get_by_role("button").first.click()
    visitor.look()
    visitor.page.locator("input[autocomplete=one-time-code]").fill(visitor.service.code(email))
    visitor.page.get_by_role("main").get_by_role("button").first.click()
    visitor.look()


def pay(visitor: Visitor, number: str) -> None:
    page = visitor.page
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry date").fill("12/34")
    page.get_by_label(re.compile("Security code")).fill("123")
    page.get_by_role("button", name=re.compile("^Pay")).click()
    page.wait_for_load_state()


def wait_until_confirmed(visitor: Visitor) -> None:
    for _ in range(60):
        visitor.page.goto(visitor.service.base + "/my/")
        if visitor.page.get_by_role("link", name="Add to your calendar").count():
            return
        visitor.page.wait_for_timeout(500)
    visitor.sees("Add to your calendar")


def wait_until_moved(visitor: Visitor) -> None:
    """The old place stands until the new one is confirmed: their page says so until then."""
    for _ in range(60):
        visitor.page.goto(visitor.service.base + "/my/")
        if not visitor.page.get_by_text("You are moving to the course").count():
            break
        visitor.page.wait_for_timeout(500)
    expect(visitor.page.get_by_text("You are moving to the course")).to_have_count(0)
    visitor.sees("Add to your calendar")


def test_a_participant_gets_from_a_letter_to_a_paid_place_on_a_phone(service: Service, open_page: Open) -> None:
    visitor = Visitor(open_page(360), service)
    page = visitor.page
    open_letter(visitor, service.letters[0], "phone.person@example.org")
    visitor.sees("What it costs", "If you say yes and finish the course", "If you say no, or do not finish", "Answer by")
    visitor.press("Say yes")
    visitor.press("Yes, I accept")
    visitor.sees("All of these courses finish in time", "before your date")
    visitor.press("See this course")
    visitor.press("Keep this place and pay")
    visitor.sees("We are keeping this place for you until", "Your card statement will show BOOKINGS")
    ours = len(visitor.screens)
    assert ours <= 8, visitor.screens
    page.get_by_role("button", name="Pay by card").click()
    page.wait_for_load_state()
    pay(visitor, DECLINED)
    expect(page.get_by_text("declined").first).to_be_visible()
    pay(visitor, PAYS)
    visitor.look()
    assert re.search(r"/paid/$|/my/bookings/", page.url)
    wait_until_confirmed(visitor)
    visitor.look()
    visitor.press("See your receipt")
    visitor.sees("Receipt")
    visitor.go("/my/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Add to your calendar").click()
    calendar = Path(download.value.path()).read_text()
    assert download.value.suggested_filename == "calendar.ics"
    assert "SUMMARY:Appointment" in calendar
    assert "awareness" not in calendar.lower()
    moves_and_gives_up(visitor)
    message = service.message("phone.person@example.org", holding="confirmed")
    assert not re.search(r"police|course|awareness|offence|caution", message.lower())


def moves_and_gives_up(visitor: Visitor) -> None:
    """In three taps to another course, paying what is lacking, if anything; then the place is given up."""
    page = visitor.page
    visitor.go("/my/")
    visitor.press("Move to another course")
    visitor.sees("It stays yours until you have the new one")
    visitor.press("See this course")
    visitor.sees("What it costs", "Fee for moving", "After this you can move once more")
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_load_state()
    if page.get_by_label("Card number").count():
        pay(visitor, PAYS)
    wait_until_moved(visitor)
    visitor.press("Give up your place")
    visitor.sees("What happens if you do", "That day does not change")
    visitor.press("Give up this place")
    visitor.sees("You have given up your place", "Find a course")


def test_a_card_that_asks_the_bank_and_a_place_given_up(service: Service, open_page: Open) -> None:
    visitor = Visitor(open_page(1280), service)
    open_letter(visitor, service.letters[1], "wide.person@example.org")
    visitor.press("Say yes")
    visitor.press("Yes, I accept")
    visitor.press("See this course")
    visitor.press("Keep this place and pay")
    visitor.page.get_by_role("button", name="Pay by card").click()
    visitor.page.wait_for_load_state()
    visitor.page.get_by_role("link", name="Back").click()
    visitor.page.wait_for_load_state()
    visitor.look()
    visitor.go("/my/")
    visitor.press("Pay")
    visitor.page.get_by_role("button", name="Pay by card").click()
    visitor.page.wait_for_load_state()
    pay(visitor, ASKS)
    visitor.page.get_by_role("button", name=re.compile("Complete|Approve")).click()
    wait_until_confirmed(visitor)


def test_declining_is_as_easy_and_works_without_javascript(service: Service, open_page: Open) -> None:
    page = open_page(360, javascript=False)
    letter = service.letters[2]
    page.goto(service.base + "/")
    page.get_by_role("button", name="Continue").click()
    assert page.title().startswith("Error:")
    page.get_by_label("Reference").fill(letter["reference"])
    page.get_by_label("PIN").fill(letter["pin"])
    type_birth(page, letter["born"])
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Email", exact=False).first.fill("plain.person@example.org")
    page.get_by_role("main").get_by_role("button").first.click()
    page.locator("input[autocomplete=one-time-code]").fill(service.code("plain.person@example.org"))
    page.get_by_role("main").get_by_role("button").first.click()
    page.get_by_role("button", name="Say no").or_(page.get_by_role("link", name="Say no")).first.click()
    assert "not" in page.get_by_role("main").inner_text()
    page.get_by_role("main").get_by_role("button").first.click()
    page.goto(service.base + "/my/")
    assert "said no" in page.get_by_role("main").inner_text().lower()


def at_the_door(service: Service, page: Page) -> Visitor:
    """The trainer, on today's register."""
    visitor = Visitor(page, service)
    visitor.sign_in_as("trainer")
    page.get_by_role("main").get_by_role("link").first.click()
    return visitor


def kept_on(page: Page) -> dict[str, str]:
    """What the phone keeps."""
    kept: dict[str, str] = page.evaluate("() => ({ ...localStorage })")
    return kept


def test_a_trainer_marks_the_register_at_the_door_through_loss_of_signal(service: Service, open_page: Open) -> None:
    """Marked without a signal, reloaded, come back, sent: nothing is lost, and another phone's late marks change nothing."""
    visitor = at_the_door(service, open_page(360))
    page = visitor.page
    visitor.look()
    visitor.sees("Grace O", "Interpreter")
    assert "Okafor" not in page.content()
    grace = page.get_by_role("group", name="Grace O")
    address = page.url
    page.context.set_offline(True)
    grace.get_by_label("Attended", exact=True).check()
    grace.locator("select").select_option("passport")
    expect(page.get_by_text("Kept on this phone.")).to_be_visible()
    assert len(kept_on(page)) == 1
    assert "Grace" not in str(kept_on(page))
    with contextlib.suppress(Error):
        page.reload()
    page.context.set_offline(False)
    page = visitor.turn_to(
        page.context.new_page()
    )  # what was marked is on the phone alone, whatever the reload left on the page
    page.goto(address)
    grace = page.get_by_role("group", name="Grace O")
    expect(grace.get_by_label("Attended", exact=True)).to_be_checked()
    expect(grace.locator("select")).to_have_value("passport")
    expect(page.get_by_text("Saved. Nothing is sent yet.")).to_be_visible()
    visitor.look()
    other = at_the_door(service, open_page(360)).page
    other.goto(address)  # waits for the scripts: without a signal they would never come
    expect(other.get_by_role("group", name="Grace O").get_by_label("Attended", exact=True)).to_be_checked()
    other.context.set_offline(True)
    other.get_by_role("group", name="Grace O").locator("select").select_option("known")

    visitor.press("Send the register")
    assert page.title().startswith("Error:")
    page.get_by_label("Everyone else attended").check()
    page.get_by_label("What did they show to prove who they are?").select_option("driving-licence")
    page.get_by_label(re.compile("This is what happened")).check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Send the register").click()
    expect(page.get_by_text("sent once the signal is back")).to_be_visible()
    page.context.set_offline(False)
    page.wait_for_url("**/register/sent/", timeout=60_000)
    visitor.sees("Attended", "Passport", "Driving licence")
    assert page.get_by_text("This phone still kept marks").is_hidden()
    assert kept_on(page) == {}

    other.context.set_offline(False)
    other.wait_for_url("**/register/sent/", timeout=60_000)
    expect(other.get_by_text("This phone still kept marks that were not sent.")).to_be_visible()
    assert "Questions only they could answer" not in other.content()
    assert kept_on(other) == {}
    visitor.look()
    page.get_by_role("link", name=re.compile("Change this mark.*Grace O")).click()
    visitor.look()
    officer = Visitor(open_page(1280), service)
    officer.sign_in_as("case-officer")
    officer.go("/agency/cases/?show=done")
    officer.sees("Grace Okafor", "Completed on")


def fill_date(page: Page, name: str, day: date) -> None:
    for part in ("day", "month", "year"):
        page.locator(f"[name={name}_{part}]").fill(str(getattr(day, part)))


def refer(officer: Visitor, family_name: str) -> None:
    """A referral in one sitting, with one wrong date on the way."""
    page, today = officer.page, date.today()  # noqa: DTZ011
    officer.go("/agency/referrals/new/")
    officer.press("Start")
    officer.press("The person")
    officer.fill(First_names="Robin", Last_name=family_name, Postcode="M1 1AA")
    page.locator("[name=address]").fill("1 High Street\nManchester")
    fill_date(page, "date_of_birth", date(1993, 4, 5))
    page.get_by_label("English").check()
    officer.press("Save and continue")
    officer.press("The offence")
    fill_date(page, "offence_on", today + timedelta(days=2))
    page.locator("[name=offence_category]").select_option(index=1)
    fill_date(page, "disposal_on", today)
    officer.press("Save and continue")
    assert page.title().startswith("Error:")
    page.locator(".govuk-error-summary a").first.click()
    assert page.evaluate("document.activeElement.name").startswith("offence_on")
    fill_date(page, "offence_on", today - timedelta(days=9))
    officer.press("Save and continue")
    officer.press("The requirement")
    page.get_by_label(re.compile("victim awareness")).first.check()
    officer.press("Save and continue")
    page.locator("a[href$='/victim/']").first.click()
    page.locator("[name=situation][value=no-victim]").check()
    officer.press("Save and continue")
    page.locator("a[href$='/history/']").first.click()
    page.locator("[name=gravity_score]").first.check()
    page.locator("[name=rationale]").fill("Low harm.")
    page.locator("[name=previous_disposals]").fill("0")
    officer.press("Save and continue")
    page.locator("a[href$='/agreement/']").first.click()
    for number, answer in enumerate(page.locator("input[name$=_holds][value=yes]").all()):
        answer.check()
        if number == 0:
            name = str(answer.get_attribute("name")).removesuffix("_holds")
            fill_date(page, f"{name}_said_on", today)
            page.locator(f"[name={name}_said_to]").fill("A. Sessor")
    officer.press("Save and continue")
    page.locator("a[href$='/conditions/']").first.click()
    page.get_by_role("button", name=re.compile("[Oo]nly the course")).click()
    officer.press("The risk decision")
    officer.fill(Assessment_tool="Triage tool", Assessed_by="A. Sessor", Reasons="Low harm, first time.")
    page.get_by_label("Low", exact=True).check()
    fill_date(page, "decided_on", today)
    officer.press("Save and continue")
    page.locator("a[href$='/needs/']").first.click()
    page.get_by_label("Large print").check()
    officer.press("Save and continue")
    officer.press("Check")
    officer.sees("Robin", family_name, "Large print", "Book by", "Finish by")
    officer.press("Submit for authorisation")


@pytest.mark.parametrize("width", [360, 1280])
def test_an_officer_refers_a_supervisor_authorises_and_the_letter_is_ready(
    width: int, service: Service, open_page: Open
) -> None:
    officer = Visitor(open_page(width), service)
    officer.sign_in_as("case-officer")
    officer.sees("Who needs me today", "Ryan Clarke", "Overdue")
    family_name = f"Wide{width}"
    refer(officer, family_name)
    supervisor = Visitor(open_page(width), service)
    supervisor.sign_in_as("supervisor")
    supervisor.go("/agency/authorise/")
    supervisor.press(f"Robin {family_name}")
    supervisor.press("Save decision")
    assert supervisor.page.title().startswith("Error:")
    supervisor.page.get_by_label("Authorise and send the offer").check()
    supervisor.press("Save decision")
    officer.go("/agency/cases/")
    officer.press(f"Robin {family_name}")
    officer.sees(
        "Offer sent, still time to answer", "Complete by", "Letter made, with a reference and a PIN", "Supriya Visor"
    )
    officer.press("The offer letter")
    officer.sees("PIN")
    with officer.page.expect_download() as download:
        officer.page.get_by_role("button", name=re.compile("Download the letter")).first.click()
    assert download.value.suggested_filename == "letter.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def test_a_miss_waits_for_the_officers_decision(service: Service, open_page: Open) -> None:
    officer = Visitor(open_page(360), service)
    officer.sign_in_as("case-officer")
    officer.sees("Missed or not completed: needs a decision")
    officer.press("Ryan Clarke")
    officer.press("Needs a decision: look")
    officer.press("Record and close the task")
    assert officer.page.title().startswith("Error:")
    officer.fill(What_have_you_decided="Another chance: he was in hospital.")
    officer.press("Record and close the task")
    officer.sees("Another chance: he was in hospital.", "In progress")
