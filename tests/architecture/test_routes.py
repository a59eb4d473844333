"""Every route, as every persona, by GET and by POST, against one policy. The most valuable test there is."""

import logging

import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, Value
from django.urls import reverse

from courses.querysets import BookingQuerySet, CourseQuerySet, SessionQuerySet
from diversion.accounts.guards import Guard
from diversion.accounts.querysets import DelegationQuerySet, MembershipQuerySet
from diversion.referrals import querysets
from diversion.referrals.models import Referral
from diversion.referrals.querysets import CaseTaskQuerySet, ReferralQuerySet
from payments.querysets import ChargeQuerySet
from tests.architecture import permissions_page
from tests.architecture.crawl import Kept, leaks, rows_on_pages
from tests.architecture.generate import PERMISSIONS
from tests.architecture.matrix import TRAIL, ask, faults, is_kept, routes
from tests.architecture.policy import KEPT_OUT, PERSONAS, POLICY, THIRD_PARTY
from tests.architecture.story import tell
from tests.contract.standin_process import API_KEY, StandIn

NAMES = [name for name, _pattern in routes()]


@pytest.fixture(scope="module")
def story(django_db_setup, django_db_blocker):
    block = transaction.atomic()
    block._from_testcase = True
    logging.disable(logging.CRITICAL)  # four thousand lines, one for each request
    try:
        with django_db_blocker.unblock(), block:
            yield tell()
            transaction.set_rollback(True)
    finally:
        logging.disable(logging.NOTSET)
        cache.clear()


@pytest.fixture(scope="module")
def card_company(tmp_path_factory):
    with StandIn(tmp_path_factory.mktemp("bank")) as standin:
        yield standin.base_url


@pytest.fixture(autouse=True)
def _settings(settings, card_company):
    settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY = card_company, API_KEY


@pytest.mark.parametrize("name", sorted(set(NAMES) & set(POLICY)))
def test_a_route_opens_to_whom_the_policy_says_and_does_not_exist_for_others(story, name):
    assert faults(story, name) == []


def test_every_route_is_in_the_policy_and_every_row_is_a_route():
    assert sorted(NAMES) == sorted(POLICY)


def test_every_view_has_a_guard():
    assert [name for name, pattern in routes() if not isinstance(getattr(pattern.callback, "guard", None), Guard)] == []


def test_only_the_sign_in_library_is_not_ours():
    foreign = {
        name
        for name, pattern in routes()
        if pattern.callback.__module__.split(".")[0] not in ("diversion", "courses", "payments")
    }
    assert foreign == THIRD_PARTY


def test_the_story_has_every_persona(story):
    assert set(story.clients) == set(PERSONAS)


@pytest.mark.parametrize(
    ("rows", "route", "persona"),
    [
        (ReferralQuerySet, "case-show", "officer_foreign"),
        (ReferralQuerySet, "case-show", "officer_restricted"),
        (ReferralQuerySet, "case-show", "officer_excluded"),
        (ReferralQuerySet, "case-show", "supervisor_restricted"),
        (ReferralQuerySet, "restriction-show", "supervisor_restricted"),
        (ReferralQuerySet, "authorisation-decide", "supervisor_restricted"),
        (CaseTaskQuerySet, "task-decide", "supervisor_restricted"),
        (CaseTaskQuerySet, "task-decide", "officer_excluded"),
        (ReferralQuerySet, "referral-check", "officer_foreign"),
        (ReferralQuerySet, "authorisation-decide", "supervisor_foreign"),
        (CaseTaskQuerySet, "task-decide", "officer_foreign"),
        (BookingQuerySet, "booking-show", "participant_other"),
        (BookingQuerySet, "certificate-download", "participant_foreign"),
        (ChargeQuerySet, "receipt-show", "participant_other"),
        (CourseQuerySet, "course-show", "provider_admin_foreign"),
        (SessionQuerySet, "register-mark", "trainer_other"),
        (SessionQuerySet, "register-mark", "trainer_foreign"),
        (MembershipQuerySet, "membership-end", "supervisor_foreign"),
        (MembershipQuerySet, "rank-change", "supervisor_foreign"),
        (DelegationQuerySet, "delegation-end", "officer_foreign"),
    ],
)
def test_a_list_of_rows_that_lets_everybody_in_is_seen(story, monkeypatch, rows, route, persona):
    assert faults(story, route, [persona]) == []
    monkeypatch.setattr(rows, "visible_to", lambda self, user, **_: self.all())
    assert faults(story, route, [persona])


@pytest.mark.parametrize("persona", sorted(KEPT_OUT))
def test_a_case_that_is_kept_leaks_nowhere(story, persona):
    kept = Kept(persona, story.objects[persona].person, limited=persona == "supervisor_restricted")
    assert leaks(story, kept) == []
    agency = Referral.objects.filter(agency=story.users[persona].organisation_id)
    known = {
        "officer_restricted": agency.filter(restricted=False),
        "officer_excluded": agency.filter(restricted=False).exclude(participant=kept.person),
        "supervisor_restricted": agency,
    }[persona].count()
    assert rows_on_pages(story, persona) == (known, known)


@pytest.mark.parametrize(
    ("rows", "name", "persona"),
    [
        (querysets, "_open_to", "officer_restricted"),
        (querysets, "_open_to", "supervisor_restricted"),
        (querysets, "_not_excluded", "officer_excluded"),
        (ReferralQuerySet, "listed_for", "supervisor_restricted"),
        (ReferralQuerySet, "listed_for", "officer_excluded"),
    ],
)
def test_a_planted_leak_of_a_case_is_found(story, monkeypatch, rows, name, persona):
    kept = Kept(persona, story.objects[persona].person, limited=persona == "supervisor_restricted")
    everything = (
        (lambda user, path: Q(**{f"{path}pk__isnull": False}))
        if rows is querysets
        else (lambda self, user: self.annotate(in_full=Value(True)))
    )
    monkeypatch.setattr(rows, name, everything)
    assert leaks(story, kept)


@pytest.mark.parametrize("persona", sorted(KEPT_OUT))
def test_asking_for_a_case_that_is_kept_is_noted_on_every_page_of_it(story, persona):
    pages = [name for name, row in POLICY.items() if is_kept(story, persona, name, row)]
    assert len(pages) >= 4
    for name in pages:
        path = reverse(name, kwargs={each: getattr(story.objects[persona], key) for each, key in POLICY[name].at.items()})
        answers = [ask(story, persona, method, path, POLICY[name].post) for method in ("GET", "POST")]
        assert {answer.status_code for answer, _ in answers} <= {404, 405}
        assert [written for answer, written in answers if answer.status_code == 404] == [
            [TRAIL] for answer, _ in answers if answer.status_code == 404
        ]


def test_a_guard_that_admits_everybody_is_seen(story, monkeypatch):
    monkeypatch.setattr(Guard, "admits", lambda self, user: True)
    assert faults(story, "support-show", ["participant"])
    assert faults(story, "case-list", ["trainer"])


def test_a_view_that_lost_its_guard_is_closed_to_all(story, monkeypatch):
    view = dict(routes())["support-show"].callback
    monkeypatch.delattr(view, "guard")
    assert faults(story, "support-show", ["support"]) == [
        "support-show GET as support: answered 404",
        "support-show POST as support: answered 404",
    ]


@pytest.mark.parametrize(
    "header", ["Cache-Control", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"]
)
def test_a_header_that_is_missing_is_seen(story, monkeypatch, header):
    from django.http import HttpResponse

    drop = {"header": header}

    class Without:
        def __init__(self, client):
            self.client = client
            self.cookies = client.cookies

        def get(self, path):
            answer: HttpResponse = self.client.get(path)
            del answer.headers[drop["header"]]
            return answer

        def post(self, path, data):
            return self.client.post(path, data)

    monkeypatch.setitem(story.clients, "support", Without(story.clients["support"]))
    assert faults(story, "support-show", ["support"]) == [f"support-show GET as support: no {header}"]


def test_the_document_is_current():
    assert PERMISSIONS.read_text(encoding="utf-8") == permissions_page.page(), "run `make docs`"
