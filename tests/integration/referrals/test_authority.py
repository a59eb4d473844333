"""Which rank a disposal asks for, who has it and on which days, and what is kept of it (R5)."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diversion.accounts.enums import Rank, Role, Stead
from diversion.accounts.models import Delegation, Organisation, User
from diversion.accounts.services.delegations import make_delegation
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.referrals.authority import RankIsTooLow, authority_of, required_ranks
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Disposal, Offer, Referral, Scheme
from diversion.referrals.services.authorisation import authorise_referral, refuse_referral, return_referral
from tests.factories import make_referral, make_scheme, make_user
from tests.integration.referrals.browsers import sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def constable(agency: Organisation) -> User:
    return make_user(Role.SUPERVISOR, agency, rank=Rank.CONSTABLE, name="Con Stable")


@pytest.fixture
def sergeant(agency: Organisation) -> User:
    return make_user(Role.SUPERVISOR, agency, rank=Rank.SERGEANT, name="Sara Geant")


@pytest.fixture
def waiting(scheme: Scheme, officer: User) -> Referral:
    return make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme, officer=officer)


def authorise(referral: Referral, user: User, *, at: datetime | None = None) -> Offer:
    return authorise_referral(referral=referral, user=user, by=user.as_actor(), at=at or clock.now())


def lend(of: User, to: User, *, first: date, last: date) -> Delegation:
    return make_delegation(
        what=Stead.AUTHORISING, of_user=of, to_user=to, starts_on=first, ends_on=last, user=of, by=of.as_actor(),
        at=clock.now(),
    )  # fmt: skip


def test_rank_is_required_by_the_disposal(waiting: Referral, constable: User, sergeant: User, agency: Organisation) -> None:
    words = "“Conditional caution” is authorised by a sergeant or above."
    with pytest.raises(RankIsTooLow, match=words):
        authorise(waiting, constable)
    url = reverse("authorisation-decide", args=[waiting.public_id])
    browser = sign_in(Client(), constable)
    page = browser.get(url).content.decode()
    assert words in page
    assert "Save decision" not in page
    for decision in ("authorise", "return", "refuse"):
        answer = browser.post(url, {"decision": decision, "reason": "Because."})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    deferred = make_scheme(agency, disposal=Disposal.objects.get(code="outcome-22"))
    with pytest.raises(RankIsTooLow, match="an inspector or above"):
        authorise(make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=deferred), sergeant)
    waiting.refresh_from_db()
    assert waiting.state == ReferralState.AWAITING_AUTHORISATION
    authorise(waiting, sergeant)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.authorised_rank, waiting.required_rank) == (ReferralState.OFFERED, 2, 2)


def test_who_may_not_say_yes_may_not_say_no(waiting: Referral, constable: User) -> None:
    for service in (refuse_referral, return_referral):
        with pytest.raises(RankIsTooLow):
            service(referral=waiting, reason="No.", user=constable, by=constable.as_actor(), at=clock.now())
    waiting.refresh_from_db()
    assert waiting.state == ReferralState.AWAITING_AUTHORISATION


def test_the_law_of_the_day_says_which_rank(waiting: Referral, sergeant: User) -> None:
    today = clock.today()
    old = waiting.disposal
    Disposal.objects.create(
        code=old.code, name=old.name, plain_name=old.plain_name, requires_admission=True, enforceable=True, if_completed="x",
        if_not="x", authoriser_rank=Rank.INSPECTOR, in_force_from=today,
    )  # fmt: skip
    Disposal.objects.filter(pk=old.pk).update(in_force_until=today - DAY)
    assert required_ranks(on=today - DAY)[old.pk] == Rank.SERGEANT
    assert required_ranks(on=today)[old.pk] == Rank.INSPECTOR
    with pytest.raises(RankIsTooLow, match="an inspector or above"):
        authorise(waiting, sergeant)


@pytest.mark.parametrize(
    "ranks",
    [
        {"authorised_rank": Rank.CONSTABLE, "required_rank": Rank.SERGEANT},
        {"authorised_rank": None, "required_rank": Rank.SERGEANT},
        {"authorised_rank": Rank.SERGEANT, "required_rank": None},
    ],
)
def test_the_database_refuses_too_low_a_rank(waiting: Referral, sergeant: User, ranks: dict[str, Rank | None]) -> None:
    rows = Referral.objects.filter(pk=waiting.pk)
    with pytest.raises(IntegrityError, match=r"rank_is_enough|authorised_by_and_at"), transaction.atomic():
        rows.update(authorised_by=sergeant, authorised_at=clock.now(), **ranks)
    rows.update(authorised_by=sergeant, authorised_at=clock.now(), authorised_rank=3, required_rank=2)


def test_a_delegate_decides_with_the_givers_rank_on_those_days_only(
    scheme: Scheme, officer: User, constable: User, sergeant: User
) -> None:
    """The first and the last day are London's: from 00:00 on the first, to 23:59 on the last."""
    first, last = clock.today() + DAY, clock.today() + 3 * DAY
    lend(sergeant, constable, first=first, last=last)
    minute = timedelta(minutes=1)
    for moment, may in [
        (clock.start_of(first) - minute, False),
        (clock.start_of(first), True),
        (clock.end_of(last) - minute, True),
        (clock.end_of(last), False),
    ]:
        referral = make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme, officer=officer)
        if not may:
            with pytest.raises(RankIsTooLow):
                authorise(referral, constable, at=moment)
            continue
        authorise(referral, constable, at=moment)
        referral.refresh_from_db()
        assert (referral.authorised_by, referral.authorised_rank) == (constable, Rank.SERGEANT)
        data = AuditEvent.objects.get(action="referral.authorised", subject_id=referral.pk).data
        assert data == {"rank": Rank.SERGEANT, "in_stead_of": str(sergeant.pk)}


def test_a_delegation_ended_early_is_no_rank(waiting: Referral, constable: User, sergeant: User) -> None:
    lent = lend(sergeant, constable, first=clock.today(), last=clock.today())
    Delegation.objects.filter(pk=lent.pk).update(ended_at=clock.now())
    with pytest.raises(RankIsTooLow):
        authorise(waiting, constable)


def test_ones_own_rank_comes_first_and_nobodys_name_is_kept(waiting: Referral, sergeant: User, supervisor: User) -> None:
    lend(supervisor, sergeant, first=clock.today(), last=clock.today())
    refuse_referral(referral=waiting, reason="No.", user=sergeant, by=sergeant.as_actor(), at=clock.now())
    assert AuditEvent.objects.get(action="referral.refused").data == {"rank": Rank.SERGEANT}


def test_nobody_decides_in_the_place_of_who_submitted_it(
    waiting: Referral, constable: User, sergeant: User, supervisor: User
) -> None:
    Referral.objects.filter(pk=waiting.pk).update(submitted_by=sergeant)
    waiting.refresh_from_db()
    lend(sergeant, constable, first=clock.today(), last=clock.today())
    with pytest.raises(RankIsTooLow):
        authorise(waiting, constable)
    lend(supervisor, constable, first=clock.today(), last=clock.today())
    authorise(waiting, constable)
    assert AuditEvent.objects.get(action="referral.authorised").data["in_stead_of"] == str(supervisor.pk)


def test_the_page_says_in_whose_place_one_decides(waiting: Referral, constable: User, sergeant: User) -> None:
    lend(sergeant, constable, first=clock.today(), last=clock.today())
    page = sign_in(Client(), constable).get(reverse("authorisation-decide", args=[waiting.public_id])).content.decode()
    assert "You decide in the place of Sara Geant" in page
    assert "Save decision" in page


def test_the_list_says_who_waits_how_long_and_why_not_by_you(
    waiting: Referral, scheme: Scheme, constable: User, agency: Organisation
) -> None:
    easy = make_scheme(agency, disposal=Disposal.objects.get(code="driver-retraining"))
    now = clock.now()
    long_waiting = make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=easy, submitted_at=now - 4 * DAY)
    own = make_referral(
        ReferralState.AWAITING_AUTHORISATION,
        scheme=easy,
        submitted_by=constable,
        submitted_at=clock.start_of(clock.today()),
    )
    browser = sign_in(Client(), constable)
    page = browser.get(reverse("authorisation-list")).content.decode()
    places = [page.index(each.participant.full_name) for each in (long_waiting, waiting, own)]
    assert places == sorted(places)
    for words in (
        "waiting for 4 days", "waiting for 1 day\n", "since today", "“Conditional caution” is authorised by a sergeant or above.",
        "You submitted this referral", "Driver retraining offer", "Low", str(waiting.submitted_by),
    ):  # fmt: skip
        assert words in page.replace("</td>", "\n"), words
    assert page.count('type="checkbox" name="referral"') == 1
    mine = browser.get(reverse("authorisation-list"), {"show": "mine"}).content.decode()
    shown = [each.participant.full_name in mine for each in (long_waiting, waiting, own)]
    assert shown == [True, False, False]
    assert "Remove this filter" in mine


def test_the_filter_and_the_reason_agree(
    scheme: Scheme, agency: Organisation, constable: User, sergeant: User, supervisor: User
) -> None:
    schemes = [
        scheme,
        *(make_scheme(agency, disposal=each) for each in Disposal.objects.exclude(code="conditional-caution")),
    ]
    for each in schemes:
        for proposer in (constable, sergeant, supervisor, make_user(Role.CASE_OFFICER, agency)):
            make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=each, submitted_by=proposer)
    lend(supervisor, sergeant, first=clock.today(), last=clock.today())
    lend(sergeant, constable, first=clock.today(), last=clock.today())
    counts = set()
    for user in (constable, sergeant, supervisor):
        authority = authority_of(user, on=clock.today())
        by_sql = set(Referral.objects.filter(authority.decidable()).values_list("pk", flat=True))
        by_words = {each.pk for each in Referral.objects.all() if not authority.why_not(each)}
        assert by_sql == by_words
        counts.add(len(by_sql))
    assert len(counts) == 3


def test_authority_is_three_queries(waiting: Referral, constable: User, sergeant: User) -> None:
    lend(sergeant, constable, first=clock.today(), last=clock.today())
    user = User.objects.get(pk=constable.pk)
    assert user.membership
    with CaptureQueriesContext(connection) as queries:
        authority_of(user, on=clock.today())
    assert len(queries) == 3
