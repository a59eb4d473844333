"""A case is full, limited or not found: in pages, lists, counts, searches and messages (T4)."""

from collections import defaultdict
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.models import Booking
from diversion.accounts.enums import Role
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.references import spoken
from diversion.notifications.enums import Channel, MessageState
from diversion.notifications.models import OutboxMessage
from diversion.notifications.outbox import queue_message
from diversion.notifications.services.pump import pump
from diversion.referrals import querysets
from diversion.referrals.access import sight_of
from diversion.referrals.enums import Access, ReferralState, Sight, TaskKind
from diversion.referrals.models import CaseAccess, CaseTask, Participant, Referral, Requirement, Scheme
from diversion.referrals.services.authorisation import CaseIsKeptFromYou, authorise_referral, refuse_referral
from diversion.referrals.services.tasks import raise_task
from tests.factories import make_agency, make_booking, make_course, make_referral, make_user
from tests.integration.referrals.browsers import sign_in
from tests.integration.referrals.restricted import SURNAME, make_restricted, put_on_list, words

pytestmark = pytest.mark.django_db
LIST = "/agency/cases/"


@pytest.fixture
def hidden(scheme: Scheme, officer: User) -> Referral:
    return make_restricted(scheme, officer)


@pytest.fixture
def colleague(agency: Organisation) -> User:
    return make_user(Role.CASE_OFFICER, agency)


def excluded_supervisor(referral: Referral) -> User:
    user = make_user(Role.SUPERVISOR, referral.agency)
    put_on_list(referral, user, Access.EXCLUDED)
    return user


def rows_of(user: User) -> list[int]:
    """How many rows of each kind the person may see."""
    kinds: list[Any] = [Referral, Requirement, CaseTask, Participant, Booking]
    return [kind.objects.visible_to(user).count() for kind in kinds]


def search(client: Client, term: str) -> str:
    client.post(f"{LIST}search/", {"term": term})
    return words(client.get(LIST))


def test_a_restricted_case_is_full_limited_or_not_found(
    agency: Organisation, hidden: Referral, officer: User, supervisor: User, colleague: User
) -> None:
    requirement = hidden.requirements.get()
    make_booking(make_course(requirement.programme), requirement)
    task = raise_task(
        referral=hidden, kind=TaskKind.NEEDS_DECISION, subject_id=hidden.pk, by=Actor.system("test"), at=clock.now()
    )
    allowed = make_user(Role.CASE_OFFICER, agency)
    put_on_list(hidden, allowed, Access.ALLOWED)
    sights = {
        officer: Sight.FULL,
        allowed: Sight.FULL,
        hidden.participant.user: Sight.FULL,
        supervisor: Sight.LIMITED,
        make_user(Role.HUB, agency): Sight.LIMITED,
        colleague: Sight.NONE,
        make_user(Role.ANALYST, agency): Sight.NONE,
        make_user(Role.SUPERVISOR): Sight.NONE,
        make_user(Role.SUPPORT): Sight.NONE,
        excluded_supervisor(hidden): Sight.NONE,
    }
    assert {user: sight_of(user, hidden) for user in sights} == sights
    assert rows_of(officer) == rows_of(allowed) == [1, 1, 1, 1, 1]
    for user in (supervisor, colleague):
        assert rows_of(user) == [0, 0, 0, 0, 0]
        client = sign_in(Client(), user)
        page = client.get(LIST).content.decode()
        assert (SURNAME in page, spoken(hidden.reference) in page) == (False, user == supervisor)
        for name, public_id in [("case-show", hidden.public_id), ("task-decide", task.public_id)]:
            asked, absent = client.get(reverse(name, args=[public_id])), client.get(reverse(name, args=["z" * 26]))
            assert (asked.status_code, absent.status_code) == (404, 404)
            assert words(asked) == words(absent).replace("z" * 26, public_id)
    assert SURNAME in sign_in(Client(), allowed).get(reverse("case-show", args=[hidden.public_id])).content.decode()


def test_a_limited_reader_learns_the_reference_and_nothing_else(
    scheme: Scheme, officer: User, supervisor: User, bench: Client
) -> None:
    open_case, ended = make_restricted(scheme, officer), make_restricted(scheme, officer, ReferralState.COMPLIED)
    for show in ("", "?show=all"):
        page = bench.get(LIST + show).content.decode()
        for case in (open_case, ended):
            assert page.count(f"{spoken(case.reference)}</span> · Restricted case") == 1
            assert case.public_id not in page
        for telling in (SURNAME, "Zanzibar", scheme.name, scheme.programme.name, officer.name, "Green", "Amber"):
            assert telling not in page
    for narrowed in ("?show=done", "?whose=mine", "?whose=attention"):
        assert "Restricted case" not in bench.get(LIST + narrowed).content.decode()
    order = list(Referral.objects.listed_for(supervisor).in_listing_order("created_at").values_list("pk", flat=True))
    assert order == sorted([open_case.pk, ended.pk], key=lambda pk: bytes(Referral.objects.get(pk=pk).reference_index))
    assert not AccessEvent.objects.exists()


def test_counts_and_pages_agree_for_a_limited_reader(scheme: Scheme, officer: User, bench: Client) -> None:
    shown = {make_restricted(scheme, officer, restricted=n % 3 == 0, name=f"Name{n}").reference for n in range(60)}
    seen: list[str] = []
    for number, size in [(1, 25), (2, 25), (3, 10)]:
        answer = bench.get(f"{LIST}?page={number}")
        page = answer.context["page_obj"]
        assert (page.paginator.count, page.paginator.num_pages, len(page.object_list)) == (60, 3, size)
        seen += [reference for reference in shown if spoken(reference) in answer.content.decode()]
    assert sorted(seen) == sorted(shown)


def test_a_surname_search_never_confirms_a_restricted_case(hidden: Referral, bench: Client, desk: Client) -> None:
    nobody = search(bench, "Nobodysname")
    for term in (SURNAME, "qqhiddn", "Zanzibar", "Zanzibar Qqhidden"):
        assert search(bench, term) == nobody
    found = search(bench, hidden.reference)
    assert f"{spoken(hidden.reference)}</span> · Restricted case" in found
    assert SURNAME not in found
    assert SURNAME in search(desk, SURNAME)


def test_an_excluded_supervisor_finds_nothing(scheme: Scheme, officer: User, client: Client) -> None:
    for restricted in (True, False):
        state = ReferralState.AWAITING_AUTHORISATION
        referral = make_restricted(scheme, officer, state, restricted=restricted)
        user = excluded_supervisor(referral)
        others = excluded_supervisor(make_referral(state, scheme=scheme, restricted=True))  # whose list excludes another
        assert (sight_of(user, referral), sight_of(others, referral)) == (
            Sight.NONE,
            Sight.LIMITED if restricted else Sight.FULL,
        )
        sign_in(client, user)
        pages = [client.get(LIST), client.get(f"{LIST}?show=all"), client.get("/agency/authorise/")]
        pages += [search(client, term) for term in (SURNAME, referral.reference)]
        for page in pages:
            text = page if isinstance(page, str) else page.content.decode()
            assert (SURNAME in text, spoken(referral.reference) in text) == (False, False)
        for name in ("case-show", "authorisation-decide", "restriction-show"):
            assert client.get(reverse(name, args=[referral.public_id])).status_code == 404


def test_what_is_unknown_sees_nothing(
    hidden: Referral, officer: User, supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_inspector(user: User) -> User:
        user.membership.role = "inspector"
        return user

    known = User.objects.get(pk=officer.pk), User.objects.get(pk=supervisor.pk)
    assert [sight_of(user, hidden) for user in known] == [Sight.FULL, Sight.LIMITED]
    unknown = [as_inspector(user) for user in known]
    gone = User.objects.get(pk=officer.pk)
    gone._membership = None
    unknown.append(gone)
    assert [(sight_of(user, hidden), rows_of(user)) for user in unknown] == [(Sight.NONE, [0] * 5)] * 3
    knows = frozenset({Permission.KNOW_OF_RESTRICTED})
    monkeypatch.setattr("diversion.accounts.models.GRANTS", {"inspector": knows})
    assert sight_of(unknown[0], hidden) == Sight.NONE
    grants = defaultdict(lambda: frozenset({Permission.SEE_CASES, Permission.KNOW_OF_RESTRICTED}))
    monkeypatch.setattr("diversion.accounts.models.GRANTS", _OpenToAll(grants))
    assert [sight_of(user, hidden) for user in unknown[:2]] == [Sight.FULL, Sight.LIMITED]


class _OpenToAll(dict[str, frozenset[Permission]]):
    """The mutant: roles that nobody knows are taken for officers."""

    def __init__(self, grants: defaultdict[str, frozenset[Permission]]) -> None:
        self.grants = grants

    def get(self, key: str, default: Any = None) -> Any:
        return self.grants[key]


def test_an_entry_that_does_not_allow_keeps_out(hidden: Referral, officer: User, colleague: User) -> None:
    """Also the officer in the case: should a slip ever put the two together, the case stays shut."""
    entry = put_on_list(hidden, officer, Access.EXCLUDED)
    assert sight_of(officer, hidden) == Sight.NONE
    CaseAccess.objects.filter(pk=entry.pk).update(ended_at=clock.now())
    assert sight_of(officer, hidden) == Sight.FULL
    ended = put_on_list(hidden, colleague, Access.ALLOWED)
    assert sight_of(colleague, hidden) == Sight.FULL
    CaseAccess.objects.filter(pk=ended.pk).update(ended_at=clock.now())
    assert sight_of(colleague, hidden) == Sight.NONE


@pytest.mark.parametrize(
    ("part", "opened"),
    [("_not_excluded", "excluded"), ("_open_to", "colleague"), ("_case_rule", "colleague")],
)
def test_a_rule_that_lets_everybody_in_is_seen(
    hidden: Referral, colleague: User, monkeypatch: pytest.MonkeyPatch, part: str, opened: str
) -> None:
    from django.db.models import Q

    excluded = excluded_supervisor(hidden)
    user = excluded if opened == "excluded" else colleague
    assert sight_of(user, hidden) == Sight.NONE
    monkeypatch.setattr(querysets, part, lambda user, path: Q(pk__isnull=False))
    assert sight_of(user, hidden) != Sight.NONE


def test_only_who_sees_it_in_full_authorises_a_restricted_referral(
    scheme: Scheme, officer: User, supervisor: User, bench: Client
) -> None:
    waiting = make_restricted(scheme, officer, ReferralState.AWAITING_AUTHORISATION)
    page = bench.get("/agency/authorise/").content.decode()
    assert f"{spoken(waiting.reference)}</span> · Restricted case" in page
    assert (SURNAME in page, waiting.public_id in page, scheme.programme.name in page) == (False, False, False)
    at, by = clock.now(), supervisor.as_actor()
    with pytest.raises(CaseIsKeptFromYou):
        authorise_referral(referral=waiting, user=supervisor, by=by, at=at)
    with pytest.raises(CaseIsKeptFromYou):
        refuse_referral(referral=waiting, reason="No.", user=supervisor, by=by, at=at)
    put_on_list(waiting, supervisor, Access.ALLOWED)
    url = reverse("authorisation-decide", args=[waiting.public_id])
    assert bench.post(url, {"decision": "authorise", "reason": ""}).status_code == 303
    waiting.refresh_from_db()
    assert (waiting.state, waiting.authorised_by) == (ReferralState.OFFERED, supervisor)


def test_a_message_to_whom_the_case_is_kept_from_is_dropped(scheme: Scheme, officer: User, colleague: User) -> None:
    returned = make_restricted(scheme, officer, ReferralState.DRAFT)
    refused = make_restricted(scheme, officer, ReferralState.REFUSED, restricted=False)
    put_on_list(refused, colleague, Access.EXCLUDED)
    at = clock.now()
    for user in (officer, colleague):
        for kind, case in [("referral-returned", returned), ("referral-refused", refused)]:
            queue_message(kind=kind, recipient_id=user.pk, subject_id=case.pk, at=at, channels=[Channel.EMAIL])
    pump(at=at)
    states = {
        user: set(OutboxMessage.objects.filter(recipient_id=user.pk).values_list("state", flat=True))
        for user in (officer, colleague)
    }
    assert states == {officer: {MessageState.SENT}, colleague: {MessageState.DROPPED}}


def test_asking_for_a_case_that_is_kept_is_noted_without_names(
    hidden: Referral, bench: Client, supervisor: User, desk: Client, caplog: pytest.LogCaptureFixture
) -> None:
    path = reverse("case-show", args=[hidden.public_id])
    assert bench.get(path).status_code == 404
    event = AuditEvent.objects.get(action="case.access-refused")
    assert (event.subject_id, event.case_id, event.actor_id) == (hidden.pk, hidden.pk, supervisor.pk)
    assert (event.reason, event.data) == ("", {})
    line = next(record for record in caplog.records if "case access refused" in str(record.msg))
    assert SURNAME not in str(line.msg)
    stranger = sign_in(Client(), make_user(Role.CASE_OFFICER, make_agency()))
    for client in (stranger, desk):
        client.get(path)
        client.get(reverse("case-show", args=["z" * 26]))
        client.get(reverse("letter-show", args=[hidden.public_id]))  # there is none: it has no offer
    assert AuditEvent.objects.filter(action="case.access-refused").count() == 1
    assert "Tried to open this case" in desk.get(path).content.decode()
