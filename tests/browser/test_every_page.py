"""Every page a persona may open, found by its links and looked at on a phone. Nothing is pressed, so nothing changes."""

import html
import re
from collections import deque
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.architecture.policy import POLICY, THIRD_PARTY
from tests.browser.service import Service, Visitor
from tests.browser.soundness import faults

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
LINK = re.compile(r"<a\s[^>]*?href=\"([^\"]+)\"")
MOST_READ = 80

# The persona of *Try it as*, and who that is in the table of permissions.
PERSONAS = {
    "": "anonymous",
    "participant": "participant",
    "trainer": "trainer",
    "provider-administrator": "provider_admin",
    "case-officer": "officer",
    "supervisor": "supervisor",
    "force-hub": "hub",
    "analyst": "analyst",
    "support": "support",
}

# Where one arrives from a letter, a message, a certificate or a button's answer: no page links there.
ARRIVALS = [
    "/certificates/",
    "/self/left/",
    "/account/inactive/",
    "/account/password/reset/done/",
    "/account/password/reset/key/done/",
    "/account/password/reset/key/a-b/",
    "/invitation/accepted/",
]

# Two of these may hold links to different pages: a draft's file is not like an authorised one's, a begun course offers no move.
DIFFERENT = {"case-list", "case-show", "course-show", "referral-create", "referral-tasks", "venue-show"}

NO_PAGE = {
    # a file
    "booking-calendar", "certificate-download", "letter-download", "batch-download", "import-template",
    "mfa_download_recovery_codes", "health-show",
    # only takes what a button or a script sends, or leads elsewhere
    "account_logout", "assistance-end", "association-end", "batch-create", "case-search", "course-publish", "demo-sign-in", "money-return",
    "home-go", "import-take-in", "language-set", "mfa_login_webauthn", "scheme-draft", "stripe-webhook",
    "time-away-remove", "course-close", "course-reopen",
    "register-keep",
}  # fmt: skip

# Of an object that the story does not have, or after something is pressed. Where they are looked at stands beside them.
OF_A_BATCH = {"batch-show", "posting-record", "letter-take-out"}  # test_agency_journeys, but for the taking out
OF_A_DRAFT_VERSION = {"version-edit", "version-publish", "version-drop"}  # test_agency_journeys, but for the dropping
OF_A_LIST = {"restriction-lift", "restriction-remove"}  # nobody's case is restricted before test_agency_journeys
OF_TODAY = {
    "register-show",
    "register-mark",
    "register-amend",
    "concern-raise",
    "walk-in-record",
}  # test_journeys sends the only register, perhaps before
A_VISIT = {"visit-report"}  # after a search for a trainer and a day, whose answer links to it
ONE_TASK = {"task-decide"}  # test_journeys decides the only task, perhaps before
EXCEPT: dict[str, set[str]] = {
    "": {
        "contact-ask", "contact-confirm",  # test_journeys: after a letter's reference, PIN and date of birth
        "self-join", "self-confirm",  # test_agency_journeys: after a course was chosen
        "participant-sign-in-code",  # after an address that is known
        "certificate-check",  # needs the serial of a certificate, which only its owner sees
        "invitation-accept",  # needs a token, which only the message holds
        "mfa_authenticate",  # test_components: the story's people have no password to sign in with
    },
    "participant": {
        "offer-show", "offer-accept", "offer-decline",  # test_journeys: this one has accepted
        "booking-show", "booking-release", "checkout-start", "checkout-return", "receipt-show", "booking-move", "move-check", "booking-cancel",  # test_journeys: no place yet
        "waiting-join", "waiting-leave",  # of a full course and of a wait, which the story does not have for this one
        "survey-answer",  # after a completed course, of which this one has none
        "help-asked", "self-welcome",  # shown once, after asking and after joining
    },
    "trainer": OF_TODAY,
    "provider-administrator": OF_TODAY | A_VISIT | {
        "plan-check",  # after a plan was asked for
    },
    "support": A_VISIT,
    "case-officer": OF_A_BATCH | OF_A_LIST | ONE_TASK | {
        "referral-submitted",  # test_journeys: after submitting
        "delegation-end",  # nobody stands in for this one
    },
    "supervisor": OF_A_DRAFT_VERSION | OF_A_LIST | ONE_TASK | {
        "funding-decide",  # no participant of this agency asked; support sees one
    },
    "force-hub": OF_A_BATCH | OF_A_DRAFT_VERSION | ONE_TASK | {"import-show", "referral-submitted", "funding-decide", "delegation-end"},
}  # fmt: skip

# The sign-in library's pages, alike for all staff, are looked at as one of them. These need a password, a passkey or codes,
# which the story's people do not have: test_components looks at them with made-up ones.
ONE_OF_STAFF = "case-officer"
OF_A_SECOND_FACTOR = {
    "account_change_password", "account_reauthenticate", "mfa_deactivate_totp", "mfa_edit_webauthn",
    "mfa_generate_recovery_codes", "mfa_list_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn", "mfa_view_recovery_codes",
}  # fmt: skip


class Walk:
    """Somebody who follows links, breadth first. The first page of each route is opened in the browser and looked at;
    further ones of DIFFERENT are only read, for the links they hold, while a page that should be there is not found.
    """

    def __init__(self, visitor: Visitor, *, wanted: set[str], passed_by: set[str]) -> None:
        self.visitor, self.page, self.base = visitor, visitor.page, visitor.service.base
        self.wanted, self.passed_by = wanted, NO_PAGE | passed_by
        self.looked_at, self.known = set[str](), set[str]()
        self.wrong: list[str] = []
        self.new, self.more = deque[str](), deque[str]()

    def begin(self, paths: list[str]) -> None:
        """Follow links from there until all is found, or there is nothing more to read."""
        self._meet(paths, self.base)
        for _ in range(MOST_READ):
            while self.new:
                self._look(self.new.popleft())
            if not self.more or self.wanted <= self.looked_at:
                break
            self._read(self.more.popleft())

    def _look(self, path: str) -> None:
        route = route_of(path)
        if route in self.looked_at:
            if route in DIFFERENT:
                self.more.append(path)
            return
        answer = self.page.goto(self.base + path)
        landed = route_of(self.page.url)
        if landed in self.looked_at:
            return
        self.looked_at.add(landed)
        found = [*faults(self.page), *self.visitor.strange]
        self.visitor.strange.clear()
        if answer is None or not answer.ok:
            found.append(f"answers {answer and answer.status}")
        self.wrong += [f"{path}: {each}" for each in found]
        self._meet(LINK.findall(self.page.content()), self.page.url)

    def _read(self, path: str) -> None:
        answer = self.page.request.get(self.base + path)
        self._meet(LINK.findall(answer.text()), answer.url)

    def _meet(self, links: list[str], here: str) -> None:
        for link in links:
            url = urlsplit(urljoin(here, html.unescape(link)))
            path = f"{url.path}?{url.query}" if url.query else url.path
            if f"{url.scheme}://{url.netloc}" != self.base or path in self.known:
                continue
            self.known.add(path)
            if route_of(path) not in self.passed_by:
                self.new.append(path)


def route_of(url: str) -> str:
    """The name of the route that answers an address; "" for an address nobody answers."""
    try:
        return resolve(urlsplit(url).path).url_name or ""
    except Resolver404:
        return ""


def pages_of(persona: str) -> set[str]:
    """The pages of the table that a persona may open. What asks for nobody's name is looked at by nobody in particular."""
    theirs = {name for name, row in POLICY.items() if PERSONAS[persona] in row.allowed}
    if persona:
        theirs -= {name for name, row in POLICY.items() if "anonymous" in row.allowed}
        theirs -= OF_A_SECOND_FACTOR if persona == ONE_OF_STAFF else THIRD_PARTY
    return theirs - NO_PAGE - EXCEPT.get(persona, set())


@pytest.mark.parametrize("persona", PERSONAS)
def test_every_page_that_a_persona_may_open_is_found_and_sound(persona: str, service: Service, open_page: Any) -> None:
    visitor = Visitor(open_page(360), service)
    if persona:
        visitor.sign_in_as(persona)
    passed_by = THIRD_PARTY if persona not in ("", ONE_OF_STAFF) else set()
    walk = Walk(visitor, wanted=pages_of(persona), passed_by=passed_by)
    walk.begin([urlsplit(visitor.page.url).path] if persona else ["/", *ARRIVALS])
    assert walk.wrong == []
    assert walk.wanted - walk.looked_at == set()
