"""Every page of ours that lists something makes as many queries for thirty rows as for one.

The sign-in library's list of one's own signed-in browsers is not ours: it asks for each, of which there are a few.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.models import Attendance, ConcernFollowUp, Course, ProviderLicence, SurveyAnswer
from diversion.accounts.enums import OrganisationKind, Role, Stead
from diversion.accounts.models import Invitation, User
from diversion.accounts.services.delegations import make_delegation
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.referrals.enums import ReferralState, TaskKind
from diversion.referrals.services.tasks import raise_task
from tests.factories import (
    make_booking,
    make_concern,
    make_course,
    make_organisation,
    make_participant,
    make_programme,
    make_provider,
    make_referral,
    make_requirement,
    make_room,
    make_scheme,
    make_session,
    make_time_away,
    make_trainer,
    make_user,
    make_venue,
    make_version,
    make_visit,
    make_volunteer,
)
from tests.integration.listed import AGENCY_PAGES, MANY, Page
from tests.integration.register.registers import first_session, make_running_course, seat
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")


def course_find() -> Page:
    requirement = make_requirement(make_referral(ReferralState.ACCEPTED))

    def add() -> Course:
        return make_course(requirement.programme, sessions=2)

    return requirement.referral.participant.user, "/my/courses/?full=1", add


def my_home() -> Page:
    referral = make_referral(ReferralState.ACCEPTED)
    person = referral.participant

    def add() -> None:
        other = make_referral(ReferralState.ACTIVE, scheme=make_scheme(referral.agency), participant=person)
        requirement = make_requirement(other)
        make_booking(make_course(requirement.programme, sessions=2), requirement)

    return person.user, "/my/", add


def booking_show() -> Page:
    requirement = make_requirement(make_referral(ReferralState.ACTIVE))
    course = make_course(requirement.programme)
    booking = make_booking(course, requirement)
    numbers = iter(range(2, 100))

    def add() -> None:
        make_session(course, next(numbers), course.last_ends_at)

    return requirement.referral.participant.user, f"/my/bookings/{booking.public_id}/", add


def course_list() -> Page:
    provider = make_provider()

    def add() -> None:
        make_course(provider=provider)

    return make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation), "/provider/courses/", add


def course_show() -> Page:
    course = make_course()
    numbers = iter(range(2, 100))

    def add() -> None:
        make_trainer(course.provider, make_session(course, next(numbers), course.last_ends_at))

    administrator = make_user(Role.PROVIDER_ADMINISTRATOR, course.provider.organisation)
    return administrator, f"/provider/courses/{course.public_id}/", add


def quality_show() -> Page:
    provider = make_provider()

    def add() -> None:
        session = make_course(provider=provider, starts_in=-timedelta(hours=1)).sessions.get()
        make_visit(session, make_trainer(provider, session))
        SurveyAnswer.objects.create(
            provider=provider, programme=make_programme(), month=clock.today().replace(day=1), clear=5, fair=5, useful=5
        )

    return make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation), "/provider/quality/", add


def licence_list() -> Page:
    provider = make_provider()

    def add() -> None:
        course = make_course(provider=provider)
        make_trainer(provider, course.sessions.get())

    return make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation), "/provider/licences/", add


def venue_list() -> Page:
    provider = make_provider()

    def add() -> None:
        make_room(make_venue(provider))

    return make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation), "/provider/venues/", add


def venue_show() -> Page:
    venue = make_venue()
    numbers = iter(range(100))

    def add() -> None:
        make_room(venue, name=f"Room {next(numbers)}")

    administrator = make_user(Role.PROVIDER_ADMINISTRATOR, venue.provider.organisation)
    return administrator, f"/provider/venues/{venue.public_id}/", add


def calendar_show() -> Page:
    provider = make_provider()

    def add() -> None:
        room = make_room(make_venue(provider))
        course = make_course(provider=provider, venue=room.venue, room=room)
        make_trainer(provider, course.sessions.get())
        make_time_away(make_trainer(provider), clock.day_of(course.first_starts_at))

    day = clock.today() + timedelta(days=14)  # where the factory puts courses
    return make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation), f"/provider/calendar/?day={day}", add


def day_show() -> Page:
    user, path, add = calendar_show()
    return user, path.replace("calendar/", "calendar/day/"), add


def time_away_list() -> Page:
    provider = make_provider()

    def add() -> None:
        make_time_away(make_trainer(provider), clock.today())

    return make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation), "/provider/trainers/away/", add


def dashboard_show() -> Page:
    provider = make_provider()

    def add() -> None:
        course = make_course(provider=provider, starts_in=timedelta(minutes=-1))
        make_trainer(provider, course.sessions.get())
        place = make_booking(make_course(provider=provider))
        raise_task(
            referral=place.requirement.referral, kind=TaskKind.ASKED_FOR_HELP, subject_id=place.pk, by=BY, at=clock.now()
        )
        ProviderLicence.objects.create(
            provider=provider, programme=make_programme(), valid_from=clock.today(), valid_until=clock.today()
        )

    return make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation), "/provider/", add


def endangered_list() -> Page:
    provider = make_provider()

    def add() -> None:
        course = make_course(provider=provider)
        make_trainer(provider, course.sessions.get())

    return make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation), "/provider/licences/courses/", add


def session_list() -> Page:
    provider = make_provider()
    trainer = make_trainer(provider)

    def add() -> None:
        make_running_session(provider, trainer)

    return trainer, "/provider/today/", add


def make_running_session(provider: Any, trainer: User) -> None:
    # Nobody teaches two at once: each a minute long, one after the other.
    taught = trainer.sessions.count()
    course = make_course(provider=provider, starts_in=-timedelta(minutes=60 - taught))
    session = course.sessions.get()
    session.ends_at = session.starts_at + timedelta(minutes=1)
    session.save()
    session.trainers.add(trainer)
    make_booking(course)


def register_mark() -> Page:
    course = make_running_course(people=0)
    session = first_session(course)
    scheme = make_scheme(programme=course.programme)
    trainer = make_trainer(course.provider, session)
    return trainer, f"/provider/sessions/{session.public_id}/register/", lambda: seat(course, scheme=scheme)


def register_show() -> Page:
    """Sent, with a mark that was amended, and somebody without one, in each row."""
    course = make_running_course(people=0)
    Course.objects.filter(pk=course.pk).update(capacity=2 * MANY)
    session = first_session(course)
    scheme, trainer = make_scheme(programme=course.programme), make_trainer(course.provider, session)
    session.register_submitted_at, session.register_submitted_by = clock.now(), trainer
    session.save()

    def add() -> None:
        common = {"booking": seat(course, scheme=scheme), "session": session, "identity_seen": "not-seen",
                  "occurred_at": session.starts_at, "recorded_at": clock.now(), "recorded_by": trainer}  # fmt: skip
        first = Attendance.objects.create(outcome="UAAB", **common)
        Attendance.objects.create(outcome="ATTC", amends=first, reason="Mixed up.", **common)
        seat(course, scheme=scheme)

    return trainer, f"/provider/sessions/{session.public_id}/register/sent/", add


def invitation_list() -> Page:
    supervisor = make_user(Role.SUPERVISOR)
    agency = supervisor.membership.organisation
    numbers = iter(range(100))

    def add() -> None:
        n, at = next(numbers), clock.now()
        make_user(Role.CASE_OFFICER, agency)
        Invitation.objects.create(
            email=f"new{n}@example.org", name=f"New {n}", organisation=agency, role=Role.CASE_OFFICER, token_hash=str(n),
            invited_by=supervisor, invited_at=at, expires_at=at + timedelta(days=2),
        )  # fmt: skip

    return supervisor, "/staff/invitations/", add


def delegation_list() -> Page:
    supervisor = make_user(Role.SUPERVISOR)

    def add() -> None:
        giver, holder = (make_user(Role.CASE_OFFICER, supervisor.membership.organisation) for _ in range(2))
        make_delegation(
            what=Stead.CASES, of_user=giver, to_user=holder, starts_on=clock.today(), ends_on=clock.today(), user=supervisor,
            by=BY, at=clock.now(),
        )  # fmt: skip

    return supervisor, "/agency/delegations/", add


def delegation_create() -> Page:
    supervisor = make_user(Role.SUPERVISOR)
    agency = supervisor.membership.organisation
    return supervisor, "/agency/delegations/new/", lambda: make_user(Role.CASE_OFFICER, agency)


def statistics_show() -> Page:
    analyst = make_user(Role.ANALYST)
    agency = analyst.membership.organisation
    return analyst, "/agency/statistics/", lambda: make_requirement(make_referral(scheme=make_scheme(agency)))


def scheme_list() -> Page:
    supervisor = make_user(Role.SUPERVISOR)
    agency = supervisor.membership.organisation
    return supervisor, "/agency/schemes/", lambda: make_version(make_scheme(agency), in_force_from=clock.today())


def scheme_show() -> Page:
    supervisor = make_user(Role.SUPERVISOR)
    scheme = make_scheme(supervisor.membership.organisation)
    days = iter(range(1, 100))

    def add() -> None:
        make_version(scheme, in_force_from=clock.today() + timedelta(days=next(days)))

    return supervisor, f"/agency/schemes/{scheme.public_id}/", add


def version_preview() -> Page:
    supervisor = make_user(Role.SUPERVISOR)
    scheme = make_scheme(supervisor.membership.organisation)
    version = make_version(scheme, in_force_from=clock.today(), complete_by_weeks=10)

    def add() -> None:
        make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme)

    return supervisor, f"/agency/schemes/versions/{version.public_id}/preview/", add


def support_show() -> Page:
    support = make_user(Role.SUPPORT, make_organisation(OrganisationKind.SERVICE))
    return support, "/support/", lambda: make_requirement(make_referral())


def licence_find() -> Page:
    provider = make_provider()
    return (
        make_user(Role.SUPPORT),
        "/support/licences/?of=trainers",
        lambda: make_trainer(provider, programmes=[make_programme()]),
    )


def licence_end() -> Page:
    programme = make_programme()
    provider = make_provider(programme)
    licence = provider.licences.get()
    day = clock.today()
    path = f"/support/licences/{licence.public_id}/end/?last_day_day={day.day}&last_day_month={day.month}&last_day_year={day.year}"
    return make_user(Role.SUPPORT), path, lambda: make_course(programme, provider=provider)


def visit_list() -> Page:
    provider = make_provider()

    def add() -> None:
        session = make_course(provider=provider, starts_in=-timedelta(hours=1)).sessions.get()
        make_visit(session, make_trainer(provider, session))

    return make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation), "/visits/", add


def visit_begin() -> Page:
    provider = make_provider()
    at = clock.now() - timedelta(hours=1)
    day = clock.day_of(at)

    def add() -> None:
        make_trainer(provider, make_course(provider=provider, starts_in=-timedelta(hours=1)).sessions.get(), name="Tara")

    path = f"/visits/new/?name=tara&day_day={day.day}&day_month={day.month}&day_year={day.year}"
    return make_user(Role.SUPPORT), path, add


def programme_list() -> Page:
    return make_user(Role.SUPPORT), "/support/programmes/", make_programme


def concern_list() -> Page:
    course = make_running_course(people=0)
    Course.objects.filter(pk=course.pk).update(capacity=MANY)

    def add() -> None:
        booking = make_booking(course, make_requirement(make_volunteer(), programme=course.programme))
        concern = make_concern(booking)
        ConcernFollowUp.objects.create(concern=concern, words="Rang.", done_at=clock.now(), done_by=concern.raised_by)

    return make_user(Role.SUPPORT), "/support/concerns/", add


PAGES = [
    *AGENCY_PAGES, course_find, my_home, booking_show, course_list, course_show, quality_show, licence_list, calendar_show, day_show, time_away_list, venue_list, venue_show, dashboard_show,
    endangered_list, licence_find, licence_end, visit_list, visit_begin, session_list,
    programme_list, concern_list,
    register_mark, register_show, invitation_list, delegation_list, delegation_create, statistics_show, support_show, scheme_list, scheme_show,
    version_preview,
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=[page.__name__ for page in PAGES])
def test_thirty_rows_take_as_many_queries_as_one(page: Callable[[], Page], client: Client) -> None:
    cache.clear()
    user, path, add = page()
    add()
    sign_in(client, user)
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as one:
        short = client.get(path)
    for _ in range(MANY - 1):
        add()
    with CaptureQueriesContext(connection) as thirty:
        long = client.get(path)
    assert len(long.content) > len(short.content) or page in {statistics_show, support_show}
    assert len(thirty) == len(one), [each["sql"][:150] for each in thirty][:60]


def test_a_search_with_thirty_hits_takes_as_many_queries_as_one(client: Client) -> None:
    cache.clear()
    officer = make_user()
    scheme = make_scheme(officer.membership.organisation)

    def add() -> None:
        person = make_participant(scheme.agency, family_name="Featherstone")
        make_requirement(make_referral(ReferralState.ACCEPTED, scheme=scheme, officer=officer, participant=person))

    add()
    make_requirement(make_referral(ReferralState.ACCEPTED, scheme=scheme, officer=officer))
    sign_in(client, officer)
    with CaptureQueriesContext(connection) as one:
        short = client.post("/agency/cases/search/", {"term": "Featherstone"}, follow=True).content.decode()
    for _ in range(MANY - 1):
        add()
    with CaptureQueriesContext(connection) as thirty:
        long = client.post("/agency/cases/search/", {"term": "Featherstone"}, follow=True).content.decode()
    assert (short.count("Featherstone</a>"), long.count("Featherstone</a>")) == (1, 25)
    assert len(thirty) == len(one), [each["sql"][:150] for each in thirty][:60]
